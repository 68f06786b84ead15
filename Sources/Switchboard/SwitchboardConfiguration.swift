public import CTI
public import CallControl
public import SIPEndpoint

/// What the switchboard knows of a site.
public struct SwitchboardConfiguration: Sendable {
    /// Devices, lines, partitions and calling search spaces.
    public var plan: NumberingPlan
    /// Users, their rights, and service parameters.
    public var cti: CTIConfiguration
    /// Phones and trunks.
    public var sip: SIPConfiguration
    /// How many calls are taken on at once, and how long endpoints are waited for.
    public var limits: CallControl.Limits

    /// Makes a configuration.
    public init(plan: NumberingPlan, cti: CTIConfiguration, sip: SIPConfiguration, limits: CallControl.Limits = CallControl.Limits()) {
        self.plan = plan
        self.cti = cti
        self.sip = sip
        self.limits = limits
    }
}
