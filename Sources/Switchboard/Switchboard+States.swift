public import CTI
public import CallControl

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
    /// The users by name.
    public var users: [(name: String, user: CTIUser)] { cti.users }
}
