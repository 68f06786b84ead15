import CallControl
import Kernel
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// Calls come in by a trunk and go out by it.
struct TrunkStories {
    static func world(_ change: (inout SIPConfiguration.Trunk) -> Void = { _ in }) -> SimulatedWorld {
        var world = House.world { configuration in
            configuration.sip.trunks = configuration.sip.trunks.map { trunk in
                var trunk = trunk
                if trunk.device == "city" { change(&trunk) }
                return trunk
            }
        }
        world.add("city", SimulatedPhone.Identity(user: "city", address: House.city))
        return world
    }

    static func headers(_ fields: [(String, String)]) -> SIPHeaders {
        var headers = SIPHeaders()
        for (name, value) in fields { headers.add(name, value) }
        return headers
    }

    static let assertions = [
        ("P-Asserted-Identity", "\"Blue Heron\" <sip:+493023125010@city.example>"), ("X-Frontdesk-Data", "customer=42"),
        ("Diversion", "<sip:+4940555@city.example>;reason=no-answer"),
    ]

    @Test("a trusted trunk's word is taken on who calls, what the call carries and who passed it on")
    func trusted() throws {
        var world = TrunkStories.world()
        world.dial("2001", from: "city", headers: TrunkStories.headers(TrunkStories.assertions))
        world.run(for: .seconds(3))
        #expect(world.isTalking("city", to: "2001"))
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.common.from.uri.user == "+493023125010")
        #expect(invitation.common.from.displayName == "Blue Heron")
        #expect(invitation.headers["X-Frontdesk-Data"] == "customer=42")
        #expect(invitation.headers["Diversion"] == "<sip:+4940555@harbour.example>;reason=no-answer")
        world.hangUp("city")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("another trunk's is not, but for what From says")
    func untrusted() throws {
        var world = TrunkStories.world { $0.isTrusted = false }
        world.dial("2001", from: "city", headers: TrunkStories.headers(TrunkStories.assertions))
        world.run(for: .seconds(3))
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.common.from.uri.user == "city")
        #expect(invitation.headers["X-Frontdesk-Data"] == nil)
    }

    @Test("a guest's word is taken on nothing")
    func guest() throws {
        var world = TrunkStories.world()
        world.dial("2001", from: "caller", headers: TrunkStories.headers(TrunkStories.assertions))
        world.run(for: .seconds(3))
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.common.from.displayName == "Blue Heron Books")
        #expect(invitation.headers["X-Frontdesk-Data"] == nil)
        #expect(invitation.headers["Diversion"] == nil)
    }

    @Test("a caller who withholds the number stays unknown to the agent")
    func anonymous() throws {
        var world = TrunkStories.world()
        world.dial("2001", from: "city", headers: TrunkStories.headers(TrunkStories.assertions + [("Privacy", "id")]))
        world.run(for: .seconds(3))
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.common.from.uri.host == "anonymous.invalid")
        #expect(invitation.headers["P-Asserted-Identity"] == nil)
    }

    @Test("an agent dials out, and the trunk hears the agent's number and only what it may")
    func out() throws {
        var world = TrunkStories.world { $0.prefix = "49" }
        world.dial("030555", from: "2001")
        world.run(for: .seconds(3))
        #expect(world.isTalking("2001", to: "city"))
        let invitation = try #require(world.call("city")?.invitation)
        #expect(invitation.uri.user == "4930555")
        #expect(invitation.common.from.uri.user == "2001")
        #expect(invitation.headers["P-Asserted-Identity"]?.contains("2001") == true)
        world.hangUp("city")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a guest may not dial out")
    func guestsStayInside() {
        var world = TrunkStories.world()
        world.dial("030555", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .over(.refused(404)))
        #expect(world.call("city") == nil)
    }

    @Test("where guests are not welcome a stranger is asked for a password")
    func noGuests() {
        var world = House.world { $0.sip.guests = nil }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .over(.refused(401)))
    }

    @Test("we register with a trunk, answer its challenge, refresh in time and come back after a failure")
    func registers() throws {
        var world = House.world { configuration in
            configuration.sip.trunks[1].registration = SIPConfiguration.Registration(
                user: "harbour", password: "pw", expires: .seconds(600))
        }
        world.openMailbox(at: House.city)
        world.dial("030555", from: "2001")
        world.run(for: .seconds(2))
        #expect(world.call("2001")?.state == .over(.refused(503)))
        let city = Stranger("city", at: House.city)
        // The first REGISTER went out before the mailbox was there; it comes again.
        let begun = world.emptyMailbox(at: House.city)
        let first = try #require(begun.requests.first { $0.method == .register })
        #expect(first.common.to.uri.user == "harbour")
        #expect(first.headers["Expires"] == "600")
        let challenge = DigestChallenge(realm: "city.example", nonce: "n1", algorithm: .md5)
        var demand = first.response(status: 401)
        demand.headers.add("WWW-Authenticate", challenge.text)
        world.post(demand.encoded, from: House.city, to: House.address)
        world.run(for: .milliseconds(100))
        let proofs = world.emptyMailbox(at: House.city)
        let proof = try #require(proofs.requests.first { $0.headers["Authorization"] != nil })
        let answer = try DigestAnswer(parsing: try #require(proof.headers["Authorization"]))
        let right = DigestCredentials(username: "harbour", password: "pw").answer(
            to: challenge, method: "REGISTER", uri: answer.uri, body: [], cnonce: answer.quality?.cnonce ?? "", nonceCount: 1)
        #expect(try DigestAnswer(parsing: right).response == answer.response)
        world.post(city.response(200, to: proof, tag: "t"), from: House.city, to: House.address)
        world.run(for: .seconds(1))
        #expect(world.registrations.last == .trunk("city", registered: true))
        world.run(for: .seconds(560))
        let refreshed = world.emptyMailbox(at: House.city)
        let second = try #require(refreshed.requests.first)
        #expect(second.common.callID == first.common.callID)
        #expect(second.common.cseq > proof.common.cseq)
        world.post(city.response(503, to: second, tag: "t"), from: House.city, to: House.address)
        world.run(for: .seconds(1))
        #expect(world.registrations.last == .trunk("city", registered: false))
        world.run(for: .seconds(30))
        let tried = world.emptyMailbox(at: House.city)
        let third = try #require(tried.requests.first)
        world.post(city.response(200, to: third, tag: "t"), from: House.city, to: House.address)
        world.run(for: .seconds(1))
        #expect(world.registrations.last == .trunk("city", registered: true))
    }
}
