public import CTI
public import CallControl
public import Kernel
public import SIP
public import SIPEndpoint
public import Switchboard

/// The switchboard's other driver: a virtual clock, a network with faults, phones and applications, all from one seed. A run with the same seed and
/// the same story is the same run.
public struct SimulatedWorld: Sendable {
    /// The virtual time.
    public private(set) var now = Instant.zero
    /// What is tested.
    public private(set) var switchboard: Switchboard
    /// What lies between.
    public var network: SimulatedNetwork
    /// The phones by the names that the story gives them.
    public internal(set) var phones: [String: SimulatedPhone] = [:]
    /// When each phone wants to be woken.
    var wakings = Deadlines<String>()
    /// Which phone is where.
    var phoneAt: [TransportAddress: String] = [:]
    /// The applications by the names that the story gives them.
    public internal(set) var applications: [String: SimulatedApplication] = [:]
    /// By which the parties of conferences hear each other.
    public var mixer: SimulatedMixer
    /// What was received where the story itself plays the peer.
    public internal(set) var mailboxes: [TransportAddress: [SIPMessage]] = [:]
    /// Every call event so far.
    public private(set) var callEvents: [CallEvent] = []
    /// Every change of a registration so far.
    public private(set) var registrations: [RegistrationEvent] = []
    /// Every notice so far.
    public private(set) var notices: [SIPNotice] = []
    /// Every alarm so far.
    public private(set) var alarms: [CTIManager.Alarm] = []
    /// The first line of every message on the wire with its time and way, while `isTraced`.
    public private(set) var trace: [String] = []
    /// Whether `trace` is kept.
    public var isTraced = false

    /// Where the switchboard listens, for UDP and TCP.
    public let address: TransportAddress
    private var random: SeededRandom
    private var timetable = Deadlines<UInt64>()
    private var happenings: [UInt64: Happening] = [:]
    private var lastHappening: UInt64 = 0
    var applicationIDs: [String: ApplicationID] = [:]
    var lastApplication: UInt64 = 0
    /// What was told to applications that are not there any more.
    public private(set) var strayTellings = 0
    /// A number made from every message, event and moment so far: two runs that differ anywhere have different ones.
    public var fingerprint: UInt64 { prints.value }
    private var prints = Fingerprint()
    private var streams: [Stream: Connection] = [:]
    private var lastConnection: UInt64 = 0

    /// Something that will happen.
    enum Happening: Sendable {
        case arrival([UInt8], from: TransportAddress, to: TransportAddress, Hop.Transport)
        case request(String, RequestID, ProviderRequest)
        case heartbeat(ApplicationID)
        case verified(ApplicationID, Bool)
        case mixer(MixerSignal)
    }

    /// One direction of a stream.
    private struct Stream: Hashable {
        let from: TransportAddress
        let to: TransportAddress
    }

    private struct Connection {
        let number: UInt64
        var framer = SIPStreamFramer()
    }

    /// Makes a world and starts its switchboard.
    public init(configuration: SwitchboardConfiguration, address: TransportAddress, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        self.address = address
        switchboard = Switchboard(configuration: configuration, seed: random.next())
        mixer = SimulatedMixer(host: address.ip)
        network = SimulatedNetwork(seed: random.next())
        self.random = random
        tell(.start)
    }

    // MARK: Time

    /// Lets the next thing happen that is due by `end`; returns whether there was one.
    @discardableResult
    public mutating func step(by end: Instant = Instant(nanoseconds: .max)) -> Bool {
        guard let at = Instant.earliest(timetable.next, .earliest(wakings.next, switchboard.nextDeadline)), at <= end else { return false }
        now = max(now, at)
        if let number = timetable.popExpired(at: at) {
            if let happening = happenings.removeValue(forKey: number) { carryOut(happening) }
        } else if let name = wakings.popExpired(at: at) {
            phones[name]?.deadline(at: now)
            settle(name)
        } else {
            tell(.deadline)
        }
        return true
    }

    /// Lets everything happen up to a moment.
    public mutating func run(until end: Instant) {
        while step(by: end) {}
        now = max(now, end)
    }

    /// Lets everything happen for a while.
    public mutating func run(for duration: Duration) {
        run(until: now.advanced(by: duration))
    }

    /// Lets things happen until something is so; returns whether it came about within `limit`.
    public mutating func run(upTo limit: Duration = .seconds(60), until condition: (SimulatedWorld) -> Bool) -> Bool {
        let end = now.advanced(by: limit)
        while !condition(self) {
            guard step(by: end) else { return condition(self) }
        }
        return true
    }

    // MARK: The switchboard

    /// Gives the switchboard an input, and carries out what it wants.
    public mutating func tell(_ input: Switchboard.Input) {
        var outputs: [Switchboard.Output] = []
        switchboard.receive(input, at: now, into: &outputs)
        for output in outputs { carryOut(output) }
    }

    private mutating func carryOut(_ output: Switchboard.Output) {
        switch output {
        case .transmit(let bytes, let hop): post(bytes, from: hop.local, to: hop.remote, hop.transport)
        case .reply(let id, let request, let result): told(id) { $0.receive(result, to: request) }
        case .event(let id, let event): told(id) { $0.receive(event) }
        case .verifyPassword(let id, let password, let hash): schedule(.verified(id, password == hash), after: .milliseconds(1))
        case .disconnect(let id): closed(id)
        case .result: break
        case .mixer(let command):
            if let signal = mixer.receive(command) { schedule(.mixer(signal), after: .milliseconds(1)) }
        case .alarm(let alarm): alarms.append(alarm)
        case .call(let event):
            remark("call \(event.call.rawValue) leg \(event.leg?.rawValue ?? 0) \(event.device?.text ?? "-") \(event.kind)")
            prints.add(event.call.rawValue, event.leg?.rawValue ?? 0, at: now)
            callEvents.append(event)
        case .registration(let event): registrations.append(event)
        case .notice(let notice): notices.append(notice)
        }
    }

    /// Lets an application hear something; what it asks for goes out a moment later.
    private mutating func told(_ id: ApplicationID, _ hear: (inout SimulatedApplication) -> [(RequestID, ProviderRequest)]) {
        guard let name = name(of: id), var application = applications.removeValue(forKey: name) else {
            strayTellings += 1
            return
        }
        let requests = hear(&application)
        applications[name] = application
        for (id, request) in requests { schedule(.request(name, id, request), after: .milliseconds(1)) }
    }

    mutating func schedule(_ happening: Happening, after delay: Duration) {
        lastHappening += 1
        happenings[lastHappening] = happening
        timetable.set(lastHappening, at: now.advanced(by: delay))
    }

    private mutating func carryOut(_ happening: Happening) {
        switch happening {
        case .arrival(let bytes, let from, let to, let transport): deliver(bytes, from: from, to: to, transport)
        case .request(let name, let id, let request):
            guard let application = applicationIDs[name] else { return }
            tell(.request(application, id, request))
        case .heartbeat(let id): beat(id)
        case .mixer(let signal): tell(.mixer(signal))
        case .verified(let id, let isRight): tell(.passwordVerified(id, isRight))
        }
    }

    // MARK: The wire

    /// Puts bytes on the wire, also in the name of somebody who is only played.
    public mutating func post(_ bytes: [UInt8], from: TransportAddress, to: TransportAddress, _ transport: Hop.Transport = .udp) {
        remark("\(from) → \(to) \(String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self))")
        prints.add(bytes, at: now)
        for arrival in network.carry(bytes, from: from, to: to, transport, at: now) {
            schedule(.arrival(arrival.bytes, from: from, to: to, transport), after: now.duration(to: arrival.at))
        }
    }

    private mutating func deliver(_ bytes: [UInt8], from: TransportAddress, to: TransportAddress, _ transport: Hop.Transport) {
        guard to == address || phoneAt[to] != nil || mailboxes[to] != nil else { return }
        guard transport.isReliable else {
            do throws(SIPParseError) {
                arrived(.success(try SIPMessage.parse(bytes)), to: to, Hop(transport: transport, local: to, remote: from))
            } catch {
                arrived(.failure(error), to: to, Hop(transport: transport, local: to, remote: from))
            }
            return
        }
        let stream = Stream(from: from, to: to)
        if streams[stream] == nil {
            // Both directions are one connection.
            lastConnection += 1
            streams[stream] = Connection(number: streams[Stream(from: to, to: from)]?.number ?? lastConnection)
        }
        guard let number = streams[stream]?.number else { return }
        let hop = Hop(transport: transport, local: to, remote: from, connection: number)
        streams[stream]?.framer.append(bytes)
        do throws(SIPParseError) {
            while let frame = try streams[stream]?.framer.next() {
                switch frame {
                case .message(let message): arrived(.success(message), to: to, hop)
                case .malformed(let error): arrived(.failure(error), to: to, hop)
                case .keepAlivePing: break
                }
            }
        } catch {
            breakConnection(between: from, and: to)
        }
    }

    private mutating func arrived(_ message: Result<SIPMessage, SIPParseError>, to: TransportAddress, _ hop: Hop) {
        if to == address {
            switch message {
            case .success(let message): tell(.received(message, over: hop))
            case .failure(let error): tell(.malformed(error, over: hop))
            }
            return
        }
        guard case .success(let message) = message else { return }
        if let name = phoneAt[to] {
            phones[name]?.receive(message, over: hop, at: now)
            settle(name)
        } else if mailboxes[to] != nil {
            mailboxes[to]?.append(message)
        }
    }

    /// Breaks a connection; the switchboard notices.
    public mutating func breakConnection(between one: TransportAddress, and other: TransportAddress) {
        let number = (streams[Stream(from: one, to: other)] ?? streams[Stream(from: other, to: one)])?.number
        streams[Stream(from: one, to: other)] = nil
        streams[Stream(from: other, to: one)] = nil
        guard let number, one == address || other == address else { return }
        let peer = one == address ? other : one
        let transport = phoneAt[peer].flatMap { phones[$0]?.identity.transport } ?? .tcp
        tell(.unreachable(Hop(transport: transport, local: address, remote: peer, connection: number)))
    }

    /// Puts on the wire what a phone has to say, and sets its alarm.
    mutating func settle(_ name: String) {
        guard let outbox = phones[name]?.outbox else { return }
        if let next = phones[name]?.nextDeadline { wakings.set(name, at: next) } else { wakings.cancel(name) }
        guard !outbox.isEmpty else { return }
        phones[name]?.outbox = []
        for (bytes, hop) in outbox { post(bytes, from: hop.local, to: hop.remote, hop.transport) }
    }

    mutating func newSeed() -> UInt64 { random.next() }

    /// Writes a remark into the trace.
    public mutating func remark(_ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(Double(now.nanoseconds) / 1e9) \(text())") }
    }
}
