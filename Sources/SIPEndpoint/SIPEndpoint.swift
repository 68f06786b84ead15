public import CallControl
public import Kernel
public import SIP

/// The endpoint of SIP phones and trunks: it turns INVITE sessions into legs and back, registers phones, and registers with trunks. A pure
/// state machine around one `UserAgent`.
public struct SIPEndpoint: Sendable {
    /// What reaches the endpoint.
    public enum Input: Sendable {
        /// The first input: announces the trunks and begins to register with them.
        case start
        /// A message came in.
        case received(SIPMessage, over: Hop)
        /// A message came in that cannot be parsed.
        case malformed(SIPParseError, over: Hop)
        /// Nothing can be sent over the hop any more.
        case unreachable(Hop)
        /// Call control commands a leg of a phone or trunk.
        case leg(LegID, LegCommand)
        /// A phone is to show how many messages wait at a line.
        case messageWaiting(DeviceName, line: DirectoryNumber, MessageSummary)
        /// The configuration changed. Calls and registrations stay; those of phones that are gone end.
        case configuration(SIPConfiguration)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the endpoint wants done.
    public enum Output: Sendable {
        /// Send bytes over the hop.
        case transmit([UInt8], over: Hop)
        /// Tell call control about a leg.
        case leg(LegID, LegSignal)
        /// A phone or trunk became reachable or unreachable.
        case device(DeviceName, available: Bool)
        /// A registration changed, for whoever shows them.
        case registration(RegistrationEvent)
        /// Something that a log should hold.
        case notice(SIPNotice)
    }

    var configuration: SIPConfiguration
    var agent: UserAgent
    var random: SeededRandom
    var doorkeeper: Doorkeeper
    var phones: [DeviceName: SIPConfiguration.Phone] = [:]
    var trunks: [DeviceName: SIPConfiguration.Trunk] = [:]
    var registrar = Registrar()
    var trunkRegistrations = TrunkRegistrations()
    var lamps = MessageLamps()
    var legs = Table<LegID, SIPLeg>()
    var legOfSession: [SessionID: LegID] = [:]
    /// What the user agent is to be told, in order; empty between inputs.
    var toAgent: [UserAgent.Input] = []
    private var fromAgent: [UserAgent.Output] = []
    private var lastLeg: UInt64 = 1
    private var lastSession: UInt64 = 0
    private var available: Set<DeviceName> = []

    /// Makes an endpoint.
    ///
    /// - Parameter seed: For tags, branches and Call-IDs: from the system's generator, or from the seed of a simulation.
    public init(configuration: SIPConfiguration, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        self.configuration = configuration
        var userAgent = configuration.userAgent
        userAgent.infoTypes = DTMFBody.types
        agent = UserAgent(configuration: userAgent, seed: random.next())
        doorkeeper = Doorkeeper(configuration)
        self.random = random
    }

    /// Takes an input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .start:
            adopt(configuration, at: now, into: &outputs)
        case .received(let message, let hop):
            toAgent.append(.received(message, over: hop))
        case .malformed(let error, let hop):
            outputs.append(.notice(.malformed(error, from: hop.remote)))
            toAgent.append(.malformed(error, over: hop))
        case .unreachable(let hop):
            forget(hop, at: now, into: &outputs)
            toAgent.append(.unreachable(hop))
        case .leg(let leg, let command):
            self.command(leg, command, into: &outputs)
        case .messageWaiting(let device, let line, let summary): show(summary, line: line, on: device, at: now)
        case .configuration(let configuration):
            adopt(configuration, at: now, into: &outputs)
        case .deadline:
            expireRegistrations(at: now, into: &outputs)
            refreshTrunks(at: now)
            expireSubscriptions(at: now)
            toAgent.append(.deadline)
        }
        runAgent(at: now, into: &outputs)
    }

    /// When `.deadline` is due; `nil` when nothing waits.
    public var nextDeadline: Instant? {
        .earliest(agent.nextDeadline, .earliest(registrar.nextDeadline, .earliest(lamps.nextDeadline, trunkRegistrations.nextDeadline)))
    }

    /// The number of legs that exist.
    public var legCount: Int { legs.count }

    /// Whether no call is in progress and no transaction is left over.
    public var isIdle: Bool { legs.isEmpty && legOfSession.isEmpty && agent.isIdle }

    /// Drains the queue to the user agent. What it puts out may lead to further inputs, which wait their turn at the end of the queue.
    private mutating func runAgent(at now: Instant, into outputs: inout [Output]) {
        var next = 0
        while next < toAgent.count {
            let input = toAgent[next]
            next += 1
            fromAgent.removeAll(keepingCapacity: true)
            agent.receive(input, at: now, into: &fromAgent)
            for output in fromAgent {
                switch output {
                case .transmit(let bytes, let hop): outputs.append(.transmit(bytes, over: hop))
                case .session(let session, let event): handle(event, of: session, at: now, into: &outputs)
                case .request(let id, let request, let hop): handle(request, id, over: hop, at: now, into: &outputs)
                case .response(let id, let response): handle(response, to: id, at: now, into: &outputs)
                }
            }
        }
        toAgent.removeAll(keepingCapacity: true)
    }

    // MARK: Names and availability

    /// The name of a leg that a peer began: odd, as `LegID` says.
    mutating func newLeg() -> LegID {
        defer { lastLeg += 2 }
        return LegID(lastLeg)
    }

    /// The name of a session that we begin: even, as `SessionID` says.
    mutating func newSession() -> SessionID {
        lastSession += 2
        return SessionID(lastSession)
    }

    /// Tells call control when a device's state differs from what it was told last.
    mutating func setAvailable(_ device: DeviceName, _ isAvailable: Bool, into outputs: inout [Output]) {
        guard available.contains(device) != isAvailable else { return }
        if isAvailable { available.insert(device) } else { available.remove(device) }
        outputs.append(.device(device, available: isAvailable))
    }

    /// The devices that were announced as reachable and are not configured any more.
    func strandedDevices() -> [DeviceName] {
        let known = Set(configuration.phones.map(\.device)).union(configuration.trunks.map(\.device))
        return available.subtracting(known).sorted { $0.text < $1.text }
    }
}
