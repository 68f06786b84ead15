import Kernel

/// The queues of a test's world: the queues that serve real calls, with agents and callers who do as the test says.
struct QueueRehearsal {
    private var queues: CallQueues
    private var agents: [QueueAgent]
    private let answers: [String: FlowOutcome]
    private let ahead: Int
    /// What is still to happen, the next first.
    private var pending: [(at: Instant, event: Event)] = []
    private var isIn = false
    private var told: [FlowInput] = []
    /// The line of the agent whose phone rings for the caller.
    private(set) var offeredTo: String?

    private enum Event {
        case queues(CallQueues.Input)
        case tell(FlowInput)
    }

    static let caller = QueueTicket(0)
    /// How long those ahead of the caller talk to an agent.
    static let talk = ServiceTimes.first

    init(_ world: ScenarioWorld) {
        answers = world.answers
        ahead = world.waiting ?? 0
        agents = []
        var freed: [(Duration, String)] = []
        for (line, agent) in world.agents.sorted(by: { $0.key < $1.key }) {
            let activity: QueueAgent.Activity =
                switch agent {
                case .ready: .ready
                case .notReady: .away
                case .talking: .busy
                }
            if case .talking(let time) = agent { freed.append((time, line)) }
            agents.append(QueueAgent(name: line, line: line, activity: activity))
        }
        queues = CallQueues([])
        for (time, line) in freed { later(.queues(.agent(line, .ready)), at: Instant.zero.advanced(by: time)) }
    }

    /// When something happens next.
    var next: Instant? { pending.first?.at }

    mutating func enter(_ order: FlowQueue, in world: ScenarioWorld, at now: Instant) {
        if queues.groups[order.wish.group] == nil {
            var group = QueueGroup(name: order.wish.group, members: agents.map(\.name))
            group.most = world.waiting == nil ? 0 : QueueGroup.mostWaiting
            queues = CallQueues([group])
            // Whoever is in the group of a test knows all that its callers need.
            for index in agents.indices { agents[index].skills = order.wish.skills.mapValues { _ in 10 } }
            give(.agents(agents), at: now)
            for number in 0..<ahead { give(.enter(QueueTicket(UInt64(number) + 1), order.wish), at: now) }
        }
        isIn = true
        give(.enter(Self.caller, order.wish), at: now)
    }

    mutating func leave(at now: Instant) {
        isIn = false
        give(.leave(Self.caller), at: now)
    }

    /// Lets happen what is due; gives what the run hears of it.
    mutating func pass(at now: Instant) -> [FlowInput] {
        while let first = pending.first, first.at <= now {
            pending.removeFirst()
            switch first.event {
            case .queues(let input): give(input, at: now)
            case .tell(let input): told.append(input)
            }
        }
        defer { told = [] }
        return told
    }

    private mutating func later(_ event: Event, at: Instant) {
        pending.insert((at, event), at: pending.firstIndex { $0.at > at } ?? pending.count)
    }

    private mutating func give(_ input: CallQueues.Input, at now: Instant) {
        // Agents change also before anyone asks for them.
        if case .agent(let name, let activity) = input, let index = agents.firstIndex(where: { $0.name == name }) {
            agents[index].activity = activity
        }
        var outputs: [CallQueues.Output] = []
        queues.receive(input, at: now, into: &outputs)
        for output in outputs { perform(output, at: now) }
    }

    private mutating func perform(_ output: CallQueues.Output, at now: Instant) {
        switch output {
        case .reserve(let name, _, _):
            later(.queues(.agent(name, .reserved)), at: now)
            later(.queues(.reserved(name, true)), at: now)
        case .release(let name): later(.queues(.agent(name, .ready)), at: now)
        case .pause(let name, _): later(.queues(.agent(name, .away)), at: now)
        case .offer(let ticket, let lines, let ring): offer(ticket, lines.first ?? "", ring, at: now)
        case .back(Self.caller) where isIn: told.append(.queue(.offerFailed))
        case .place(Self.caller, let position, let waiting, let wait) where isIn:
            later(.tell(.queue(.place(position: position, waiting: waiting, wait: wait))), at: now)
        case .refused(Self.caller, let outcome) where isIn: later(.tell(.queue(.refused(outcome))), at: now)
        case .back, .place, .refused: break
        }
    }

    private mutating func offer(_ ticket: QueueTicket, _ line: String, _ ring: Duration, at now: Instant) {
        let answer = now.advanced(by: .seconds(1))
        if ticket != Self.caller {
            later(.queues(.agent(line, .busy)), at: answer)
            later(.queues(.taken(ticket, line: line)), at: answer)
            later(.queues(.agent(line, .ready)), at: answer.advanced(by: Self.talk))
            return
        }
        offeredTo = line
        later(.tell(.queue(.offered)), at: now)
        guard let outcome = answers[line] else {
            later(.queues(.taken(ticket, line: line)), at: answer)
            return later(.tell(.redirected), at: answer)
        }
        let end = outcome == .noAnswer ? now.advanced(by: ring) : answer
        later(.queues(.offerFailed(ticket, outcome)), at: end)
    }
}
