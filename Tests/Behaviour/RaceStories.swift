import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// Things that cross on the wire, get lost, or come when they should not.
struct RaceStories {
    @Test("a CANCEL that crosses the 200 leaves nobody in a call", arguments: [0, 10, 20, 30, 40, 50, 60])
    func cancelCrossesAnswer(milliseconds: Int) throws {
        var world = House.world()
        world.network.faults.delay = .milliseconds(25)...(.milliseconds(25))
        world.set("2001") { $0.reaction = .answers(after: .milliseconds(500)) }
        world.dial("2001", from: "caller")
        // The answer leaves the agent at 550 ms and is with the caller at 600 ms.
        world.run(for: .milliseconds(540 + milliseconds))
        world.hangUp("caller")
        world.run(for: .seconds(5))
        #expect(world.call("caller")?.isOver == true)
        #expect(world.call("2001")?.isOver == true)
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
        #expect(world.phones.values.allSatisfy { $0.isIdle })
    }

    @Test("a caller whose ACK never comes is sent the 200 again and again, and is hung up after 32 seconds")
    func lostACK() throws {
        var world = House.world()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        world.post(stranger.invite("2001"), from: stranger.address, to: House.address)
        world.run(for: .seconds(31))
        let early = world.emptyMailbox(at: stranger.address)
        #expect(early.statuses.filter { $0 == 200 }.count >= 10)
        #expect(early.requests.isEmpty)
        #expect(world.call("2001")?.state == .talking)
        world.run(for: .seconds(4))
        let later = world.emptyMailbox(at: stranger.address)
        #expect(later.requests.map(\.method).first == .bye)
        #expect(world.call("2001")?.isOver == true)
        world.run(for: .seconds(40))
        #expect(world.switchboard.isIdle)
    }

    @Test("a retransmitted INVITE is one call")
    func retransmittedINVITE() {
        var world = House.world()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        for _ in 0..<5 {
            world.post(stranger.invite("2001"), from: stranger.address, to: House.address)
            world.run(for: .milliseconds(100))
        }
        #expect(world.phones["2001"]?.calls.count == 1)
        #expect(world.switchboard.counts.calls == 1)
    }

    @Test("offers of both sides at the same moment leave the call with media both ways", arguments: [1, 2, 3])
    func glare(seed: UInt64) throws {
        var world = House.world(seed: seed)
        world.network.faults.delay = .milliseconds(20)...(.milliseconds(20))
        try world.callAgent()
        world.reoffer("caller", .sendReceive)
        world.reoffer("2001", .sendReceive)
        world.run(for: .seconds(20))
        #expect(world.isTalking("caller", to: "2001"))
        world.reoffer("caller", .sendOnly)
        world.reoffer("2001", .sendOnly)
        world.run(for: .seconds(20))
        #expect(world.call("caller")?.state == .talking)
        #expect(world.call("2001")?.state == .talking)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a BYE of both sides at the same moment ends the call for both")
    func bothHangUp() throws {
        var world = House.world()
        world.network.faults.delay = .milliseconds(20)...(.milliseconds(20))
        try world.callAgent()
        world.hangUp("caller")
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
        #expect(world.phones.values.allSatisfy { $0.isIdle })
    }

    @Test("a hangup that crosses an offer ends the call for both")
    func byeCrossesOffer() throws {
        var world = House.world()
        world.network.faults.delay = .milliseconds(20)...(.milliseconds(20))
        try world.callAgent()
        world.reoffer("caller", .sendOnly)
        world.run(for: .milliseconds(30))
        world.hangUp("2001")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
        #expect(world.call("caller")?.isOver == true)
    }

    @Test("a request in a dialog that has ended gets 481")
    func afterBYE() throws {
        var world = House.world()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        world.post(stranger.invite("2001"), from: stranger.address, to: House.address)
        world.run(for: .seconds(2))
        let answers = world.emptyMailbox(at: stranger.address)
        let answer = try #require(answers.response(200))
        let tag = answer.common.to.tag
        world.post(stranger.request("ACK", to: "2001", branch: "ack", toTag: tag), from: stranger.address, to: House.address)
        world.post(stranger.request("BYE", to: "2001", cseq: 2, branch: "bye", toTag: tag), from: stranger.address, to: House.address)
        world.run(for: .seconds(1))
        let hungUp = world.emptyMailbox(at: stranger.address)
        #expect(hungUp.statuses == [200])
        for (index, method) in ["BYE", "INFO", "INVITE"].enumerated() {
            let bytes = stranger.request(
                method, to: "2001", cseq: 3 + index, branch: "late-\(method)", toTag: tag,
                body: method == "INVITE" ? Stranger.description : "")
            world.post(bytes, from: stranger.address, to: House.address)
            world.run(for: .milliseconds(200))
            let answers = world.emptyMailbox(at: stranger.address)
            #expect(answers.statuses.last == 481, "\(method)")
        }
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("what is malformed gets 400 with a reason, and harms no other call")
    func malformed() throws {
        var world = House.world()
        try world.callAgent()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        let text = String(decoding: stranger.invite("2002"), as: UTF8.self)
        world.post(Array(text.replacingOccurrences("CSeq: 1 INVITE", "CSeq: one INVITE").utf8), from: stranger.address, to: House.address)
        world.post(Array(text.replacingOccurrences("v=0", "v=zero").utf8), from: stranger.address, to: House.address)
        world.post(Array("rubbish\r\n\r\n".utf8), from: stranger.address, to: House.address)
        world.post([0, 255, 13, 10], from: stranger.address, to: House.address)
        world.run(for: .seconds(1))
        let answers = world.emptyMailbox(at: stranger.address)
        #expect(answers.statuses.contains(400))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test(
        "a request that cannot become a call is refused with the status that says why",
        arguments: [
            ("Max-Forwards: 70", "Max-Forwards: 0", 483), ("Content-Type: application/sdp", "Content-Type: text/plain", 415),
            ("INVITE sip:2001@192.0.2.1:5060", "INVITE sip:192.0.2.1:5060", 404),
            ("INVITE sip:2001@192.0.2.1:5060", "INVITE mailto:a@b.example", 416),
            ("INVITE sip:2001@192.0.2.1:5060", "INVITE sips:2001@192.0.2.1", 416), ("v=0", "v=1", 400),
        ])
    func refusals(part: String, replacement: String, status: Int) {
        var world = House.world()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        let text = String(decoding: stranger.invite("2001"), as: UTF8.self)
        world.post(Array(text.replacingOccurrences(part, replacement).utf8), from: stranger.address, to: House.address)
        world.run(for: .milliseconds(400))
        let answers = world.emptyMailbox(at: stranger.address)
        #expect(answers.statuses.filter { $0 != 100 } == [status])
        #expect(world.switchboard.counts.legs == 0)
    }

    @Test(
        "outside of calls OPTIONS is answered, and other methods are told what is allowed",
        arguments: [("OPTIONS", 200), ("MESSAGE", 405), ("FROB", 501)])
    func otherMethods(method: String, status: Int) throws {
        var world = House.world()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        world.post(stranger.request(method, to: "2001", branch: "x"), from: stranger.address, to: House.address)
        world.run(for: .milliseconds(200))
        let answers = world.emptyMailbox(at: stranger.address)
        let response = try #require(answers.response(status))
        #expect(response.headers["Allow"]?.contains("INVITE") == true)
    }
}

extension String {
    func replacingOccurrences(_ part: String, _ replacement: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: replacement)
    }
}
