import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import RTP
import SDP

/// A call that a flow is running for.
struct AttendedCall: Sendable {
    let call: CallID
    /// Where the call is: a device of the attendant and one of its lines.
    let device: DeviceName
    let line: DirectoryNumber
    let setUp: SetUp
    var run: FlowRun
    var history: CallHistory
    var phase: Phase = .offered
    /// What plays, if anything.
    var playing: Playing = .nothing
    /// The lookup that the run waits for.
    var lookup: LookupID?
    /// What is being recorded, or was and is not disposed of yet.
    var recording: CallRecording?
    /// What was asked of the mailboxes last.
    var mailJob: MailJob?
    /// What is heard when nothing else is.
    var music: Music?
    /// The queue that the caller waits in.
    var queueing: Queueing?
    /// Where the caller was in a queue before.
    var place: QueuePlace?
    /// The promise that is kept by this call.
    var promise: QueueTicket?
    /// Whether whoever is called back has pressed a key, as no machine does.
    var hasPressed = false
    /// Who answered the call that was promised, once that is known.
    var answerer: Answerer?
    var session: MediaSessionID?
    var audio: NegotiatedAudio?
    var keys = KeyDeduplicator(window: KeyDeduplicator.besideSignalling)

    /// How far the call has come.
    enum Phase: Equatable, Sendable {
        /// Not answered.
        case offered
        /// A number is being called.
        case calling
        /// The answer is asked for; media is being settled.
        case answering
        /// Answered; the first packet of the caller is awaited until the given moment.
        case settling(until: Instant)
        /// The caller hears us.
        case talking
        /// The call is being redirected, and the caller hears ringing from us.
        case redirecting
        /// The caller hears the tone of a cause, and is hung up on at the given moment.
        case hangingUp(FlowCause, at: Instant)
        /// Nothing more to do but wait for the end of the leg.
        case over
    }

    /// What the caller hears.
    enum Playing: Equatable, Sendable {
        case nothing
        /// Clips are being loaded.
        case preparing(PreparationID)
        /// The run's utterances.
        case utterances(PlayID)
        /// The ringing tone, over and over.
        case ringback(PlayID)
    }

    /// A wait for an agent.
    struct Queueing: Sendable {
        let ticket: QueueTicket
        let order: FlowQueue
    }

    /// Music in a loop.
    struct Music: Equatable, Sendable {
        let preparation: PreparationID
        let staysOn: Bool
    }

    /// When this call wants to hear of the time: the run's deadline, the end of the wait for the first packet, or that of the last tone.
    var nextDeadline: Instant? {
        switch phase {
        case .settling(let until), .hangingUp(_, at: let until): run.nextDeadline.map { min($0, until) } ?? until
        default: run.nextDeadline
        }
    }
}
