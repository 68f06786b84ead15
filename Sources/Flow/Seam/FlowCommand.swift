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
    /// Listen for the caller to begin to speak, or no longer. Answered by `spoke`, which ends it; a recording that is begun then has the first words.
    case listen(Bool)
    /// Fetch a record. Answered by `record`; the run waits no longer than `deadline`.
    case lookUp(store: String, key: String, deadline: Duration)
    /// Do something while the call waits. Answered by `task` reports with the same number, the last of them `ended`.
    case begin(Int, FlowTask)
    /// The task is to come to its end now: a recording is complete, a place in a queue is given up.
    case end(task: Int)
    /// Send the call on. Answered by `redirected` or `redirectFailed`.
    case redirect(FlowRedirect)
    /// Begin to record the caller. Answered by `recorded`, at the end that silence or `stopRecording` gives it.
    case record(FlowRecording)
    /// End the recording.
    case stopRecording
    /// Forget what was recorded last.
    case discardRecording
    /// Ask the mailboxes. Answered by `mailbox`.
    case mailbox(MailboxRequest)
    /// Play this in a loop whenever nothing else is heard, from here on; `nil` ends it. Nothing answers.
    case music(FlowMusic?)
    /// Set the state of the agent at the calling line. Answered by `agentSet`.
    case setAgent(FlowAgentState)
    /// Let the caller wait for an agent. Answered by `queue` again and again, and by `redirected` in the end.
    case enterQueue(FlowQueue)
    /// The caller waits no longer.
    case leaveQueue
    /// Promise the caller a call. Answered by `callbackSet`.
    case callBack(FlowCallback)
    /// A line for the call's record.
    case log(String)
    /// Adds to a counter of the business.
    case count(String, by: Int)
    /// The caller pressed a key, for the call's record; `nil` where keys are the caller's secret.
    case pressed(DTMFKey?)
    /// An action was begun, for the call's record: the verb with what says most about it.
    case began(action: String)
    /// A step was entered, for the call's record.
    case entered(step: String)
    /// The run is over and the call no longer its concern (redirected, or released by the caller).
    case finished(FlowOutcome)
}
