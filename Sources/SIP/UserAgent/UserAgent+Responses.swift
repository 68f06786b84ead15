import Kernel

/// A response with the request that it answers.
struct Answered {
    let transaction: TransactionID
    let request: SIPRequest
    let hop: Hop
    let response: SIPResponse
}

// Responses to our requests.
extension UserAgent {
    mutating func handle(_ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let (transaction, response) = (answered.transaction, answered.response)
        guard let use = uses[transaction] else { return }
        // The INVITE's use stays: more 2xx may come, from other branches of a fork or repeated.
        switch use {
        case .invite(let id):
            inviteAnswered(id, answered, at: now, into: &outputs)
            if response.status >= 300 { uses[transaction] = nil }
            return
        case .reinvite(let id, let isRefresh, let attempts):
            reinviteAnswered(id, answered, isRefresh: isRefresh, attempts: attempts, at: now, into: &outputs)
            if response.status >= 300 { uses[transaction] = nil }
            return
        default:
            break
        }
        guard response.status >= 200 else { return }
        uses[transaction] = nil
        switch use {
        case .outgoing(let id, let outgoing, let attempts):
            outgoingAnswered(id, outgoing, attempts, answered.request, response, at: now, into: &outputs)
        case .inDialog(let id, let method, let attempts):
            inDialogAnswered(id, method, attempts, answered, at: now, into: &outputs)
        case .bye(let attempts, let credentials):
            if let again = retry(answered.request, after: response, with: credentials, attempts: attempts) {
                let next = transactions.send(again, over: answered.hop, at: now, into: &events)
                uses[next] = .bye(attempts: attempts + 1, credentials)
            }
        case .cancel, .invite, .reinvite:
            break
        }
    }

    /// A transaction ended without an answer.
    mutating func failed(_ transaction: TransactionID, _ status: Int, at now: Instant, into outputs: inout [Output]) {
        guard let use = uses.removeValue(forKey: transaction) else { return }
        switch use {
        case .invite(let id):
            guard let session = sessions[id] else { return }
            let wasGivenUp = if case .cancelling = session.phase { true } else { false }
            forget(id)
            if !wasGivenUp { outputs.append(.session(id, .rejected(synthesised(status, for: session)))) }
        case .reinvite(let id, _, _), .inDialog(let id, _, _):
            // No answer within a dialog means that the peer is gone (RFC 3261 section 12.2.1.2).
            lose(id, at: now, into: &outputs)
        case .outgoing(let id, let outgoing, _):
            let request = makeRequest(outgoing, fromTag: "none")
            outputs.append(.response(id, request.response(status: status)))
        case .bye, .cancel:
            break
        }
    }

    private func synthesised(_ status: Int, for session: Session) -> SIPResponse {
        let nobody = NameAddress(uri: SIPURI(host: "localhost"))
        let common = SIPCommonHeaders(
            via: [], from: session.outgoing?.from ?? nobody, to: session.outgoing?.to ?? nobody, callID: session.callID, cseq: 1,
            cseqMethod: .invite)
        return SIPResponse(status: status, reason: SIPStatus.phrase(for: status), common: common)
    }

    /// Ends a session whose peer is gone.
    mutating func lose(_ id: SessionID, at now: Instant, into outputs: inout [Output]) {
        guard let session = sessions[id] else { return }
        let wasClosing = if case .closing = session.phase { true } else { false }
        sendBye(id, at: now)
        if !wasClosing { outputs.append(.session(id, .ended(.lost))) }
    }

    // MARK: INVITE

    private mutating func inviteAnswered(_ id: SessionID, _ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let (transaction, response) = (answered.transaction, answered.response)
        guard let session = sessions[id] else {
            // The session is over; a late 2xx of a fork is acknowledged and ended (RFC 3261 section 13.2.2.4).
            if (200..<300).contains(response.status) { endStray(answered, at: now) }
            return
        }
        switch (response.status, session.phase) {
        case (..<200, .calling):
            sessions[id]?.phase = .calling(transaction, provisional: true)
            if response.status > 100 { outputs.append(.session(id, .progressed(response))) }
        case (..<200, .cancelling(_, sent: false)):
            sendCancel(id, transaction, at: now)
        case (200..<300, .calling):
            established(id, answered, at: now, into: &outputs)
        case (200..<300, .cancelling):
            // CANCEL crossed the 200: the dialog exists and is ended properly.
            makeDialog(id, answered)
            sendAcknowledgement(id, response.common.cseq, [])
            sendBye(id, at: now)
        case (200..<300, _):
            successAgain(session, answered, at: now)
        case (300..., .calling):
            refused(session, answered, at: now, into: &outputs)
        case (300..., .cancelling):
            forget(id)
        default:
            break
        }
    }

    private mutating func makeDialog(_ id: SessionID, _ answered: Answered) {
        sessions[id]?.dialog = Dialog(uac: answered.request, answered.response, hop: answered.hop)
        sessions[id]?.peerTakesUpdate = answered.response.headers.hasOption("Allow", "UPDATE")
    }

    private mutating func established(_ id: SessionID, _ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let response = answered.response
        makeDialog(id, answered)
        sessions[id]?.phase = .established
        if !answered.request.body.isEmpty || response.body.isEmpty {
            sendAcknowledgement(id, response.common.cseq, [])
        } else {
            sessions[id]?.acknowledgement = .owed(sequence: response.common.cseq)
        }
        adoptRefresh(id, response, at: now)
        outputs.append(.session(id, .accepted(response)))
    }

    /// A 2xx after the first: a repetition, which gets the ACK again, or that of another branch of a fork, which is ended.
    private mutating func successAgain(_ session: Session, _ answered: Answered, at now: Instant) {
        let response = answered.response
        guard response.common.to.tag == session.dialog?.remote.tag else {
            endStray(answered, at: now)
            return
        }
        if case .sent(response.common.cseq, let bytes) = session.acknowledgement, let hop = session.dialog?.hop {
            events.append(.transmit(bytes, hop))
        }
    }

    /// Acknowledges and ends a dialog that nobody wants.
    private mutating func endStray(_ answered: Answered, at now: Instant) {
        let response = answered.response
        let dialog = Dialog(uac: answered.request, response, hop: answered.hop)
        var acknowledgement = dialog.request(.ack, sequence: response.common.cseq)
        addVia(&acknowledgement, dialog.hop)
        events.append(.transmit(acknowledgement.encoded, dialog.hop))
        var bye = dialog.request(.bye, sequence: response.common.cseq + 1)
        addVia(&bye, dialog.hop)
        let use = transactions.send(bye, over: dialog.hop, at: now, into: &events)
        uses[use] = .bye(attempts: 2, nil)
    }

    private mutating func refused(_ session: Session, _ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let (sent, response, hop) = (answered.request, answered.response, answered.hop)
        var again = retry(sent, after: response, with: session.outgoing?.credentials, attempts: session.attempts)
        if response.status == 422, session.attempts == 0, let minimum = response.headers["Min-SE"].flatMap({ SessionInterval(parsing: $0) })
        {
            // RFC 4028 section 7.3: the interval was too short for somebody.
            var longer = sent
            longer.common.cseq += 1
            longer.headers.set("Session-Expires", String(minimum.seconds))
            longer.headers.set("Min-SE", String(minimum.seconds))
            addVia(&longer, hop)
            again = longer
        }
        guard let again else {
            forget(session.id)
            outputs.append(.session(session.id, .rejected(response)))
            return
        }
        let next = transactions.send(again, over: hop, at: now, into: &events)
        uses[next] = .invite(session.id)
        sessions[session.id]?.attempts += 1
        sessions[session.id]?.phase = .calling(next, provisional: false)
    }

    // MARK: Requests in a dialog

    private mutating func reinviteAnswered(
        _ id: SessionID, _ answered: Answered, isRefresh: Bool, attempts: Int, at now: Instant, into outputs: inout [Output]
    ) {
        let (transaction, response) = (answered.transaction, answered.response)
        guard response.status >= 200, let session = sessions[id] else { return }
        guard case .sent(transaction, let body) = session.exchange else {
            if (200..<300).contains(response.status) { successAgain(session, answered, at: now) }
            return
        }
        sessions[id]?.exchange = .none
        switch response.status {
        case ..<300:
            sessions[id]?.dialog?.refreshTarget(response.common.contacts)
            if !body.isEmpty { sessions[id]?.lastBody = body }
            if body.isEmpty, !response.body.isEmpty {
                sessions[id]?.acknowledgement = .owed(sequence: response.common.cseq)
            } else {
                sendAcknowledgement(id, response.common.cseq, [])
            }
            adoptRefresh(id, response, at: now)
            if case .closing = session.phase { return }
            if !isRefresh { outputs.append(.session(id, .answered(body: response.body))) }
            sendQueuedOffer(id, at: now)
        case 491:
            // RFC 3261 section 14.1: who made the Call-ID waits longer than the other.
            let wait = session.isCaller ? 2100 + 10 * (random.next() % 191) : 10 * (random.next() % 201)
            sessions[id]?.exchange = .glare(body)
            deadlines.set(SessionDeadline(session: id, kind: .retryOffer), at: now.advanced(by: .milliseconds(Int64(wait))))
        case 408, 481:
            lose(id, at: now, into: &outputs)
        default:
            let credentials = session.outgoing?.credentials
            if let again = retry(answered.request, after: response, with: credentials, attempts: attempts) {
                let hop = answered.hop
                let next = transactions.send(again, over: hop, at: now, into: &events)
                sessions[id]?.dialog?.localSequence = again.common.cseq
                uses[next] = .reinvite(id, isRefresh: isRefresh, attempts: attempts + 1)
                sessions[id]?.exchange = .sent(next, body)
                return
            }
            if !isRefresh { outputs.append(.session(id, .offerRefused(status: response.status))) }
            sendQueuedOffer(id, at: now)
        }
    }

    private mutating func inDialogAnswered(
        _ id: SessionID, _ method: SIPMethod, _ attempts: Int, _ answered: Answered, at now: Instant, into outputs: inout [Output]
    ) {
        guard let session = sessions[id] else { return }
        let response = answered.response
        if let again = retry(answered.request, after: response, with: session.outgoing?.credentials, attempts: attempts) {
            let hop = answered.hop
            sessions[id]?.dialog?.localSequence = again.common.cseq
            let next = transactions.send(again, over: hop, at: now, into: &events)
            uses[next] = .inDialog(id, method, attempts: attempts + 1)
            return
        }
        switch response.status {
        case 408, 481: lose(id, at: now, into: &outputs)
        case 200..<300: if method == .update { adoptRefresh(id, response, at: now) }
        default: break
        }
    }
}
