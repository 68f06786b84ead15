/// A queue at a moment, for the administrator.
public struct QueueState: Equatable, Sendable {
    /// The group.
    public var group: QueueGroup
    /// How many callers wait, those who are being offered to an agent included.
    public var waiting: Int
    /// How many agents of the group wait for a call.
    public var ready: Int
    /// How many have a call, or one on its way, or work that one left.
    public var busy: Int
    /// How long an agent is busy with a caller.
    public var serviceTime: Duration
}

extension CallQueues {
    /// How long a phone rings for a caller of a group.
    public func ring(in group: String) -> Duration { groups[group]?.ring ?? .seconds(15) }

    /// All queues by name.
    public var states: [QueueState] {
        groups.values.sorted { $0.name < $1.name }.map { group in
            let agents = group.members.compactMap { members[$0]?.agent.activity }
            return QueueState(
                group: group, waiting: waiting(in: group.name), ready: agents.count { $0 == .ready },
                busy: agents.count { $0 == .busy || $0 == .reserved }, serviceTime: times[group.name, default: ServiceTimes()].mean)
        }
    }
}
