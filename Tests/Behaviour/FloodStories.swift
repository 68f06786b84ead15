import CallControl
import Kernel
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// More than anybody should have to bear.
struct FloodStories {
    @Test("10,000 INVITEs that nobody acknowledges harm no other call, are bounded, and are all gone 40 seconds later")
    func invitesNeverAcknowledged() throws {
        var world = House.staffedWorld()
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
        let source = House.host(200)
        for number in 0..<10_000 {
            let stranger = Stranger("s\(number)", at: source, callID: "flood-\(number)")
            world.post(stranger.invite("5000", branch: "flood-\(number)"), from: source, to: House.address)
        }
        world.run(for: .seconds(2))
        #expect(world.switchboard.counts.calls == 10_001)
        #expect(world.isTalking("caller", to: "2001"))

        // Others come through meanwhile.
        world.add("another", SimulatedPhone.Identity(user: "another", address: House.host(101)))
        world.dial("2002", from: "another")
        world.run(for: .seconds(3))
        #expect(world.isTalking("another", to: "2002"))
        world.run(for: .seconds(40))
        #expect(world.switchboard.counts.calls == 2)
        world.hangUp("caller")
        world.hangUp("another")
        world.run(for: .seconds(40))
        #expect(world.switchboard.isIdle)
    }

    @Test("beyond the limit of calls a further one is refused, and one that ends makes room")
    func limit() {
        var world = House.staffedWorld { $0.limits.calls = 100 }
        let source = House.host(200)
        for number in 0..<150 {
            let stranger = Stranger("s\(number)", at: source, callID: "flood-\(number)")
            world.post(stranger.invite("5000", branch: "flood-\(number)"), from: source, to: House.address)
        }
        world.run(for: .seconds(1))
        #expect(world.switchboard.counts.calls == 100)
        world.dial("2001", from: "caller")
        world.run(for: .seconds(1))
        #expect(world.call("caller")?.state == .over(.refused(503)))
        world.run(for: .seconds(75))
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
    }
}
