import Kernel
import SIP

/// Who a request comes from: digest authentication of phones (RFC 3261 section 22, RFC 8760), with a limit on guessing.
struct Doorkeeper: Sendable {
    private var phones: [String: SIPConfiguration.Phone] = [:]
    private var limits = SIPConfiguration.Attempts()
    private var attempts: FailedAttempts<Guesser>
    private var verifier: DigestVerifier
    private var realm: String

    /// What becomes of a request.
    enum Verdict {
        /// It comes from this phone.
        case admitted(SIPConfiguration.Phone)
        /// 401 with these header fields.
        case challenge(SIPHeaders)
        /// 403.
        case refused
    }

    init(_ configuration: SIPConfiguration) {
        realm = configuration.realm
        attempts = FailedAttempts(window: configuration.attempts.window, capacity: configuration.attempts.guessers)
        verifier = DigestVerifier(realm: configuration.realm, secret: configuration.nonceSecret)
        adopt(configuration)
    }

    /// Takes over a changed configuration. Nonces stay good as long as realm and secret do.
    mutating func adopt(_ configuration: SIPConfiguration) {
        phones = Dictionary(configuration.phones.map { ($0.user, $0) }) { first, _ in first }
        limits = configuration.attempts
        realm = configuration.realm
        verifier = DigestVerifier(realm: configuration.realm, secret: configuration.nonceSecret)
    }

    /// The phone of a user.
    func phone(of user: String) -> SIPConfiguration.Phone? { phones[user] }

    /// Decides about a request.
    mutating func admit(_ request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [SIPEndpoint.Output]) -> Verdict {
        let source = hop.remote.ip
        if attempts.isBarred(Guesser(source), at: now) { return .refused }
        if attempts.count > 0, let user = claimedUser(of: request), attempts.isBarred(Guesser(source, user: user), at: now) {
            return .refused
        }
        let passwords = phones
        switch verifier.verify(request, at: now, password: { passwords[$0]?.password }) {
        case .verified(let user):
            guard let phone = phones[user] else { return .refused }
            attempts.succeed(Guesser(source, user: user))
            return .admitted(phone)
        case .missing:
            return challenge(request, at: now, isStale: false)
        case .stale:
            return challenge(request, at: now, isStale: true)
        case .wrong(let user):
            outputs.append(.notice(.authenticationFailed(user: user, from: hop.remote)))
            let ofUser = attempts.fail(Guesser(source, user: user), mostFailures: limits.failures, at: now)
            let ofAddress = attempts.fail(Guesser(source), mostFailures: limits.failuresOfAddress, at: now)
            if ofUser || ofAddress { outputs.append(.notice(.tooManyFailures(user: ofAddress ? nil : user, from: source))) }
            return .refused
        }
    }
}

extension Doorkeeper {
    private func challenge(_ request: SIPRequest, at now: Instant, isStale: Bool) -> Verdict {
        var headers = SIPHeaders()
        let algorithms = request.common.from.uri.user.flatMap { phones[$0]?.algorithms } ?? DigestAlgorithm.allCases
        for challenge in verifier.challenges(algorithms, at: now, isStale: isStale) { headers.add("WWW-Authenticate", challenge) }
        return .challenge(headers)
    }

    /// The user whose credentials a request carries, right or wrong; `nil` when there are none for our realm.
    func claimedUser(of request: SIPRequest) -> String? {
        for value in request.headers.all("Authorization") {
            do throws(SIPParseError) {
                let answer = try DigestAnswer(parsing: value)
                if answer.realm == realm { return answer.username }
            } catch {
                continue
            }
        }
        return nil
    }
}
