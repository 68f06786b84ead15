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
                passwordHash: "desk", groups: [.enabled, .parkMonitoring], controlledDevices: Set(phones))
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
