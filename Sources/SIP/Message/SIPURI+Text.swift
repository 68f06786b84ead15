import Kernel

extension SIPURI {
    /// Reads a URI (RFC 3261 section 19.1, RFC 3966); the error says what was expected and found.
    public init(parsing text: String) throws(SIPParseError) {
        let bytes = Array(text.utf8)
        do throws(SIPSyntaxError) {
            self = try SIPURI.parse(bytes, 0, bytes.count)
        } catch {
            throw SIPParseError(status: error.status, reason: "Malformed URI: \(error.reason)", offset: error.offset)
        }
    }

    /// The URI between two offsets.
    static func parse(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(SIPSyntaxError) -> SIPURI {
        var scanner = SIPScanner(bytes, from: start, to: end)
        let schemeBytes = scanner.take { SIPScanner.isSchemeByte($0) }
        guard let first = schemeBytes.first, SIPScanner.isLetter(first), scanner.take(UInt8(ascii: ":")) else {
            throw SIPSyntaxError(expected: "a URI scheme and a colon", at: scanner)
        }
        let scheme = SIPScanner.lowercased(schemeBytes)
        switch scheme {
        case "sip", "sips": return try parseSIP(scheme, &scanner)
        case "tel": return try parseTelephone(&scanner)
        default:
            let rest = scanner.take { $0 > 32 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "\"") }
            guard !rest.isEmpty, scanner.isAtEnd else {
                throw SIPSyntaxError(expected: "the rest of the \(scheme) URI without spaces", at: scanner)
            }
            return SIPURI(scheme: scheme, user: String(decoding: rest, as: UTF8.self), host: "")
        }
    }

    private static func parseSIP(_ scheme: String, _ scanner: inout SIPScanner) throws(SIPSyntaxError) -> SIPURI {
        var uri = SIPURI(scheme: scheme, host: "")
        if let at = scanner.bytes[scanner.index..<scanner.end].firstIndex(of: UInt8(ascii: "@")) {
            let user = scanner.bytes[scanner.index..<at]
            guard !user.isEmpty,
                user.allSatisfy({ $0 > 32 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "\"") })
            else {
                throw SIPSyntaxError(expected: "a user before \"@\"", at: scanner)
            }
            uri.user = decodePercent(user)
            uri.escapedUser = mustStayEscaped(user) ? String(decoding: user, as: UTF8.self) : nil
            scanner.advance(at + 1 - scanner.index)
        }
        uri.host = try scanner.host()
        uri.port = try scanner.port()
        while scanner.take(UInt8(ascii: ";")) {
            let name = scanner.take { SIPScanner.isParameterByte($0) }
            // An empty parameter is wrong but harmless, and seen in the wild.
            guard !name.isEmpty else { continue }
            var value: String?
            if scanner.take(UInt8(ascii: "=")) {
                value = decodePercent(scanner.take { SIPScanner.isParameterByte($0) })
            }
            uri.parameters.append(SIPParameter(SIPScanner.lowercased(Array(decodePercent(name).utf8)[...]), value))
        }
        if scanner.take(UInt8(ascii: "?")) {
            let headers = scanner.take { $0 > 32 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
            uri.headers = String(decoding: headers, as: UTF8.self)
        }
        guard scanner.isAtEnd else { throw SIPSyntaxError(expected: "the end of the URI", at: scanner) }
        return uri
    }

    private static func parseTelephone(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> SIPURI {
        let number = scanner.take { $0 > 32 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ">") }
        guard !number.isEmpty else { throw SIPSyntaxError(expected: "a telephone number", at: scanner) }
        var uri = SIPURI(scheme: "tel", user: String(decoding: number, as: UTF8.self), host: "")
        while scanner.take(UInt8(ascii: ";")) {
            let name = scanner.take { SIPScanner.isParameterByte($0) }
            let value =
                scanner.take(UInt8(ascii: "=")) ? String(decoding: scanner.take { SIPScanner.isParameterByte($0) }, as: UTF8.self) : nil
            if !name.isEmpty { uri.parameters.append(SIPParameter(SIPScanner.lowercased(name), value)) }
        }
        guard scanner.isAtEnd else { throw SIPSyntaxError(expected: "the end of the telephone number", at: scanner) }
        return uri
    }

    private static func decodePercent(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = SIPScanner.hex(bytes[index + 1]),
                let low = SIPScanner.hex(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Whether a user part escapes reserved characters or bytes that are no UTF-8, which to decode and to write anew would change.
    private static func mustStayEscaped(_ user: ArraySlice<UInt8>) -> Bool {
        guard user.contains(UInt8(ascii: "%")) else { return false }
        var writer = SIPWriter(capacity: user.count)
        writer.user(decodePercent(user))
        return !sameEscapes(writer.bytes[...], user)
    }

    /// Whether two texts are the same but for escapes of unreserved characters and the case of hexadecimal digits.
    private static func sameEscapes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        func units(_ text: ArraySlice<UInt8>) -> [UInt16] {
            var units: [UInt16] = []
            var index = text.startIndex
            while index < text.endIndex {
                if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex, let high = SIPScanner.hex(text[index + 1]),
                    let low = SIPScanner.hex(text[index + 2])
                {
                    let byte = high << 4 | low
                    units.append(SIPScanner.isUnreserved(byte) ? UInt16(byte) : 256 + UInt16(byte))
                    index += 3
                } else {
                    units.append(UInt16(text[index]))
                    index += 1
                }
            }
            return units
        }
        return units(left) == units(right)
    }

    /// The user part as it must be written to mean the same as when it was read; `nil` when it has been changed since, or needs no care.
    var keptUser: String? {
        guard let escapedUser, SIPURI.decodePercent(Array(escapedUser.utf8)[...]) == user else { return nil }
        return escapedUser
    }

    /// The value of a URI parameter (name in lower case): empty when it has no value, `nil` when there is none.
    public func parameter(_ name: String) -> String? { parameters.value(of: name) }

    /// The `transport` parameter in lower case.
    public var transportParameter: String? { parameter("transport")?.lowercased() }
}

extension SIPURI: CustomStringConvertible {
    /// The URI as it is written.
    public var description: String {
        var writer = SIPWriter(capacity: 64)
        writer.uri(self)
        return writer.string
    }
}

extension SIPWriter {
    mutating func uri(_ uri: SIPURI) {
        text(uri.scheme)
        byte(UInt8(ascii: ":"))
        guard !uri.host.isEmpty else {
            text(uri.user ?? "")
            uriParameters(uri.parameters)
            return
        }
        if let user = uri.user {
            if let kept = uri.keptUser { text(kept) } else { self.user(user) }
            byte(UInt8(ascii: "@"))
        }
        text(uri.host)
        if let port = uri.port {
            byte(UInt8(ascii: ":"))
            number(port)
        }
        uriParameters(uri.parameters)
        if let headers = uri.headers {
            byte(UInt8(ascii: "?"))
            text(headers)
        }
    }

    fileprivate mutating func user(_ user: String) {
        for unit in user.utf8 {
            if SIPScanner.isUserByte(unit) { byte(unit) } else { percent(unit) }
        }
    }

    private mutating func uriParameters(_ parameters: [SIPParameter]) {
        for parameter in parameters {
            byte(UInt8(ascii: ";"))
            escaped(parameter.name)
            guard let value = parameter.value else { continue }
            byte(UInt8(ascii: "="))
            escaped(value)
        }
    }

    private mutating func escaped(_ text: String) {
        for unit in text.utf8 {
            if SIPScanner.isParameterByte(unit), unit != UInt8(ascii: "%") { byte(unit) } else { percent(unit) }
        }
    }

    private mutating func percent(_ unit: UInt8) {
        let digits = Array("0123456789ABCDEF".utf8)
        byte(UInt8(ascii: "%"))
        byte(digits[Int(unit >> 4)])
        byte(digits[Int(unit & 15)])
    }
}

extension SIPScanner {
    static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    static func isSchemeByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// unreserved of RFC 3261 section 25.1.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        isLetter(byte) || (48...57).contains(byte) || "-_.!~*'()".utf8.contains(byte)
    }

    /// unreserved and user-unreserved of RFC 3261 section 25.1, and the colon before a password.
    static func isUserByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (48...57).contains(byte) || "-_.!~*'()&=+$,;?/:".utf8.contains(byte)
    }

    /// paramchar of RFC 3261 section 25.1, with the percent sign of an escape.
    static func isParameterByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (48...57).contains(byte) || "-_.!~*'()[]/:&+$%".utf8.contains(byte)
    }

    static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// Takes a host name, an IPv4 address or an IPv6 reference in brackets.
    mutating func host() throws(SIPSyntaxError) -> String {
        let start = index
        if take(UInt8(ascii: "[")) {
            _ = take { SIPScanner.hex($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
            let text = take(UInt8(ascii: "]")) ? String(decoding: bytes[start..<index], as: UTF8.self) : ""
            // The grammar of RFC 3261 asked for three colons before an IPv4 address: RFC 5118 section 4.10.
            guard IPAddress(text) != nil || text.contains(".") && IPAddress(text.replacing(":::", with: "::", maxReplacements: 1)) != nil
            else {
                throw SIPSyntaxError("expected an IPv6 address in brackets", at: start)
            }
            return text
        }
        let host = take {
            SIPScanner.isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "_")
        }
        guard !host.isEmpty else { throw SIPSyntaxError(expected: "a host", at: self) }
        return String(decoding: host, as: UTF8.self)
    }

    /// Takes `:port`, if it is here.
    mutating func port() throws(SIPSyntaxError) -> UInt16? {
        guard take(UInt8(ascii: ":")) else { return nil }
        guard let port = number(upTo: 65535) else { throw SIPSyntaxError(expected: "a port from 0 to 65535", at: self) }
        return UInt16(port)
    }
}
