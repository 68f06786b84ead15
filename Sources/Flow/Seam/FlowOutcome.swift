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
    /// As many wait in the queue as may.
    case full
    /// No agent is there who could come free.
    case nobodyReady = "nobody-ready"
    /// Something else went wrong.
    case failed
    /// The caller or the flow hung up.
    case hangup
    /// The call went on to somebody else.
    case redirected
}
