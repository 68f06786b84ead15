import Kernel

// Who gets whom, and what callers are told meanwhile.
extension CallQueues {
    /// Those who wait, the next one first.
    var line: [QueueTicket] {
        callers.sorted { left, right in
            let (first, second) = (left.value, right.value)
            return first.wish.priority == second.wish.priority
                ? first.order < second.order : first.wish.priority > second.wish.priority
        }.map(\.key)
    }

    /// Reserves free agents for those who wait, in the order in which they wait.
    mutating func match(at now: Instant, into outputs: inout [Output]) {
        guard members.values.contains(where: \.isFree) else { return }
        for ticket in line {
            guard let caller = callers[ticket], caller.state == .waiting, let group = groups[caller.wish.group] else { continue }
            let free = group.members.filter { name in members[name].map { $0.isFree && $0.agent.knows(caller.wish.skills) } == true }
            let chosen = choose(among: free, caller.wish, group)
            guard !chosen.isEmpty else { continue }
            callers[ticket]?.state = .reserving(asked: Set(chosen), kept: [])
            for name in chosen {
                members[name]?.caller = ticket
                members[name]?.isAsked = true
                outputs.append(.reserve(name, wrapUp: group.wrapUp, within: group.ring + CallQueues.grace + caller.wish.keeps))
            }
        }
    }

    private mutating func choose(among free: [String], _ wish: QueueWish, _ group: QueueGroup) -> [String] {
        switch group.strategy {
        case .longestIdle:
            return free.min { idleSince($0) < idleSince($1) }.map { [$0] } ?? []
        case .mostSkilled:
            let best = free.min { left, right in
                let (first, second) = (level(of: left, wish), level(of: right, wish))
                return first == second ? idleSince(left) < idleSince(right) : first > second
            }
            return best.map { [$0] } ?? []
        case .roundRobin:
            let start = last[group.name].flatMap { group.members.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            let turn = group.members[start...] + group.members[..<start]
            guard let next = turn.first(where: { free.contains($0) }) else { return [] }
            last[group.name] = next
            return [next]
        case .allAtOnce:
            return Array(free.prefix(QueueGroup.mostRinging))
        }
    }

    private func idleSince(_ name: String) -> Instant { members[name]?.since ?? .zero }

    /// How well an agent knows all that a caller needs.
    private func level(of name: String, _ wish: QueueWish) -> Int {
        wish.skills.keys.reduce(0) { $0 + (members[name]?.agent.skills[$1] ?? 0) }
    }

    /// The agents who could take a caller, now or when they come free.
    private func able(_ wish: QueueWish) -> [Member] {
        (groups[wish.group]?.members ?? []).compactMap { members[$0] }.filter { $0.agent.knows(wish.skills) && $0.agent.activity != .away }
    }

    /// Callers who want to leave when nobody is there do.
    mutating func leaveIfNobody(into outputs: inout [Output]) {
        for ticket in line {
            guard let caller = callers[ticket], caller.wish.leavesIfNobody, caller.state == .waiting, able(caller.wish).isEmpty else {
                continue
            }
            callers[ticket] = nil
            outputs.append(.refused(ticket, .nobodyReady))
        }
    }

    /// Tells callers whose place or waiting time, in whole minutes, has changed.
    mutating func tellPlaces(into outputs: inout [Output]) {
        var positions: [String: Int] = [:]
        var staff: [Need: Staff] = [:]
        let tickets = line
        let counts = Dictionary(tickets.compactMap { callers[$0]?.wish.group }.map { ($0, 1) }, uniquingKeysWith: +)
        for ticket in tickets {
            guard let caller = callers[ticket] else { continue }
            let group = caller.wish.group
            positions[group, default: 0] += 1
            let position = positions[group, default: 1]
            let need = Need(group: group, skills: caller.wish.skills)
            let able = staff[need] ?? Staff(able(caller.wish))
            staff[need] = able
            let times = times[group, default: ServiceTimes()]
            let wait = times.wait(position: position, agents: able.atWork, free: able.free).inWholeMinutes
            let told = Caller.Told(position: position, waiting: counts[group] ?? position, wait: wait)
            guard caller.told != told else { continue }
            callers[ticket]?.told = told
            outputs.append(.place(ticket, position: position, waiting: told.waiting, wait: wait))
        }
    }
}

/// What callers have in common who wait for the same agents.
private struct Need: Hashable {
    let group: String
    let skills: [String: Int]
}

/// How many agents could take a caller, and how many of them at once.
private struct Staff {
    let atWork: Int
    let free: Int

    init(_ able: [CallQueues.Member]) {
        atWork = able.count
        free = able.count { $0.agent.activity == .ready }
    }
}

extension CallQueues.Member {
    /// Whether a caller can be given to the agent.
    var isFree: Bool { agent.activity == .ready && caller == nil && !isAsked }
}

extension QueueAgent {
    /// Whether the agent knows each skill at least so well.
    func knows(_ needed: [String: Int]) -> Bool { needed.allSatisfy { (skills[$0.key] ?? 0) >= $0.value } }
}

extension Duration {
    /// Rounded up to whole minutes.
    fileprivate var inWholeMinutes: Duration {
        let (seconds, rest) = components
        return .seconds((seconds + (rest > 0 ? 1 : 0) + 59) / 60 * 60)
    }
}
