public import Kernel
public import SDP
public import SIP

/// A phone of the simulated world: a user agent with media addresses and habits, but without ears.
public struct SimulatedPhone: Sendable {
    /// What a phone does by itself.
    public struct Habits: Sendable {
        /// What it does with a call that comes in.
        public var reaction = Reaction.answers(after: .seconds(1))
        /// Whether it says 180 at once.
        public var rings = true
        /// What it can do with media.
        public var capabilities = MediaCapabilities.g711
        /// Whether it refuses every re-INVITE with 488.
        public var refusesOffers = false

        /// What a phone does with a call that comes in.
        public enum Reaction: Equatable, Sendable {
            /// It answers after a while.
            case answers(after: Duration)
            /// It rings for ever.
            case waits
            /// It refuses with a status.
            case refuses(Int)
        }

        /// Makes a phone's usual habits.
        public init() {}
    }

    /// Who a phone is.
    public struct Identity: Equatable, Sendable {
        /// The user part of its address of record.
        public var user: String
        /// The display name it gives.
        public var displayName: String?
        /// The digest password; `nil` for a guest, who does not register.
        public var password: String?
        /// Where it listens.
        public var address: TransportAddress
        /// Over what.
        public var transport: Hop.Transport

        /// Makes an identity.
        public init(
            user: String, displayName: String? = nil, password: String? = nil, address: TransportAddress, transport: Hop.Transport = .udp
        ) {
            self.user = user
            self.displayName = displayName
            self.password = password
            self.address = address
            self.transport = transport
        }
    }

    /// Who it is.
    public let identity: Identity
    /// What it does by itself.
    public var habits: Habits
    /// Its calls, oldest first; those that are over included.
    public internal(set) var calls: [SimulatedCall] = []
    /// The status of the last answer to a REGISTER.
    public private(set) var registrationStatus: Int?
    /// The contacts that the registrar listed last.
    public private(set) var registeredContacts: [NameAddress] = []

    var agent: UserAgent
    var outbox: [(bytes: [UInt8], hop: Hop)] = []
    private let server: TransportAddress
    private var random: SeededRandom
    private var reactions = Deadlines<SessionID>()
    private var lastSession: UInt64 = 0
    private var lastRequest: UInt64 = 0
    private var lastRegister: (callID: String, cseq: UInt32)?

    init(_ identity: Identity, habits: Habits, server: TransportAddress, seed: UInt64) {
        self.identity = identity
        self.habits = habits
        self.server = server
        random = SeededRandom(seed: seed)
        var configuration = UserAgent.Configuration(product: "Simulated phone")
        configuration.takesControlEvents = true
        agent = UserAgent(configuration: configuration, seed: random.next())
    }

    var nextDeadline: Instant? { .earliest(agent.nextDeadline, reactions.next) }

    /// Whether no session or transaction is left over.
    public var isIdle: Bool { agent.isIdle }

    /// The call that began last.
    public var lastCall: SimulatedCall? { calls.last }

    // MARK: What its user does

    mutating func register(expires: Int, at now: Instant) {
        lastRequest += 1
        var headers = SIPHeaders()
        headers.add("Expires", "\(expires)")
        let request = OutgoingRequest(
            method: .register, uri: SIPURI(host: "\(server.ip)"), from: addressOfRecord, to: addressOfRecord, contact: contact, hop: hop,
            headers: headers, credentials: credentials, continuing: lastRegister)
        give(.send(OutgoingID(lastRequest), request), at: now)
    }

    mutating func dial(_ number: String, lateOffer: Bool, headers: SIPHeaders, at now: Instant) {
        lastSession += 2
        let session = SessionID(lastSession)
        var call = SimulatedCall(session: session, isIncoming: false, media: mediaAddress, sessionID: random.next() >> 1)
        var headers = headers
        var body: [UInt8] = []
        if !lateOffer {
            body = call.offer(habits.capabilities).encoded
            headers.add("Content-Type", "application/sdp")
        }
        calls.append(call)
        let target = SIPURI(user: number, host: "\(server.ip)", port: server.port)
        let request = OutgoingRequest(
            method: .invite, uri: target, from: addressOfRecord, to: NameAddress(uri: target), contact: contact, hop: hop, headers: headers,
            body: body,
            credentials: credentials)
        give(.session(session, .invite(request)), at: now)
    }

    /// Offers the call's media in another direction, or asks for an offer: of a certain call, or the last that talks.
    mutating func reoffer(_ direction: MediaDirection?, in session: SessionID?, at now: Instant) {
        guard let index = calls.lastIndex(where: { $0.state == .talking && session ?? $0.session == $0.session }) else { return }
        let body = direction.map { calls[index].offer(habits.capabilities, direction: $0).encoded } ?? []
        give(.session(calls[index].session, .offer(body)), at: now)
    }

    mutating func hangUp(at now: Instant) {
        guard let index = calls.lastIndex(where: { !$0.isOver }) else { return }
        reactions.cancel(calls[index].session)
        calls[index].state = .over(.byUs)
        give(.session(calls[index].session, .end(status: 486, headers: SIPHeaders())), at: now)
    }

    mutating func press(_ key: DTMFKey, at now: Instant) {
        guard let call = calls.last(where: { $0.state == .talking }) else { return }
        give(
            .session(call.session, .info(contentType: "application/dtmf-relay", body: Array("Signal=\(key)\r\nDuration=160\r\n".utf8))),
            at: now)
    }

    mutating func answer(at now: Instant) {
        guard let index = calls.lastIndex(where: { $0.state == .ringing }) else { return }
        react(calls[index].session, .answers(after: .zero), at: now)
    }

    // MARK: What it hears

    mutating func receive(_ message: SIPMessage, over hop: Hop, at now: Instant) {
        give(.received(message, over: hop), at: now)
    }

    mutating func deadline(at now: Instant) {
        while let session = reactions.popExpired(at: now) {
            if case .refuses = habits.reaction {
                react(session, habits.reaction, at: now)
            } else {
                react(session, .answers(after: .zero), at: now)
            }
        }
        give(.deadline, at: now)
    }

    private mutating func give(_ input: UserAgent.Input, at now: Instant) {
        var inputs = [input]
        var outputs: [UserAgent.Output] = []
        var next = 0
        while next < inputs.count {
            outputs.removeAll(keepingCapacity: true)
            agent.receive(inputs[next], at: now, into: &outputs)
            next += 1
            for output in outputs {
                switch output {
                case .transmit(let bytes, let hop): outbox.append((bytes, hop))
                case .session(let session, let event): handle(event, of: session, at: now, &inputs)
                case .request(let id, _, _):
                    inputs.append(.respond(id, status: 501, reason: nil, headers: SIPHeaders(), contacts: [], body: []))
                case .response(_, let response) where response.common.cseqMethod == .register && response.status >= 200:
                    lastRegister = (response.common.callID, response.common.cseq + 1)
                    registrationStatus = response.status
                    registeredContacts = response.common.contacts
                case .response: break
                }
            }
        }
    }

    private mutating func handle(_ event: SessionEvent, of session: SessionID, at now: Instant, _ inputs: inout [UserAgent.Input]) {
        if case .invited(let request, _) = event {
            var call = SimulatedCall(session: session, isIncoming: true, media: mediaAddress, sessionID: random.next() >> 1)
            call.invitation = request
            call.state = .ringing
            calls.append(call)
            if habits.rings { inputs.append(.session(session, .progress(status: 180, headers: SIPHeaders(), body: []))) }
            if request.headers["Answer-Mode"] != nil {
                reactions.set(session, at: now)
                return
            }
            switch habits.reaction {
            case .answers(let delay): reactions.set(session, at: now.advanced(by: delay))
            case .refuses: reactions.set(session, at: now)
            case .waits: break
            }
            return
        }
        guard let index = calls.lastIndex(where: { $0.session == session }) else { return }
        if case .ended = event { reactions.cancel(session) }
        if case .notified(event: "talk") = event, calls[index].state == .ringing { reactions.set(session, at: now) }
        for command in calls[index].handle(event, habits, contact) { inputs.append(.session(session, command)) }
    }

    private mutating func react(_ session: SessionID, _ reaction: Habits.Reaction, at now: Instant) {
        guard let index = calls.lastIndex(where: { $0.session == session }), calls[index].state == .ringing else { return }
        switch reaction {
        case .answers: give(.session(session, calls[index].accept(habits.capabilities, contact)), at: now)
        case .refuses(let status):
            calls[index].state = .over(.byUs)
            give(.session(session, .reject(status: status, reason: nil, headers: SIPHeaders())), at: now)
        case .waits: break
        }
    }

    // MARK: Addresses

    private var hop: Hop { Hop(transport: identity.transport, local: identity.address, remote: server) }
    private var addressOfRecord: NameAddress {
        NameAddress(displayName: identity.displayName, uri: SIPURI(user: identity.user, host: "\(server.ip)"))
    }
    private var contact: NameAddress {
        var uri = SIPURI(user: identity.user, host: "\(identity.address.ip)", port: identity.address.port)
        if identity.transport != .udp { uri.parameters = [SIPParameter("transport", identity.transport.rawValue.lowercased())] }
        return NameAddress(uri: uri)
    }
    private var credentials: DigestCredentials? { identity.password.map { DigestCredentials(username: identity.user, password: $0) } }
    private var mediaAddress: TransportAddress {
        TransportAddress(ip: identity.address.ip, port: UInt16(truncatingIfNeeded: 10_000 + 2 * calls.count))
    }
}
