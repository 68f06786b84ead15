public import Kernel

/// The switchboard's core: it knows endpoints and legs, routes dialled numbers, forwards, redirects and joins media. A pure state machine.
public struct CallControl: Sendable {
    /// What reaches call control.
    public enum Input: Equatable, Sendable {
        /// An endpoint signals on a leg.
        case leg(LegID, LegSignal)
        /// Somebody asks for a service; the result comes as `.result` with the same identifier.
        case request(CallRequestID, CallRequest)
        /// A device became reachable or unreachable (registered or not, opened by an application or not, trunk up or down).
        case device(DeviceName, available: Bool)
        /// An application that had this leg failed: its call goes to the line's CFOF number.
        case applicationFailed(LegID)
        /// The mixer did what it was told, or could not.
        case mixer(MixerSignal)
        /// The configuration changed.
        case plan(NumberingPlan)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What call control wants done.
    public enum Output: Equatable, Sendable {
        /// Tell the endpoint of the leg's device.
        case leg(LegID, LegCommand)
        /// Tell the mixer.
        case mixer(MixerCommand)
        /// A phone is to show how many messages wait at a line.
        case messageWaiting(DeviceName, line: DirectoryNumber, MessageSummary)
        /// The result of a request.
        case result(CallRequestID, Result<CallRequestDone, CallRequestFailure>)
        /// Something happened that observers may want to know.
        case event(CallEvent)
    }

    /// What a request that succeeded brought.
    public enum CallRequestDone: Equatable, Sendable {
        /// It is done.
        case done
        /// A call was made, with this leg for the device that asked.
        case made(CallID, LegID)
        /// The call waits at this number.
        case parked(at: DirectoryNumber)
        /// The call is recorded, in the file of this name.
        case recording(file: String)
    }

    let limits: Limits
    var routing: Routing
    var calls = Table<CallID, Call>()
    /// Calls whose media goes through the mixer.
    var conferences: [CallID: Conference] = [:]
    var legs = Table<LegID, Leg>()
    /// How many legs each line has on each of its devices.
    var occupancy: [Seat: Int] = [:]
    /// What endpoints said of their devices; a trunk counts as available until it is said not to be, any other device as unavailable.
    var availability: [DeviceName: Bool] = [:]
    /// The call that waits at each park number in use.
    var parked: [DirectoryNumber: CallID] = [:]
    /// Requests that wait until nothing about the media of a call is under way, oldest first.
    var deferred: [CallID: [Deferred]] = [:]
    var deadlines = Deadlines<Timer>()
    /// The number of signals and requests for legs that are not there or that did not fit the state of their leg; each is ignored.
    public internal(set) var strays = 0
    private var lastCall: UInt64 = 0
    private var lastLeg: UInt64 = 0

    /// Makes a switchboard without calls.
    public init(plan: NumberingPlan, limits: Limits = Limits()) {
        self.limits = limits
        routing = Routing(plan)
    }

    /// When `.deadline` is due.
    public var nextDeadline: Instant? { deadlines.next }
    /// The number of legs at the moment.
    public var legCount: Int { legs.count }
    /// The number of calls at the moment.
    public var callCount: Int { calls.count + conferences.count }

    /// Takes one input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .leg(let leg, let signal): receive(signal, on: leg, at: now, into: &outputs)
        case .request(let id, let request): receive(request, id, at: now, into: &outputs)
        case .device(let device, let available): availability[device] = available
        case .applicationFailed(let leg): applicationFailed(leg, at: now, into: &outputs)
        case .mixer(let signal): receive(signal, at: now, into: &outputs)
        case .plan(let plan): routing = Routing(plan)
        case .deadline:
            while let timer = deadlines.popExpired(at: now) { expire(timer, at: now, into: &outputs) }
        }
    }

    private mutating func receive(_ signal: LegSignal, on leg: LegID, at now: Instant, into outputs: inout [Output]) {
        if let conference = conference(of: leg) { return receive(signal, ofMember: leg, conference, at: now, into: &outputs) }
        switch signal {
        case .setUp(let setUp, let device): setUpArrived(leg, setUp, from: device, at: now, into: &outputs)
        case .alerting(let step): alerting(leg, step, at: now, into: &outputs)
        case .connected(let step): connected(leg, step, at: now, into: &outputs)
        case .media(let step): media(leg, step, at: now, into: &outputs)
        case .mediaRefused: mediaRefused(leg, at: now, into: &outputs)
        case .digit(let key): digit(leg, key, into: &outputs)
        case .released(let cause): released(leg, cause, at: now, into: &outputs)
        }
    }

    mutating func newCall() -> CallID {
        lastCall += 1
        return CallID(lastCall)
    }

    /// A leg that call control begins; endpoints use the odd numbers.
    mutating func newLeg() -> LegID {
        lastLeg += 2
        return LegID(lastLeg)
    }

    func isAvailable(_ device: DeviceName) -> Bool {
        availability[device] ?? (routing.plan.devices[device]?.kind == .trunk)
    }
}

extension CallControl {
    /// How much call control takes on at once, and how long it waits for endpoints.
    public struct Limits: Equatable, Sendable {
        /// The most calls at a time; a further one gets cause 42.
        public var calls = 20_000
        /// The most forwards and redirects one call may go through.
        public var hops = 12
        /// The most lines that one redirect rings together.
        public var ringing = 16
        /// How long a leg may ring that has no line of ours: a trunk, or the device of a call that is made for it.
        public var ring: Duration = .seconds(180)
        /// How long an endpoint may take to answer an offer.
        public var exchange: Duration = .seconds(40)
        /// The longest call.
        public var call: Duration = .seconds(4 * 3600)

        /// Makes the default limits.
        public init() {}
    }

    /// What call control waits for.
    enum Timer: Hashable, Sendable {
        /// A destination to answer.
        case ring(CallID)
        /// An endpoint to answer an offer.
        case exchange(CallID)
        /// The end of the longest call.
        case longest(CallID)
        /// Somebody to dial the park number.
        case park(CallID)
        /// A member of a conference to answer.
        case member(LegID)
    }
}
