/// What a command asks of the running server of a site: one line of JSON over the socket `var/frontdesk.sock`.
public enum ControlRequest: String, Codable, Sendable, CaseIterable {
    /// All devices with what they do.
    case devices
    /// All lines with their calls.
    case lines
    /// All users with their rights.
    case users
    /// The open providers.
    case providers
    /// The calls in progress.
    case calls
    /// The agents with what they do.
    case agents
    /// The queues with those who wait there.
    case queues
    /// What flows have counted.
    case counters
    /// The latest alarms.
    case alarms
    /// How much there is of everything, and which flows are served.
    case status
    /// What `frontdesk.yaml` would change.
    case compare
    /// Change it.
    case apply
}

/// What the server says to it.
public struct ControlReply: Codable, Equatable, Sendable {
    /// A table, of a state.
    public var table: StateTable?
    /// Text for the administrator.
    public var text: String?
    /// Whether what was asked for could be done.
    public var isGood = true
}
