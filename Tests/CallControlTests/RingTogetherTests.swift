import CallControl
import Kernel
import SDP
import Testing

/// A redirect to several lines at once, of which the first to answer has the call.
struct RingTogetherTests {
    private func redirecting(_ change: (inout NumberingPlan) -> Void = { _ in }) -> (bench: Bench, point: LegID, agents: [LegID]) {
        var bench = Bench(change)
        let (_, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1002", also: ["1004", "9999", "1002"], ring: .seconds(15), supervised: true)))
        return (bench, point, bench.offered.map(\.leg))
    }

    @Test func `the lines ring together, and who answers has the call`() {
        var (bench, point, agents) = redirecting()
        #expect(bench.offered.map(\.device) == ["phone-1002", "phone-1004"])
        #expect(bench.offered.map(\.setUp.called) == ["1002", "1004"])
        bench.signal(agents[0], .alerting(.none))
        bench.signal(agents[1], .connected(.answer(.at(4))))
        #expect(bench.commands(to: agents[0]) == [.release(.answeredElsewhere)])
        #expect(bench.events(of: point).first == .diverted(to: "1004", .normalClearing))
        #expect(bench.results == [.success(.done)])
    }

    @Test func `when one is busy the others ring on, and when nobody answers the leg has the call back`() {
        var (bench, _, agents) = redirecting()
        bench.signal(agents[0], .released(.userBusy))
        #expect(bench.results == [])
        bench.signal(agents[1], .alerting(.none))
        bench.wait(.seconds(15))
        #expect(bench.results == [.failure(.destinationFailed("1002", .noAnswer))])
        #expect(bench.commands(to: agents[1]).count == 1)
    }

    @Test func `none of them forwards the call`() {
        var (bench, _, agents) = redirecting {
            for index in $0.lines.indices where $0.lines[index].number == "1002" { $0.lines[index].forwards.busy = "1001" }
        }
        bench.signal(agents[0], .released(.userBusy))
        bench.signal(agents[1], .released(.userBusy))
        #expect(bench.offered.isEmpty)
        #expect(bench.results == [.failure(.destinationFailed("1002", .userBusy))])
    }

    @Test func `a call that nobody takes can be redirected as often as one likes`() {
        var bench = Bench()
        let (_, point) = bench.answeredCall(to: "5000")
        for _ in 0..<40 {
            bench.request(.redirect(point, Redirect(to: "1004", supervised: true)))
            guard let agent = bench.offered.first?.leg else { return #expect(Bool(false), "\(bench.results)") }
            bench.signal(agent, .released(.userBusy))
        }
    }
}
