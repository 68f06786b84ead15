/// What is to be recorded of a caller.
public struct FlowRecording: Equatable, Sendable {
    /// What the recording is for.
    public enum Purpose: Equatable, Sendable {
        /// A file among the site's recordings.
        case file
        /// A message for the mailbox of this number. It is delivered when the caller hangs up before a choice is made.
        case message(mailbox: String)
        /// The greeting of the mailbox of this number.
        case greeting(mailbox: String)
    }

    /// With what the names of those for `file` begin.
    public static let folder = "recordings/"

    /// What it is for.
    public var purpose: Purpose
    /// It ends after so long a silence; `nil` lets it go on.
    public var silence: Duration?
    /// With less speech than this there is nothing worth keeping.
    public var atLeast: Duration

    /// Makes an order.
    public init(_ purpose: Purpose, silence: Duration?, atLeast: Duration) {
        self.purpose = purpose
        self.silence = silence
        self.atLeast = atLeast
    }
}

/// What came of a recording.
public enum RecordingOutcome: Equatable, Sendable {
    /// It is complete: its name, how long it is, and for how long somebody spoke in it.
    case complete(name: String, length: Duration, spoken: Duration)
    /// It could not be made: why.
    case failed(String)
}
