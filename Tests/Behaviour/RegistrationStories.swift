import CallControl
import Kernel
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// Phones register, and calls reach those that did.
struct RegistrationStories {
    @Test("a phone that registers with its password is called, and sees who calls", arguments: [Hop.Transport.udp, .tcp])
    func registersAndIsCalled(transport: Hop.Transport) throws {
        var world = House.world(registering: [])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(11), transport: transport))
        world.register("2001")
        world.run(for: .seconds(2))
        #expect(world.phones["2001"]?.registrationStatus == 200)
        #expect(world.phones["2001"]?.registeredContacts.count == 1)
        try world.callAgent()
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.common.from.displayName == "Blue Heron Books")
        #expect(invitation.common.from.uri.user == "+493023125010")
        #expect(invitation.headers["P-Asserted-Identity"] == "\"Blue Heron Books\" <sip:+493023125010@harbour.example>")
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a phone with a wrong password is refused, and nobody reaches it")
    func wrongPassword() {
        var world = House.world(registering: [])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "wrong", address: House.host(11)))
        world.register("2001")
        world.run(for: .seconds(2))
        #expect(world.phones["2001"]?.registrationStatus == 403)
        #expect(world.notices.contains(.authenticationFailed(user: "2001", from: House.host(11))))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .over(.refused(480)))
    }

    @Test("whoever guesses passwords is soon not heard any more, while the others are")
    func guessing() {
        var world = House.world(registering: ["2002"])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "wrong", address: House.host(11)))
        for _ in 0..<30 {
            world.register("2001")
            world.run(for: .seconds(1))
        }
        #expect(world.notices.filter { $0 == .tooManyFailures(user: "2001", from: House.host(11).ip) }.count == 1)
        #expect(world.notices.filter { $0 == .authenticationFailed(user: "2001", from: House.host(11)) }.count == 20)
        world.register("2002")
        world.run(for: .seconds(1))
        #expect(world.phones["2002"]?.registrationStatus == 200)
    }

    @Test("a registration that is not refreshed ends, and the phone counts as absent from then on")
    func expiry() {
        var world = House.world(registering: [])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(11)))
        world.register("2001", expires: 90)
        world.run(for: .seconds(89))
        #expect(world.registrations.count == 1)
        world.run(for: .seconds(3))
        #expect(world.registrations.last == .phone("desk-2001", contacts: []))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .over(.refused(480)))
    }

    @Test("a phone may ask for too brief a time only to be told the shortest")
    func tooBrief() {
        var world = House.world(registering: [])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(11)))
        world.register("2001", expires: 10)
        world.run(for: .seconds(2))
        #expect(world.phones["2001"]?.registrationStatus == 423)
    }

    @Test("a phone that goes over TCP is absent once its connection is gone")
    func connectionLost() {
        var world = House.world(registering: [])
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(11), transport: .tcp))
        world.register("2001")
        world.run(for: .seconds(2))
        world.breakConnection(between: House.address, and: House.host(11))
        #expect(world.registrations.last == .phone("desk-2001", contacts: []))
    }

    @Test("a phone's call shows its own number, whatever the phone says, and asks for its password")
    func phoneCalls() throws {
        var world = House.world(registering: ["2001", "2002"])
        world.dial("2002", from: "2001")
        world.run(for: .seconds(3))
        #expect(world.isTalking("2001", to: "2002"))
        #expect(world.call("2002")?.invitation?.common.from.uri.user == "2001")
        #expect(world.call("2002")?.invitation?.common.from.displayName == "Agent 2001")
        world.add("thief", SimulatedPhone.Identity(user: "2001", password: "guess", address: House.host(66)))
        world.dial("2002", from: "thief")
        world.run(for: .seconds(3))
        #expect(world.call("thief")?.state == .over(.refused(403)))
    }

    @Test("a phone with two contacts rings at both; the first to answer has the call and the other is let go", arguments: [1, 2])
    func twoContacts(winner: Int) throws {
        var world = House.world(registering: [])
        for number in 1...2 {
            var habits = SimulatedPhone.Habits()
            habits.reaction = number == winner ? .answers(after: .seconds(2)) : .waits
            world.add(
                "desk \(number)", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(UInt32(10 + number))),
                habits: habits)
            world.register("desk \(number)")
        }
        world.run(for: .seconds(2))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(1))
        #expect(world.call("desk 1")?.state == .ringing)
        #expect(world.call("desk 2")?.state == .ringing)
        world.run(for: .seconds(2))
        #expect(world.isTalking("caller", to: "desk \(winner)"))
        #expect(world.call("desk \(3 - winner)")?.state == .over(.cancelled))
        world.hangUp("desk \(winner)")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("of two contacts that answer at the same moment one has the call and the other is hung up")
    func bothAnswer() throws {
        var world = House.world(registering: [])
        world.network.faults.delay = .milliseconds(50)...(.milliseconds(50))
        for number in 1...2 {
            world.add(
                "desk \(number)", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(UInt32(10 + number))))
            world.register("desk \(number)")
        }
        world.run(for: .seconds(2))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(4))
        let states = [1, 2].map { world.call("desk \($0)")?.state }
        #expect(states.filter { $0 == .talking }.count == 1)
        #expect(world.call("caller")?.state == .talking)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
        #expect(world.phones.values.allSatisfy { $0.isIdle })
    }

    @Test("of two contacts one that is busy does not keep the other from answering; when both refuse the caller hears busy")
    func oneRefuses() throws {
        var world = House.world(registering: [])
        for number in 1...2 {
            var habits = SimulatedPhone.Habits()
            habits.reaction = number == 1 ? .refuses(486) : .answers(after: .seconds(1))
            world.add(
                "desk \(number)", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(UInt32(10 + number))),
                habits: habits)
            world.register("desk \(number)")
        }
        world.run(for: .seconds(2))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "desk 2"))
        world.hangUp("caller")
        world.run(for: .seconds(1))
        world.set("desk 2") { $0.reaction = .refuses(480) }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .over(.refused(486)))
    }
}
