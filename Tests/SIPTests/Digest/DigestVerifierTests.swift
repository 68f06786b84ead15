import Kernel
import SIP
import Testing

/// The server's side of digest authentication.
struct DigestVerifierTests {
    private static let start = Instant(nanoseconds: 1_000_000_000_000)
    private var verifier = DigestVerifier(realm: "house", secret: Array("a secret of this node".utf8))
    private let alice = DigestCredentials(username: "alice", password: "s\u{E9}same \"open\"")

    private static func request(_ authorization: String?, uri: String = "sip:example.com", name: String = "Authorization") throws
        -> SIPRequest
    {
        var request = SIPRequest(
            method: .register, uri: try SIPURI(parsing: uri),
            common: SIPCommonHeaders(
                via: [Via(transport: "UDP", host: "h")], from: NameAddress(uri: SIPURI(host: "h")), to: NameAddress(uri: SIPURI(host: "h")),
                callID: "1", cseq: 1, cseqMethod: .register))
        if let authorization { request.headers.add(name, authorization) }
        return request
    }

    /// The request with the answer to one of the verifier's challenges.
    private func answered(
        _ algorithm: DigestAlgorithm = .sha256, at time: Instant = start, as credentials: DigestCredentials? = nil,
        uri: String = "sip:example.com",
        count: Int = 1, cnonce: String = "c"
    ) throws -> SIPRequest {
        let challenge = try #require(
            try verifier.challenges(at: time).map { try DigestChallenge(parsing: $0) }.first { $0.algorithm == algorithm })
        let text = (credentials ?? alice).answer(to: challenge, method: "REGISTER", uri: uri, body: [], cnonce: cnonce, nonceCount: count)
        return try Self.request(text)
    }

    private func password(_ user: String) -> String? { user == "alice" ? alice.password : nil }

    @Test func `The strongest algorithm is offered first`() throws {
        let challenges = try verifier.challenges(at: Self.start, isStale: true).map { try DigestChallenge(parsing: $0) }
        #expect(challenges.map(\.algorithm) == [.sha256, .md5])
        #expect(challenges.allSatisfy { $0.isStale && $0.offersAuth && $0.realm == "house" })
    }

    @Test("The right password is right with every algorithm", arguments: DigestAlgorithm.allCases)
    func right(_ algorithm: DigestAlgorithm) throws {
        #expect(verifier.verify(try answered(algorithm), at: Self.start, password: password) == .verified("alice"))
    }

    @Test func `A wrong password, an unknown user and another method or address are wrong`() throws {
        let mallory = DigestCredentials(username: "alice", password: "guess")
        #expect(verifier.verify(try answered(as: mallory), at: Self.start, password: password) == .wrong("alice"))
        let nobody = DigestCredentials(username: "nobody", password: "")
        #expect(verifier.verify(try answered(as: nobody), at: Self.start, password: password) == .wrong("nobody"))
        var other = try answered()
        other.method = .invite
        #expect(verifier.verify(other, at: Self.start, password: password) == .wrong("alice"))
        other = try answered()
        other.uri = SIPURI(user: "5000", host: "example.com")
        #expect(verifier.verify(other, at: Self.start, password: password) == .wrong("alice"))
    }

    @Test func `No credentials, others' and unreadable ones are missing`() throws {
        for value in [
            nil, "Digest", "NoOneKnowsThisScheme opaque-data=here",
            #"Digest username="a", realm="x", nonce="n", uri="sip:h", response="0""#,
        ] {
            #expect(verifier.verify(try Self.request(value), at: Self.start, password: password) == .missing)
        }
        let forProxy = try Self.request(try answered().headers["Authorization"], name: "Proxy-Authorization")
        #expect(verifier.verify(forProxy, at: Self.start, password: password) == .missing)
        #expect(verifier.verify(forProxy, at: Self.start, isProxy: true, password: password) == .verified("alice"))
    }

    @Test func `A nonce is good for five minutes, and not before it was made`() throws {
        let request = try answered()
        #expect(verifier.verify(request, at: Self.start.advanced(by: .seconds(299)), password: password) == .verified("alice"))
        #expect(verifier.verify(request, at: Self.start.advanced(by: .seconds(301)), password: password) == .stale)
        #expect(verifier.verify(request, at: Self.start.advanced(by: .seconds(-1)), password: password) == .stale)
    }

    @Test("A nonce that is not ours is stale", arguments: ["", ".", "n", "e8d4a51000.", "-1.0", "zz.zz", "7fffffffffffffff.0", "0.0.0"])
    func foreign(_ nonce: String) throws {
        let challenge = DigestChallenge(realm: "house", nonce: nonce, algorithm: .sha256)
        let text = alice.answer(to: challenge, method: "REGISTER", uri: "sip:example.com", body: [], cnonce: "c", nonceCount: 1)
        #expect(verifier.verify(try Self.request(text), at: Self.start, password: password) == .stale)
        let other = DigestVerifier(realm: "house", secret: [1, 2, 3])
        #expect(other.verify(try answered(), at: Self.start, password: password) == .stale)
    }

    @Test mutating func `Credentials are taken once, and with the next count again`() throws {
        let first = try answered()
        #expect(verifier.verifyOnce(first, at: Self.start, password: password) == .verified("alice"))
        #expect(verifier.verifyOnce(first, at: Self.start.advanced(by: .seconds(1)), password: password) == .stale)
        #expect(verifier.verifyOnce(first, at: Self.start.advanced(by: .seconds(299)), password: password) == .stale)
        #expect(
            verifier.verifyOnce(try answered(count: 2), at: Self.start.advanced(by: .seconds(2)), password: password) == .verified("alice"))
        #expect(
            verifier.verifyOnce(try answered(cnonce: "d"), at: Self.start.advanced(by: .seconds(2)), password: password)
                == .verified("alice"))
    }

    @Test mutating func `Wrong credentials leave nothing behind, right ones not for long`() throws {
        let wrong = try answered(as: DigestCredentials(username: "alice", password: "guess"))
        for _ in 0..<10 { _ = verifier.verifyOnce(wrong, at: Self.start, password: password) }
        #expect(verifier.rememberedCount == 0)
        for minute in 0..<100 {
            let now = Self.start.advanced(by: .seconds(60 * minute))
            #expect(verifier.verifyOnce(try answered(at: now), at: now, password: password) == .verified("alice"))
        }
        #expect(verifier.rememberedCount <= 14)
    }
}
