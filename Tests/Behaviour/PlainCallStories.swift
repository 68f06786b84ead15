import CallControl
import Kernel
import SDP
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// Two parties and nothing between them but the switchboard.
struct PlainCallStories {
    @Test("a call is rung, answered, talked and ended, whoever ends it", arguments: ["caller", "2001"])
    func fromBeginningToEnd(ender: String) throws {
        var world = House.world()
        world.dial("2001", from: "caller")
        world.run(for: .milliseconds(500))
        #expect(world.call("caller")?.responses.map(\.status) == [180])
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp(ender)
        world.run(for: .seconds(1))
        #expect(world.call(ender == "caller" ? "2001" : "caller")?.state == .over(.byPeer(.normalClearing)))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
        #expect(world.phones.values.allSatisfy { $0.isIdle })
    }

    @Test("a caller who hangs up before the answer leaves no phone ringing")
    func cancelled() throws {
        var world = House.world()
        world.set("2001") { $0.reaction = .waits }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(2))
        #expect(world.call("2001")?.state == .ringing)
        world.hangUp("caller")
        world.run(for: .seconds(1))
        #expect(world.call("2001")?.state == .over(.cancelled))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test(
        "a caller hears why the agent does not take the call",
        arguments: [(486, 486), (480, 408), (603, 603), (500, 503), (404, 404)])
    func refused(byAgent: Int, atCaller: Int) {
        var world = House.world()
        world.set("2001") { $0.reaction = .refuses(byAgent) }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .over(.refused(atCaller)))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("an agent who never answers is given up after the line's time")
    func notAnswered() {
        var world = House.world()
        world.set("2001") { $0.reaction = .waits }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(19))
        #expect(world.call("caller")?.state == .dialling)
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .over(.refused(480)))
        #expect(world.call("2001")?.state == .over(.cancelled))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("an unknown number gets 404, and a phone that is not there 480", arguments: [("7777", 404), ("2004", 480)])
    func unreachable(number: String, status: Int) {
        var world = House.world(registering: ["2001"])
        world.dial(number, from: "caller")
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .over(.refused(status)))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a phone that was unplugged without a word is given up")
    func unplugged() {
        var world = House.world()
        world.unplug("2001")
        world.dial("2001", from: "caller")
        world.run(for: .seconds(40))
        #expect(world.call("caller")?.isOver == true)
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a caller who makes no offer is made one by the called phone")
    func lateOffer() throws {
        var world = House.world()
        world.dial("2001", from: "caller", lateOffer: true)
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("hold and retrieve pass through, from either side", arguments: ["caller", "2001"])
    func hold(holder: String) throws {
        var world = House.world()
        try world.callAgent()
        let other = holder == "caller" ? "2001" : "caller"
        world.reoffer(holder, .sendOnly)
        world.run(for: .seconds(1))
        #expect(world.call(holder)?.audio?.direction == .sendOnly)
        #expect(world.call(other)?.audio?.direction == .receiveOnly)
        world.reoffer(holder, .sendReceive)
        world.run(for: .seconds(1))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a phone may ask for an offer during the call")
    func solicits() throws {
        var world = House.world()
        try world.callAgent()
        world.reoffer("2001", nil)
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.changes == 1)
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a key in SIP INFO reaches the other phone", arguments: ["caller", "2001"])
    func key(presser: String) throws {
        var world = House.world()
        try world.callAgent()
        world.press(try #require(DTMFKey("7")), on: presser)
        world.run(for: .seconds(1))
        #expect(world.call(presser == "caller" ? "2001" : "caller")?.told == ["Signal=7\r\nDuration=160\r\n"])
        #expect(world.call(presser)?.told == [])
    }

    @Test("an offer that the other phone refuses leaves the call as it was")
    func offerRefused() throws {
        var world = House.world()
        try world.callAgent()
        world.set("2001") { $0.refusesOffers = true }
        world.reoffer("caller", .inactive)
        world.run(for: .seconds(2))
        #expect(world.call("caller")?.state == .talking)
        #expect(world.call("2001")?.sendsTo == world.call("caller")?.media)
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("phones without a codec in common talk through the mixer")
    func noCodec() {
        var world = House.world()
        world.set("2001") { $0.capabilities = MediaCapabilities(formats: [.g722]) }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .talking && world.call("2001")?.state == .talking)
        #expect(world.call("caller")?.sendsTo != world.call("2001")?.media)
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a phone with a codec that nobody else has cannot talk, and the caller hears it")
    func strangeCodec() {
        var world = House.world()
        world.set("2001") { $0.capabilities = MediaCapabilities(formats: [AudioFormat(name: "G729", clockRate: 8000, payloadType: 18)]) }
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .over(.refused(488)))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }
}
