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
    /// Where the message ends, once its header is complete.
    private var messageEnd: Int?

    /// Makes a framer at the beginning of a stream.
    public init() {}

    /// The number of bytes that wait for the rest of their message.
    public var pendingBytes: Int { buffer.count - start }

    /// Takes what the stream brought.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start == buffer.count || start > 65_536 {
            buffer.removeFirst(start)
            scanned -= start
            messageEnd = messageEnd.map { $0 - start }
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next thing that is complete; `nil` when more bytes are needed.
    ///
    /// - Throws: A `SIPParseError` when the stream cannot be cut any further: it must be closed.
    public mutating func next() throws(SIPParseError) -> Frame? {
        if messageEnd == nil {
            if skipLineEnds() { return .keepAlivePing }
            try findHeaderEnd()
        }
        guard let end = messageEnd, buffer.count >= end else { return nil }
        let bytes = Array(buffer[start..<end])
        start = end
        scanned = end
        messageEnd = nil
        do throws(SIPParseError) {
            return .message(try SIPMessage.parse(bytes))
        } catch {
            return .malformed(error)
        }
    }

    /// Skips line ends between messages: two of them are a ping, others mean nothing. It stops at what may be the first part of a ping.
    private mutating func skipLineEnds() -> Bool {
        guard scanned == start else { return false }
        let ping: [UInt8] = [13, 10, 13, 10]
        while start < buffer.count, buffer[start] == 13 || buffer[start] == 10 {
            let waiting = buffer[start...].prefix(ping.count)
            if ping.starts(with: waiting) {
                guard waiting.count == ping.count else { return false }
                start += ping.count
                scanned = start
                return true
            }
            start += 1
            scanned = start
        }
        return false
    }

    /// Looks for the empty line behind the header, where `SIPMessage.parse` sees it too.
    private mutating func findHeaderEnd() throws(SIPParseError) {
        guard start < buffer.count, buffer[start] != 13, buffer[start] != 10 else { return }
        var index = max(scanned, start + 1)
        while index < buffer.count {
            let isLineEmpty =
                buffer[index] == 10
                && (buffer[index - 1] == 10 || (buffer[index - 1] == 13 && index - 2 >= start && buffer[index - 2] == 10))
            if isLineEmpty {
                messageEnd = index + 1 + (try contentLength(headerEnd: index + 1))
                return
            }
            index += 1
        }
        scanned = index
        guard pendingBytes <= SIPStreamFramer.maximumHeaderBytes else {
            throw SIPParseError(status: 513, reason: "Header larger than \(SIPStreamFramer.maximumHeaderBytes) bytes", offset: pendingBytes)
        }
    }

    /// The value of Content-Length, without which a stream cannot be cut (RFC 3261 section 18.3).
    private func contentLength(headerEnd: Int) throws(SIPParseError) -> Int {
        var length: UInt64?
        var line = lineEnd(from: start, headerEnd: headerEnd)
        while line < headerEnd {
            let end = lineEnd(from: line, headerEnd: headerEnd)
            var scanner = SIPScanner(buffer, from: line, to: end)
            line = end
            guard let name = scanner.lowercasedToken(), name == "l" || name == "content-length" else { continue }
            guard scanner.takeSpaced(UInt8(ascii: ":")), let value = scanner.number(upTo: UInt64(Int32.max)) else {
                throw uncuttable("Malformed Content-Length: expected a number of bytes, found \(scanner.found)", headerEnd)
            }
            scanner.skipSpace()
            guard scanner.isAtEnd else {
                throw uncuttable("Malformed Content-Length: expected the end of the value, found \(scanner.found)", headerEnd)
            }
            guard length == nil || length == value else { throw uncuttable("Malformed Content-Length: two different values", headerEnd) }
            length = value
        }
        guard let length else { throw uncuttable("Missing Content-Length, without which a stream cannot be cut", headerEnd) }
        guard headerEnd - start + Int(length) <= SIPMessage.maximumBytes else {
            throw uncuttable("Message larger than \(SIPMessage.maximumBytes) bytes", headerEnd, status: 513)
        }
        return Int(length)
    }

    /// Where the line after this one begins; folded lines belong together (RFC 3261 section 7.3.1).
    private func lineEnd(from line: Int, headerEnd: Int) -> Int {
        var index = line
        repeat {
            index = buffer[index..<headerEnd].firstIndex(of: 10).map { $0 + 1 } ?? headerEnd
        } while index < headerEnd && (buffer[index] == 32 || buffer[index] == 9)
        return index
    }

    /// The error for a stream that has to be closed, with the request that may be answered before.
    private func uncuttable(_ reason: String, _ headerEnd: Int, status: Int = 400) -> SIPParseError {
        var error = SIPParseError(status: status, reason: reason, offset: headerEnd - start)
        do throws(SIPParseError) {
            if case .request(let request) = try SIPMessage.parse(Array(buffer[start..<headerEnd])), request.method != .ack {
                error.answerable = request
            }
        } catch let fault {
            error.answerable = fault.answerable
        }
        return error
    }
}
