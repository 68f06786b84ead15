import Kernel
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// Phones of every age prove who they are.
struct DigestStories {
    let phone = Stranger("2001", at: House.host(11))

    func register(_ cseq: Int, authorization: String? = nil, in world: inout SimulatedWorld) -> [SIPMessage] {
        let extra = ["Expires: 300"] + (authorization.map { ["Authorization: \($0)"] } ?? [])
        world.post(
            phone.request("REGISTER", to: "2001", cseq: cseq, branch: "register-\(cseq)", extra: extra), from: phone.address,
            to: House.address)
        world.run(for: .milliseconds(100))
        return world.emptyMailbox(at: phone.address)
    }

    func answer(_ challenge: DigestChallenge, password: String = "secret-2001") -> String {
        DigestCredentials(username: "2001", password: password)
            .answer(to: challenge, method: "REGISTER", uri: "sip:2001@192.0.2.1:5060", body: [], cnonce: "0a4f113b", nonceCount: 1)
    }

    static func challenges(_ messages: [SIPMessage]) throws -> [DigestChallenge] {
        try (messages.response(401)?.headers.all("WWW-Authenticate") ?? []).map { try DigestChallenge(parsing: $0) }
    }

    @Test("a challenge names the stronger algorithm first, and an answer in either is taken", arguments: [DigestAlgorithm.md5, .sha256])
    func bothAlgorithms(algorithm: DigestAlgorithm) throws {
        var world = House.world(registering: [])
        world.openMailbox(at: phone.address)
        let challenges = try DigestStories.challenges(register(1, in: &world))
        #expect(challenges.map(\.algorithm) == [.sha256, .md5])
        #expect(challenges.allSatisfy { $0.realm == "harbour.example" && !$0.isStale })
        let challenge = try #require(challenges.first { $0.algorithm == algorithm })
        let answers = register(2, authorization: answer(challenge), in: &world)
        #expect(answers.statuses == [200])
        #expect(answers.response(200)?.common.contacts.first?.parameter("expires") == "300")
    }

    @Test("a nonce that is too old is told from a wrong password")
    func stale() throws {
        var world = House.world(registering: [])
        world.openMailbox(at: phone.address)
        let old = try #require(try DigestStories.challenges(register(1, in: &world)).first)
        world.run(for: .seconds(400))
        let again = try DigestStories.challenges(register(2, authorization: answer(old), in: &world))
        #expect(again.first?.isStale == true)
        let fresh = try #require(again.first)
        let answers = register(3, authorization: answer(fresh), in: &world)
        #expect(answers.statuses == [200])
        let refusals = register(4, authorization: answer(fresh, password: "guess"), in: &world)
        #expect(refusals.statuses == [403])
    }

    @Test("a phone cannot register another one")
    func another() throws {
        var world = House.world(registering: [])
        world.openMailbox(at: phone.address)
        let challenge = try #require(try DigestStories.challenges(register(1, in: &world)).first)
        let bytes = phone.request("REGISTER", to: "2002", cseq: 2, branch: "other", extra: ["Authorization: \(answer(challenge))"])
        // The Request-URI stays what the answer was made for.
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(
            "REGISTER sip:2002@192.0.2.1:5060", "REGISTER sip:2001@192.0.2.1:5060")
        world.post(Array(text.utf8), from: phone.address, to: House.address)
        world.run(for: .milliseconds(100))
        let refusals = world.emptyMailbox(at: phone.address)
        #expect(refusals.statuses == [403])
        #expect(world.registrations.isEmpty)
    }
}
