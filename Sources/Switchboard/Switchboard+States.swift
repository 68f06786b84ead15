public import CTI
public import CallControl
public import Kernel

// What exists at the moment, for whoever shows it.
extension Switchboard {
    /// All devices by name.
    public func deviceStates() -> [DeviceState] { callControl.deviceStates() }
    /// All lines by number.
    public func lineStates() -> [LineState] { callControl.lineStates() }
    /// All calls, the oldest first.
    public func callStates() -> [CallState] { callControl.callStates() }
    /// The open providers, the oldest first.
    public func providerStates() -> [ProviderState] { cti.providerStates() }
    /// The agents by name.
    public func agentStates(at now: Instant) -> [AgentSnapshot] { cti.agentStates(at: now) }
    /// The users by name.
    public var users: [(name: String, user: CTIUser)] { cti.users }
}
