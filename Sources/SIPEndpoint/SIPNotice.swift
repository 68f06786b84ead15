public import CallControl
public import Kernel
public import SDP
public import SIP

/// Something that a log should hold. None of them needs an answer.
public enum SIPNotice: Equatable, Sendable {
    /// A message could not be parsed.
    case malformed(SIPParseError, from: TransportAddress)
    /// A call was refused before it reached call control: with which status, and why.
    case refusedCall(from: TransportAddress, status: Int, reason: String)
    /// A source gave a wrong password, or a user that we do not have.
    case authenticationFailed(user: String, from: TransportAddress)
    /// An address failed to authenticate too often, for one user or for any, and is not listened to until it was quiet for a while.
    case tooManyFailures(user: String?, from: IPAddress)
    /// A peer's session description could not be read.
    case badDescription(LegID, SDPParseError)
    /// A device that is to be secure came without TLS, and is refused.
    case plainSignalling(DeviceName, Hop.Transport, from: TransportAddress)
    /// A device that is to be secure was offered media without SRTP, or offered it itself; there is no call with that.
    case plainMedia(DeviceName, saidByDevice: Bool)
    /// A trunk did not take our registration; it is tried again.
    case trunkRegistrationFailed(DeviceName, status: Int)
}

/// A registration changed.
public enum RegistrationEvent: Equatable, Sendable {
    /// The contacts of a phone as they now stand; none when it is not registered any more.
    case phone(DeviceName, contacts: [RegisteredContact])
    /// Whether a trunk has our registration.
    case trunk(DeviceName, registered: Bool)
}

/// Where a phone can be reached.
public struct RegisteredContact: Equatable, Sendable {
    /// The address that the phone gave.
    public var uri: SIPURI
    /// Where requests to it are sent.
    public var hop: Hop
    /// When it ends unless it is refreshed.
    public var expires: Instant
    /// What the phone calls itself, if it says (User-Agent).
    public var userAgent: String?
}
