/// The name that whoever asks gives to a request, so that its result can be told apart.
public struct CallRequestID: Hashable, Sendable {
    /// The number of the request.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A service asked of call control, in CSTA's words, on behalf of a leg's device.
public enum CallRequest: Equatable, Sendable {
    /// DeflectCall / JTAPI `redirect`: send the other party of this leg somewhere else, before or after the answer.
    case redirect(LegID, Redirect)
    /// HoldCall: the leg's device stops exchanging media with the other party.
    case hold(LegID)
    /// RetrieveCall: undoes `hold`.
    case retrieve(LegID)
    /// ClearConnection: the leg ends; in a two-party call so does the call.
    case drop(LegID, Cause)
    /// MakeCall: a new call from a line of a device.
    case makeCall(from: DeviceName, line: DirectoryNumber, to: DirectoryNumber, data: CallData)
    /// Puts entries into the data that travels with the leg's call.
    case attach(LegID, CallData)
}

/// Where a call is redirected to, and how.
public struct Redirect: Equatable, Sendable {
    /// The number to send the call to.
    public var to: DirectoryNumber
    /// Whose calling search space decides whether the number may be dialled.
    public var callingSearchSpace: SearchSpace
    /// How long the destination may ring; `nil` for the line's own no-answer time. When it is up, a supervised redirect comes back to the leg
    /// instead of following the destination's CFNA; all other forwards of the destination are followed.
    public var ring: Duration?
    /// Whether the leg stays in the call, and in its media, until the destination has answered, and has the call back as it was when it does
    /// not. The result then says what became of it; otherwise it says that the number can be dialled, and the leg is released.
    public var supervised: Bool
    /// Entries to add to the data that travels with the call.
    public var data: CallData
    /// Whose number the destination sees.
    public var showCaller: ShownCaller

    /// Whose calling search space a redirect uses (JTAPI `CiscoConnection` redirect options).
    public enum SearchSpace: String, Sendable, CaseIterable {
        /// The redirecting party's line, then device. The default.
        case redirecting = "redirecting"
        /// The calling party's.
        case callingAddress = "calling-address"
    }

    /// Whose number the destination sees.
    public enum ShownCaller: String, Sendable, CaseIterable {
        /// The caller's.
        case original
        /// The redirecting line's.
        case ours
    }

    /// Makes a redirect.
    public init(
        to: DirectoryNumber, callingSearchSpace: SearchSpace = .redirecting, ring: Duration? = nil, supervised: Bool = false,
        data: CallData = CallData(),
        showCaller: ShownCaller = .original
    ) {
        self.to = to
        self.callingSearchSpace = callingSearchSpace
        self.ring = ring
        self.supervised = supervised
        self.data = data
        self.showCaller = showCaller
    }
}

/// Why a request is refused. The leg and the call stay as they were.
public enum CallRequestFailure: Error, Equatable, Sendable {
    /// There is no such leg.
    case noSuchLeg(LegID)
    /// The leg's state does not allow the request: which state it is in.
    case wrongState(LegState)
    /// The number cannot be reached from the calling search space used.
    case invalidDestination(DirectoryNumber)
    /// The device does not have the line.
    case noSuchLine(DeviceName, DirectoryNumber)
    /// The destination was tried and failed: busy, no answer, unregistered …
    case destinationFailed(DirectoryNumber, Cause)
    /// A limit of call control is reached: which one, and how high it is.
    case limitReached(String, Int)
    /// The other party's media could not be moved.
    case mediaRefused
}

/// The state of a leg (CSTA local connection state, ECMA-269 6.1.4).
public enum LegState: String, Equatable, Sendable {
    /// An outgoing call is being made; nothing is known of the far end.
    case initiated
    /// Offered or ringing.
    case alerting
    /// Talking.
    case connected
    /// On hold.
    case hold
    /// In a queue.
    case queued
    /// The call cannot be completed and waits to be cleared.
    case fail
    /// Not in the call.
    case null
}
