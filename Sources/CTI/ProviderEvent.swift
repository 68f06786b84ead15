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
    /// The data that travels with the call changed.
    case data(LegID, CallData)
}
