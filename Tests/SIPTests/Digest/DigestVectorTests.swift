import SIP
import Testing

/// The client's side of digest authentication, on the examples of the RFCs.
struct DigestVectorTests {
    /// An example: a challenge and what answers it.
    struct Vector: Sendable, CustomStringConvertible {
        let description: String
        let password: String
        let challenge: String
        let cnonce: String
        let response: String
    }

    private static let nonce7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    private static let opaque7616 = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    private static let cnonce7616 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    private static let nonce2617 = "dcd98b7102dd2f0e8b11d0f600bfb0c093"

    static let vectors = [
        Vector(
            description: "RFC 2617 section 3.5", password: "Circle Of Life",
            challenge:
                #"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="\#(nonce2617)", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
            cnonce: "0a4f113b", response: "6629fae49393a05397450978507c4ef1"),
        Vector(
            description: "RFC 2069 section 2.4, without a quality", password: "CircleOfLife",
            challenge: #"Digest realm="testrealm@host.com", nonce="\#(nonce2617)", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
            cnonce: "", response: "1949323746fe6a43ef61f9606e7febea"),
        Vector(
            description: "RFC 7616 section 3.9.1, MD5", password: "Circle of Life",
            challenge:
                #"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="\#(nonce7616)", opaque="\#(opaque7616)""#,
            cnonce: cnonce7616, response: "8ca523f5e9506fed4657c9700eebdbec"),
        Vector(
            description: "RFC 7616 section 3.9.1, SHA-256", password: "Circle of Life",
            challenge:
                #"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="\#(nonce7616)", opaque="\#(opaque7616)""#,
            cnonce: cnonce7616, response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ]

    @Test("An answer is that of the RFC", arguments: vectors)
    func answers(_ vector: Vector) throws {
        let challenge = try DigestChallenge(parsing: vector.challenge)
        let text = DigestCredentials(username: "Mufasa", password: vector.password)
            .answer(to: challenge, method: "GET", uri: "/dir/index.html", body: [], cnonce: vector.cnonce, nonceCount: 1)
        let answer = try DigestAnswer(parsing: text)
        #expect(answer.response == vector.response)
        #expect(
            answer.username == "Mufasa" && answer.realm == challenge.realm && answer.nonce == challenge.nonce
                && answer.opaque == challenge.opaque)
        #expect(answer.quality?.count == (challenge.offersAuth ? "00000001" : nil))
    }

    @Test func `A challenge is written as it is read`() throws {
        let challenge = DigestChallenge(realm: #"a "b" \"#, nonce: "n", opaque: "o", algorithm: .sha256, isStale: true)
        #expect(try DigestChallenge(parsing: challenge.text) == challenge)
        let plain = DigestChallenge(realm: "r", nonce: "n", algorithm: .md5, offersAuth: false)
        #expect(try DigestChallenge(parsing: plain.text) == plain)
    }

    @Test func `Of several challenges the strongest that is known is answered`() throws {
        // As in RFC 8760, with SHA-512-256 first, which we do not know.
        let offered = ["SHA-512-256", "SHA-256", "MD5"].map { #"Digest realm="biloxi.com", qop="auth", algorithm=\#($0), nonce="n\#($0)""# }
        let known = offered.compactMap { try? DigestChallenge(parsing: $0) }
        #expect(known.count == 2)
        #expect(DigestChallenge.strongest(of: known)?.algorithm == .sha256)
        #expect(DigestChallenge.strongest(of: known.reversed())?.nonce == "nSHA-256")
        #expect(DigestChallenge.strongest(of: []) == nil)
    }

    @Test(
        "What cannot be read is refused with a reason",
        arguments: [
            ("Basic realm=\"r\"", "expected the scheme Digest"), ("Digest", "expected name=value"), ("Digest realm", "expected name=value"),
            ("Digest realm=\"r\"", "expected realm and nonce"), ("Digest realm=\"r, nonce=\"n\"", "expected a comma"),
            ("Digest realm=\"r\", nonce=\"n", "expected a value of nonce"),
            ("Digest realm=\"r\", nonce=\"n\", realm=\"s\"", "realm stands twice"),
            ("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-1", "expected MD5 or SHA-256"),
        ])
    func refused(_ text: String, _ reason: String) {
        let error = #expect(throws: SIPParseError.self) { try DigestChallenge(parsing: text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test(
        "Credentials with a quality need a client's nonce and a count",
        arguments: ["", ", cnonce=\"c\"", ", cnonce=\"c\", nc=1", ", nc=00000001"])
    func incomplete(_ rest: String) {
        let text = #"Digest username="u", realm="r", nonce="n", uri="sip:r", response="0", qop=auth"# + rest
        #expect(throws: SIPParseError.self) { try DigestAnswer(parsing: text) }
    }
}
