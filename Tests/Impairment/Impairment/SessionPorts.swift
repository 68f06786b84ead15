/// The port that a SIP message with a session description (RFC 4566) names for audio, and the same message with another.
struct SessionPorts {
    /// The message with the other port, and with that port plus one wherever it names the port of reports (RFC 3605).
    private(set) var message: String
    /// The port that it named; `nil` when it names none, and is left as it was.
    private(set) var audio: UInt16?

    /// Reads a message, and puts `port` where it names a port.
    init(_ message: String, port: UInt16) {
        self.message = message
        let parts = message.split(separator: SessionPorts.emptyLine, maxSplits: 1)
        guard parts.count == 2 else { return }
        var audio: UInt16?
        let body = parts[1].split(separator: "\r\n", omittingEmptySubsequences: false).map { line -> String in
            if let rest = SessionPorts.rest(of: line, after: "m=audio "), let named = UInt16(rest.prefix { $0.isNumber }) {
                audio = named
                return "m=audio \(port)" + rest.drop { $0.isNumber }
            }
            guard let rest = SessionPorts.rest(of: line, after: "a=rtcp:") else { return String(line) }
            return "a=rtcp:\(port + 1)" + rest.drop { $0.isNumber }
        }.joined(separator: "\r\n")
        guard audio != nil else { return }
        let head = parts[0].split(separator: "\r\n").map { line -> String in
            let name = line.prefix { $0 != ":" }.lowercased()
            return name == "content-length" || name == "l" ? "Content-Length: \(body.utf8.count)" : String(line)
        }.joined(separator: "\r\n")
        self.audio = audio
        self.message = head + SessionPorts.emptyLine + body
    }

    private static let emptyLine = "\r\n\r\n"

    private static func rest(of line: Substring, after start: String) -> Substring? {
        line.hasPrefix(start) ? line.dropFirst(start.count) : nil
    }
}
