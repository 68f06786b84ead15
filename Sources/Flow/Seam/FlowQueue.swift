/// How a flow lets a caller wait for an agent.
public struct FlowQueue: Equatable, Sendable {
    /// Whom the caller waits for.
    public var wish: QueueWish
    /// What travels with the call, in the order of the file.
    public var data: [(name: String, value: String)]
    /// Whether the agent sees the caller's number, or ours.
    public var showsCaller: Bool

    /// Makes an order.
    public init(_ wish: QueueWish, data: [(name: String, value: String)] = [], showsCaller: Bool = true) {
        self.wish = wish
        self.data = data
        self.showsCaller = showsCaller
    }

    /// Whether two orders are the same.
    public static func == (left: FlowQueue, right: FlowQueue) -> Bool {
        left.wish == right.wish && left.showsCaller == right.showsCaller
            && left.data.elementsEqual(right.data) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// What a run hears from the queue that its caller waits in.
public enum QueueNews: Equatable, Sendable {
    /// The place of the caller, of which 1 is next; how many wait; how long it will take about.
    case place(position: Int, waiting: Int, wait: Duration)
    /// An agent's phone rings for the caller. `redirected` or `offerFailed` follows.
    case offered
    /// The agent did not take the call; the caller waits on.
    case offerFailed
    /// The caller cannot wait (any longer): `full`, `nobody-ready` or `failed`.
    case refused(FlowOutcome)
}
