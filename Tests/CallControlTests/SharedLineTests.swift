import CallControl
import Kernel
import SDP
import Testing

/// Line 1003 is on two phones.
struct SharedLineTests {
    private static func answered() -> (bench: Bench, caller: LegID, first: LegID) {
        var bench = Bench()
        let caller = bench.call("1003")
        let first = bench.offered.first { $0.device == "phone-1003a" }?.leg ?? LegID(0)
        bench.signal(first, .connected(.answer(.at(3))))
        return (bench, caller, first)
    }

    private func bridged(_ bench: Bench) -> [CallEvent.Kind] {
        bench.events.filter { $0.device == "phone-1003b" && $0.leg == nil }.map(\.kind)
    }

    @Test func `all devices ring, one answers, and the others hear that the line is in use`() {
        var (bench, caller, first) = SharedLineTests.answered()
        #expect(bridged(bench) == [.bridged(at: "phone-1003a", .connected)])
        bench.request(.hold(first))
        bench.signal(caller, .media(.answer(.at(1, .inactive))))
        #expect(bridged(bench) == [.bridged(at: "phone-1003a", .hold)])
        bench.signal(first, .released(.normalClearing))
        #expect(bridged(bench) == [.bridged(at: "phone-1003a", .null)])
    }

    @Test func `a call that one device holds is taken over by another`() {
        var (bench, caller, first) = SharedLineTests.answered()
        bench.request(.takeOver(first, by: "phone-1003b"))
        #expect(bench.results == [.failure(.wrongState(.connected))])
        bench.request(.hold(first))
        bench.signal(caller, .media(.answer(.at(1, .inactive))))
        bench.signal(first, .media(.answer(.at(3, .inactive))))
        bench.request(.takeOver(first, by: "phone-1004"))
        #expect(bench.results == [.failure(.noSuchLine("phone-1004", "1003"))])
        bench.request(.takeOver(first, by: "phone-1003b"))
        #expect(bench.offered.map(\.device) == ["phone-1003b"] && bench.offered[0].setUp.answersItself)
        let second = bench.offered[0].leg
        bench.signal(second, .connected(.offer(.at(33))))
        #expect(bench.commands(to: first) == [.release(.answeredElsewhere)])
        bench.signal(second, .media(.answer(.at(33))))
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.commands(to: second) == [.release(.normalClearing)])
    }

    @Test func `a call that is retrieved meanwhile is not taken over`() {
        var (bench, caller, first) = SharedLineTests.answered()
        bench.request(.hold(first))
        bench.signal(caller, .media(.answer(.at(1, .inactive))))
        bench.signal(first, .media(.answer(.at(3, .inactive))))
        bench.request(.takeOver(first, by: "phone-1003b"))
        let second = bench.offered[0].leg
        bench.request(.retrieve(first))
        bench.signal(caller, .media(.answer(.at(1))))
        bench.signal(second, .connected(.offer(.at(33))))
        #expect(bench.commands(to: second).last == .release(.normalClearing))
        #expect(bench.control.callCount == 1)
    }
}
