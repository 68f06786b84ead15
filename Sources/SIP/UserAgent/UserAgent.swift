public import Kernel

/// A SIP user agent: transactions, INVITE sessions and requests outside of dialogs, as one pure state machine (RFC 3261 sections 8–17).
///
/// The switchboard's SIP side, the soft client and the simulated phones are each built on one.
public struct UserAgent: Sendable {
    /// What reaches the user agent.
    public enum Input: Sendable {
        /// A message came in.
        indirect case received(SIPMessage, over: Hop)
        /// A request could not be parsed, but is whole enough to be answered with 400 and the reason (or must be dropped).
        indirect case malformed(SIPParseError, over: Hop)
        /// Nothing can be sent over the hop any more: a connection closed or was refused, a datagram was rejected.
        case unreachable(Hop)
        /// A command for a session.
        indirect case session(SessionID, SessionCommand)
        /// Send a request outside of any session; its outcome comes as `Output.response`.
        indirect case send(OutgoingID, OutgoingRequest)
        /// Answer a request that came as `Output.request`; `tag` is ours for a dialog that it begins, any other one else.
        indirect case respond(
            IncomingID, status: Int, reason: String?, headers: SIPHeaders, contacts: [NameAddress], body: [UInt8], tag: String? = nil)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the user agent wants done.
    public enum Output: Sendable {
        /// Send bytes over the hop.
        case transmit([UInt8], over: Hop)
        /// Something happened in a session.
        indirect case session(SessionID, SessionEvent)
        /// A request outside of any session that the owner must answer with `respond`: REGISTER, OPTIONS, MESSAGE, …
        indirect case request(IncomingID, SIPRequest, over: Hop)
        /// A response to a `send`; the last one is final. A timeout is a 408, an unreachable hop a 503, both made here (RFC 3261 section 8.1.3.1).
        indirect case response(OutgoingID, SIPResponse)
    }

    /// How the user agent presents itself, and its limits.
    public struct Configuration: Sendable {
        /// The value of User-Agent and Server.
        public var product: String
        /// The most INVITE sessions at once; a further INVITE gets 503 with Retry-After.
        public var maximumSessions: Int
        /// The most transactions at once; beyond it new requests get 503 without state.
        public var maximumTransactions: Int
        /// T1, the round-trip estimate (RFC 3261 section 17.1.1.1).
        public var t1: Duration
        /// T2, the longest retransmission interval.
        public var t2: Duration
        /// T4, the longest time a message stays in the network.
        public var t4: Duration
        /// Session-Expires to ask for (RFC 4028).
        public var sessionExpires: Duration
        /// Min-SE to insist on.
        public var minimumSessionExpires: Duration
        /// Whether `Event: talk` and `hold` are taken in a dialog, as a phone does that can be controlled from elsewhere.
        public var takesControlEvents = false
        /// The types of bodies that INFO may bring, in lower case; a body of another type gets 415. `nil` for any.
        public var infoTypes: [String]?

        /// Makes the RFC's defaults.
        public init(product: String = "Frontdesk") {
            self.product = product
            maximumSessions = 20_000
            maximumTransactions = 100_000
            t1 = .milliseconds(500)
            t2 = .seconds(4)
            t4 = .seconds(5)
            sessionExpires = .seconds(1800)
            minimumSessionExpires = .seconds(90)
        }
    }

    let configuration: Configuration
    var random: SeededRandom
    var transactions: TransactionTable
    var sessions = Table<SessionID, Session>()
    var sessionOfDialog: [DialogKey: SessionID] = [:]
    var sessionOfInvite: [TransactionID: SessionID] = [:]
    var uses: [TransactionID: TransactionUse] = [:]
    var incoming: [IncomingID: TransactionID] = [:]
    var acknowledgements: [TransactionID: [SentAcknowledgement]] = [:]
    var deadlines = Deadlines<SessionDeadline>()
    var events: [TransactionTable.Event] = []
    private var lastSession: UInt64 = 1
    private var lastIncoming: UInt64 = 0

    /// Makes a user agent.
    ///
    /// - Parameter seed: For tags, branches and Call-IDs.
    public init(configuration: Configuration, seed: UInt64) {
        self.configuration = configuration
        random = SeededRandom(seed: seed)
        let timing = TransactionTiming(t1: configuration.t1, t2: configuration.t2, t4: configuration.t4)
        transactions = TransactionTable(timing: timing, limit: configuration.maximumTransactions)
    }

    /// When `.deadline` is due; `nil` when nothing waits.
    public var nextDeadline: Instant? {
        guard let first = deadlines.next else { return transactions.nextDeadline }
        return transactions.nextDeadline.map { min($0, first) } ?? first
    }

    /// The number of INVITE sessions, those included that wait for their last messages.
    public var sessionCount: Int { sessions.count }

    /// The number of transactions.
    public var transactionCount: Int { transactions.count }

    /// Whether a request of ours, such as BYE, is still without its final response.
    public var awaitsResponse: Bool { !uses.isEmpty }

    /// Whether no session and no transaction is left.
    public var isIdle: Bool { sessions.isEmpty && transactions.count == 0 && incoming.isEmpty && uses.isEmpty && acknowledgements.isEmpty }

    /// Takes an input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .received(.request(let request), let hop): receive(request, over: hop, at: now, into: &outputs)
        case .received(.response(let response), _): transactions.receive(response, at: now, into: &events)
        case .malformed(let error, let hop): refuse(error, over: hop, into: &outputs)
        case .unreachable(let hop): transactions.unreachable(hop, into: &events)
        case .session(let id, let command): perform(command, id, at: now, into: &outputs)
        case .send(let id, let request): send(request, as: .outgoing(id, request, attempts: 0), at: now)
        case .respond(let id, let status, let reason, let headers, let contacts, let body, let tag):
            respond(id, status, reason, headers, contacts, body, tag, at: now)
        case .deadline:
            transactions.expire(at: now, into: &events)
            while let due = deadlines.popExpired(at: now) { expire(due, at: now, into: &outputs) }
        }
        drain(at: now, into: &outputs)
    }

    /// Handles what the transactions say, in order, until they have no more to say.
    private mutating func drain(at now: Instant, into outputs: inout [Output]) {
        var next = 0
        while next < events.count {
            switch events[next] {
            case .transmit(let bytes, let hop): outputs.append(.transmit(bytes, over: hop))
            case .request(let id, let request, let hop): handle(request, id, over: hop, at: now, into: &outputs)
            case .acknowledgement(let request, let hop): acknowledged(request, over: hop, at: now, into: &outputs)
            case .response(let id, let response, let sent, let hop):
                handle(Answered(transaction: id, request: sent, hop: hop, response: response), at: now, into: &outputs)
            case .failed(let id, let status, let sent): failed(id, sent, status, at: now, into: &outputs)
            case .ended(let id):
                uses[id] = nil
                acknowledgements[id] = nil
            }
            next += 1
        }
        events.removeAll(keepingCapacity: true)
    }

    /// The name of a session that a peer began: odd.
    mutating func newSessionID() -> SessionID {
        defer { lastSession += 2 }
        return SessionID(lastSession)
    }

    mutating func newIncomingID() -> IncomingID {
        lastIncoming += 1
        return IncomingID(lastIncoming)
    }
}
