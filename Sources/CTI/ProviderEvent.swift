public import CallControl
public import SDP

/// What the CTIManager tells an application, in JTAPI's and CSTA's words.
public enum ProviderEvent: Equatable, Sendable {
    /// The provider closed and will say no more.
    case providerShutdown(reason: String)
    /// A device that the application opened works (CSTA BackInService).
    case inService(DeviceName)
    /// A device that the application opened does not work (CSTA OutOfService).
    case outOfService(DeviceName)
    /// Something happened on a call at an opened device.
    case call(CallEvent)
    /// The device is registered with dynamic media: where does the media of this call go? Answer with `setMedia`.
    case mediaAddressNeeded(LegID)
    /// Offer and answer are settled: media flows as described. It comes again when the peer changes it.
    case mediaStarted(LegID, NegotiatedAudio)
    /// Media of the call no longer flows to this device.
    case mediaStopped(LegID)
    /// RouteRequest: where is this call to go? Answer with `routeSelect` or `routeEnd` within the route select timer.
    indirect case routeRequest(LegID, SetUp)
    /// ReRoute: none of the numbers took the call, the last for this cause. Answer as a `routeRequest`.
    case reRoute(LegID, Cause)
    /// RouteUsed: this number took the call.
    case routeUsed(LegID, DirectoryNumber)
    /// RouteEnd: nothing more is asked about this call.
    case routeEnd(LegID)
    /// The data that travels with the call changed.
    case data(LegID, CallData)
    /// An agent does something else from now on (CSTA AgentReady, AgentNotReady, AgentBusy, AgentWorkingAfterCall).
    case agentState(AgentID, AgentState)
}
