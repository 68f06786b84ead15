/// What a flow asks for in the name of the agent who calls.
public enum FlowAgentState: Equatable, Sendable {
    /// Calls of queues are welcome.
    case ready
    /// They are not: why.
    case notReady(reason: String)
}
