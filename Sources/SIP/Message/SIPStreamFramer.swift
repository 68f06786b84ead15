/// Cuts a stream (TCP, TLS) into messages by Content-Length (RFC 3261 section 18.3). What has been looked at is not looked at again, so that a message
/// costs the same whether it comes whole or byte by byte.
public struct SIPStreamFramer: Sendable {
    /// Something whole from the stream.
    public enum Frame: Equatable, Sendable {
        /// A message.
        case message(SIPMessage)
        /// Something with a right length that is no right message; the stream goes on behind it.
        case malformed(SIPParseError)
        /// A keep-alive of two line ends (RFC 5626 section 4.4.1), to be answered with one.
        case keepAlivePing
    }

    /// The longest header, in bytes.
    public static let maximumHeaderBytes = 32_768

    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0
    /// Where the body begins and the message ends, once the header is complete.
    private var message: (body: Int, end: Int)?

    /// Makes a framer at the beginning of a stream.
    public init() {}

    /// The number of bytes that wait for the rest of their message.
    public var pendingBytes: Int { buffer.count - start }

    /// Takes what the stream brought.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start == buffer.count || start > 65_536 {
            buffer.removeFirst(start)
            scanned -= start
            message = message.map { ($0.body - start, $0.end - start) }
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next thing that is complete; `nil` when more bytes are needed.
    ///
    /// - Throws: A `SIPParseError` when the stream cannot be cut any further: it must be closed.
    public mutating func next() throws(SIPParseError) -> Frame? {
        if message == nil {
            if let ping = skipLineEnds() { return ping }
            try findHeaderEnd()
        }
        guard let (_, end) = message, buffer.count >= end else { return nil }
        let bytes = Array(buffer[start..<end])
        start = end
        scanned = end
        message = nil
        do throws(SIPParseError) {
            return .message(try SIPMessage.parse(bytes))
        } catch {
            return .malformed(error)
        }
    }

    /// Line ends between messages: two of them are a ping, others mean nothing.
    private mutating func skipLineEnds() -> Frame? {
        guard scanned == start else { return nil }
        while buffer.count - start >= 2, buffer[start] == 13, buffer[start + 1] == 10 {
            if buffer.count - start >= 4, buffer[start + 2] == 13, buffer[start + 3] == 10 {
                start += 4
                scanned = start
                return .keepAlivePing
            }
            // It may be the first half of a ping.
            guard buffer.count - start > 3 || (buffer.count - start == 3 && buffer[start + 2] != 13) else { return nil }
            start += 2
            scanned = start
        }
        return nil
    }

    private mutating func findHeaderEnd() throws(SIPParseError) {
        guard buffer.count > start, buffer[start] != 13 else { return }
        var index = max(scanned, start)
        while index < buffer.count {
            if buffer[index] == 10, index >= start + 3, buffer[index - 1] == 13, buffer[index - 2] == 10, buffer[index - 3] == 13 {
                let length = try contentLength(headerEnd: index + 1)
                message = (index + 1, index + 1 + length)
                return
            }
            index += 1
        }
        scanned = index
        guard buffer.count - start <= SIPStreamFramer.maximumHeaderBytes else {
            throw SIPParseError(
                status: 513, reason: "Header larger than \(SIPStreamFramer.maximumHeaderBytes) bytes", offset: index - start)
        }
    }

    /// The value of Content-Length, without which a stream cannot be cut (RFC 3261 section 18.3).
    private func contentLength(headerEnd: Int) throws(SIPParseError) -> Int {
        var line = start
        while line < headerEnd {
            let end = buffer[line..<headerEnd].firstIndex(of: 10) ?? headerEnd
            var scanner = SIPScanner(buffer, from: line, to: end)
            if let name = scanner.lowercasedToken(), name == "l" || name == "content-length" {
                guard scanner.takeSpaced(UInt8(ascii: ":")), let length = scanner.number(upTo: UInt64(SIPMessage.maximumBytes)) else {
                    let limit = SIPMessage.maximumBytes
                    throw SIPParseError(
                        reason: "Malformed Content-Length: expected a number up to \(limit), found \(scanner.found)",
                        offset: scanner.index - start)
                }
                guard headerEnd - start + Int(length) <= SIPMessage.maximumBytes else {
                    throw SIPParseError(
                        status: 513, reason: "Message larger than \(SIPMessage.maximumBytes) bytes", offset: headerEnd - start)
                }
                return Int(length)
            }
            line = end + 1
        }
        throw SIPParseError(reason: "Missing Content-Length, without which a stream cannot be cut", offset: headerEnd - start)
    }
}
