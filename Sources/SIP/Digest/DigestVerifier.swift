import Crypto
public import Kernel

/// The server's side of digest authentication (RFC 3261 section 22, RFC 8760): nonces that need no table, because they carry their own time and a
/// keyed hash of it, and the check of credentials.
public struct DigestVerifier: Sendable {
    /// What becomes of a request's credentials.
    public enum Verdict: Equatable, Sendable {
        /// They are right: this user's.
        case verified(String)
        /// There are none for this realm, or they cannot be read.
        case missing
        /// They are right but for a nonce that is too old.
        case stale
        /// They are wrong.
        case wrong(String)
    }

    /// How long a nonce is good.
    public static let lifetime: Duration = .seconds(300)

    private let realm: String
    private let key: SymmetricKey
    private var replays = DigestReplays()

    /// Makes a verifier; `secret` is random and stays on this node.
    public init(realm: String, secret: [UInt8]) {
        self.realm = realm
        key = SymmetricKey(data: secret)
    }

    /// The values of WWW-Authenticate, strongest algorithm first (RFC 8760 section 2.4).
    public func challenges(_ algorithms: [DigestAlgorithm] = DigestAlgorithm.allCases, at now: Instant, isStale: Bool = false) -> [String] {
        let nonce = nonce(at: now)
        return algorithms.sorted(by: >).map {
            DigestChallenge(realm: realm, nonce: nonce, algorithm: $0, isStale: isStale).text
        }
    }

    /// Checks the credentials of a request, and takes none twice: what is right but was here before is `.stale`, so that whoever overheard it gets
    /// nothing by it, and a phone that counts wrongly a new nonce. A retransmission must not come here, and does not behind a transaction.
    ///
    /// - Parameter password: Finds the password of a user; `nil` for an unknown one.
    public mutating func verifyOnce(_ request: SIPRequest, at now: Instant, isProxy: Bool = false, password: (String) -> String?) -> Verdict
    {
        let (verdict, answer) = check(request, at: now, isProxy, password)
        guard case .verified = verdict, let answer else { return verdict }
        return replays.insert(answer.response, at: now.nanoseconds / 1_000_000) ? verdict : .stale
    }

    /// How many credentials are remembered, so that none is taken twice.
    public var rememberedCount: Int { replays.count }

    /// Checks the credentials of a request.
    ///
    /// - Parameter password: Finds the password of a user; `nil` for an unknown one.
    public func verify(_ request: SIPRequest, at now: Instant, isProxy: Bool = false, password: (String) -> String?) -> Verdict {
        check(request, at: now, isProxy, password).0
    }

    private func check(
        _ request: SIPRequest, at now: Instant, _ isProxy: Bool, _ password: (String) -> String?
    ) -> (Verdict, DigestAnswer?) {
        let values = request.headers.all(isProxy ? "Proxy-Authorization" : "Authorization")
        let answers = values.compactMap { try? DigestAnswer(parsing: $0) }
        guard let answer = answers.first(where: { $0.realm == realm }) else { return (.missing, nil) }
        guard matchesTarget(answer.uri, request) else { return (.wrong(answer.username), answer) }
        // An unknown user costs as much time as a wrong password.
        let known = password(answer.username)
        let expected = answer.expected(password: known ?? "", method: request.method.text)
        guard DigestVerifier.areSame(expected, answer.response), known != nil else { return (.wrong(answer.username), answer) }
        return (isFresh(answer.nonce, at: now) ? .verified(answer.username) : .stale, answer)
    }

    /// The URI of the credentials names what the request is for; proxies may have changed how it is written (RFC 7616 section 3.4.6).
    private func matchesTarget(_ text: String, _ request: SIPRequest) -> Bool {
        guard let uri = try? SIPURI(parsing: text) else { return false }
        return uri.isEquivalent(to: request.uri) || uri.user == request.uri.user
    }

    private func nonce(at now: Instant) -> String {
        let time = String(now.nanoseconds / 1_000_000, radix: 16)
        return "\(time).\(seal(time))"
    }

    private func seal(_ time: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(time.utf8), using: key)
        return DigestAlgorithm.hexadecimal(code.prefix(12))
    }

    private func isFresh(_ nonce: String, at now: Instant) -> Bool {
        let parts = nonce.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0], radix: 16), milliseconds >= 0,
            DigestVerifier.areSame(seal(String(parts[0])), String(parts[1]))
        else { return false }
        let age = now.nanoseconds / 1_000_000 - milliseconds
        return age >= 0 && age <= DigestVerifier.lifetime.wholeMilliseconds
    }

    /// Compares in a time that does not depend on where the difference is.
    private static func areSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
