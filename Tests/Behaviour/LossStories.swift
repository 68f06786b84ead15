import CTI
import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// The network loses, doubles, delays and reorders.
struct LossStories {
    @Test("with one packet of five lost over UDP a call is set up, redirected, talked and ended", arguments: 1...20)
    func loss(seed: UInt64) throws {
        var world = House.staffedWorld(seed: seed)
        world.network.faults.loss = 0.2
        world.network.faults.duplication = 0.1
        world.network.faults.delay = .milliseconds(5)...(.milliseconds(200))
        world.dial("5000", from: "caller")
        var isSo = world.run(upTo: .seconds(30)) { $0.call("caller")?.state == .talking }
        #expect(isSo)
        let leg = try #require(world.applications["attendant"]?.calls.last)
        world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true)))
        isSo = world.run(upTo: .seconds(40)) { $0.isTalking("caller", to: "2001") }
        #expect(isSo)
        world.run(for: .seconds(5))
        world.hangUp("2001")
        isSo = world.run(upTo: .seconds(40)) { $0.call("caller")?.isOver == true }
        #expect(isSo)
        world.network.faults.loss = 0
        world.run(for: .seconds(64))
        #expect(world.switchboard.isIdle)
        #expect(world.network.lost > 0)
    }

    @Test("the same seed gives the same run")
    func determinism() {
        func run() -> [String] {
            var world = House.staffedWorld(seed: 7)
            world.isTraced = true
            world.network.faults.loss = 0.3
            world.network.faults.delay = .milliseconds(5)...(.milliseconds(200))
            world.dial("5000", from: "caller")
            world.run(for: .seconds(20))
            world.hangUp("caller")
            world.run(for: .seconds(20))
            return world.trace
        }
        let first = run()
        #expect(first.count > 5)
        #expect(first == run())
    }

    @Test("a caller who is cut off is noticed when something is said to it, and the agent is freed")
    func cutOff() throws {
        var world = House.world()
        try world.callAgent()
        world.network.cutOff = [House.host(100).ip]
        world.reoffer("2001", .sendOnly)
        world.run(for: .seconds(45))
        #expect(world.call("2001")?.isOver == true)
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }
}
