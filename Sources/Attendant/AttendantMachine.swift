public import Audio
public import CTI
public import CallControl
public import Flow
public import Kernel
public import MediaEngine
public import Stores

/// The IVR as an ordinary CTI application: it opens its provider and devices, runs a flow for every call that is offered, and turns what the
/// flow wants into CTI requests, media commands and lookups. A pure state machine; `AttendantApplication` is its shell.
public struct AttendantMachine: Sendable {
    /// What reaches the attendant.
    public enum Input: Sendable {
        /// Connect: open the provider and the devices.
        case start
        /// The connection to the CTIManager is gone, and every call with it; `start` may come again.
        case lost
        /// The CTIManager tells something.
        case event(ProviderEvent)
        /// The CTIManager answers a request.
        case reply(RequestID, Result<ProviderReply, Refusal>)
        /// A media session was opened for the call, or could not be.
        case mediaOpened(LegID, Result<OpenedMedia, MediaFailure>)
        /// A media session reports.
        case media(MediaEvent)
        /// What was to be prepared is ready; utterances that could not be had are named with the reason.
        case prepared(PreparationID, [Clip], failed: [String])
        /// A lookup came to its end.
        case record(LookupID, LookupOutcome)
        /// A file for a recording of the call is open, or could not be opened.
        case recordingOpened(LegID, Result<VoiceFile, VoiceFailure>)
        /// The mailboxes answer.
        case mailbox(LegID, MailJob, MailboxReply)
        /// So many messages are in a mailbox now.
        case messages(mailbox: String, MessageCounts)
        /// What the shell does for a call reports.
        case task(TaskID, TaskReport)
        /// From here on, new calls are served by these flows.
        case flows([Flow])
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the attendant wants done.
    public enum Output: Sendable {
        /// The CTIManager has answered all that `start` asked for: calls are taken from now on, where no `trouble` was told before.
        case connected
        /// Ask the CTIManager.
        case request(RequestID, ProviderRequest)
        /// Open a media session for the call, at an address that the caller can reach from the address it offered (`nil` when it offered
        /// none); `mediaOpened` is due in return.
        case openMedia(LegID, toward: IPAddress?)
        /// Tell a media session.
        case media(MediaSessionID, MediaCommand)
        /// Load or render these, in order; `prepared` is due in return.
        case prepare(PreparationID, [Utterance])
        /// Fetch a record; `record` is due in return.
        case lookUp(LookupID, store: String, key: String)
        /// Open a file for a recording of the call; `recordingOpened` is due in return.
        case openRecording(LegID, CallID, FlowRecording.Purpose)
        /// Remove a recording that nobody wants.
        case dropRecording(VoiceFile)
        /// Ask the mailboxes, with a recording that becomes theirs; `mailbox` is due in return.
        case mailbox(LegID, MailJob, MailboxRequest, MailDraft?)
        /// Do this for a call, and report by `task`.
        case perform(TaskID, FlowTask)
        /// A call is over, with all that happened in it.
        case ended(CallRecord)
        /// Add to a counter of the business.
        case count(String, by: Int)
        /// A line about a call, for the log and the call's record.
        case note(CallNote)
        /// The attendant itself is in trouble: what and why, for the administrator.
        case trouble(String)
    }

    /// A media session that was opened for a call.
    public struct OpenedMedia: Equatable, Sendable {
        /// The session.
        public var id: MediaSessionID
        /// Where the peer is to send.
        public var local: TransportAddress

        /// Makes a value.
        public init(id: MediaSessionID, local: TransportAddress) {
            self.id = id
            self.local = local
        }
    }

    /// How the attendant presents itself to the CTIManager.
    public struct Configuration: Sendable {
        /// The application user.
        public var user: String
        /// The password.
        public var password: String
        /// The devices to open, with the media that is registered for each.
        public var devices: [(name: DeviceName, media: MediaRegistration)]
        /// What a caller hears while an agent's phone rings.
        public var ringback: Clip
        /// Seconds since 1970 at `Instant.zero`, so that flows know the wall clock.
        public var wallClockAtZero: Double
        /// The groups of agents that callers can wait for.
        public var groups: [QueueGroup] = []
        /// One period of the tone that callers hear, for each cause that has one, before they are hung up on.
        public var farewells: [FlowCause: Clip] = [:]

        /// Makes a configuration.
        public init(
            user: String, password: String, devices: [(name: DeviceName, media: MediaRegistration)], ringback: Clip, wallClockAtZero: Double
        ) {
            self.user = user
            self.password = password
            self.devices = devices
            self.ringback = ringback
            self.wallClockAtZero = wallClockAtZero
        }
    }

    /// The longest wait for the caller's first packet after the answer, so that the first word is not clipped.
    static let firstPacketWait: Duration = .milliseconds(300)

    let configuration: Configuration
    var flows: [String: Flow] = [:]
    var calls = Table<LegID, AttendedCall>()
    var legOfMedia: [MediaSessionID: LegID] = [:]
    var localAddresses: [MediaSessionID: TransportAddress] = [:]
    var legOfPreparation: [PreparationID: LegID] = [:]
    var legOfLookup: [LookupID: LegID] = [:]
    /// Recordings that are still being completed though their callers are gone.
    var leftRecordings: [MediaSessionID: LeftRecording] = [:]
    /// Calls that are over but for the count of their packets.
    var closing: [MediaSessionID: CallRecord] = [:]
    var requests: [RequestID: RequestPurpose] = [:]
    /// The agents that the attendant may see.
    var agents: [AgentID: AgentSnapshot] = [:]
    /// The queues of the site, and the callers who wait there.
    var queues: CallQueues
    var legOfTicket: [QueueTicket: LegID] = [:]
    /// The calls that callers were promised.
    var promises: [QueueTicket: PromisedCall] = [:]
    var promiseDeadlines = Deadlines<QueueTicket>()
    var deadlines = Deadlines<LegID>()
    var counter: UInt64 = 0
    /// How many messages each mailbox has, for the lamps of phones.
    var messages: [String: MessageCounts] = [:]
    var isConnected = false
    /// Requests about devices that the CTIManager has not answered yet.
    private var unanswered = 0

    /// Makes an attendant that has not connected yet.
    public init(_ configuration: Configuration, flows: [Flow]) {
        self.configuration = configuration
        queues = CallQueues(configuration.groups)
        adopt(flows)
    }

    /// When `.deadline` is due.
    public var nextDeadline: Instant? { .earliest(deadlines.next, promiseDeadlines.next) }

    /// The queues with what is in them.
    public var queueStates: [QueueState] { queues.states }

    /// The number of calls that a flow is running for.
    public var callCount: Int { calls.count }

    /// Takes one input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .start: open(into: &outputs)
        case .lost:
            isConnected = false
            abandonCalls(at: now, into: &outputs)
        case .event(let event): receive(event, at: now, into: &outputs)
        case .reply(let id, let result): receive(result, for: id, at: now, into: &outputs)
        case .mediaOpened(let leg, let result): mediaOpened(leg, result, at: now, into: &outputs)
        case .media(let event): receive(event, at: now, into: &outputs)
        case .prepared(let id, let clips, let failed): prepared(id, clips, failed, at: now, into: &outputs)
        case .record(let id, let outcome):
            guard let leg = legOfLookup.removeValue(forKey: id), calls[leg]?.lookup == id else { return }
            if case .found = outcome { note(leg, "lookup: found", at: now, into: &outputs) }
            tell(leg, .record(outcome), at: now, into: &outputs)
        case .recordingOpened(let leg, let result): recordingOpened(leg, result, at: now, into: &outputs)
        case .mailbox(let leg, let job, let reply): mailboxAnswered(leg, job, reply, at: now, into: &outputs)
        case .messages(let mailbox, let counts): messagesChanged(mailbox, counts, into: &outputs)
        case .task(let id, let report): tell(id.leg, .task(id.number, report), at: now, into: &outputs)
        case .flows(let new): adopt(new)
        case .deadline:
            while let leg = deadlines.popExpired(at: now) { expire(leg, at: now, into: &outputs) }
            while let ticket = promiseDeadlines.popExpired(at: now) { promiseTimeIsUp(ticket, at: now, into: &outputs) }
        }
    }

    private mutating func adopt(_ new: [Flow]) {
        flows = [:]
        for flow in new {
            for line in flow.lines { flows[line] = flow }
        }
    }

    private mutating func open(into outputs: inout [Output]) {
        ask(.openProvider(user: configuration.user, password: configuration.password, heartbeat: nil), .provider, into: &outputs)
    }

    /// Sends a request and remembers what it is for.
    mutating func ask(_ request: ProviderRequest, _ purpose: RequestPurpose, into outputs: inout [Output]) {
        let id = RequestID(number())
        requests[id] = purpose
        outputs.append(.request(id, request))
    }

    mutating func number() -> UInt64 {
        counter += 1
        return counter
    }

    private mutating func receive(
        _ result: Result<ProviderReply, Refusal>, for id: RequestID, at now: Instant, into outputs: inout [Output]
    ) {
        guard let purpose = requests.removeValue(forKey: id) else { return }
        switch (purpose, result) {
        case (.provider, .success):
            watchAgents(into: &outputs)
            for device in configuration.devices {
                ask(.openDevice(device.name), .device(device.name), into: &outputs)
                ask(.registerMedia(device.name, device.media), .device(device.name), into: &outputs)
            }
            unanswered = 2 * configuration.devices.count
            if unanswered == 0 { connected(into: &outputs) }
        case (.provider, .failure(let refusal)):
            outputs.append(.trouble("The CTIManager refuses the attendant's provider: \(refusal)"))
            outputs.append(.connected)
        case (.device(let name), .failure(let refusal)):
            outputs.append(.trouble("The CTIManager refuses device \(name) to the attendant: \(refusal)"))
            deviceAnswered(into: &outputs)
        case (.device, .success):
            deviceAnswered(into: &outputs)
        case (.agents, let result): adoptAgents(result, at: now, into: &outputs)
        case (.reserve(let name), let result):
            let isKept = if case .success = result { true } else { false }
            tellQueues(.reserved(name, isKept), at: now, into: &outputs)
        case (.promise(let ticket), let result): promiseReply(ticket, result, at: now, into: &outputs)
        case (.ignored, _):
            break
        case (.call(let leg, let what), let result):
            callReply(leg, what, result, at: now, into: &outputs)
        }
    }

    private mutating func deviceAnswered(into outputs: inout [Output]) {
        unanswered -= 1
        if unanswered == 0 { connected(into: &outputs) }
    }

    private mutating func connected(into outputs: inout [Output]) {
        isConnected = true
        for (mailbox, counts) in messages.sorted(by: { $0.key < $1.key }) { light(mailbox, counts, into: &outputs) }
        outputs.append(.connected)
    }
}

/// Names a preparation of clips.
public struct PreparationID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64
}

/// Names a task of a call.
public struct TaskID: Hashable, Sendable {
    /// The call.
    public let leg: LegID
    /// The number that the run gave it.
    public let number: Int
}

/// Names a lookup.
public struct LookupID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64
}

/// A line about a call.
public struct CallNote: Equatable, Sendable {
    /// The call.
    public var call: CallID
    /// What happened, in plain English.
    public var text: String
}

/// What a request was sent for.
enum RequestPurpose: Sendable {
    case provider
    case device(DeviceName)
    case call(LegID, CallPurpose)
    case agents
    case reserve(String)
    case promise(QueueTicket)
    case ignored
}

/// What a request about a call was sent for.
enum CallPurpose: Sendable {
    case accept
    case answer
    case setMedia
    case park(task: Int)
    case redirect
    case setAgent
    case offer(QueueTicket)
}
