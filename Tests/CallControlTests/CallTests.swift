import CallControl
import Kernel
import SDP
import Testing

struct CallTests {
    @Test func `the called phone sees who calls, and hears the caller's offer`() throws {
        var bench = Bench()
        _ = bench.call("1002")
        let setUp = try #require(bench.offered.first?.setUp)
        #expect(setUp.calling == Party(number: "1001", name: "Ada"))
        #expect(setUp.called == "1002")
        #expect(setUp.media == .offer(.at(1)))
        #expect(setUp.hopsLeft == 69)
        #expect(setUp.diversions.isEmpty)
    }

    @Test func `a phone cannot show a number that is not its own`() throws {
        var bench = Bench()
        bench.signal(LegID(1), .setUp(SetUp(calling: Party(number: "999", name: "Boss"), called: "1002"), from: "phone-1001"))
        #expect(bench.offered.first?.setUp.calling == Party(number: "1001", name: "Ada"))
    }

    @Test func `a trunk's caller is shown as the trunk says`() {
        var bench = Bench()
        let party = Party(number: "+4930123", name: "Carl")
        bench.signal(LegID(1), .setUp(SetUp(calling: party, called: "1002"), from: "trunk"))
        #expect(bench.offered.first?.setUp.calling == party)
    }

    @Test func `alerting and answer reach the caller with the media`() throws {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        bench.signal(called, .alerting(.none))
        #expect(bench.commands(to: caller) == [.alert(.none)])
        #expect(bench.events(of: called) == [.delivered])
        bench.signal(called, .connected(.answer(.at(2))))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(2)))])
        #expect(bench.events(of: called) == [.established(with: Party(number: "1001", name: "Ada"))])
        #expect(bench.events(of: caller) == [.established(with: Party(number: "1002", name: "Ben"))])
    }

    @Test func `early media is the answer when the answer brings none`() throws {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        bench.signal(called, .alerting(.answer(.at(2))))
        #expect(bench.commands(to: caller) == [.alert(.answer(.at(2)))])
        bench.signal(called, .connected(.none))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(2)))])
    }

    @Test func `a caller without an offer is made one by the called phone`() throws {
        var bench = Bench()
        let caller = bench.call("1002", media: .solicit)
        let offer = try #require(bench.offered.first)
        #expect(offer.setUp.media == .solicit)
        bench.signal(offer.leg, .connected(.offer(.at(2))))
        #expect(bench.commands(to: caller) == [.connect(.offer(.at(2)))])
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.commands(to: offer.leg) == [.media(.answer(.at(1)))])
    }

    @Test func `a phone that answers without media ends its leg`() throws {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        bench.signal(called, .connected(.none))
        #expect(bench.commands(to: called) == [.release(.interworking)])
        #expect(bench.commands(to: caller) == [.release(.interworking)])
        #expect(bench.control.callCount == 0)
    }

    @Test(arguments: [true, false])
    func `whoever hangs up, the other is released with the cause, and all is reported`(callerHangsUp: Bool) {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        let (first, second) = callerHangsUp ? (caller, called) : (called, caller)
        bench.signal(first, .released(.normalClearing))
        #expect(bench.commands(to: second) == [.release(.normalClearing)])
        #expect(bench.commands(to: first).isEmpty)
        #expect(bench.events(of: first) == [.connectionCleared(.normalClearing)])
        #expect(bench.events(of: second) == [.connectionCleared(.normalClearing)])
        #expect(bench.events.last?.kind == .callCleared(.normalClearing))
        #expect(bench.control.legCount == 0)
        #expect(bench.control.callCount == 0)
        #expect(bench.control.nextDeadline == nil)
    }

    @Test func `a caller who gives up releases the phone that rings`() throws {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.commands(to: called) == [.release(.normalClearing)])
        #expect(bench.control.nextDeadline == nil)
    }

    @Test func `of a shared line the first answer wins, and the others stop ringing`() throws {
        var bench = Bench()
        let caller = bench.call("1003")
        let legs = bench.offered.map(\.leg)
        bench.signal(legs[0], .alerting(.none))
        bench.signal(legs[1], .alerting(.none))
        #expect(bench.commands(to: caller).isEmpty)
        bench.signal(legs[1], .connected(.answer(.at(3))))
        #expect(bench.commands(to: legs[0]) == [.release(.answeredElsewhere)])
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(3)))])
        bench.signal(legs[0], .connected(.answer(.at(2))))
        #expect(bench.outputs.isEmpty)
        #expect(bench.control.strays == 1)
    }

    @Test func `of a shared line the caller hears early media from one device only`() {
        var bench = Bench()
        let caller = bench.call("1003")
        let legs = bench.offered.map(\.leg)
        bench.signal(legs[0], .alerting(.answer(.at(2))))
        #expect(bench.commands(to: caller) == [.alert(.answer(.at(2)))])
        bench.signal(legs[1], .alerting(.answer(.at(3))))
        #expect(bench.commands(to: caller).isEmpty)
    }

    @Test func `a shared line fails when its last device fails, as busy if one was busy`() {
        var bench = Bench()
        let caller = bench.call("1003")
        let legs = bench.offered.map(\.leg)
        bench.signal(legs[0], .released(.userBusy))
        #expect(bench.commands(to: caller).isEmpty)
        bench.signal(legs[1], .released(.rejected))
        #expect(bench.commands(to: caller) == [.release(.userBusy)])
    }

    @Test func `signals for legs that are gone are ignored and counted`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.signal(caller, .released(.normalClearing))
        for signal: LegSignal in [.released(.normalClearing), .connected(.none), .alerting(.none), .media(.solicit), .mediaRefused] {
            bench.signal(called, signal)
            #expect(bench.outputs.isEmpty)
        }
        #expect(bench.control.strays == 5)
    }

    @Test func `signals that come twice do nothing the second time`() throws {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        let setUp = SetUp(calling: Party(number: nil), called: "1002")
        bench.signal(caller, .setUp(setUp, from: "phone-1001"))
        #expect(bench.outputs.isEmpty)
        bench.signal(called, .alerting(.none))
        bench.signal(called, .alerting(.none))
        #expect(bench.outputs.isEmpty)
        bench.signal(called, .connected(.answer(.at(2))))
        bench.signal(called, .connected(.answer(.at(2))))
        #expect(bench.outputs.isEmpty)
        #expect(bench.control.legCount == 2)
    }

    @Test func `a call past the limit gets cause 42`() {
        var limits = CallControl.Limits()
        limits.calls = 1
        var bench = Bench(limits: limits)
        _ = bench.call("1002")
        let second = bench.call("1004", from: "phone-1003a")
        #expect(bench.commands(to: second) == [.release(.congestion)])
    }

    @Test func `a line makes no more calls than it may have`() {
        var bench = Bench { $0.lines[0].maximumCalls = 1 }
        _ = bench.call("1002")
        let second = bench.call("1004")
        #expect(bench.commands(to: second) == [.release(.congestion)])
    }

    @Test func `a call without hops left gets cause 25`() {
        var bench = Bench()
        bench.signal(LegID(1), .setUp(SetUp(calling: Party(number: nil), called: "1002", hopsLeft: 1), from: "trunk"))
        #expect(bench.commands(to: LegID(1)) == [.release(.routingError)])
    }

    @Test func `no call lasts longer than four hours`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.wait(.seconds(4 * 3600 - 1))
        #expect(bench.outputs.isEmpty)
        bench.wait(.seconds(1))
        #expect(bench.commands(to: caller) == [.release(.timerExpired)])
        #expect(bench.commands(to: called) == [.release(.timerExpired)])
    }

    @Test func `a trunk that never answers is given up after three minutes`() throws {
        var bench = Bench()
        let caller = bench.call("0123")
        let called = try #require(bench.offered.first?.leg)
        bench.wait(.seconds(180))
        #expect(bench.commands(to: called) == [.release(.noUserResponding)])
        #expect(bench.commands(to: caller) == [.release(.noUserResponding)])
        #expect(bench.control.nextDeadline == nil)
    }

    @Test(arguments: [(MediaStep.offer(.at(1)), IPAddress.v4(0x0A00_0001)), (.offer(.zeros), .loopbackV6), (.solicit, .loopbackV6)])
    func `a destination learns an address of the caller, of its signalling when it names none for media`(media: MediaStep, near: IPAddress)
    {
        var bench = Bench()
        _ = bench.call("5000", media: media, near: .loopbackV6)
        #expect(bench.offered.map(\.setUp.near) == [near])
    }

    @Test func `a key that comes outside of the media is passed on to the other party, and told of its leg`() throws {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        let key = try #require(DTMFKey("5"))
        bench.signal(caller, .digit(key))
        #expect(bench.commands(to: called) == [.digit(key)])
        #expect(bench.events(of: called) == [.digit("5")])
    }
}
