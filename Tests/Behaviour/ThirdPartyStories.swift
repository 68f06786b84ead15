import CTI
import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// An application watches and controls the agents' phones.
struct ThirdPartyStories {
    private static func world(_ change: (inout SwitchboardConfiguration) -> Void = { _ in }) -> SimulatedWorld {
        var desk = SimulatedApplication.Habits(user: "desk", password: "desk", devices: [])
        desk.phones = House.agents.map { DeviceName("desk-\($0)") }
        let phones = desk.phones
        var world = House.world { configuration in
            configuration.cti.users["desk"] = CTIUser(
                passwordHash: "desk", groups: [.enabled, .parkMonitoring, .callMonitoring, .callRecording], controlledDevices: Set(phones))
            configuration.plan.park = ParkNumbers(numbers: ["7101", "7102"])
            change(&configuration)
        }
        world.connect("desk", desk)
        world.run(for: .seconds(1))
        return world
    }

    @Test(
        "a call made for a phone rings there first, or is taken by the phone itself, and goes on to the number", arguments: [true, false])
    func makesCall(automatic: Bool) throws {
        var world = ThirdPartyStories.world()
        if automatic { world.set("2001") { $0.reaction = .waits } }
        world.ask("desk", .makeCall("desk-2001", line: "2001", to: "2002", data: CallData(), Origination(answersItself: automatic)))
        world.run(for: .seconds(5))
        #expect(world.call("2001")?.invitation?.headers["Answer-Mode"] == (automatic ? "Auto" : nil))
        #expect(world.isTalking("2001", to: "2002"))
        world.hangUp("2002")
        world.run(for: .seconds(1))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a phone that rings is told to take the call")
    func answers() throws {
        var world = ThirdPartyStories.world()
        world.set("2001") { $0.reaction = .waits }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(2))
        let leg = try world.leg(of: "desk-2001")
        world.ask("desk", .answer(leg))
        world.run(for: .seconds(1))
        #expect(world.isTalking("caller", to: "2001"))
    }

    @Test("hold and retrieve stop and start the audio of both, and everybody hears of it")
    func holds() throws {
        var world = ThirdPartyStories.world()
        try world.callAgent()
        let leg = try world.leg(of: "desk-2001")
        world.ask("desk", .hold(leg))
        world.run(for: .seconds(1))
        #expect(world.call("caller")?.sendsTo == nil && world.call("2001")?.audio?.direction.receives == false)
        world.ask("desk", .retrieve(leg))
        world.run(for: .seconds(1))
        #expect(world.isTalking("caller", to: "2001"))
        let kinds = world.kinds("desk", at: leg)
        #expect(kinds.contains(.held) && kinds.contains(.retrieved))
    }

    @Test("a consultation and a transfer leave caller and expert talking to each other", arguments: [true, false])
    func transfers(early: Bool) throws {
        var world = ThirdPartyStories.world()
        if early { world.set("2002") { $0.reaction = .answers(after: .seconds(5)) } }
        try world.callAgent()
        let first = try world.leg(of: "desk-2001")
        let asked = world.ask("desk", .consult(first, to: "2002", data: CallData(), Origination(answersItself: true)))
        let request = try #require(asked)
        world.run(for: .seconds(3))
        guard case .success(.made(_, let second))? = world.applications["desk"]?.replies[request] else {
            Issue.record("no consultation: \(String(describing: world.applications["desk"]?.replies[request]))")
            return
        }
        world.ask("desk", .transfer(first, with: second))
        world.run(for: .seconds(6))
        #expect(world.isTalking("caller", to: "2002"))
        #expect(world.phones["2001"]?.calls.allSatisfy(\.isOver) == true)
        world.hangUp("caller")
        world.run(for: .seconds(1))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("three who confer hear each other through the mixer, and the two who stay hear each other directly")
    func confers() throws {
        var world = ThirdPartyStories.world()
        try world.callAgent()
        let first = try world.leg(of: "desk-2001")
        let asked = world.ask("desk", .consult(first, to: "2002", data: CallData(), Origination(answersItself: true)))
        world.run(for: .seconds(3))
        guard let asked, case .success(.made(_, let second))? = world.applications["desk"]?.replies[asked] else {
            Issue.record("no consultation")
            return
        }
        world.ask("desk", .conference(first, with: second))
        world.run(for: .seconds(2))
        let legs = world.mixer.ports.keys.sorted()
        #expect(legs.count == 3)
        for (one, two) in [(0, 1), (0, 2), (1, 2)] { #expect(world.mixer.connects(legs[one], legs[two])) }
        #expect(world.call("caller")?.sendsTo.map { to in world.mixer.ports.values.contains { $0.address == to } } == true)
        world.ask("desk", .drop(second, .normalClearing))
        world.run(for: .seconds(2))
        #expect(world.mixer.ports.isEmpty)
        #expect(world.isTalking("caller", to: "2002"))
        world.hangUp("caller")
        world.run(for: .seconds(1))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a supervisor listens to a call that is recorded; neither party hears of it, and both hear each other throughout")
    func monitors() throws {
        var world = ThirdPartyStories.world()
        try world.callAgent()
        let leg = try world.leg(of: "desk-2001")
        world.ask("desk", .record(leg, .start))
        world.run(for: .seconds(1))
        #expect(world.mixer.recordings.count == 1)
        world.ask("desk", .join(leg, "desk-2003", line: "2003", .listener))
        world.run(for: .seconds(2))
        #expect(world.call("2003")?.state == .talking)
        #expect(world.mixer.ports.values.map(\.role).filter { $0 == .listener }.count == 1)
        let talkers = world.mixer.ports.filter { $0.value.role == .talker }.keys.sorted()
        #expect(talkers.count == 2 && world.mixer.connects(talkers[0], talkers[1]))
        world.ask("desk", .record(leg, .stop))
        world.hangUp("2003")
        world.run(for: .seconds(2))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        world.run(for: .seconds(1))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a parked call waits at its number until somebody dials it, and park monitors hear of both")
    func parks() throws {
        var world = ThirdPartyStories.world()
        try world.callAgent()
        let leg = try world.leg(of: "desk-2001")
        world.ask("desk", .monitorParks(true))
        world.ask("desk", .park(leg, at: nil))
        world.run(for: .seconds(2))
        #expect(world.call("2001")?.isOver == true && world.call("caller")?.state == .talking)
        #expect(world.call("caller")?.sendsTo == nil)
        world.dial("7101", from: "2003")
        world.run(for: .seconds(2))
        #expect(world.isTalking("caller", to: "2003"))
        let told = world.applications["desk"]?.events.compactMap { event -> CallEvent.Kind? in
            if case .call(let event) = event { event.kind } else { nil }
        }
        #expect(told?.contains(.parked(at: "7101")) == true && told?.contains(.unparked(from: "7101", .retrieved)) == true)
        world.hangUp("2003")
        world.run(for: .seconds(1))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }
}

extension SimulatedWorld {
    /// The leg of a device in its latest call.
    func leg(of device: DeviceName, sourceLocation: SourceLocation = #_sourceLocation) throws -> LegID {
        try #require(callEvents.last { $0.device == device && $0.leg != nil }?.leg, sourceLocation: sourceLocation)
    }

    /// What an application heard of a leg.
    func kinds(_ application: String, at leg: LegID) -> [CallEvent.Kind] {
        (applications[application]?.events ?? []).compactMap { event in
            if case .call(let event) = event, event.leg == leg { event.kind } else { nil }
        }
    }
}
