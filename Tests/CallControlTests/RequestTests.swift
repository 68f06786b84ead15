import CallControl
import Kernel
import SDP
import Testing

struct RequestTests {
    @Test func `hold stops the other party's media, tells the holder, and is undone by retrieve`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.request(.hold(called))
        #expect(bench.commands(to: caller) == [.media(.offer(.at(2, .inactive)))])
        #expect(bench.results.isEmpty)
        bench.signal(caller, .media(.answer(.at(1, .inactive))))
        #expect(bench.results == [.success(.done)])
        #expect(bench.events(of: called) == [.held])
        #expect(bench.commands(to: called) == [.media(.offer(.at(1, .inactive)))], "nobody hears the holder, who may not know")
        bench.signal(called, .media(.answer(.at(2, .inactive))))
        #expect(bench.outputs.isEmpty)

        bench.request(.hold(called))
        #expect(bench.results == [.failure(.wrongState(.hold))])
        bench.request(.retrieve(called))
        #expect(bench.commands(to: caller) == [.media(.offer(.at(2)))])
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.events(of: called) == [.retrieved])
        #expect(bench.commands(to: called) == [.media(.offer(.at(1)))])
        bench.signal(called, .media(.answer(.at(2))))
        #expect(bench.outputs.isEmpty)
    }

    @Test func `a hold that the other party refuses is refused`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.request(.hold(called))
        bench.signal(caller, .mediaRefused)
        #expect(bench.results == [.failure(.mediaRefused)])
        #expect(bench.events.isEmpty)
    }

    @Test func `a hold that the end of the call overtakes is refused`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.request(.hold(called))
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.results == [.failure(.wrongState(.null))])
    }

    @Test func `what is not answered cannot be held`() {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = bench.offered[0].leg
        bench.request(.hold(called))
        #expect(bench.results == [.failure(.wrongState(.alerting))])
        bench.request(.hold(caller))
        #expect(bench.results == [.failure(.wrongState(.initiated))])
        bench.request(.hold(LegID(999)))
        #expect(bench.results == [.failure(.noSuchLeg(LegID(999)))])
    }

    @Test func `drop ends an answered call for both`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.request(.drop(called, .normalClearing))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: caller) == [.release(.normalClearing)])
        #expect(bench.commands(to: called) == [.release(.normalClearing)])
        bench.request(.drop(called, .normalClearing))
        #expect(bench.results == [.failure(.noSuchLeg(called))])
    }

    @Test func `drop of a leg that rings is as if its device had given the cause`() {
        var bench = Bench { $0.lines[1].forwards.busy = "1004" }
        _ = bench.call("1002")
        let called = bench.offered[0].leg
        bench.request(.drop(called, .userBusy))
        #expect(bench.commands(to: called) == [.release(.userBusy)])
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `data that is attached reaches the other party, and whoever the call goes to next`() {
        var bench = Bench()
        let (caller, point) = bench.answeredCall(to: "5000")
        var data = CallData()
        _ = data.set("customer", to: "4711")
        bench.request(.attach(point, data))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: caller) == [.update(Party(number: "5000", name: "Attendant"), data)])
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.offered.first?.setUp.data == data)
    }

    @Test func `data that would be too large is refused whole`() {
        var bench = Bench()
        let (_, point) = bench.answeredCall(to: "5000")
        var data = CallData()
        _ = data.set("a", to: String(repeating: "x", count: 2000))
        bench.request(.attach(point, data))
        var more = CallData()
        _ = more.set("b", to: "1")
        _ = more.set("c", to: String(repeating: "x", count: 100))
        bench.request(.attach(point, more))
        #expect(bench.results == [.failure(.limitReached("bytes of call data", 2048))])
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.offered.first?.setUp.data == data)
    }

    @Test func `a call that is made rings the device first, then dials`() throws {
        var bench = Bench()
        bench.request(.makeCall(from: "port", line: "6000", to: "1002", data: CallData()))
        let port = try #require(bench.offered.first)
        #expect(port.device == "port")
        #expect(port.setUp.media == .solicit)
        guard case .success(.made(let call, port.leg)) = bench.results.first else {
            Issue.record("the call was not made")
            return
        }
        guard case .result = bench.outputs.first else {
            Issue.record("the result does not come before the set-up")
            return
        }
        bench.signal(port.leg, .connected(.offer(.at(6))))
        #expect(bench.commands(to: port.leg) == [.media(.answer(.at(6, .inactive)))])
        let called = try #require(bench.offered.first)
        #expect(called.device == "phone-1002")
        #expect(called.setUp.calling.number == "6000")
        #expect(called.setUp.media == .offer(.at(6)))
        bench.signal(called.leg, .connected(.answer(.at(2))))
        #expect(bench.commands(to: port.leg).last == .media(.offer(.at(2))))
        #expect(bench.events(of: port.leg) == [.established(with: Party(number: "1002", name: "Ben"))])
        #expect(bench.events.allSatisfy { $0.call == call })
        bench.signal(port.leg, .media(.answer(.at(6))))
        #expect(bench.outputs.isEmpty)
    }

    @Test func `a call is not made from a line that the device does not have, to nowhere, or from a device that is not there`() {
        var bench = Bench()
        bench.request(.makeCall(from: "port", line: "1002", to: "1001", data: CallData()))
        #expect(bench.results == [.failure(.noSuchLine("port", "1002"))])
        bench.request(.makeCall(from: "port", line: "6000", to: "999", data: CallData()))
        #expect(bench.results == [.failure(.invalidDestination("999"))])
        bench.send(.device("port", available: false))
        bench.request(.makeCall(from: "port", line: "6000", to: "1001", data: CallData()))
        #expect(bench.results == [.failure(.destinationFailed("6000", .subscriberAbsent))])
        #expect(bench.control.callCount == 0)
    }

    @Test func `a device that a call is made for and that does not answer ends it`() {
        var bench = Bench()
        bench.request(.makeCall(from: "port", line: "6000", to: "1002", data: CallData()))
        let port = bench.offered[0].leg
        bench.wait(.seconds(180))
        #expect(bench.commands(to: port) == [.release(.noAnswer)])
        #expect(bench.control.callCount == 0)
        #expect(bench.control.nextDeadline == nil)
    }
}
