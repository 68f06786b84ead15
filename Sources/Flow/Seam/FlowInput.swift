public import Kernel

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
    /// The caller, who was listened to, has begun to speak.
    case spoke
    /// The outcome of a lookup.
    case record(LookupOutcome)
    /// The task of that number reports.
    case task(Int, TaskReport)
    /// The redirect succeeded: the agent talks to the caller.
    case redirected
    /// The redirect did not succeed: one of `busy`, `no-answer`, `unreachable`, `failed`.
    case redirectFailed(FlowOutcome)
    /// The outcome of a recording.
    case recorded(RecordingOutcome)
    /// What the mailboxes answer.
    case mailbox(MailboxReply)
    /// The agent's state is set (`found`), nobody is an agent at the calling line (`not-found`), or it failed.
    case agentSet(FlowOutcome)
    /// News of the queue that the caller waits in.
    case queue(QueueNews)
    /// The call is promised (`found`), as many wait as may (`full`), or it failed.
    case callbackSet(FlowOutcome)
    /// The caller is gone.
    case released
    /// `nextDeadline` has come.
    case deadline
}
