public import Kernel

/// The queues of a site: who waits, who is free, and who gets whom. A pure state machine, fed with what agents do and with callers who enter and leave.
///
/// An agent is reserved before a caller is offered there, so that several processes can share agents. Each caller is offered to one agent at a time (or to
/// all at once), and no agent has two.
public struct CallQueues: Sendable {
    /// What reaches the queues.
    public enum Input: Equatable, Sendable {
        /// All agents anew.
        case agents([QueueAgent])
        /// An agent does something else.
        case agent(String, QueueAgent.Activity)
        /// A caller enters, at the end or where the caller was before.
        case enter(QueueTicket, QueueWish, at: QueuePlace? = nil)
        /// A caller leaves, or is gone.
        case leave(QueueTicket)
        /// Whether an agent could be reserved.
        case reserved(String, Bool)
        /// The offer was taken up, by the agent with this line.
        case taken(QueueTicket, line: String)
        /// The offer was not taken up.
        case offerFailed(QueueTicket, FlowOutcome)
    }

    /// What the queues want done.
    public enum Output: Equatable, Sendable {
        /// Keep an agent for at most so long; `reserved` is due in return.
        case reserve(String, wrapUp: Duration, within: Duration)
        /// Give back an agent.
        case release(String)
        /// An agent takes no more calls, for this reason.
        case pause(String, reason: String)
        /// Send a caller to the agents with these lines, who are reserved; `taken` or `offerFailed` is due in return.
        case offer(QueueTicket, to: [String], ring: Duration)
        /// Tell a caller that nobody took the offer, and the wait goes on.
        case back(QueueTicket)
        /// Tell a caller the place in the queue, of which 1 is next, how many wait, and how long it will take about.
        case place(QueueTicket, position: Int, waiting: Int, wait: Duration)
        /// A caller cannot wait (any longer): `full`, `nobody-ready` or `failed`. The caller is no longer in the queue.
        case refused(QueueTicket, FlowOutcome)
    }

    /// A caller.
    struct Caller: Sendable {
        let wish: QueueWish
        let order: UInt64
        var state = State.waiting
        /// What the caller was told last.
        var told: Told?
        /// How many offers failed at once, without any phone having rung.
        var failures = 0

        enum State: Equatable, Sendable {
            case waiting
            /// These agents are asked for, and those are kept already.
            case reserving(asked: Set<String>, kept: [String])
            case offered([String])
        }

        struct Told: Equatable, Sendable {
            let position: Int
            let waiting: Int
            let wait: Duration
        }
    }

    /// An agent with what the queues have to do with one.
    struct Member: Sendable {
        var agent: QueueAgent
        /// Since when the agent waits for a call, or waited last.
        var since: Instant
        /// Whether the agent was kept for a call that did not come, and so waits on as long as before.
        var keepsTurn = false
        /// Whose turn it is at this agent.
        var caller: QueueTicket?
        /// A reservation that is asked for.
        var isAsked = false
        /// Since when the agent talks to a caller of a group.
        var serving: (group: String, since: Instant)?
    }

    /// After so many offers that failed at once, a caller is told so.
    static let mostFailures = 5
    /// How much longer than the ringing an agent is kept.
    static let grace: Duration = .seconds(10)

    let groups: [String: QueueGroup]
    var callers: [QueueTicket: Caller] = [:]
    var members: [String: Member] = [:]
    var times: [String: ServiceTimes] = [:]
    /// The agent to whom round robin came last, by group.
    var last: [String: String] = [:]
    private var orders: UInt64 = 0

    /// Makes queues in which nobody waits.
    public init(_ groups: [QueueGroup]) {
        self.groups = Dictionary(groups.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Takes one input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .agents(let agents):
            // Whoever was reserved for somebody is no more: these are the agents of a new connection.
            members = Dictionary(agents.map { ($0.name, Member(agent: $0, since: now)) }) { first, _ in first }
            for ticket in callers.keys { callers[ticket]?.state = .waiting }
        case .agent(let name, let activity): change(name, to: activity, at: now)
        case .enter(let ticket, let wish, let place): enter(ticket, wish, place, into: &outputs)
        case .leave(let ticket): leave(ticket, into: &outputs)
        case .reserved(let name, let isKept): reserved(name, isKept, into: &outputs)
        case .taken(let ticket, let line): taken(ticket, line, at: now, into: &outputs)
        case .offerFailed(let ticket, let outcome): offerFailed(ticket, outcome, into: &outputs)
        }
        match(at: now, into: &outputs)
        leaveIfNobody(into: &outputs)
        tellPlaces(into: &outputs)
    }

    /// The place of a caller, to come back to it.
    public func place(of ticket: QueueTicket) -> QueuePlace? {
        callers[ticket].map { QueuePlace(group: $0.wish.group, order: $0.order) }
    }

    /// How many callers wait in a group, or in all of them.
    public func waiting(in group: String? = nil) -> Int {
        group.map { name in callers.values.count { $0.wish.group == name } } ?? callers.count
    }

    private mutating func enter(_ ticket: QueueTicket, _ wish: QueueWish, _ place: QueuePlace?, into outputs: inout [Output]) {
        guard callers[ticket] == nil else { return }
        guard let group = groups[wish.group] else {
            outputs.append(.refused(ticket, .failed))
            return
        }
        let isBack = place?.group == wish.group
        guard isBack || waiting(in: wish.group) < group.most else {
            outputs.append(.refused(ticket, .full))
            return
        }
        orders += 1
        callers[ticket] = Caller(wish: wish, order: isBack ? place?.order ?? orders : orders)
    }

    private mutating func change(_ name: String, to activity: QueueAgent.Activity, at now: Instant) {
        guard let member = members[name], member.agent.activity != activity else { return }
        members[name]?.agent.activity = activity
        if activity == .ready {
            if !member.keepsTurn { members[name]?.since = now }
            members[name]?.keepsTurn = false
        }
        if activity != .busy, let serving = member.serving {
            times[serving.group, default: ServiceTimes()].add(serving.since.duration(to: now))
            members[name]?.serving = nil
        }
    }

    private mutating func leave(_ ticket: QueueTicket, into outputs: inout [Output]) {
        guard callers.removeValue(forKey: ticket) != nil else { return }
        for name in agents(of: ticket) { give(back: name, into: &outputs) }
    }

    /// The agents who are reserved, or asked for, on account of a caller.
    private func agents(of ticket: QueueTicket) -> [String] {
        members.filter { $0.value.caller == ticket }.keys.sorted()
    }

    /// Lets go of an agent; one whose reservation is still on the way is released when it comes.
    private mutating func give(back name: String, into outputs: inout [Output]) {
        members[name]?.caller = nil
        if members[name]?.isAsked == false { release(name, into: &outputs) }
    }

    private mutating func release(_ name: String, into outputs: inout [Output]) {
        members[name]?.keepsTurn = true
        outputs.append(.release(name))
    }

    private mutating func reserved(_ name: String, _ isKept: Bool, into outputs: inout [Output]) {
        guard let member = members[name], member.isAsked else { return }
        members[name]?.isAsked = false
        // One who is said to be ready and cannot be had is out of reach for us.
        if !isKept, member.agent.activity == .ready { members[name]?.agent.activity = .away }
        guard let ticket = member.caller, case .reserving(var asked, var kept)? = callers[ticket]?.state else {
            members[name]?.caller = nil
            if isKept { release(name, into: &outputs) }
            return
        }
        asked.remove(name)
        if isKept { kept.append(name) } else { members[name]?.caller = nil }
        guard asked.isEmpty else {
            callers[ticket]?.state = .reserving(asked: asked, kept: kept)
            return
        }
        callers[ticket]?.state = kept.isEmpty ? .waiting : .offered(kept)
        guard !kept.isEmpty, let group = callers[ticket].flatMap({ groups[$0.wish.group] }) else { return }
        outputs.append(.offer(ticket, to: kept.compactMap { members[$0]?.agent.line }, ring: group.ring))
    }

    private mutating func taken(_ ticket: QueueTicket, _ line: String, at now: Instant, into outputs: inout [Output]) {
        guard let caller = callers[ticket], case .offered(let names) = caller.state else { return }
        callers[ticket] = nil
        for name in names {
            if members[name]?.agent.line == line {
                members[name]?.caller = nil
                members[name]?.serving = (caller.wish.group, now)
            } else {
                give(back: name, into: &outputs)
            }
        }
    }

    private mutating func offerFailed(_ ticket: QueueTicket, _ outcome: FlowOutcome, into outputs: inout [Output]) {
        guard let caller = callers[ticket], case .offered(let names) = caller.state else { return }
        callers[ticket]?.state = .waiting
        let pauses = outcome == .noAnswer ? groups[caller.wish.group]?.pausesAfterNoAnswer == true : outcome != .failed
        for name in names {
            members[name]?.caller = nil
            // Who talks to somebody else could not answer.
            if pauses, members[name]?.agent.activity != .busy {
                members[name]?.agent.activity = .away
                outputs.append(.pause(name, reason: outcome.rawValue))
            } else {
                release(name, into: &outputs)
            }
        }
        if outcome != .noAnswer { callers[ticket]?.failures += 1 }
        guard callers[ticket]?.failures == CallQueues.mostFailures else {
            outputs.append(.back(ticket))
            return
        }
        callers[ticket] = nil
        outputs.append(.refused(ticket, .failed))
    }
}
