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
    /// Send NOTIFY in the dialog, also before the answer (RFC 6665; the events `talk` and `hold` are older custom and need no subscription).
    case notify(event: String)
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
    /// NOTIFY of an event that controls a phone came in the dialog, `talk` or `hold`; 200 has been sent.
    case notified(event: String)
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
