/// Credentials in Authorization or Proxy-Authorization (RFC 7616 section 3.4).
public struct DigestAnswer: Equatable, Sendable {
    /// The user.
    public var username: String
    /// The realm of the challenge.
    public var realm: String
    /// The nonce of the challenge.
    public var nonce: String
    /// The URI that the hash was made with.
    public var uri: String
    /// The algorithm.
    public var algorithm: DigestAlgorithm
    /// The hash.
    public var response: String
    /// With `qop=auth`: the client's nonce and how often the server's was used.
    public var quality: Quality?
    /// The opaque text of the challenge.
    public var opaque: String?

    /// What comes with `qop=auth`.
    public struct Quality: Equatable, Sendable {
        /// The client's nonce.
        public var cnonce: String
        /// How often the server's nonce was used, eight hexadecimal digits.
        public var count: String
    }

    /// Reads a header value.
    public init(parsing text: String) throws(SIPParseError) {
        let fields = try DigestFields(parsing: text)
        guard let username = fields["username"], let realm = fields["realm"], let nonce = fields["nonce"], let uri = fields["uri"],
            let response = fields["response"]
        else { throw SIPParseError(reason: "Malformed credentials: expected username, realm, nonce, uri and response", offset: 0) }
        guard let algorithm = DigestAlgorithm(token: fields["algorithm"]) else {
            throw SIPParseError(reason: "Unknown digest algorithm: expected MD5 or SHA-256, found \(fields["algorithm"] ?? "")", offset: 0)
        }
        self.username = username
        self.realm = realm
        self.nonce = nonce
        self.uri = uri
        self.algorithm = algorithm
        self.response = response.lowercased()
        opaque = fields["opaque"]
        if fields["qop"] != nil {
            guard fields.lists("qop", "auth"), let cnonce = fields["cnonce"], let count = fields["nc"], DigestAnswer.isCount(count) else {
                throw SIPParseError(
                    reason: "Malformed credentials: expected qop=auth with cnonce and nc of eight hexadecimal digits", offset: 0)
            }
            quality = Quality(cnonce: cnonce, count: count)
        }
    }

    private static func isCount(_ text: String) -> Bool { text.utf8.count == 8 && text.utf8.allSatisfy { SIPScanner.hex($0) != nil } }

    /// The hash that the password makes (RFC 7616 section 3.4.1).
    func expected(password: String, method: String) -> String {
        DigestAnswer.hash(algorithm, username, realm, password, nonce, method, uri, quality)
    }

    static func hash(
        _ algorithm: DigestAlgorithm, _ username: String, _ realm: String, _ password: String, _ nonce: String, _ method: String,
        _ uri: String,
        _ quality: Quality?
    ) -> String {
        let user = algorithm.hash(username, realm, password)
        let request = algorithm.hash(method, uri)
        guard let quality else { return algorithm.hash(user, nonce, request) }
        return algorithm.hash(user, nonce, quality.count, quality.cnonce, "auth", request)
    }
}

extension DigestCredentials {
    /// The header value that answers a challenge.
    ///
    /// - Parameters:
    ///   - cnonce: A random token.
    ///   - nonceCount: How often the challenge's nonce is used with this request, from 1.
    public func answer(to challenge: DigestChallenge, method: String, uri: String, body: [UInt8], cnonce: String, nonceCount: Int) -> String
    {
        let digits = String(nonceCount, radix: 16)
        let count = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        let quality = challenge.offersAuth ? DigestAnswer.Quality(cnonce: cnonce, count: count) : nil
        let hash = DigestAnswer.hash(challenge.algorithm, username, challenge.realm, password, challenge.nonce, method, uri, quality)
        var writer = SIPWriter(capacity: 300)
        writer.text("Digest username=")
        writer.quoted(username)
        writer.text(", realm=")
        writer.quoted(challenge.realm)
        writer.text(", nonce=")
        writer.quoted(challenge.nonce)
        writer.text(", uri=")
        writer.quoted(uri)
        writer.text(", response=\"\(hash)\", algorithm=\(challenge.algorithm.rawValue)")
        if let opaque = challenge.opaque {
            writer.text(", opaque=")
            writer.quoted(opaque)
        }
        if let quality { writer.text(", qop=auth, nc=\(quality.count), cnonce=\"\(quality.cnonce)\"") }
        return writer.string
    }
}
