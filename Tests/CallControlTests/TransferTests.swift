import CallControl
import Kernel
import SDP
import Testing

struct TransferTests {
    /// 1002 talks to 1001, and consults 1004.
    private struct Consultation {
        var bench = Bench()
        let customer: LegID
        let agent: LegID
        var second = LegID(0)
        var expert = LegID(0)

        init(isAnswered: Bool = true, data: CallData = CallData()) {
            (customer, agent) = bench.answeredCall()
            bench.request(.consult(agent, to: "1004", data: data))
            bench.signal(customer, .media(.answer(.at(1, .inactive))))
            if case .success(.made(_, let leg))? = bench.results.first { second = leg }
            bench.signal(agent, .media(.answer(.at(2, .inactive))))
            bench.signal(second, .connected(.offer(.at(22))))
            expert = bench.offered.first?.leg ?? expert
            bench.signal(expert, .alerting(.none))
            guard isAnswered else { return }
            bench.signal(expert, .connected(.answer(.at(4))))
            bench.signal(second, .media(.answer(.at(22))))
        }
    }

    @Test func `a consultation holds the first party, then calls from the same line`() {
        var bench = Bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.consult(agent, to: "1004", data: CallData()))
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2, .inactive)))])
        #expect(bench.results.isEmpty)
        bench.signal(customer, .media(.answer(.at(1, .inactive))))
        #expect(bench.events(of: agent) == [.held])
        #expect(bench.offered.map(\.device) == ["phone-1002"])
        #expect(bench.results == [.success(.made(CallID(2), bench.offered[0].leg))])
        #expect(bench.offered[0].setUp.calling.number == "1004", "the phone shows whom it is about to call")
    }

    @Test func `a consultation that cannot be made leaves the call as it was`() {
        var bench = Bench()
        let (_, agent) = bench.answeredCall()
        bench.request(.consult(agent, to: "999", data: CallData()))
        #expect(bench.results == [.failure(.invalidDestination("999"))])
        #expect(bench.commands.isEmpty)
    }

    @Test func `a transfer brings the two other parties together, and the device leaves both calls`() {
        var it = Consultation()
        it.bench.request(.transfer(it.agent, with: it.second))
        #expect(it.bench.results == [.success(.done)])
        #expect(it.bench.commands(to: it.agent) == [.release(.normalClearing)])
        #expect(it.bench.commands(to: it.second) == [.release(.normalClearing)])
        #expect(it.bench.events(of: it.customer) == [.transferred(to: Party(number: "1004")), .established(with: Party(number: "1004"))])
        #expect(it.bench.events.first { $0.leg == it.customer }?.call == CallID(2))
        #expect(it.bench.events.contains { $0.kind == .callCleared(.normalClearing) && $0.call == CallID(1) })
        #expect(it.bench.commands(to: it.customer).last == .media(.offer(.at(4))))
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        #expect(it.bench.commands(to: it.expert) == [.media(.offer(.at(1)))])
        it.bench.signal(it.expert, .media(.answer(.at(4))))
        #expect(it.bench.control.callCount == 1 && it.bench.control.legCount == 2)
        it.bench.signal(it.expert, .released(.normalClearing))
        #expect(it.bench.commands(to: it.customer) == [.release(.normalClearing)])
        #expect(it.bench.control.legCount == 0)
    }

    @Test func `a call can be transferred while the destination still rings`() {
        var it = Consultation(isAnswered: false)
        it.bench.request(.transfer(it.agent, with: it.second))
        #expect(it.bench.results == [.success(.done)])
        it.bench.signal(it.expert, .connected(.answer(.at(4))))
        #expect(it.bench.commands(to: it.customer).last == .media(.offer(.at(4))))
        #expect(it.bench.events(of: it.expert) == [.established(with: Party(number: "1001", name: "Ada"))])
    }

    @Test func `what is known of the caller reaches the one it is transferred to`() {
        var data = CallData()
        _ = data.set("ticket", to: "4711")
        var it = Consultation()
        it.bench.request(.attach(it.agent, data))
        it.bench.request(.transfer(it.agent, with: it.second))
        #expect(it.bench.commands(to: it.expert).first == .update(Party(number: "1001", name: "Ada"), data))
    }

    @Test func `two calls of different devices cannot be transferred`() {
        var it = Consultation()
        it.bench.request(.transfer(it.customer, with: it.second))
        #expect(it.bench.results == [.failure(.notOfOneDevice(it.customer, it.second))])
        it.bench.request(.transfer(it.agent, with: it.agent))
        #expect(it.bench.results == [.failure(.notOfOneDevice(it.agent, it.agent))])
    }

    @Test func `a transfer waits until the media that is under way has settled`() {
        var it = Consultation()
        it.bench.signal(it.expert, .media(.offer(.at(5))))
        it.bench.request(.transfer(it.agent, with: it.second))
        #expect(it.bench.results.isEmpty)
        it.bench.signal(it.second, .media(.answer(.at(22))))
        #expect(it.bench.results == [.success(.done)])
    }

    @Test func `a request that waits is refused when its leg goes`() {
        var it = Consultation()
        it.bench.signal(it.expert, .media(.offer(.at(5))))
        it.bench.request(.transfer(it.agent, with: it.second))
        it.bench.signal(it.second, .released(.normalClearing))
        #expect(it.bench.results == [.failure(.wrongState(.null))])
    }
}

struct RedirectOptionTests {
    private func redirected(_ redirect: Redirect) -> SetUp? {
        var bench = Bench()
        _ = bench.call("5000")
        bench.request(.redirect(bench.offered[0].leg, redirect))
        return bench.offered.first?.setUp
    }

    @Test func `the original called party is kept, or reset to the destination`() {
        let kept = redirected(Redirect(to: "1004"))
        #expect(kept?.originalCalled == "5000" && kept?.diversions.map(\.number) == ["5000"])
        let reset = redirected(Redirect(to: "1004", calledAddress: .setToDestination))
        #expect(reset?.originalCalled == nil && reset?.diversions == [])
    }

    @Test func `the destination can be shown another number`() {
        let party = Party(number: "0800", name: "Hotline")
        #expect(redirected(Redirect(to: "1004", showCaller: .modified(party)))?.calling == party)
    }

    @Test(arguments: Redirect.SearchSpace.allCases)
    func `the calling search space is the redirecting party's unless the caller's is asked for`(space: Redirect.SearchSpace) {
        var bench = Bench { plan in
            plan.callingSearchSpaces = ["all": ["internal", "managers"]]
            plan.lines[3].partition = "managers"
            plan.lines[4].callingSearchSpace = "all"
        }
        _ = bench.call("5000")
        bench.request(.redirect(bench.offered[0].leg, Redirect(to: "1004", callingSearchSpace: space)))
        #expect(bench.results == (space == .callingAddress ? [.failure(.invalidDestination("1004"))] : [.success(.done)]))
    }
}
