import CallControl
import Kernel
import SDP
import Testing

struct RedirectTests {
    /// A caller talks to the route point 5000, which redirects to 1004.
    private func redirecting(
        supervised: Bool, ring: Duration? = nil, _ change: (inout NumberingPlan) -> Void = { _ in }
    ) -> (bench: Bench, caller: LegID, point: LegID, agent: LegID) {
        var bench = Bench(change)
        let (caller, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1004", ring: ring, supervised: supervised)))
        return (bench, caller, point, bench.offered.first?.leg ?? LegID(0))
    }

    @Test func `a call that is not answered goes on with the caller's offer, and the leg is released`() throws {
        var bench = Bench()
        let caller = bench.call("5000")
        let point = bench.offered[0].leg
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        #expect(bench.events(of: point) == [.diverted(to: "1004", .normalClearing), .connectionCleared(.normalClearing)])
        let agent = try #require(bench.offered.first)
        #expect(agent.setUp.media == .offer(.at(1)))
        #expect(agent.setUp.calling.number == "1001")
        #expect(agent.setUp.originalCalled == "5000")
        #expect(agent.setUp.diversions == [Diversion(number: "5000", reason: .deflection)])
        bench.signal(agent.leg, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(4)))])
    }

    @Test func `a supervised redirect keeps the leg until the agent answers, then caller and agent are joined`() {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        #expect(bench.results.isEmpty)
        #expect(bench.commands(to: point).isEmpty)
        bench.signal(agent, .alerting(.answer(.at(4))))
        #expect(bench.commands(to: caller).isEmpty)
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        #expect(bench.events(of: point) == [.diverted(to: "1004", .normalClearing), .connectionCleared(.normalClearing)])
        #expect(bench.commands(to: caller) == [.update(Party(number: "1004"), CallData()), .media(.offer(.at(4)))])
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.outputs.isEmpty)
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.commands(to: agent) == [.release(.normalClearing)])
        #expect(bench.control.nextDeadline == nil)
    }

    @Test func `the agent hears of it when the caller's media has changed in the meantime`() {
        var (bench, caller, _, agent) = redirecting(supervised: true)
        bench.signal(agent, .connected(.answer(.at(4))))
        bench.signal(caller, .media(.answer(.at(77))))
        #expect(bench.commands(to: agent) == [.media(.offer(.at(77)))])
        bench.signal(agent, .media(.answer(.at(4))))
        #expect(bench.outputs.isEmpty)
    }

    @Test func `a caller who narrows the formats to the one the agent sends needs no second exchange`() {
        var (bench, caller, _, agent) = redirecting(supervised: true)
        bench.signal(agent, .connected(.answer(.at(4))))
        var narrow = SessionDescription.at(1)
        narrow.media[0].formats = ["0", "101"]
        bench.signal(caller, .media(.answer(narrow)))
        #expect(bench.outputs.isEmpty)
    }

    @Test func `a caller who never gave a description is joined by a late offer`() {
        var bench = Bench()
        let caller = bench.call("5000", media: .solicit)
        let point = bench.offered[0].leg
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.offered.first?.setUp.media == .solicit)
        let agent = bench.offered[0].leg
        bench.signal(agent, .connected(.offer(.at(4))))
        #expect(bench.commands(to: caller) == [.connect(.offer(.at(4)))])
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.commands(to: agent) == [.media(.answer(.at(1)))])
    }

    @Test func `a blind redirect lets the leg go at once`() {
        var (bench, caller, point, agent) = redirecting(supervised: false)
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        bench.signal(caller, .media(.offer(.at(9))))
        #expect(bench.commands(to: caller) == [.refuseMedia])
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test(arguments: [Cause.userBusy, .rejected, .subscriberAbsent])
    func `when the agent of a supervised redirect fails, the leg has the call back`(cause: Cause) {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        bench.signal(agent, .released(cause))
        #expect(bench.results == [.failure(.destinationFailed("1004", cause))])
        #expect(bench.commands.isEmpty)
        bench.signal(caller, .media(.offer(.at(9))))
        #expect(bench.commands(to: point) == [.media(.offer(.at(9)))])
        bench.signal(point, .media(.answer(.at(5))))
        bench.request(.redirect(point, Redirect(to: "1002")))
        #expect(bench.offered.first?.setUp.diversions == [Diversion(number: "5000", reason: .deflection)])
    }

    @Test func `a supervised redirect comes back when the ring time is up, and does not follow the agent's CFNA`() {
        var (bench, _, _, agent) = redirecting(supervised: true, ring: .seconds(8)) { $0.lines[3].forwards.noAnswer = "1002" }
        bench.signal(agent, .alerting(.none))
        bench.wait(.seconds(8))
        #expect(bench.commands(to: agent) == [.release(.noAnswer)])
        #expect(bench.results == [.failure(.destinationFailed("1004", .noAnswer))])
        #expect(bench.offered.isEmpty)
    }

    @Test func `a supervised redirect without a ring time follows the agent's forwards`() {
        var (bench, _, _, agent) = redirecting(supervised: true) { $0.lines[3].forwards.noAnswer = "1002" }
        bench.signal(agent, .alerting(.none))
        bench.wait(.seconds(20))
        #expect(bench.offered.map(\.device) == ["phone-1002"])
        #expect(bench.results.isEmpty)
    }

    @Test func `a blind redirect that fails follows the destination's forwards, else the caller hears the cause`() {
        var (bench, caller, _, agent) = redirecting(supervised: false) { $0.lines[3].forwards.busy = "1002" }
        bench.signal(agent, .released(.userBusy))
        #expect(bench.offered.map(\.device) == ["phone-1002"])
        bench.signal(bench.offered[0].leg, .released(.userBusy))
        #expect(bench.commands(to: caller) == [.release(.userBusy)])
        #expect(bench.control.callCount == 0)
    }

    @Test func `an unanswered call under supervision comes back to ring where it rang`() {
        var bench = Bench { $0.lines[4].forwards.noAnswer = "1002" }
        let caller = bench.call("5000")
        let point = bench.offered[0].leg
        bench.signal(point, .alerting(.none))
        bench.request(.redirect(point, Redirect(to: "1004", supervised: true)))
        let agent = bench.offered[0].leg
        bench.signal(agent, .alerting(.answer(.at(4))))
        #expect(bench.commands(to: caller) == [.alert(.answer(.at(4)))])
        bench.signal(agent, .released(.userBusy))
        #expect(bench.results == [.failure(.destinationFailed("1004", .userBusy))])
        bench.signal(point, .connected(.answer(.at(5))))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(5)))])
    }

    @Test func `an unanswered call that came back is forwarded when it goes on unanswered`() {
        var bench = Bench { $0.lines[4].forwards.noAnswer = "1002" }
        _ = bench.call("5000")
        let point = bench.offered[0].leg
        bench.request(.redirect(point, Redirect(to: "1004", supervised: true)))
        bench.signal(bench.offered[0].leg, .released(.userBusy))
        bench.wait(.seconds(20))
        #expect(bench.commands(to: point) == [.release(.noUserResponding)])
        #expect(bench.offered.map(\.device) == ["phone-1002"])
    }

    @Test func `a leg that answers while its own redirect rings talks until the agent answers`() {
        var bench = Bench()
        let caller = bench.call("5000")
        let point = bench.offered[0].leg
        bench.request(.redirect(point, Redirect(to: "1004", supervised: true)))
        let agent = bench.offered[0].leg
        bench.signal(point, .connected(.answer(.at(5))))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(5)))])
        #expect(bench.results.isEmpty)
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test func `a caller who hangs up while the agent rings releases everybody`() {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.commands(to: agent) == [.release(.normalClearing)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        #expect(bench.results == [.failure(.wrongState(.null))])
        #expect(bench.control.legCount == 0)
        #expect(bench.control.nextDeadline == nil)
    }

    @Test func `a leg that hangs up while it supervises makes the redirect a blind one`() {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        bench.signal(point, .released(.normalClearing))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands.isEmpty)
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test func `an application that fails while it supervises has its CFOF when the agent fails too`() {
        var (bench, _, point, agent) = redirecting(supervised: true) { $0.lines[4].forwards.failure = "1002" }
        bench.send(.applicationFailed(point))
        #expect(bench.commands.isEmpty)
        bench.signal(agent, .released(.userBusy))
        #expect(bench.offered.map(\.device) == ["phone-1002"])
    }

    @Test func `the party that called may redirect the one that answered`() {
        var bench = Bench()
        let (caller, called) = bench.answeredCall()
        bench.request(.redirect(caller, Redirect(to: "1004")))
        #expect(bench.commands(to: caller) == [.release(.normalClearing)])
        #expect(bench.offered.first?.setUp.media == .offer(.at(2)))
        #expect(bench.offered.first?.setUp.calling == Party(number: "1002", name: "Ben"))
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(4))))
        #expect(bench.commands(to: called).last == .media(.offer(.at(4))))
    }

    @Test func `the search space is the redirecting line's, or the caller's when asked for`() {
        var bench = Bench { plan in
            plan.lines[3].partition = "staff"
            plan.lines[4].callingSearchSpace = "point"
            plan.callingSearchSpaces = ["point": ["internal", "staff"]]
        }
        let (_, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1004", callingSearchSpace: .callingAddress)))
        #expect(bench.results == [.failure(.invalidDestination("1004"))])
        #expect(bench.commands.isEmpty)
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.results == [.success(.done)])
    }

    @Test func `the destination sees our number when asked for, and the data of the redirect`() {
        var bench = Bench()
        let (_, point) = bench.answeredCall(to: "5000")
        var data = CallData()
        _ = data.set("customer", to: "4711")
        bench.request(.redirect(point, Redirect(to: "1004", data: data, showCaller: .ours)))
        #expect(bench.offered.first?.setUp.calling == Party(number: "5000", name: "Attendant"))
        #expect(bench.offered.first?.setUp.data == data)
    }

    @Test func `an agent gets the caller's media as it is without our hold`() {
        var bench = Bench()
        let (caller, point) = bench.answeredCall(to: "5000")
        bench.request(.hold(point))
        bench.signal(caller, .media(.answer(.at(1, .receiveOnly))))
        bench.signal(point, .media(.answer(.at(2, .sendOnly))))
        bench.request(.redirect(point, Redirect(to: "1004")))
        #expect(bench.offered.first?.setUp.media == .offer(.at(1)))
    }

    @Test func `a redirect to a busy agent with no CFB fails at once`() {
        var bench = Bench { $0.lines[3].busyTrigger = 0 }
        let (_, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1004", supervised: true)))
        #expect(bench.results == [.failure(.destinationFailed("1004", .userBusy))])
        #expect(bench.commands.isEmpty)
    }

    @Test func `a redirect while another one is under way is refused`() {
        var (bench, caller, point, _) = redirecting(supervised: true)
        bench.request(.redirect(point, Redirect(to: "1002")))
        #expect(bench.results == [.failure(.wrongState(.connected))])
        bench.request(.redirect(caller, Redirect(to: "1002")))
        #expect(bench.results == [.failure(.wrongState(.connected))])
    }

    @Test func `redirects under redirects come back one by one`() {
        var (bench, _, _, second) = redirecting(supervised: true) { $0.lines[3].forwards.all = "6000" }
        let port = second
        bench.request(.redirect(port, Redirect(to: "1002", supervised: true)))
        let phone = bench.offered[0].leg
        bench.signal(phone, .released(.userBusy))
        #expect(bench.results == [.failure(.destinationFailed("1002", .userBusy))])
        bench.signal(port, .released(.rejected))
        #expect(bench.results == [.failure(.destinationFailed("1004", .rejected))])
        #expect(bench.control.legCount == 2)
    }

    @Test func `redirects under redirects are done together when the last one is answered`() {
        var (bench, caller, point, port) = redirecting(supervised: true) { $0.lines[3].forwards.all = "6000" }
        bench.request(.redirect(port, Redirect(to: "1002", supervised: true)))
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(2))))
        #expect(bench.results == [.success(.done), .success(.done)])
        #expect(bench.commands(to: point) == [.release(.normalClearing)])
        #expect(bench.commands(to: port) == [.release(.normalClearing)])
        #expect(bench.commands(to: caller).last == .media(.offer(.at(2))))
    }

    @Test func `an offer under way with the leg that leaves is refused before the join`() {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        bench.signal(caller, .media(.offer(.at(9))))
        #expect(bench.commands(to: point) == [.media(.offer(.at(9)))])
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller).first == .refuseMedia)
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test func `the join waits for an answer that the caller owes`() {
        var (bench, caller, point, agent) = redirecting(supervised: true)
        bench.signal(point, .media(.offer(.at(5))))
        #expect(bench.commands(to: caller) == [.media(.offer(.at(5)))])
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller).isEmpty)
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test func `a caller whose media can be moved neither to the agent nor to the mixer loses the call with cause 65`() {
        var (bench, caller, _, agent) = redirecting(supervised: true)
        bench.signal(agent, .connected(.answer(.at(4))))
        bench.signal(caller, .mediaRefused)
        #expect(bench.commands.map(\.leg) == [caller, agent], "offers of the mixer")
        bench.signal(caller, .mediaRefused)
        #expect(bench.commands(to: agent) == [.release(.incompatibleMedia)])
        #expect(bench.commands(to: caller) == [.release(.incompatibleMedia)])
    }
}
