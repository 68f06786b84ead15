extension NameAddress {
    /// Reads one value of From, To, Contact, Route and the like.
    public init(parsing text: String) throws(SIPParseError) {
        var scanner = SIPScanner(text)
        do throws(SIPSyntaxError) {
            self = try NameAddress.parse(&scanner)
            scanner.skipSpace()
            guard scanner.isAtEnd else { throw SIPSyntaxError(expected: "the end of the address", at: scanner) }
        } catch {
            throw SIPParseError(status: error.status, reason: "Malformed address: \(error.reason)", offset: error.offset)
        }
    }

    /// Reads one value where the scanner stands, up to the comma behind it or the end.
    static func parse(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> NameAddress {
        scanner.skipSpace()
        var name: String?
        if scanner.peek == UInt8(ascii: "\"") {
            guard let quoted = scanner.quotedString() else {
                throw SIPSyntaxError(expected: "the closing quote of the display name", at: scanner)
            }
            name = quoted
            scanner.skipSpace()
            guard scanner.peek == UInt8(ascii: "<") else { throw SIPSyntaxError(expected: "\"<\" after the display name", at: scanner) }
        } else if let bare = bareName(&scanner) {
            name = bare.isEmpty ? nil : bare
        } else {
            return try addressSpecification(&scanner)
        }
        scanner.advance()
        let start = scanner.index
        _ = scanner.take { $0 != UInt8(ascii: ">") }
        let end = scanner.index
        guard scanner.take(UInt8(ascii: ">")) else { throw SIPSyntaxError(expected: "\">\" behind the URI", at: scanner) }
        let uri = try SIPURI.parse(scanner.bytes, start, end)
        return NameAddress(displayName: name, uri: uri, parameters: try scanner.headerParameters())
    }

    /// The display name without quotes, when a "<" follows; the scanner then stands at it. Otherwise nothing is taken.
    private static func bareName(_ scanner: inout SIPScanner) -> String? {
        var probe = scanner
        let name = probe.take { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "@") }
        guard probe.peek == UInt8(ascii: "<") else { return nil }
        scanner = probe
        var words = name
        while let last = words.last, SIPScanner.isSpace(last) { words.removeLast() }
        return String(decoding: SIPScanner.withoutFolds(words), as: UTF8.self)
    }

    /// A URI without brackets: its parameters belong to the header field (RFC 3261 section 20).
    private static func addressSpecification(_ scanner: inout SIPScanner) throws(SIPSyntaxError) -> NameAddress {
        let start = scanner.index
        _ = scanner.take { $0 > 32 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
        if scanner.bytes[start..<scanner.index].contains(UInt8(ascii: "?")) {
            throw SIPSyntaxError("a URI with a question mark must be enclosed in \"<\" and \">\"", at: start)
        }
        let uri = try SIPURI.parse(scanner.bytes, start, scanner.index)
        return NameAddress(uri: uri, parameters: try scanner.headerParameters())
    }

    /// The `tag` parameter.
    public var tag: String? {
        get { parameters.value(of: "tag") }
        set {
            if let newValue { parameters.set("tag", newValue) } else { parameters.removeAll { $0.name == "tag" } }
        }
    }

    /// The value of a header parameter (name in lower case): empty when it has no value, `nil` when there is none.
    public func parameter(_ name: String) -> String? { parameters.value(of: name) }
}

extension NameAddress: CustomStringConvertible {
    /// The address as it is written, always with angle brackets.
    public var description: String {
        var writer = SIPWriter(capacity: 96)
        writer.address(self)
        return writer.string
    }
}

extension SIPWriter {
    mutating func address(_ address: NameAddress) {
        if let name = address.displayName {
            quoted(name)
            byte(32)
        }
        byte(UInt8(ascii: "<"))
        uri(address.uri)
        byte(UInt8(ascii: ">"))
        parameters(address.parameters)
    }
}
