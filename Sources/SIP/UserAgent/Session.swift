import Kernel

/// An INVITE session as the user agent keeps it.
struct Session {
    let id: SessionID
    let isCaller: Bool
    let callID: String
    let localTag: String
    var phase: Phase
    var dialog: Dialog?
    /// The dialog that the first provisional response made (outgoing), until the 2xx.
    var early: Dialog?
    /// Our Contact.
    var contact: NameAddress?
    /// The caller's INVITE (incoming), for what the responses must copy.
    var invite: KeptRequest?
    /// The transaction of that INVITE, until its final response.
    var inviteTransaction: TransactionID?
    /// With what challenges are answered (outgoing).
    var credentials: DigestCredentials?
    /// How many times the INVITE was sent again because of a challenge or a too short interval.
    var attempts = 0
    /// The offer or answer that we sent last; a refresh repeats it.
    var lastBody: [UInt8] = []
    var exchange = Exchange.idle
    /// An offer that waits for its turn.
    var queuedOffer: [UInt8]?
    /// A 2xx of ours that waits for its ACK.
    var unacknowledged: Unacknowledged?
    /// A 2xx of the peer's that carried an offer: the owner owes the answer for its ACK.
    var owed: OwedAcknowledgement?
    var refresh: SessionRefresh?
    /// What the request that ends it says besides, such as why, when it cannot be sent at once.
    var farewell = SIPHeaders()
    /// Whether the peer takes UPDATE.
    var peerTakesUpdate = false

    /// The called side has accepted.
    mutating func establish(contact: NameAddress, body: [UInt8], refresh: SessionRefresh?) {
        inviteTransaction = nil
        invite = nil
        phase = .established
        self.contact = contact
        lastBody = body
        self.refresh = refresh
    }

    /// How far the session has come.
    enum Phase {
        /// Our INVITE is out; `provisional` once the peer has answered anything.
        case calling(TransactionID, provisional: Bool)
        /// We gave up; the owner knows. CANCEL is sent as soon as it may be.
        case cancelling(TransactionID, sent: Bool)
        /// The peer's INVITE waits for our final response.
        case ringing(TransactionID)
        case established
        /// Ended; what must still be said is said when it may be.
        case closing
    }

    /// The offer/answer exchange that is under way after the session was established.
    enum Exchange {
        case idle
        /// Our re-INVITE waits for its response.
        case sent(TransactionID, [UInt8])
        /// The peer's re-INVITE or UPDATE waits for our answer.
        case received(TransactionID, KeptRequest)
        /// Our offer met the peer's, and is sent again later.
        case glare([UInt8])
    }

    /// A 2xx of ours that is repeated until it is acknowledged (RFC 3261 section 13.3.1.4).
    struct Unacknowledged {
        let bytes: [UInt8]
        let hop: Hop
        let sequence: UInt32
        var interval: Duration
    }

    /// An INVITE of ours whose 2xx waits for its ACK.
    struct OwedAcknowledgement {
        let transaction: TransactionID
        let invite: KeptRequest
    }
}

/// A timer of a session.
struct SessionDeadline: Hashable {
    let session: SessionID
    let kind: Kind

    enum Kind: Hashable, CaseIterable {
        /// Send the 2xx again.
        case repeatSuccess
        /// The ACK never came.
        case giveUpAcknowledgement
        /// Send the provisional response again (RFC 3261 section 13.3.1.1).
        case repeatProvisional
        /// Try the offer again after a glare.
        case retryOffer
        /// Refresh the session (RFC 4028).
        case refresh
        /// The session was not refreshed (RFC 4028 section 10).
        case expire
    }
}

/// The refreshing of a session (RFC 4028).
struct SessionRefresh {
    var interval: Duration
    var weRefresh: Bool
}

/// What a client transaction was begun for.
enum TransactionUse {
    /// With the session's credentials: a late 2xx may have to be ended after it.
    case invite(SessionID, DigestCredentials?)
    case reinvite(SessionID, isRefresh: Bool, attempts: Int)
    case inDialog(SessionID, SIPMethod, attempts: Int)
    /// BYE: nobody waits for the response.
    case bye(attempts: Int, DigestCredentials?)
    case cancel
    /// NOTIFY: nobody waits for the response either.
    case notify
    indirect case outgoing(OutgoingID, OutgoingRequest, attempts: Int)
}
