import CTI
import CallControl
import Kernel
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// The application does not do its part, or is gone.
struct ApplicationFailureStories {
    @Test("when the application goes, the call that it had answered rings at the line's CFOF number and is talked there")
    func failureWhileTalking() throws {
        var world = House.staffedWorld()
        _ = try world.reachAttendant()
        world.disconnect("attendant")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2000"))
        #expect(world.alarms == [.applicationFailed(user: "attendant", calls: 1)])
        #expect(world.call("2000")?.invitation?.headers["Diversion"]?.contains("5000") == true)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("when the application goes while an agent rings for it, the agent has the call")
    func failureWhileRedirecting() throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        world.set("2001") { $0.reaction = .answers(after: .seconds(3)) }
        world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true)))
        world.run(for: .seconds(1))
        world.disconnect("attendant")
        world.run(for: .seconds(5))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a call that the application leaves untouched goes to the failure number when the new call accept timer ends")
    func acceptTimer() {
        var habits = House.attendant
        habits.reaction = .waits
        var world = House.staffedWorld(habits)
        world.dial("5000", from: "caller")
        world.run(for: .milliseconds(3900))
        #expect(world.call("2000") == nil)
        world.run(for: .milliseconds(200))
        #expect(world.call("2000")?.state == .ringing)
        world.run(for: .seconds(2))
        #expect(world.isTalking("caller", to: "2000"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("an accepted call rings on past the accept timer")
    func accepted() {
        var habits = House.attendant
        habits.reaction = .accepts
        var world = House.staffedWorld(habits)
        world.dial("5000", from: "caller")
        world.run(for: .seconds(6))
        #expect(world.call("caller")?.responses.map(\.status) == [180])
        #expect(world.call("2000") == nil)
    }

    @Test("without an application 5000 leads to the operator at once")
    func noApplication() {
        var world = House.world()
        world.dial("5000", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2000"))
    }

    @Test("an application that does not give a media address in time loses the call to the failure number")
    func noAddress() {
        var habits = House.attendant
        habits.givesAddresses = false
        var world = House.staffedWorld(habits)
        world.dial("5000", from: "caller")
        world.run(for: .seconds(15))
        #expect(world.isTalking("caller", to: "2000"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a wrong password opens no provider, and the line goes on to the operator")
    func wrongPassword() {
        var habits = House.attendant
        habits.password = "guess"
        var world = House.staffedWorld(habits)
        #expect(world.applications["attendant"]?.replies.values.contains(.failure(.badCredentials(user: "attendant"))) == true)
        world.dial("5000", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2000"))
    }
}
