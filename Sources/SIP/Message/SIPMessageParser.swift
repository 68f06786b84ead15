/// Reads one message. The first fault is kept, and reading goes on, so that what is needed to answer a faulty request is found even behind it.
struct SIPMessageParser {
    private let bytes: [UInt8]
    private var position = 0
    private var fault: SIPParseError?

    private var startLine: StartLine?
    private var via: [Via] = []
    private var from: NameAddress?
    private var to: NameAddress?
    private var callID: String?
    private var cseq: (number: UInt32, method: SIPMethod)?
    private var contacts: [NameAddress] = []
    private var contactIsWildcard = false
    private var routes: [NameAddress] = []
    private var recordRoutes: [NameAddress] = []
    private var maxForwards: Int?
    private var contentLength: Int?
    private var headers = SIPHeaders()
    private var headerCount = 0

    private enum StartLine {
        case request(SIPMethod, SIPURI?)
        case response(Int, String)
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parse() throws(SIPParseError) -> SIPMessage {
        guard bytes.count <= SIPMessage.maximumBytes else {
            throw SIPParseError(
                status: 513, reason: "Message larger than \(SIPMessage.maximumBytes) bytes", offset: SIPMessage.maximumBytes)
        }
        // Line ends before the start line are allowed (RFC 3261 section 7.5).
        while position < bytes.count, bytes[position] == 13 || bytes[position] == 10 { position += 1 }
        try readStartLine()
        while let line = nextHeaderLine() { readHeader(line) }
        let body = readBody()
        if !missing.isEmpty { complain("Missing header field: \(missing)", position) }
        switch startLine {
        case .request(let method, let uri): return .request(try request(method, uri, body))
        case .response(let status, let reason):
            guard fault == nil, let common = common() else { throw fault ?? SIPParseError(reason: "Missing header field", offset: 0) }
            return .response(SIPResponse(status: status, reason: reason, common: common, headers: headers, body: body))
        case nil: throw fault ?? SIPParseError(reason: "Missing start line", offset: 0)
        }
    }

    private mutating func request(_ method: SIPMethod, _ uri: SIPURI?, _ body: [UInt8]) throws(SIPParseError) -> SIPRequest {
        if let cseq, cseq.method != method { complain("CSeq names the method \(cseq.method) of a \(method) request", 0) }
        if fault != nil { salvage(method) }
        let common = common()
        guard var fault else {
            guard let common, let uri else { throw SIPParseError(reason: "Missing header field", offset: 0) }
            return SIPRequest(method: method, uri: uri, common: common, maxForwards: maxForwards, headers: headers, body: body)
        }
        if let common, method != .ack {
            fault.answerable = SIPRequest(
                method: method, uri: uri ?? SIPURI(host: "invalid"), common: common, maxForwards: maxForwards, headers: headers, body: body)
        }
        throw fault
    }

    /// Fills in what a response to a faulty request must copy and the request does not have: who sent it can still be told of the fault, as long as
    /// there is a Via to go by (RFC 4475 section 3.3.1).
    private mutating func salvage(_ method: SIPMethod) {
        let nobody = NameAddress(uri: SIPURI(user: "anonymous", host: "anonymous.invalid"))
        from = from ?? nobody
        to = to ?? nobody
        callID = callID ?? "unknown"
        cseq = cseq ?? (0, method)
    }

    private var missing: String {
        [(via.isEmpty, "Via"), (from == nil, "From"), (to == nil, "To"), (callID == nil, "Call-ID"), (cseq == nil, "CSeq")]
            .filter { $0.0 }.map { $0.1 }.joined(separator: ", ")
    }

    private func common() -> SIPCommonHeaders? {
        guard !via.isEmpty, let from, let to, let callID, let cseq else { return nil }
        return SIPCommonHeaders(
            via: via, from: from, to: to, callID: callID, cseq: cseq.number, cseqMethod: cseq.method, contacts: contacts,
            contactIsWildcard: contactIsWildcard, routes: routes, recordRoutes: recordRoutes)
    }

    private mutating func complain(_ reason: String, _ offset: Int, status: Int = 400) {
        if fault == nil { fault = SIPParseError(status: status, reason: reason, offset: offset) }
    }

    // MARK: Lines

    /// The end of the line that begins at `start`: without its line end, and where the next one begins.
    private func lineEnd(from start: Int) -> (end: Int, next: Int) {
        var index = start
        while index < bytes.count, bytes[index] != 10 { index += 1 }
        let end = index > start && bytes[index - 1] == 13 ? index - 1 : index
        return (end, min(index + 1, bytes.count))
    }

    private mutating func readStartLine() throws(SIPParseError) {
        let (end, next) = lineEnd(from: position)
        var scanner = SIPScanner(bytes, from: position, to: end)
        position = next
        guard let first = scanner.token() else {
            throw SIPParseError(reason: "Malformed start line: expected a method or SIP/2.0", offset: scanner.index)
        }
        if scanner.take(UInt8(ascii: "/")) {
            startLine = try statusLine(version: first, &scanner)
        } else {
            startLine = requestLine(SIPMethod(first), &scanner)
        }
    }

    private func statusLine(version: String, _ scanner: inout SIPScanner) throws(SIPParseError) -> StartLine {
        guard version.uppercased() == "SIP", scanner.token() == "2.0", scanner.take(32) else {
            throw SIPParseError(status: 505, reason: "Malformed status line: expected SIP/2.0", offset: scanner.index)
        }
        let start = scanner.index
        guard let status = scanner.number(upTo: 699), status >= 100, scanner.index - start == 3, scanner.take(32) || scanner.isAtEnd else {
            throw SIPParseError(reason: "Malformed status line: expected a status from 100 to 699, found \(scanner.found)", offset: start)
        }
        return .response(Int(status), String(decoding: scanner.take { _ in true }, as: UTF8.self))
    }

    private mutating func requestLine(_ method: SIPMethod, _ scanner: inout SIPScanner) -> StartLine {
        guard scanner.take(32), let next = scanner.peek, next != 32 else {
            complain("Malformed request line: expected one space and a URI behind the method, found \(scanner.found)", scanner.index)
            return .request(method, nil)
        }
        let start = scanner.index
        _ = scanner.take { $0 != 32 }
        let end = scanner.index
        let version = scanner.take(32) ? String(decoding: scanner.take { _ in true }, as: UTF8.self) : ""
        if version.uppercased() != "SIP/2.0" {
            let isOtherVersion = version.uppercased().hasPrefix("SIP/") && !version.contains(" ")
            complain(
                "Malformed request line: expected SIP/2.0 behind the URI, found \"\(version.prefix(16))\"", end,
                status: isOtherVersion ? 505 : 400)
        }
        do throws(SIPSyntaxError) {
            let uri = try SIPURI.parse(bytes, start, end)
            // RFC 3261 section 19.1.1 allows headers in other URIs only.
            if uri.headers != nil { complain("Malformed Request-URI: expected no header fields behind \"?\"", start) }
            return .request(method, uri)
        } catch {
            complain("Malformed Request-URI: \(error.reason)", error.offset, status: error.status)
            return .request(method, nil)
        }
    }

    /// A header field's name and value as offsets, folded lines included; `nil` at the empty line or the end.
    private mutating func nextHeaderLine() -> (start: Int, end: Int)? {
        guard position < bytes.count else {
            complain("The header has no end: expected an empty line", position)
            return nil
        }
        let start = position
        var (end, next) = lineEnd(from: start)
        guard end > start else {
            position = next
            return nil
        }
        // A line that begins with a space continues the one before (RFC 3261 section 7.3.1).
        while next < bytes.count, bytes[next] == 32 || bytes[next] == 9 { (end, next) = lineEnd(from: next) }
        position = next
        return (start, end)
    }

    private mutating func readBody() -> [UInt8] {
        let available = bytes.count - position
        guard let contentLength else { return Array(bytes[position...]) }
        if contentLength > available {
            complain("Content-Length says \(contentLength) bytes, but only \(available) follow", position)
            return Array(bytes[position...])
        }
        return Array(bytes[position..<position + contentLength])
    }

    // MARK: Header fields

    private mutating func readHeader(_ line: (start: Int, end: Int)) {
        headerCount += 1
        guard headerCount <= SIPMessage.maximumHeaderFields else {
            complain("More than \(SIPMessage.maximumHeaderFields) header fields", line.start)
            return
        }
        var scanner = SIPScanner(bytes, from: line.start, to: line.end)
        guard let name = scanner.token(), !name.isEmpty else {
            complain("Malformed header field: expected a name, found \(scanner.found)", scanner.index)
            return
        }
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else {
            complain("Malformed header field \(name): expected a colon, found \(scanner.found)", scanner.index)
            return
        }
        scanner.skipSpace()
        let long = SIPHeaderName.expanded(name)
        do throws(SIPSyntaxError) {
            try readValue(long, name, &scanner)
        } catch {
            complain("Malformed \(long.text): \(error.reason)", error.offset, status: error.status)
        }
    }

    private mutating func readValue(_ name: SIPHeaderName, _ written: String, _ scanner: inout SIPScanner) throws(SIPSyntaxError) {
        switch name {
        case .via: repeat { try readVia(&scanner) } while scanner.takeSpaced(UInt8(ascii: ","))
        case .from:
            try expectFirst(from == nil)
            from = try NameAddress.parse(&scanner)
        case .to:
            try expectFirst(to == nil)
            to = try NameAddress.parse(&scanner)
        case .callID:
            try expectFirst(callID == nil)
            callID = try word(&scanner)
        case .cseq:
            try expectFirst(cseq == nil)
            cseq = try sequence(&scanner)
        case .contact:
            if scanner.take(UInt8(ascii: "*")) {
                contactIsWildcard = true
            } else {
                contacts += try list(&scanner)
            }
        case .route: routes += try list(&scanner)
        case .recordRoute: recordRoutes += try list(&scanner)
        case .maxForwards:
            try expectFirst(maxForwards == nil)
            guard let hops = scanner.number(upTo: 255) else { throw SIPSyntaxError(expected: "a number from 0 to 255", at: scanner) }
            maxForwards = Int(hops)
        case .contentLength:
            guard let length = scanner.number(upTo: UInt64(Int32.max)) else {
                throw SIPSyntaxError(expected: "a number of bytes", at: scanner)
            }
            if let before = contentLength, before != Int(length) { throw SIPSyntaxError("two different values", at: scanner.index) }
            contentLength = Int(length)
        case .other(let long):
            headers.add(long, SIPMessageParser.unfolded(bytes, scanner.index, scanner.end))
            return
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else { throw SIPSyntaxError(expected: "the end of the value", at: scanner) }
    }

    private mutating func readVia(_ scanner: inout SIPScanner) throws(SIPSyntaxError) {
        var value = Via(transport: "", host: "")
        defer { if !value.host.isEmpty { via.append(value) } }
        try Via.parse(&scanner, into: &value)
    }

    /// A header field that may stand only once (RFC 3261 section 7.3.1).
    private func expectFirst(_ isFirst: Bool) throws(SIPSyntaxError) {
        guard isFirst else { throw SIPSyntaxError("it stands more than once", at: position) }
    }

    private func list(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> [NameAddress] {
        var addresses: [NameAddress] = []
        repeat { addresses.append(try NameAddress.parse(&scanner)) } while scanner.takeSpaced(UInt8(ascii: ","))
        return addresses
    }

    /// A word, as in Call-ID: `word [ "@" word ]`.
    private func word(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> String {
        let taken = scanner.take { $0 > 32 && $0 < 127 }
        guard !taken.isEmpty else { throw SIPSyntaxError(expected: "an identifier", at: scanner) }
        return String(decoding: taken, as: UTF8.self)
    }

    private func sequence(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> (UInt32, SIPMethod) {
        // RFC 3261 section 8.1.1.5: less than 2^31.
        guard let number = scanner.number(upTo: UInt64(Int32.max)) else {
            throw SIPSyntaxError(expected: "a number below 2147483648", at: scanner)
        }
        scanner.skipSpace()
        guard let method = scanner.token() else { throw SIPSyntaxError(expected: "a method behind the number", at: scanner) }
        return (UInt32(number), SIPMethod(method))
    }

    /// A value with each fold made one space, and without spaces at its end.
    private static func unfolded(_ bytes: [UInt8], _ start: Int, _ end: Int) -> String {
        var last = end
        while last > start, SIPScanner.isSpace(bytes[last - 1]) { last -= 1 }
        return String(decoding: SIPScanner.withoutFolds(bytes[start..<last]), as: UTF8.self)
    }
}
