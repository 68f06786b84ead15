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
    /// MakeCall: a new call from a line of a device. Dialling a park number takes up the call that is parked there.
    case makeCall(from: DeviceName, line: DirectoryNumber, to: DirectoryNumber, data: CallData, Origination = Origination())
    /// ConsultationCall: holds the leg, and makes a call from the same line, which a `transfer` or `conference` can join with this one.
    case consult(LegID, to: DirectoryNumber, data: CallData, Origination = Origination())
    /// TransferCall: the parties of two calls of one device talk to each other, and the device leaves both. The first call is answered; the
    /// second may still ring.
    case transfer(LegID, with: LegID)
    /// ConferenceCall: the parties of two calls of one device come together with it; its leg in the first call ends.
    case conference(LegID, with: LegID)
    /// SingleStepConferenceCall: a device is called into the leg's call, to talk or to listen silently.
    case join(LegID, DeviceName, line: DirectoryNumber, MixerRole)
    /// Recording of the leg's call in stereo, the voice of whoever has been in it longest on the left and all others' on the right.
    case record(LegID, RecordingStep)
    /// ParkCall: the other party waits at a park number, a free one unless it is named, and the leg's device leaves the call.
    case park(LegID, at: DirectoryNumber?)
    /// A call that one device of a shared line holds is taken over by another one, which is told to answer by itself.
    case takeOver(LegID, by: DeviceName)
    /// AnswerCall for a phone that rings: it is asked to take the call (SIP `Event: talk`).
    case answer(LegID)
    /// Puts entries into the data that travels with the leg's call.
    case attach(LegID, CallData)
    /// Set Message Waiting Indicator: the phones of a line show how many messages wait. The device must be able to dial it.
    case setMessageWaiting(from: DeviceName, DirectoryNumber, MessageSummary)
}

/// What can be asked of the recording of a call.
public enum RecordingStep: String, Sendable, CaseIterable {
    /// Begin one.
    case start
    /// Leave out what is said from here on.
    case pause
    /// No longer leave it out.
    case resume
    /// End it.
    case stop
}

extension CallRequest {
    /// The leg that it is about; `nil` for one that makes a call, or is about none.
    var leg: LegID? {
        switch self {
        case .redirect(let leg, _), .hold(let leg), .retrieve(let leg), .drop(let leg, _), .consult(let leg, _, _, _),
            .transfer(let leg, _),
            .conference(let leg, _), .join(let leg, _, _, _), .record(let leg, _), .park(let leg, _), .takeOver(let leg, _),
            .answer(let leg),
            .attach(let leg, _):
            leg
        case .makeCall, .setMessageWaiting: nil
        }
    }

    /// All legs that it is about.
    var legs: [LegID] {
        switch self {
        case .transfer(let first, let second), .conference(let first, let second): [first, second]
        default: leg.map { [$0] } ?? []
        }
    }
}

/// How a call that is made for a device begins there.
public struct Origination: Equatable, Sendable {
    /// Whether a phone is told to answer by itself; otherwise it rings first (RFC 5373 Answer-Mode, and what phones knew before it).
    public var answersItself: Bool
    /// The number and name that the destination sees; `nil` for the line's own.
    public var calling: Party?

    /// Makes a way to begin a call.
    public init(answersItself: Bool = false, calling: Party? = nil) {
        self.answersItself = answersItself
        self.calling = calling
    }
}

/// Where a call is redirected to, and how.
public struct Redirect: Equatable, Sendable {
    /// The number to send the call to.
    public var to: DirectoryNumber
    /// Lines that ring together with `to`: who answers first has the call, and none of them forwards it.
    public var also: [DirectoryNumber]
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
    /// What the destination learns of the numbers that were dialled before.
    public var calledAddress: CalledAddress

    /// Whose calling search space a redirect uses (JTAPI `CiscoConnection` redirect options).
    public enum SearchSpace: String, Sendable, CaseIterable {
        /// What the server takes unless it is told: that of the redirecting party.
        case standard = "default"
        /// The redirecting party's line, then device.
        case redirecting
        /// The original calling party's.
        case callingAddress
    }

    /// Whose number the destination sees.
    public enum ShownCaller: Equatable, Sendable {
        /// The caller's.
        case original
        /// The redirecting line's.
        case ours
        /// Another one.
        case modified(Party)
    }

    /// Whether the original called party is kept (JTAPI `CALLED_ADDRESS_UNCHANGED`, `CALLED_ADDRESS_SET_TO_REDIRECT_DESTINATION`).
    public enum CalledAddress: String, Sendable, CaseIterable {
        /// The destination learns which number was dialled first, and who passed the call on.
        case unchanged
        /// To the destination the call looks as if it had been dialled there.
        case setToDestination
    }

    /// Makes a redirect.
    public init(
        to: DirectoryNumber, also: [DirectoryNumber] = [], callingSearchSpace: SearchSpace = .standard, ring: Duration? = nil,
        supervised: Bool = false,
        data: CallData = CallData(), showCaller: ShownCaller = .original, calledAddress: CalledAddress = .unchanged
    ) {
        self.to = to
        self.also = also
        self.callingSearchSpace = callingSearchSpace
        self.ring = ring
        self.supervised = supervised
        self.data = data
        self.showCaller = showCaller
        self.calledAddress = calledAddress
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
    /// The two legs are not parts that one device has in two calls.
    case notOfOneDevice(LegID, LegID)
    /// The number is no park number.
    case noParkNumber(DirectoryNumber)
    /// Nothing of the call is recorded, or the recording is in that state already.
    case noRecording
    /// The call cannot be recorded, for this reason.
    case recordingFailed(String)
    /// A call is parked there already.
    case parkNumberTaken(DirectoryNumber)
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
