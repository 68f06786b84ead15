public import Kernel

/// A SIP user agent: transactions, INVITE sessions and requests outside of dialogs, as one pure state machine (RFC 3261 sections 8–17).
///
/// The switchboard's SIP side, the soft client and the simulated phones are each built on one.
public struct UserAgent: Sendable {
    /// What reaches the user agent.
    public enum Input: Sendable {
        /// A message came in.
        case received(SIPMessage, over: Hop)
        /// A request could not be parsed, but is whole enough to be answered with 400 and the reason (or must be dropped).
        case malformed(SIPParseError, over: Hop)
        /// Nothing can be sent over the hop any more: a connection closed or was refused, a datagram was rejected.
        case unreachable(Hop)
        /// A command for a session.
        case session(SessionID, SessionCommand)
        /// Send a request outside of any session; its outcome comes as `Output.response`.
        case send(OutgoingID, OutgoingRequest)
        /// Answer a request that came as `Output.request`.
        case respond(IncomingID, status: Int, reason: String?, headers: SIPHeaders, contacts: [NameAddress], body: [UInt8])
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the user agent wants done.
    public enum Output: Sendable {
        /// Send bytes over the hop.
        case transmit([UInt8], over: Hop)
        /// Something happened in a session.
        case session(SessionID, SessionEvent)
        /// A request outside of any session that the owner must answer with `respond`: REGISTER, OPTIONS, MESSAGE, …
        case request(IncomingID, SIPRequest, over: Hop)
        /// A response to a `send`; the last one is final. A timeout is a 408, an unreachable hop a 503, both made here (RFC 3261 section 8.1.3.1).
        case response(OutgoingID, SIPResponse)
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
}

/// A way to a peer: transport, our address, the peer's address and, over a stream, the connection.
public struct Hop: Hashable, Sendable {
    /// The transport.
    public var transport: Transport
    /// Our address, as it goes into Via and Contact.
    public var local: TransportAddress
    /// The peer's address.
    public var remote: TransportAddress
    /// The connection, for TCP and TLS once there is one; 0 asks the driver to open or reuse one.
    public var connection: UInt64

    /// The transports.
    public enum Transport: String, Hashable, Sendable {
        /// Datagrams.
        case udp = "UDP"
        /// A stream.
        case tcp = "TCP"
        /// An encrypted stream.
        case tls = "TLS"

        /// Whether the transport itself delivers reliably, so that timers A, E, G and I are not needed.
        public var isReliable: Bool { self != .udp }
    }

    /// Makes a hop.
    public init(transport: Transport, local: TransportAddress, remote: TransportAddress, connection: UInt64 = 0) {
        self.transport = transport
        self.local = local
        self.remote = remote
        self.connection = connection
    }
}

/// An INVITE session: one call of a user agent, from the INVITE to the end of its dialog.
public struct SessionID: Hashable, Sendable {
    /// The number. Incoming sessions are numbered by the user agent (odd), outgoing ones by its owner (even).
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A request outside of sessions that we send; numbered by the owner.
public struct OutgoingID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A request outside of sessions that we received; numbered by the user agent.
public struct IncomingID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A request to send outside of a session, or the INVITE that begins one.
public struct OutgoingRequest: Sendable {
    /// The method.
    public var method: SIPMethod
    /// The Request-URI.
    public var uri: SIPURI
    /// From, without a tag.
    public var from: NameAddress
    /// To, without a tag.
    public var to: NameAddress
    /// Our Contact; `nil` for methods that have none.
    public var contact: NameAddress?
    /// Where to send it first (the outbound proxy, the registered flow, or the resolved target).
    public var hop: Hop
    /// Route values to put in, topmost first.
    public var routes: [NameAddress]
    /// Max-Forwards.
    public var maxForwards: Int
    /// Further header fields.
    public var headers: SIPHeaders
    /// The body; its type is in `headers`.
    public var body: [UInt8]
    /// With what a 401 or 407 is answered; `nil` hands it to the owner.
    public var credentials: DigestCredentials?
    /// Call-ID and CSeq to continue with (a REGISTER refreshes with the same Call-ID and a higher CSeq); `nil` makes new ones.
    public var continuing: (callID: String, cseq: UInt32)?

    /// Makes a request.
    public init(
        method: SIPMethod, uri: SIPURI, from: NameAddress, to: NameAddress, contact: NameAddress?, hop: Hop, routes: [NameAddress] = [],
        maxForwards: Int = 70, headers: SIPHeaders = SIPHeaders(), body: [UInt8] = [], credentials: DigestCredentials? = nil,
        continuing: (callID: String, cseq: UInt32)? = nil
    ) {
        self.method = method
        self.uri = uri
        self.from = from
        self.to = to
        self.contact = contact
        self.hop = hop
        self.routes = routes
        self.maxForwards = maxForwards
        self.headers = headers
        self.body = body
        self.credentials = credentials
        self.continuing = continuing
    }
}

/// A user name with a password, for digest authentication (RFC 8760).
public struct DigestCredentials: Equatable, Sendable {
    /// The user name.
    public var username: String
    /// The password.
    public var password: String

    /// Makes credentials.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

/// What an owner asks of an INVITE session.
public enum SessionCommand: Sendable {
    /// Begin the session (UAC). The body is the offer; an empty body asks the peer for one.
    case invite(OutgoingRequest)
    /// Send a provisional response (UAS): 180, 181, 182 or 183, with a description or none.
    case progress(status: Int, headers: SIPHeaders, body: [UInt8])
    /// Accept the INVITE (UAS) with 200. The body is the answer, or the offer when the INVITE had none.
    case accept(contact: NameAddress, headers: SIPHeaders, body: [UInt8])
    /// Refuse the INVITE (UAS) with a final response of 300 or more.
    case reject(status: Int, reason: String?, headers: SIPHeaders)
    /// Send a re-INVITE with an offer, or with none to ask for one. Waits its turn behind a running one; glare (491) is retried here
    /// (RFC 3261 section 14.1).
    case offer([UInt8])
    /// Answer the peer's re-INVITE or UPDATE: the answer to its offer, or an offer when it had none.
    case answer([UInt8])
    /// Refuse the peer's re-INVITE or UPDATE; the session stays as it was.
    case refuseOffer(status: Int)
    /// Give the answer that the ACK of a 2xx with an offer must carry (UAC, late offer; also for a re-INVITE without an offer).
    case acknowledge([UInt8])
    /// Send INFO in the dialog.
    case info(contentType: String, body: [UInt8])
    /// End the session in whatever way its state demands: CANCEL, BYE, or a final response with this status (UAS, not answered yet).
    case end(status: Int, headers: SIPHeaders)
}

/// What a session tells its owner.
public enum SessionEvent: Sendable {
    /// An INVITE came (UAS). 100 has been sent. The owner progresses, accepts or rejects.
    case invited(SIPRequest, over: Hop)
    /// A provisional response above 100 (UAC).
    case progressed(SIPResponse)
    /// The peer accepted (UAC). The ACK is sent at once, unless the 2xx carries the offer: then `acknowledge` is due.
    case accepted(SIPResponse)
    /// The peer refused, or nobody answered in time (408), or the hop is unreachable (503). The session is over.
    case rejected(SIPResponse)
    /// Our 200 was acknowledged (UAS); the body is the answer when the 200 carried the offer, else empty.
    case acknowledged(body: [UInt8])
    /// The peer wants to change the session: `answer` or `refuseOffer` is due. An empty body asks us for an offer.
    case offered(SIPRequest)
    /// The peer answered our offer with this description; when we asked for an offer, this is it and `acknowledge` is due.
    case answered(body: [UInt8])
    /// The peer refused our offer with this status; the session stays as it was.
    case offerRefused(status: Int)
    /// INFO came in the dialog; 200 has been sent.
    case info(SIPRequest)
    /// The session is over, and why. Nothing follows.
    case ended(SessionEnd)
}

/// Why a session is over.
public enum SessionEnd: Sendable {
    /// The peer sent BYE.
    case bye(SIPRequest)
    /// The caller cancelled before we answered (UAS).
    case cancelled(SIPRequest?)
    /// Our 200 was never acknowledged (RFC 3261 section 13.3.1.4).
    case notAcknowledged
    /// Nobody refreshed the session in time (RFC 4028 section 10).
    case expired
    /// A request in the dialog got 408 or 481, or the hop is gone.
    case lost
    /// We ended it, and the peer has been told.
    case local
}
