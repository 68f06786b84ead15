import Flow
import Kernel
import Testing

/// Queues on the bench: the test is the agents, the callers and the CTIManager.
private struct Bench {
    var queues: CallQueues
    var now = Instant.zero
    var outputs: [CallQueues.Output] = []

    init(_ strategy: QueueGroup.Strategy = .longestIdle, agents: [QueueAgent] = [], _ change: (inout QueueGroup) -> Void = { _ in }) {
        var group = QueueGroup(name: "support", members: agents.map(\.name))
        group.strategy = strategy
        change(&group)
        queues = CallQueues([group])
        give(.agents(agents))
    }

    static func agents(_ names: [String], _ activity: QueueAgent.Activity = .away) -> [QueueAgent] {
        names.map { QueueAgent(name: $0, line: "line of \($0)", activity: activity) }
    }

    mutating func give(_ input: CallQueues.Input) {
        outputs = []
        queues.receive(input, at: now, into: &outputs)
    }

    mutating func enter(_ number: UInt64, _ change: (inout QueueWish) -> Void = { _ in }) {
        var wish = QueueWish(group: "support")
        change(&wish)
        give(.enter(QueueTicket(number), wish))
    }

    mutating func wait(_ duration: Duration) { now = now.advanced(by: duration) }

    /// Who is asked for.
    var reserved: [String] { outputs.compactMap { if case .reserve(let name, _, _) = $0 { name } else { nil } } }
    var released: [String] { outputs.compactMap { if case .release(let name) = $0 { name } else { nil } } }
    /// Who is offered to whom.
    var offers: [String] {
        outputs.compactMap {
            if case .offer(let ticket, let lines, _) = $0 { "\(ticket.rawValue) to \(lines.joined(separator: ", "))" } else { nil }
        }
    }
    var refusals: [FlowOutcome] { outputs.compactMap { if case .refused(_, let outcome) = $0 { outcome } else { nil } } }
    var places: [String] {
        outputs.compactMap {
            guard case .place(let ticket, let position, let waiting, let wait) = $0 else { return nil }
            return "\(ticket.rawValue): \(position) of \(waiting), \(wait.components.seconds / 60) min"
        }
    }
}

@Suite struct CallQueuesTests {
    @Test func `a caller is offered to a free agent, once that one is reserved`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        bench.enter(1)
        #expect(bench.reserved == ["anna"])
        #expect(bench.offers == [])
        bench.give(.reserved("anna", true))
        #expect(bench.offers == ["1 to line of anna"])
    }

    @Test(arguments: [
        (QueueGroup.Strategy.longestIdle, [["ben"], ["carl"], ["anna"]]), (.roundRobin, [["anna"], ["ben"], ["carl"]]),
        (.allAtOnce, [["anna", "ben", "carl"], [], []]), (.mostSkilled, [["carl"], ["anna"], ["ben"]]),
    ])
    func `each strategy has its order`(strategy: QueueGroup.Strategy, order: [[String]]) {
        var agents = Bench.agents(["anna", "ben", "carl"])
        for (index, level) in [5, 4, 9].enumerated() { agents[index].skills = ["boats": level] }
        var bench = Bench(strategy, agents: agents)
        // Ben has waited longest, then Carl, then Anna.
        for name in ["ben", "carl", "anna"] {
            bench.wait(.seconds(10))
            bench.give(.agent(name, .ready))
        }
        for (index, expected) in order.enumerated() {
            bench.enter(UInt64(index + 1)) { $0.skills = ["boats": 3] }
            #expect(bench.reserved == expected)
        }
    }

    @Test func `round robin goes on where it was`() {
        var bench = Bench(.roundRobin, agents: Bench.agents(["anna", "ben", "carl"], .ready))
        bench.enter(1)
        bench.give(.reserved("anna", true))
        bench.give(.offerFailed(QueueTicket(1), .failed))
        #expect(bench.reserved == ["ben"], "anna had her turn")
    }

    @Test func `an agent without a skill, or with too low a level, gets no caller who needs it`() {
        var agents = Bench.agents(["anna", "ben", "carl"], .ready)
        agents[0].skills = ["german": 4]
        agents[2].skills = ["german": 5]
        var bench = Bench(agents: agents)
        bench.enter(1) { $0.skills = ["german": 5] }
        #expect(bench.reserved == ["carl"])
        bench.enter(2) { $0.skills = ["german": 5] }
        #expect(bench.reserved == [])
        bench.enter(3)
        #expect(bench.reserved == ["anna"], "who needs nothing is not kept waiting by who does")
    }

    @Test func `callers come in their order, those with priority first`() {
        var bench = Bench(agents: Bench.agents(["anna"], .busy))
        for number in 1...3 { bench.enter(UInt64(number)) { $0.priority = number == 3 ? 1 : 0 } }
        for expected in [3, 1, 2] {
            bench.give(.agent("anna", .ready))
            bench.give(.reserved("anna", true))
            #expect(bench.offers == ["\(expected) to line of anna"])
            bench.give(.agent("anna", .busy))
            bench.give(.taken(QueueTicket(UInt64(expected)), line: "line of anna"))
        }
    }

    @Test func `when all are rung, who answers has the caller and the others are given back`() {
        var bench = Bench(.allAtOnce, agents: Bench.agents(["anna", "ben", "carl"], .ready))
        bench.enter(1)
        bench.give(.reserved("anna", true))
        bench.give(.reserved("ben", false))
        bench.give(.reserved("carl", true))
        #expect(bench.offers == ["1 to line of anna, line of carl"])
        bench.give(.taken(QueueTicket(1), line: "line of carl"))
        #expect(bench.released == ["anna"])
    }

    @Test func `an agent whom another queue took is passed over`() {
        var bench = Bench(agents: Bench.agents(["anna", "ben"], .ready))
        bench.enter(1)
        bench.give(.agent("anna", .busy))
        bench.give(.reserved("anna", false))
        #expect(bench.reserved == ["ben"])
    }

    @Test(arguments: [(true, FlowOutcome.noAnswer, true), (false, .noAnswer, false), (false, .busy, true), (true, .failed, false)])
    func `an agent who does not take a call is rung no more, where the group says so`(pauses: Bool, outcome: FlowOutcome, isPaused: Bool) {
        var bench = Bench(agents: Bench.agents(["anna"], .ready)) { $0.pausesAfterNoAnswer = pauses }
        bench.enter(1)
        bench.give(.reserved("anna", true))
        bench.give(.agent("anna", .reserved))
        bench.give(.offerFailed(QueueTicket(1), outcome))
        #expect(bench.outputs.contains(.pause("anna", reason: outcome.rawValue)) == isPaused)
        #expect(bench.outputs.contains(.release("anna")) == !isPaused)
        #expect(bench.outputs.contains(.back(QueueTicket(1))))
    }

    @Test func `an agent who talks to somebody else when the caller comes is not paused for it`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        bench.enter(1)
        bench.give(.reserved("anna", true))
        bench.give(.agent("anna", .busy))
        bench.give(.offerFailed(QueueTicket(1), .busy))
        #expect(bench.released == ["anna"])
    }

    @Test func `a caller whose offers all fail at once is told so in the end`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        bench.enter(1)
        var offers = 0
        while bench.refusals == [], offers < 50 {
            bench.give(.reserved("anna", true))
            offers += bench.offers.count
            bench.give(.offerFailed(QueueTicket(1), .failed))
        }
        #expect(bench.refusals == [.failed])
        #expect(offers == 5)
    }

    @Test func `a caller who leaves while an agent is on the way gives the agent back`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        bench.enter(1)
        bench.give(.leave(QueueTicket(1)))
        #expect(bench.released == [])
        bench.give(.reserved("anna", true))
        #expect(bench.released == ["anna"])
        bench.give(.agent("anna", .busy))
        bench.give(.agent("anna", .ready))
        bench.enter(2)
        bench.give(.reserved("anna", true))
        bench.give(.leave(QueueTicket(2)))
        #expect(bench.released == ["anna"])
    }

    @Test func `an agent whose caller hung up has waited as long as before`() {
        var bench = Bench(agents: Bench.agents(["anna", "ben"]))
        for name in ["anna", "ben"] {
            bench.wait(.seconds(10))
            bench.give(.agent(name, .ready))
        }
        bench.enter(1)
        bench.give(.reserved("anna", true))
        bench.give(.agent("anna", .busy))
        bench.give(.leave(QueueTicket(1)))
        bench.wait(.seconds(10))
        bench.give(.agent("anna", .ready))
        bench.enter(2)
        #expect(bench.reserved == ["anna"])
    }

    @Test func `a full queue takes nobody more, but one who comes back`() {
        var bench = Bench(agents: Bench.agents(["anna"], .busy)) { $0.most = 2 }
        bench.enter(1)
        bench.enter(2)
        bench.enter(3)
        #expect(bench.refusals == [.full])
        let place = bench.queues.place(of: QueueTicket(1))
        bench.give(.leave(QueueTicket(1)))
        bench.enter(4)
        bench.give(.enter(QueueTicket(5), QueueWish(group: "support"), at: place))
        #expect(bench.refusals == [])
        #expect(bench.places.contains("5: 1 of 3, 3 min"), "the old place: \(bench.places)")
    }

    @Test func `a caller who wants to leaves when the last agent goes`() {
        var bench = Bench(agents: Bench.agents(["anna", "ben"], .busy))
        bench.enter(1) { $0.leavesIfNobody = true }
        bench.enter(2)
        bench.give(.agent("anna", .away))
        #expect(bench.refusals == [])
        bench.give(.agent("ben", .away))
        #expect(bench.outputs.first == .refused(QueueTicket(1), .nobodyReady))
        #expect(bench.queues.waiting() == 1, "the other one waits on")
        bench.enter(3) { $0.leavesIfNobody = true }
        #expect(bench.refusals == [.nobodyReady])
    }

    @Test func `a group that does not exist fails`() {
        var bench = Bench()
        bench.enter(1) { $0.group = "nobody" }
        #expect(bench.refusals == [.failed])
    }

    @Test func `places and waiting times are told when they change`() {
        var bench = Bench(agents: Bench.agents(["anna", "ben"], .busy))
        bench.enter(1)
        #expect(bench.places == ["1: 1 of 1, 2 min"], "two agents come free in three minutes")
        bench.enter(2)
        #expect(bench.places == ["1: 1 of 2, 2 min", "2: 2 of 2, 3 min"])
        bench.give(.leave(QueueTicket(1)))
        #expect(bench.places == ["2: 1 of 1, 2 min"])
        bench.give(.agent("anna", .away))
        #expect(bench.places == ["2: 1 of 1, 3 min"])
    }

    @Test func `waiting times follow what calls have taken lately`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        for number in 1...20 {
            bench.enter(UInt64(number))
            bench.give(.reserved("anna", true))
            bench.give(.agent("anna", .busy))
            bench.give(.taken(QueueTicket(UInt64(number)), line: "line of anna"))
            bench.wait(.seconds(600))
            bench.give(.agent("anna", .ready))
        }
        bench.give(.agent("anna", .busy))
        bench.enter(99)
        #expect(bench.places == ["99: 1 of 1, 10 min"])
        #expect(bench.queues.states.map(\.serviceTime) == [.seconds(600)])
    }

    @Test func `after a new connection everyone who waits is offered anew`() {
        var bench = Bench(agents: Bench.agents(["anna"], .ready))
        bench.enter(1)
        bench.give(.agents(Bench.agents(["anna"], .ready)))
        #expect(bench.reserved == ["anna"])
    }
}
