import Kernel

/// How long agents of a group are busy with a caller, wrap-up included: a running mean that forgets old calls.
struct ServiceTimes: Equatable, Sendable {
    /// What is taken for the mean before the first call is over.
    static let first: Duration = .seconds(180)
    /// The share of the mean that a new call has, once there have been so many.
    private static let memory = 16

    private(set) var mean = ServiceTimes.first
    private var calls = 0

    mutating func add(_ time: Duration) {
        calls = min(calls + 1, Self.memory)
        mean += (time - mean) / calls
    }

    /// How long the caller at a position will wait with so many agents at work. Each agent comes free once in a mean service time.
    func wait(position: Int, agents: Int, free: Int) -> Duration {
        guard agents > 0, position > free else { return agents > 0 ? .zero : mean * position }
        return mean * (position - free) / agents
    }
}
