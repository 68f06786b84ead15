import Flow
import Kernel
import Testing

/// Callers, agents and a CTIManager who do whatever a seed says.
@Suite struct QueueRandomTests {
    private struct World {
        var queues: CallQueues
        var random: SeededRandom
        var now = Instant.zero
        var agents: [String: State] = [:]
        /// What each caller is offered, by ticket.
        var offers: [QueueTicket: [String]] = [:]
        /// Those who are to be somewhere: in the queue, with an agent, refused or gone.
        var waiting: Set<QueueTicket> = []
        var pending: [CallQueues.Input] = []
        var findings: [String] = []

        enum State { case away, ready, reserved, talking }

        init(seed: UInt64, _ strategy: QueueGroup.Strategy) {
            random = SeededRandom(seed: seed)
            let names = (0..<4).map { "agent\($0)" }
            var group = QueueGroup(name: "g", members: names)
            group.strategy = strategy
            group.most = 8
            queues = CallQueues([group])
            give(.agents(names.map { QueueAgent(name: $0, line: $0, activity: .away) }))
            for name in names { agents[name] = .away }
        }

        mutating func give(_ input: CallQueues.Input) {
            var outputs: [CallQueues.Output] = []
            queues.receive(input, at: now, into: &outputs)
            for output in outputs { perform(output) }
        }

        mutating func set(_ name: String, _ state: State) {
            agents[name] = state
            pending.append(.agent(name, state == .ready ? .ready : state == .away ? .away : state == .reserved ? .reserved : .busy))
        }

        mutating func perform(_ output: CallQueues.Output) {
            switch output {
            case .reserve(let name, _, _):
                let isReady = agents[name] == .ready
                pending.append(.reserved(name, isReady))
                if isReady { set(name, .reserved) }
            case .release(let name): if agents[name] == .reserved { set(name, .ready) }
            case .pause(let name, _): if agents[name] != .talking { set(name, .away) }
            case .offer(let ticket, let lines, _):
                if offers[ticket] != nil { findings.append("\(ticket) is offered twice") }
                if !waiting.contains(ticket) { findings.append("\(ticket) is offered, but waits no more") }
                for line in lines where offers.values.contains(where: { $0.contains(line) }) { findings.append("\(line) has two callers") }
                offers[ticket] = lines
            case .refused(let ticket, _):
                if waiting.remove(ticket) == nil { findings.append("\(ticket) is refused, but does not wait") }
            case .place(let ticket, let position, let count, _):
                if !waiting.contains(ticket) { findings.append("\(ticket) has a place, but does not wait") }
                if position > count { findings.append("place \(position) of \(count)") }
            case .back: break
            }
        }

        mutating func hear() { if !pending.isEmpty { give(pending.removeFirst()) } }

        mutating func settle(_ ticket: QueueTicket, isTaken: Bool, _ outcome: FlowOutcome = .noAnswer) {
            guard let lines = offers.removeValue(forKey: ticket) else { return }
            let reachable = lines.filter { agents[$0] == .reserved }
            guard isTaken, let line = reachable.randomElement(using: &random) else { return give(.offerFailed(ticket, outcome)) }
            set(line, .talking)
            while !pending.isEmpty { hear() }
            give(.taken(ticket, line: line))
            waiting.remove(ticket)
        }

        mutating func act(_ number: UInt64) {
            now = now.advanced(by: .seconds(Int64.random(in: 0...30, using: &random)))
            let name = agents.keys.sorted().randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2:
                waiting.insert(QueueTicket(number))
                var wish = QueueWish(group: "g")
                wish.priority = Int.random(in: 0...1, using: &random)
                wish.leavesIfNobody = Bool.random(using: &random)
                give(.enter(QueueTicket(number), wish))
            case 3:
                guard let ticket = waiting.sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random) else { return }
                waiting.remove(ticket)
                offers[ticket] = nil
                give(.leave(ticket))
            case 4: set(name, .ready)
            case 5: if agents[name] != .talking { set(name, .away) }
            case 6, 7:
                let ticket = offers.keys.sorted { $0.rawValue < $1.rawValue }.randomElement(using: &random)
                let outcome: FlowOutcome = [.noAnswer, .busy, .unreachable, .failed].randomElement(using: &random) ?? .failed
                if let ticket { settle(ticket, isTaken: Int.random(in: 0..<3, using: &random) > 0, outcome) }
            default: hear()
            }
        }

        /// Everyone is ready and answers: nobody may be left over.
        mutating func drain() {
            for _ in 0..<1000 where !waiting.isEmpty {
                for name in agents.keys.sorted() where agents[name] != .reserved { set(name, .ready) }
                while !pending.isEmpty { hear() }
                for ticket in offers.keys.sorted(by: { $0.rawValue < $1.rawValue }) { settle(ticket, isTaken: true) }
                while !pending.isEmpty { hear() }
            }
            if !waiting.isEmpty { findings.append("lost: \(waiting.map(\.rawValue).sorted())") }
            if queues.waiting() > 0 { findings.append("\(queues.waiting()) are in the queue for ever") }
        }
    }

    @Test(arguments: QueueGroup.Strategy.allCases)
    func `no caller is ever lost or given to two agents, and no agent has two`(strategy: QueueGroup.Strategy) {
        for seed in 0..<200 {
            var world = World(seed: UInt64(seed), strategy)
            for number in 1...150 { world.act(UInt64(number)) }
            world.drain()
            #expect(world.findings == [], "seed \(seed)")
        }
    }
}
