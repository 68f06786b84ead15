import Audio
public import CTI
import CallControl
public import Flow
public import Kernel
public import MediaEngine
public import Stores

/// The shell of the attendant: drives an `AttendantMachine` with a media engine, the prompt library and the customer stores.
///
/// Confined to one event loop, whose work it does between two inputs; `hop` is the only way back from anywhere else. That confinement is
/// what makes it safe to share, hence `@unchecked`.
public final class AttendantApplication: @unchecked Sendable {
    /// What the attendant needs of the loop that it lives on.
    public struct Surroundings: Sendable {
        /// Runs a closure on the loop.
        public var hop: @Sendable (@escaping @Sendable () -> Void) -> Void
        /// The loop's clock.
        public var now: @Sendable () -> Instant
        /// Sends a request to the CTIManager. On the loop.
        public var send: @Sendable (RequestID, ProviderRequest) -> Void
        /// The address of ours that a peer reaches; for `nil`, the one on the default route.
        public var localAddress: @Sendable (IPAddress?) -> IPAddress?
        /// Takes notes about calls for the log.
        public var note: @Sendable (CallNote) -> Void
        /// Takes the records of calls that are over.
        public var ended: @Sendable (CallRecord) -> Void
        /// Takes troubles for the administrator.
        public var trouble: @Sendable (String) -> Void
        /// Tells that calls are taken from now on. On the loop.
        public var connected: @Sendable () -> Void
        /// Tells that `nextDeadline` may have changed. On the loop.
        public var deadlineChanged: @Sendable () -> Void

        /// Makes the surroundings.
        public init(
            hop: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void, now: @escaping @Sendable () -> Instant,
            send: @escaping @Sendable (RequestID, ProviderRequest) -> Void, localAddress: @escaping @Sendable (IPAddress?) -> IPAddress?,
            note: @escaping @Sendable (CallNote) -> Void, ended: @escaping @Sendable (CallRecord) -> Void,
            trouble: @escaping @Sendable (String) -> Void, connected: @escaping @Sendable () -> Void,
            deadlineChanged: @escaping @Sendable () -> Void
        ) {
            self.hop = hop
            self.now = now
            self.send = send
            self.localAddress = localAddress
            self.note = note
            self.ended = ended
            self.trouble = trouble
            self.connected = connected
            self.deadlineChanged = deadlineChanged
        }
    }

    private var machine: AttendantMachine
    private let engine: MediaEngine
    private let prompts: PromptLibrary
    private let stores: [String: any RecordStore]
    private let recordings: Recordings
    private let mailroom: Mailroom
    private let services: FlowServices
    /// The business's counters since the start.
    public private(set) var counters: [String: Int] = [:]
    private let surroundings: Surroundings
    private var outputs: [AttendantMachine.Output] = []
    private var inputs: [AttendantMachine.Input] = []
    private var isDraining = false
    /// Clips that need not be asked for again until the given moment; after it the library looks whether the file has changed.
    private var ready: [Utterance: (clip: Clip, until: Instant)] = [:]

    /// Counters beyond so many are not begun.
    public static let mostCounters = 1000
    private static let freshness: Duration = .seconds(1)
    private static let readyLimit = 1000

    /// Makes an attendant; `start` connects it.
    public init(
        _ configuration: AttendantMachine.Configuration, flows: [Flow], engine: MediaEngine, prompts: PromptLibrary,
        stores: [String: any RecordStore], recordings: Recordings, mailroom: Mailroom, services: FlowServices, surroundings: Surroundings
    ) {
        machine = AttendantMachine(configuration, flows: flows)
        self.engine = engine
        self.prompts = prompts
        self.stores = stores
        self.recordings = recordings
        self.mailroom = mailroom
        self.services = services
        self.surroundings = surroundings
    }

    /// When `receive(.deadline)` is due.
    public var nextDeadline: Instant? { machine.nextDeadline }

    /// The queues with what is in them. On the loop only.
    public var queueStates: [QueueState] { machine.queueStates }

    /// The number of calls that a flow is running for.
    public var callCount: Int { machine.callCount }

    /// Takes one input and carries out all that follows from it. On the loop only.
    public func receive(_ input: AttendantMachine.Input) {
        inputs.append(input)
        guard !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        var next = 0
        while next < inputs.count {
            machine.receive(inputs[next], at: surroundings.now(), into: &outputs)
            next += 1
            let due = outputs
            outputs.removeAll(keepingCapacity: true)
            for output in due { perform(output) }
        }
        inputs.removeAll(keepingCapacity: true)
        surroundings.deadlineChanged()
    }

    private func perform(_ output: AttendantMachine.Output) {
        switch output {
        case .connected: surroundings.connected()
        case .request(let id, let request): surroundings.send(id, request)
        case .openMedia(let leg, let peer): receive(.mediaOpened(leg, openMedia(toward: peer)))
        case .media(let session, let command): engine.command(session, command)
        case .prepare(let id, let utterances): prepare(id, utterances)
        case .lookUp(let id, let store, let key): lookUp(id, store, key)
        case .openRecording(let leg, let call, let purpose): openRecording(leg, call, purpose)
        case .dropRecording(let file): Task { file.remove() }
        case .mailbox(let leg, let job, let request, let draft): ask(leg, job, request, draft)
        case .perform(let id, let task):
            let (services, hop) = (services, surroundings.hop)
            Task {
                let report = await services.perform(task)
                hop { self.receive(.task(id, report)) }
            }
        case .ended(let record): surroundings.ended(record)
        case .count(let counter, let amount): count(counter, amount)
        case .note(let note): surroundings.note(note)
        case .trouble(let text): surroundings.trouble(text)
        }
    }

    private func count(_ counter: String, _ amount: Int) {
        guard counters[counter] != nil || counters.count < AttendantApplication.mostCounters else {
            return surroundings.trouble("Counter \(counter) is not counted: there are \(AttendantApplication.mostCounters) already")
        }
        counters[counter, default: 0] &+= amount
    }

    private func openMedia(toward peer: IPAddress?) -> Result<AttendantMachine.OpenedMedia, MediaFailure> {
        guard let address = surroundings.localAddress(peer) else { return .failure(.noLocalAddress(toReach: peer)) }
        do throws(MediaFailure) {
            let opened = try engine.open(family: address.isV6 ? .v6 : .v4, port: nil)
            return .success(AttendantMachine.OpenedMedia(id: opened.id, local: TransportAddress(ip: address, port: opened.local.port)))
        } catch {
            return .failure(error)
        }
    }

    private func openRecording(_ leg: LegID, _ call: CallID, _ purpose: FlowRecording.Purpose) {
        let (recordings, mailroom, hop) = (recordings, mailroom, surroundings.hop)
        Task {
            let result =
                switch purpose {
                case .file: recordings.begin(call)
                case .message(let number), .greeting(let number): await mailroom.draft(for: number)
                }
            hop { self.receive(.recordingOpened(leg, result)) }
        }
    }

    private func ask(_ leg: LegID, _ job: MailJob, _ request: MailboxRequest, _ draft: MailDraft?) {
        let (mailroom, hop) = (mailroom, surroundings.hop)
        Task {
            let reply = await mailroom.answer(request, draft: draft)
            hop { self.receive(.mailbox(leg, job, reply)) }
        }
    }

    private func prepare(_ id: PreparationID, _ utterances: [Utterance]) {
        let now = surroundings.now()
        let fresh = utterances.compactMap { ready[$0] }.filter { now < $0.until }
        if fresh.count == utterances.count {
            receive(.prepared(id, fresh.map(\.clip), failed: []))
            return
        }
        let (prompts, hop) = (prompts, surroundings.hop)
        Task {
            let results = await prompts.clips(for: utterances)
            hop { self.prepared(id, utterances, results) }
        }
    }

    private func prepared(_ id: PreparationID, _ utterances: [Utterance], _ results: [Result<Clip, PromptFailure>]) {
        let until = surroundings.now().advanced(by: AttendantApplication.freshness)
        var clips: [Clip] = []
        var failed: [String] = []
        if ready.count + utterances.count > AttendantApplication.readyLimit { ready = [:] }
        for (utterance, result) in zip(utterances, results) {
            switch result {
            case .success(let clip):
                clips.append(clip)
                ready[utterance] = (clip, until)
            case .failure(let failure):
                failed.append(failure.reason)
            }
        }
        receive(.prepared(id, clips, failed: failed))
    }

    private func lookUp(_ id: LookupID, _ name: String, _ key: String) {
        guard let store = stores[name] else {
            receive(.record(id, .failed("there is no store called \(name)")))
            return
        }
        let hop = surroundings.hop
        Task {
            let outcome: LookupOutcome
            do throws(StoreFailure) {
                outcome = try await store.record(for: key).map { .found($0) } ?? .notFound
            } catch {
                outcome = .failed("\(error)")
            }
            hop { self.receive(.record(id, outcome)) }
        }
    }
}
