/// A challenge in WWW-Authenticate or Proxy-Authenticate (RFC 7616 section 3.3, RFC 8760).
public struct DigestChallenge: Equatable, Sendable {
    /// What one authenticates for.
    public var realm: String
    /// The nonce, chosen by the server.
    public var nonce: String
    /// Text to be sent back unchanged.
    public var opaque: String?
    /// The algorithm.
    public var algorithm: DigestAlgorithm
    /// Whether `auth` is among the qualities of protection.
    public var offersAuth: Bool
    /// Whether only the nonce was too old, and the credentials right.
    public var isStale: Bool

    /// Makes a challenge.
    public init(
        realm: String, nonce: String, opaque: String? = nil, algorithm: DigestAlgorithm, offersAuth: Bool = true, isStale: Bool = false
    ) {
        self.realm = realm
        self.nonce = nonce
        self.opaque = opaque
        self.algorithm = algorithm
        self.offersAuth = offersAuth
        self.isStale = isStale
    }

    /// Reads a header value. An algorithm that we do not know is an error.
    public init(parsing text: String) throws(SIPParseError) {
        let fields = try DigestFields(parsing: text)
        guard let realm = fields["realm"], let nonce = fields["nonce"] else {
            throw SIPParseError(reason: "Malformed challenge: expected realm and nonce", offset: 0)
        }
        guard let algorithm = DigestAlgorithm(token: fields["algorithm"]) else {
            throw SIPParseError(reason: "Unknown digest algorithm: expected MD5 or SHA-256, found \(fields["algorithm"] ?? "")", offset: 0)
        }
        self.init(
            realm: realm, nonce: nonce, opaque: fields["opaque"], algorithm: algorithm, offersAuth: fields.lists("qop", "auth"),
            isStale: fields["stale"].map { SIPHeaders.same($0, "true") } ?? false)
    }

    /// The one to answer: with the strongest algorithm, the first of equals (RFC 8760 section 2.4).
    public static func strongest(of challenges: [DigestChallenge]) -> DigestChallenge? {
        challenges.reduce(nil) { best, next in best.map { $0.algorithm < next.algorithm ? next : $0 } ?? next }
    }

    /// The header value.
    public var text: String {
        var writer = SIPWriter(capacity: 160)
        writer.text("Digest realm=")
        writer.quoted(realm)
        writer.text(", nonce=")
        writer.quoted(nonce)
        if let opaque {
            writer.text(", opaque=")
            writer.quoted(opaque)
        }
        writer.text(", algorithm=\(algorithm.rawValue)")
        if offersAuth { writer.text(", qop=\"auth\"") }
        if isStale { writer.text(", stale=true") }
        return writer.string
    }
}
