/// Where a flow sends a call.
public struct FlowRedirect: Equatable, Sendable {
    /// The number.
    public var to: String
    /// What travels with the call, in the order of the file.
    public var data: [(name: String, value: String)]
    /// How long it may ring.
    public var ring: Duration
    /// Whether the agent sees the caller's number, or ours.
    public var showsCaller: Bool

    /// Makes a redirect.
    public init(to: String, data: [(name: String, value: String)], ring: Duration, showsCaller: Bool) {
        self.to = to
        self.data = data
        self.ring = ring
        self.showsCaller = showsCaller
    }

    /// Whether two redirects are the same.
    public static func == (left: FlowRedirect, right: FlowRedirect) -> Bool {
        left.to == right.to && left.ring == right.ring && left.showsCaller == right.showsCaller
            && left.data.elementsEqual(right.data) { $0.name == $1.name && $0.value == $1.value }
    }
}
