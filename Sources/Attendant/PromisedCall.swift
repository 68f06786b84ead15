import CTI
import CallControl
import Flow
import Kernel

/// A call that a caller was promised. It lives as long as the process.
struct PromisedCall: Sendable {
    let order: FlowCallback
    /// The flow as it was when the call was promised, at the step in which whoever answers is met.
    let run: FlowRun
    /// Whose line calls.
    let device: DeviceName
    let line: DirectoryNumber
    /// The call in which it was promised.
    let origin: LegID
    /// The flow's name and version, for the call's record.
    let flow: String
    let version: String
    var place: QueuePlace?
    var attempts = 0
    var state = State.waiting

    enum State: Equatable, Sendable {
        /// In the queue.
        case waiting
        /// These agents are kept, and the caller has not hung up yet.
        case kept([String])
        /// The call is asked for.
        case dialling([String])
        /// The number is being called, or somebody is there.
        case calling(LegID, [String])
        /// Until the next attempt.
        case resting
    }

    /// The agents who are kept.
    var agents: [String] {
        switch state {
        case .kept(let lines), .dialling(let lines), .calling(_, let lines): lines
        case .waiting, .resting: []
        }
    }
}
