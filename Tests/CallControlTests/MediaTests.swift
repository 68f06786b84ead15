import CallControl
import Kernel
import SDP
import Testing

struct MediaTests {
    @Test(arguments: [true, false])
    func `an offer of either party is passed on, and the answer comes back`(callerOffers: Bool) {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        let (first, second) = callerOffers ? (caller, called) : (called, caller)
        bench.signal(first, .media(.offer(.at(11))))
        #expect(bench.commands(to: second) == [.media(.offer(.at(11)))])
        bench.signal(second, .media(.answer(.at(12))))
        #expect(bench.commands(to: first) == [.media(.answer(.at(12)))])
        bench.signal(second, .media(.offer(.at(13))))
        #expect(bench.commands(to: first) == [.media(.offer(.at(13)))])
    }

    @Test func `an offer that is refused is refused to whoever made it`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(caller, .media(.offer(.at(11))))
        bench.signal(called, .mediaRefused)
        #expect(bench.commands(to: caller) == [.refuseMedia])
        bench.signal(called, .media(.offer(.at(12))))
        #expect(bench.commands(to: caller) == [.media(.offer(.at(12)))])
    }

    @Test func `an offer that crosses another one is refused, and the first goes on`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(caller, .media(.offer(.at(11))))
        bench.signal(called, .media(.offer(.at(12))))
        #expect(bench.commands(to: called) == [.refuseMedia])
        #expect(bench.commands(to: caller).isEmpty)
        bench.signal(called, .media(.answer(.at(2))))
        #expect(bench.commands(to: caller) == [.media(.answer(.at(2)))])
    }

    @Test func `a party that asks for an offer gets the other's`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(caller, .media(.solicit))
        #expect(bench.commands(to: called) == [.media(.solicit)])
        bench.signal(called, .media(.offer(.at(12))))
        #expect(bench.commands(to: caller) == [.media(.offer(.at(12)))])
        bench.signal(caller, .media(.answer(.at(11))))
        #expect(bench.commands(to: called) == [.media(.answer(.at(11)))])
    }

    @Test func `an offer before the answer to the call is refused`() {
        var bench = Bench()
        let caller = bench.call("1002")
        bench.signal(caller, .media(.offer(.at(11))))
        #expect(bench.commands(to: caller) == [.refuseMedia])
    }

    @Test func `an endpoint that never answers an offer counts as refusing it`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(caller, .media(.offer(.at(11))))
        bench.wait(.seconds(40))
        #expect(bench.commands(to: caller) == [.refuseMedia])
        bench.signal(called, .media(.answer(.at(2))))
        #expect(bench.outputs.isEmpty)
    }

    @Test func `a caller who answers no late offer loses the call`() {
        var bench = Bench()
        let caller = bench.call("1002", media: .solicit)
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.offer(.at(2))))
        bench.signal(caller, .mediaRefused)
        #expect(bench.commands(to: called) == [.release(.incompatibleMedia)])
    }

    @Test(arguments: [MediaDirection.sendOnly, .inactive])
    func `a phone that stops receiving holds the call, and retrieves it when it receives again`(direction: MediaDirection) {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(called, .media(.offer(.at(2, direction))))
        #expect(bench.events.isEmpty)
        bench.signal(caller, .media(.answer(.at(1, direction.reversed))))
        #expect(bench.events(of: called) == [.held])
        bench.signal(called, .media(.offer(.at(2))))
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.events(of: called) == [.retrieved])
    }

    @Test func `an offer reaches a leg with the lines that its session has, and the answer goes back with those of the offer`() {
        var bench = Bench()
        var twoLines = SessionDescription.at(1)
        twoLines.media.append(MediaDescription(kind: "video", port: 99, proto: "RTP/AVP", formats: ["99"]))
        let caller = bench.call("5000", media: .offer(twoLines))
        let point = bench.offered[0].leg
        var answer = SessionDescription.at(5)
        answer.media.append(MediaDescription(kind: "video", port: 0, proto: "RTP/AVP", formats: ["99"]))
        bench.signal(point, .connected(.answer(answer)))
        bench.request(.redirect(point, Redirect(to: "1004")))
        let agent = bench.offered[0].leg
        bench.signal(agent, .connected(.answer(answer)))
        bench.signal(caller, .media(.answer(twoLines)))
        bench.signal(agent, .media(.offer(.at(4))))
        let offers = bench.commands(to: caller).compactMap { if case .media(.offer(let offer)) = $0 { offer } else { nil } }
        #expect(offers.first?.media.map(\.kind) == ["audio", "video"])
        #expect(offers.first?.media.map(\.port) == [4, 0])
        bench.signal(caller, .media(.answer(answer)))
        let answers = bench.commands(to: agent).compactMap { if case .media(.answer(let answer)) = $0 { answer } else { nil } }
        #expect(answers.first?.media.map(\.kind) == ["audio"])
    }
}
