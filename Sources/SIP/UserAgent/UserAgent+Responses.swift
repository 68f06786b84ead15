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
        if (200..<300).contains(response.status), acknowledgedAgain(answered) { return }
        switch use {
        case .invite(let id, let credentials):
            inviteAnswered(id, answered, credentials, at: now, into: &outputs)
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
            let sequence = answered.request.common.cseq + 1
            if let again = retry(answered.request, after: response, with: credentials, attempts: attempts, sequence: sequence) {
                let next = transactions.send(again, over: answered.hop, at: now, into: &events)
                uses[next] = .bye(attempts: attempts + 1, credentials)
            }
        case .cancel, .notify, .invite, .reinvite:
            break
        }
    }

    /// A transaction ended without an answer.
    mutating func failed(_ transaction: TransactionID, _ sent: SIPRequest, _ status: Int, at now: Instant, into outputs: inout [Output]) {
        guard let use = uses.removeValue(forKey: transaction) else { return }
        switch use {
        case .invite(let id, _):
            guard let session = sessions[id] else { return }
            let wasGivenUp = if case .cancelling = session.phase { true } else { false }
            forget(id)
            if !wasGivenUp { outputs.append(.session(id, .rejected(sent.response(status: status)))) }
        case .reinvite(let id, _, _), .inDialog(let id, _, _):
            // No answer within a dialog means that the peer is gone (RFC 3261 section 12.2.1.2).
            lose(id, at: now, into: &outputs)
        case .outgoing(let id, _, _):
            outputs.append(.response(id, sent.response(status: status)))
        case .bye, .cancel, .notify:
            break
        }
    }

    /// Ends a session whose peer is gone.
    mutating func lose(_ id: SessionID, at now: Instant, into outputs: inout [Output]) {
        guard let session = sessions[id] else { return }
        let wasClosing = if case .closing = session.phase { true } else { false }
        giveUp(id, at: now)
        if !wasClosing { outputs.append(.session(id, .ended(.lost))) }
    }

    // MARK: INVITE

    private mutating func inviteAnswered(
        _ id: SessionID, _ answered: Answered, _ credentials: DigestCredentials?, at now: Instant, into outputs: inout [Output]
    ) {
        let (transaction, response) = (answered.transaction, answered.response)
        guard let session = sessions[id] else {
            // The session is over; a late 2xx of a fork is acknowledged and ended (RFC 3261 section 13.2.2.4).
            if (200..<300).contains(response.status) { endStray(answered, .takenElsewhere, credentials, at: now) }
            return
        }
        switch (response.status, session.phase) {
        case (..<200, .calling):
            sessions[id]?.phase = .calling(transaction, provisional: true)
            if response.status > 100, response.common.to.tag != nil, session.early == nil {
                sessions[id]?.early = Dialog(uac: answered.request, response, hop: answered.hop)
            }
            if response.status > 100 { outputs.append(.session(id, .progressed(response))) }
        case (..<200, .cancelling(_, sent: false)):
            sendCancel(id, transaction, at: now)
        case (200..<300, .calling):
            established(id, answered, at: now, into: &outputs)
        case (200..<300, .cancelling):
            // CANCEL crossed the 200: the dialog exists and is ended properly.
            endStray(answered, session.farewell, credentials, at: now)
            forget(id)
        case (200..<300, _):
            // The 2xx again before the owner has answered its offer, or another branch of a fork.
            if response.common.to.tag != session.dialog?.remote.tag { endStray(answered, .takenElsewhere, credentials, at: now) }
        case (300..., .calling):
            refused(session, answered, at: now, into: &outputs)
        case (300..., .cancelling):
            forget(id)
        default:
            break
        }
    }

    private mutating func makeDialog(_ id: SessionID, _ answered: Answered) {
        var dialog = Dialog(uac: answered.request, answered.response, hop: answered.hop)
        dialog.localSequence = max(dialog.localSequence, sessions[id]?.early?.localSequence ?? 0)
        sessions[id]?.dialog = dialog
        sessions[id]?.early = nil
        sessions[id]?.peerTakesUpdate = answered.response.headers.hasOption("Allow", "UPDATE")
    }

    private mutating func established(_ id: SessionID, _ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let response = answered.response
        makeDialog(id, answered)
        sessions[id]?.phase = .established
        acknowledgeOrOwe(id, answered)
        adoptRefresh(id, response, at: now)
        outputs.append(.session(id, .accepted(response)))
    }

    /// Acknowledges a 2xx, unless it carries an offer: then the ACK waits for the owner's answer.
    mutating func acknowledgeOrOwe(_ id: SessionID, _ answered: Answered) {
        if answered.request.body.isEmpty, !answered.response.body.isEmpty {
            sessions[id]?.owed = Session.OwedAcknowledgement(transaction: answered.transaction, invite: KeptRequest(answered.request))
        } else if let dialog = sessions[id]?.dialog {
            acknowledge(dialog, answered.transaction, answered.request)
        }
    }

    private mutating func refused(_ session: Session, _ answered: Answered, at now: Instant, into outputs: inout [Output]) {
        let (sent, response, hop) = (answered.request, answered.response, answered.hop)
        let sequence = sent.common.cseq + 1
        var again = retry(sent, after: response, with: session.credentials, attempts: session.attempts, sequence: sequence)
        if again == nil, session.attempts < UserAgent.mostAttempts {
            again = retry(sent, afterTooShort: response, sequence: sequence, over: hop)
        }
        guard let again else {
            forget(session.id)
            outputs.append(.session(session.id, .rejected(response)))
            return
        }
        let next = transactions.send(again, over: hop, at: now, into: &events)
        uses[next] = .invite(session.id, session.credentials)
        sessions[session.id]?.attempts += 1
        sessions[session.id]?.phase = .calling(next, provisional: false)
    }
}
