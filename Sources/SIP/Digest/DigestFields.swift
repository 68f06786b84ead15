/// The fields of a `Digest …` header value: `name=value, name="value"` (RFC 7616 section 3).
struct DigestFields {
    private var fields: [String: String] = [:]

    /// Reads a value; the error says what was expected and found.
    init(parsing text: String) throws(SIPParseError) {
        var scanner = SIPScanner(text)
        scanner.skipSpace()
        guard let scheme = scanner.lowercasedToken(), scheme == "digest" else {
            throw SIPParseError(reason: "Malformed credentials: expected the scheme Digest, found \(scanner.found)", offset: 0)
        }
        repeat {
            scanner.skipSpace()
            guard let name = scanner.lowercasedToken(), scanner.takeSpaced(UInt8(ascii: "=")) else {
                throw SIPParseError(reason: "Malformed credentials: expected name=value, found \(scanner.found)", offset: scanner.index)
            }
            let value = scanner.peek == UInt8(ascii: "\"") ? scanner.quotedString() : scanner.token()
            guard let value else {
                throw SIPParseError(
                    reason: "Malformed credentials: expected a value of \(name), found \(scanner.found)", offset: scanner.index)
            }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw SIPParseError(reason: "Malformed credentials: \(name) stands twice", offset: scanner.index)
            }
        } while scanner.takeSpaced(UInt8(ascii: ","))
        scanner.skipSpace()
        guard scanner.isAtEnd else {
            throw SIPParseError(reason: "Malformed credentials: expected a comma, found \(scanner.found)", offset: scanner.index)
        }
    }

    subscript(name: String) -> String? { fields[name] }

    /// Whether a comma list in a field holds a token.
    func lists(_ name: String, _ token: String) -> Bool {
        (fields[name] ?? "").split(separator: ",").contains { SIPHeaders.same(String($0.drop { $0 == " " }), token) }
    }
}
