/// Why a flow rejects or hangs up.
public enum FlowCause: String, Equatable, Sendable, CaseIterable {
    /// Hang up normally.
    case normal
    /// Busy.
    case busy
    /// Declined.
    case declined
    /// Unavailable.
    case unavailable
}
