public import Kernel

/// What a caller's run of a flow asks of the outside. Every request that takes time is answered by one `FlowInput`.
public enum FlowCommand: Equatable, Sendable {
    /// Take note of the call: the caller hears ringing. Answered by `done` or `failed`.
    case accept
    /// Answer the call. Answered by `done` when media flows, or `failed`.
    case answer
    /// Refuse the call; the run is over.
    case reject(FlowCause)
    /// Hang up; the run is over. What is still playing has been waited for.
    case hangup(FlowCause)
    /// Play these, one after the other without a gap. Answered by `played` at their end, unless `stopPlaying` comes first.
    case play([Utterance])
    /// Stop what plays, at once.
    case stopPlaying
    /// Fetch a record. Answered by `record`; the run waits no longer than `deadline`.
    case lookUp(store: String, key: String, deadline: Duration)
    /// Send the call on. Answered by `redirected` or `redirectFailed`.
    case redirect(FlowRedirect)
    /// A line for the call's record.
    case log(String)
    /// A step was entered, for the call's record.
    case entered(step: String)
    /// The run is over and the call no longer its concern (redirected, or released by the caller).
    case finished(FlowOutcome)
}

/// What a run hears from the outside.
public enum FlowInput: Equatable, Sendable {
    /// Begin.
    case start
    /// The accept or answer is done.
    case done
    /// The accept or answer failed: why.
    case failed(String)
    /// What was asked to play has ended.
    case played
    /// A prompt could not be played: which, and why. What remains of the list plays on.
    case promptFailed(String)
    /// A key was pressed.
    case key(DTMFKey)
    /// The outcome of a lookup.
    case record(LookupOutcome)
    /// The redirect succeeded: the agent talks to the caller.
    case redirected
    /// The redirect did not succeed: one of `busy`, `no-answer`, `unreachable`, `failed`.
    case redirectFailed(FlowOutcome)
    /// The caller is gone.
    case released
    /// `nextDeadline` has come.
    case deadline
}

/// The words for outcomes, everywhere the same.
public enum FlowOutcome: String, Equatable, Sendable, CaseIterable {
    /// A record was found; a redirect succeeded.
    case found
    /// There is no such record.
    case notFound = "not-found"
    /// No key was pressed.
    case noInput = "no-input"
    /// What was pressed fits nothing.
    case noMatch = "no-match"
    /// The destination is busy.
    case busy
    /// Nobody answered.
    case noAnswer = "no-answer"
    /// The destination is not registered or does not exist.
    case unreachable
    /// A deadline passed.
    case timedOut = "timed-out"
    /// Something else went wrong.
    case failed
    /// The caller or the flow hung up.
    case hangup
    /// The call went on to somebody else.
    case redirected
}

/// What came of a lookup.
public enum LookupOutcome: Equatable, Sendable {
    /// The fields of the record.
    case found([String: String])
    /// There is none.
    case notFound
    /// The store could not answer: why.
    case failed(String)
}

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

/// Something a caller hears, in the language of the run at that moment.
public struct Utterance: Hashable, Sendable {
    /// What it is.
    public var content: Content
    /// The language, such as `en-US`.
    public var language: String

    /// What is heard.
    public enum Content: Hashable, Sendable {
        /// The prompt file of that name.
        case prompt(String)
        /// Text for the TTS program.
        case speech(String)
    }

    /// Makes an utterance.
    public init(_ content: Content, language: String) {
        self.content = content
        self.language = language
    }
}

/// Where a flow sends a call.
public struct FlowRedirect: Equatable, Sendable {
    /// The number.
    public var to: String
    /// What travels with the call, in the order of the file.
    public var data: [(name: String, value: String)]
    /// How long it may ring.
    public var ring: Duration
    /// Whether the agent sees the caller's number, or ours.
    public var showsCaller: Bool

    /// Makes a redirect.
    public init(to: String, data: [(name: String, value: String)], ring: Duration, showsCaller: Bool) {
        self.to = to
        self.data = data
        self.ring = ring
        self.showsCaller = showsCaller
    }

    /// Whether two redirects are the same.
    public static func == (left: FlowRedirect, right: FlowRedirect) -> Bool {
        left.to == right.to && left.ring == right.ring && left.showsCaller == right.showsCaller
            && left.data.elementsEqual(right.data) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// What a run knows of its call when it starts.
public struct CallFacts: Equatable, Sendable {
    /// The calling number, as it came; empty when withheld.
    public var callerNumber: String
    /// The calling name; empty when there is none.
    public var callerName: String
    /// The number that was dialled.
    public var calledNumber: String
    /// The number that passed the call on, if any.
    public var redirectedFrom: String
    /// The call's identifier in records.
    public var callID: String
    /// What travelled with the call.
    public var data: [String: String]
    /// The wall clock at the start, in seconds since 1970.
    public var startedAt: Double

    /// Makes the facts of a call.
    public init(
        callerNumber: String, callerName: String = "", calledNumber: String, redirectedFrom: String = "", callID: String, data: [String: String] = [:],
        startedAt: Double
    ) {
        self.callerNumber = callerNumber
        self.callerName = callerName
        self.calledNumber = calledNumber
        self.redirectedFrom = redirectedFrom
        self.callID = callID
        self.data = data
        self.startedAt = startedAt
    }
}

// The interpreter (implemented beside this file):
//
//   public struct FlowRun: Sendable {
//       public init(_ flow: Flow, facts: CallFacts, at now: Instant)
//       public mutating func receive(_ input: FlowInput, at now: Instant, into outputs: inout [FlowCommand])
//       public var nextDeadline: Instant? { get }
//   }
