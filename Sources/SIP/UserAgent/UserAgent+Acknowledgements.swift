import Kernel

/// The ACK of a 2xx as it was sent: each repetition of that 2xx gets it again (RFC 3261 section 13.2.2.4).
struct SentAcknowledgement {
    /// The tag of the peer, which tells the branches of a fork apart.
    let tag: String?
    let bytes: [UInt8]
    let hop: Hop
}

// ACKs of 2xx. They are kept with the transaction of the INVITE, for as long as a 2xx can be repeated, so that a session that has ended meanwhile does
// not matter.
extension UserAgent {
    /// The most branches of a fork that are answered; a peer that makes up more is left alone.
    static let mostBranches = 16

    /// Sends the ACK of a 2xx in a dialog of ours.
    mutating func acknowledge(_ dialog: Dialog, _ transaction: TransactionID, _ invite: SIPRequest, _ body: [UInt8] = []) {
        var request = dialog.request(.ack, sequence: invite.common.cseq)
        // The ACK carries the credentials of the INVITE.
        for name in ["Authorization", "Proxy-Authorization"] {
            for value in invite.headers.all(name) { request.headers.add(name, value) }
        }
        request.body = body
        if !body.isEmpty { request.headers.add("Content-Type", "application/sdp") }
        transmit(request, transaction, tag: dialog.remote.tag, over: dialog.hop)
    }

    /// Sends the ACK of a 2xx to a re-INVITE whose session is over.
    mutating func acknowledgeStray(_ answered: Answered) {
        let request = answered.request.acknowledgement(of: answered.response)
        transmit(request, answered.transaction, tag: answered.response.common.to.tag, over: answered.hop)
    }

    private mutating func transmit(_ acknowledgement: SIPRequest, _ transaction: TransactionID, tag: String?, over hop: Hop) {
        var acknowledgement = acknowledgement
        addVia(&acknowledgement, hop)
        let bytes = acknowledgement.encoded
        events.append(.transmit(bytes, hop))
        guard transactions.request(of: transaction) != nil else { return }
        acknowledgements[transaction, default: []].append(SentAcknowledgement(tag: tag, bytes: bytes, hop: hop))
    }

    /// Acknowledges a repeated 2xx as before; `false` when it is none. Too many branches are passed over as well.
    mutating func acknowledgedAgain(_ answered: Answered) -> Bool {
        guard let sent = acknowledgements[answered.transaction] else { return false }
        guard let again = sent.first(where: { $0.tag == answered.response.common.to.tag }) else {
            return sent.count >= UserAgent.mostBranches
        }
        events.append(.transmit(again.bytes, again.hop))
        return true
    }

    /// Acknowledges and ends a dialog that nobody wants: of a call that was given up, or of another branch of a fork.
    mutating func endStray(_ answered: Answered, _ farewell: SIPHeaders, _ credentials: DigestCredentials?, at now: Instant) {
        let dialog = Dialog(uac: answered.request, answered.response, hop: answered.hop)
        acknowledge(dialog, answered.transaction, answered.request)
        var bye = dialog.request(.bye, sequence: answered.request.common.cseq + 1)
        bye.headers = farewell
        bye.headers.set("User-Agent", configuration.product)
        addVia(&bye, dialog.hop)
        let use = transactions.send(bye, over: dialog.hop, at: now, into: &events)
        uses[use] = .bye(attempts: 0, credentials)
    }
}
