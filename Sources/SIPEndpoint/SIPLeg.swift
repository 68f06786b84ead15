import CallControl
import SDP
import SIP

/// One leg: an INVITE session, or the branches of a forked call of which one will become it.
struct SIPLeg: Sendable {
    /// The phone or trunk.
    let device: DeviceName
    /// Whether its media is SRTP or nothing.
    let needsSecurity: Bool
    /// What we said in this session.
    var history: DescriptionHistory
    var state: State
    var exchange: MediaExchange
    /// The answer that came before the call was answered; some peers do not repeat it in the 200.
    var early: SessionDescription?
    /// The last offer for a device that takes no plain media, as it was before its profiles were made secure.
    var offered: SessionDescription?

    enum State: Sendable {
        /// A call came in and is not answered.
        case incoming(SessionID, contact: NameAddress)
        /// A call goes out and is not answered.
        case outgoing(Fork)
        /// Answered.
        case talking(SessionID)
    }

    /// The branches of a call that goes out.
    struct Fork: Sendable {
        /// The branches that may still answer.
        var branches: [SessionID]
        /// Whether there ever was more than one: then early media could come from several, and is not passed on.
        let isForked: Bool
        /// Whether call control knows that it rings.
        var hasAlerted = false
        /// The most telling of the refusals so far.
        var refusal: Refusal?
    }

    /// Why a branch failed.
    struct Refusal: Sendable {
        let status: Int
        let cause: Cause

        /// RFC 3261 section 16.7 step 6, told in causes: somebody's decision before a lack, a lack before silence.
        var weight: Int {
            switch status {
            case 600...: 5
            case 486: 4
            case 480: 3
            case 408, 503: 1
            default: 2
            }
        }
    }

    /// The session that was answered.
    var talking: SessionID? {
        if case .talking(let session) = state { session } else { nil }
    }

    /// All sessions of the leg.
    var sessions: [SessionID] {
        switch state {
        case .incoming(let session, _), .talking(let session): [session]
        case .outgoing(let fork): fork.branches
        }
    }
}

/// How far offer and answer are on a leg (RFC 3264, RFC 6337).
enum MediaExchange: Sendable {
    /// Nothing is under way.
    case settled
    /// Our offer is out.
    case weOffered
    /// We asked for an offer.
    case weSolicited
    /// The offer we asked for came; its answer belongs into the ACK.
    case acknowledgementDue(SessionDescription)
    /// The peer's offer waits for our answer; `early` has gone out in a provisional response.
    case theyOffered(early: SessionDescription?)
    /// The peer waits for our offer.
    case theySolicited
    /// Our offer went out in a 200; the ACK brings the answer.
    case offeredInAnswer
}
