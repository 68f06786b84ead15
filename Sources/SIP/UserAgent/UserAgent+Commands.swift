import Kernel

// What the owner asks of a session.
extension UserAgent {
    mutating func perform(_ command: SessionCommand, _ id: SessionID, at now: Instant, into outputs: inout [Output]) {
        if case .invite(let outgoing) = command {
            invite(id, outgoing, at: now, into: &outputs)
            return
        }
        guard let session = sessions[id] else { return }
        switch command {
        case .invite: break
        case .progress(let status, let headers, let body): progress(session, status, headers, body, at: now)
        case .accept(let contact, let headers, let body): accept(session, contact, headers, body, at: now)
        case .reject(let status, let reason, let headers):
            guard case .ringing(let transaction) = session.phase, let request = session.invite?.value else { return }
            reply(transaction, to: request, status: status, reason: reason, tag: session.localTag, headers: headers, at: now)
            forget(id)
        case .offer(let body): offer(id, body, at: now)
        case .answer(let body): answer(session, body, at: now)
        case .refuseOffer(let status):
            guard case .received(let transaction, let request) = session.exchange else { return }
            sessions[id]?.exchange = .idle
            reply(transaction, to: request.value, status: status, at: now)
            sendQueuedOffer(id, at: now)
        case .acknowledge(let body): acknowledge(id, body, at: now)
        case .info(let contentType, let body):
            var headers = SIPHeaders()
            headers.add("Content-Type", contentType)
            sendInDialog(id, .info, headers: headers, body: body, as: .inDialog(id, .info, attempts: 0), at: now)
        case .notify(let event):
            var headers = SIPHeaders()
            headers.add("Event", event)
            headers.add("Subscription-State", "active")
            sendInDialog(id, .notify, headers: headers, as: .notify, at: now)
        case .end(let status, let headers): end(session, status, headers, at: now, into: &outputs)
        }
    }

    // MARK: The calling side

    private mutating func invite(_ id: SessionID, _ outgoing: OutgoingRequest, at now: Instant, into outputs: inout [Output]) {
        guard sessions[id] == nil else { return }
        let tag = random.token(10)
        var request = makeRequest(outgoing, fromTag: tag)
        guard sessions.count < configuration.maximumSessions, !transactions.isFull else {
            outputs.append(.session(id, .rejected(request.response(status: 503))))
            return
        }
        request.headers.set("Allow", UserAgent.allow)
        request.headers.set("Supported", "timer")
        request.headers.set("Session-Expires", String(configuration.sessionExpires.components.seconds))
        request.headers.set("Min-SE", String(configuration.minimumSessionExpires.components.seconds))
        if !outgoing.body.isEmpty, outgoing.headers["Content-Type"] == nil { request.headers.add("Content-Type", "application/sdp") }
        let transaction = transactions.send(request, over: outgoing.hop, at: now, into: &events)
        uses[transaction] = .invite(id, outgoing.credentials)
        var session = Session(
            id: id, isCaller: true, callID: request.common.callID, localTag: tag, phase: .calling(transaction, provisional: false))
        session.contact = outgoing.contact
        session.credentials = outgoing.credentials
        session.lastBody = outgoing.body
        sessions[id] = session
        sessionOfDialog[DialogKey(callID: session.callID, localTag: tag)] = id
    }

    /// Acknowledges a 2xx that carried an offer, with the answer.
    private mutating func acknowledge(_ id: SessionID, _ body: [UInt8], at now: Instant) {
        guard let owed = sessions[id]?.owed, let dialog = sessions[id]?.dialog else { return }
        sessions[id]?.owed = nil
        sessions[id]?.lastBody = body
        acknowledge(dialog, owed.transaction, owed.invite.value, body)
        sendQueuedOffer(id, at: now)
    }

    // MARK: The called side

    private mutating func progress(_ session: Session, _ status: Int, _ headers: SIPHeaders, _ body: [UInt8], at now: Instant) {
        guard case .ringing(let transaction) = session.phase, let request = session.invite?.value, (101...199).contains(status) else {
            return
        }
        // A response with a tag makes a dialog, so that the peer must know where we are (RFC 3261 section 12.1.1).
        let contact = session.contact ?? session.dialog.map { NameAddress(uri: $0.hop.contact(user: request.uri.user)) }
        reply(transaction, to: request, status: status, tag: session.localTag, contact: contact, headers: headers, body: body, at: now)
        deadlines.set(SessionDeadline(session: session.id, kind: .repeatProvisional), at: now.advanced(by: .seconds(60)))
    }

    private mutating func accept(_ session: Session, _ contact: NameAddress, _ headers: SIPHeaders, _ body: [UInt8], at now: Instant) {
        guard case .ringing(let transaction) = session.phase, let request = session.invite?.value else { return }
        var headers = headers
        headers.set("Allow", UserAgent.allow)
        headers.set("Supported", "timer")
        let refresh = negotiateRefresh(request, into: &headers)
        deadlines.cancel(SessionDeadline(session: session.id, kind: .repeatProvisional))
        if let invite = session.inviteTransaction { sessionOfInvite[invite] = nil }
        sessions[session.id]?.establish(contact: contact, body: body, refresh: refresh)
        let bytes = reply(
            transaction, to: request, status: 200, tag: session.localTag, contact: contact, headers: headers, body: body, at: now)
        awaitAcknowledgement(session.id, bytes, transaction, request.common.cseq, at: now)
        scheduleRefresh(session.id, at: now)
    }

    /// Repeats a 2xx until its ACK comes, for 64*T1 at most (RFC 3261 section 13.3.1.4).
    mutating func awaitAcknowledgement(_ id: SessionID, _ bytes: [UInt8], _ transaction: TransactionID, _ sequence: UInt32, at now: Instant)
    {
        guard let hop = transactions.hop(of: transaction) else { return }
        sessions[id]?.unacknowledged = Session.Unacknowledged(bytes: bytes, hop: hop, sequence: sequence, interval: configuration.t1)
        deadlines.set(SessionDeadline(session: id, kind: .repeatSuccess), at: now.advanced(by: configuration.t1))
        deadlines.set(SessionDeadline(session: id, kind: .giveUpAcknowledgement), at: now.advanced(by: configuration.t1 * 64))
    }

    // MARK: Offers in an established session

    /// Sends a re-INVITE, or lets it wait for what is under way (RFC 3261 section 14.1).
    private mutating func offer(_ id: SessionID, _ body: [UInt8], at now: Instant) {
        sessions[id]?.queuedOffer = body
        sendQueuedOffer(id, at: now)
    }

    mutating func sendQueuedOffer(_ id: SessionID, at now: Instant) {
        guard let session = sessions[id], let body = session.queuedOffer, case .established = session.phase, case .idle = session.exchange,
            session.unacknowledged == nil, session.owed == nil
        else { return }
        sessions[id]?.queuedOffer = nil
        sendReinvite(id, body, isRefresh: false, at: now)
    }

    mutating func sendReinvite(_ id: SessionID, _ body: [UInt8], isRefresh: Bool, at now: Instant) {
        var headers = SIPHeaders()
        headers.add("Allow", UserAgent.allow)
        headers.add("Supported", "timer")
        addRefresh(id, to: &headers)
        let use = TransactionUse.reinvite(id, isRefresh: isRefresh, attempts: 0)
        guard let transaction = sendInDialog(id, .invite, headers: headers, body: body, as: use, at: now) else { return }
        awaitReinvite(id, transaction, body, at: now)
    }

    /// A peer that is gone after its 100 would block the session's offers for ever, so the answer must come within 64*T1 all the same.
    mutating func awaitReinvite(_ id: SessionID, _ transaction: TransactionID, _ body: [UInt8], at now: Instant) {
        sessions[id]?.exchange = .sent(transaction, body)
        transactions.giveUp(transaction, at: now, into: &events)
    }

    private mutating func answer(_ session: Session, _ body: [UInt8], at now: Instant) {
        guard case .received(let transaction, let kept) = session.exchange else { return }
        let (id, request) = (session.id, kept.value)
        var headers = SIPHeaders()
        headers.add("Allow", UserAgent.allow)
        headers.add("Supported", "timer")
        let refresh = negotiateRefresh(request, into: &headers)
        sessions[id]?.exchange = .idle
        sessions[id]?.dialog?.refreshTarget(request.common.contacts)
        sessions[id]?.lastBody = body
        sessions[id]?.refresh = refresh
        let bytes = reply(transaction, to: request, status: 200, contact: session.contact, headers: headers, body: body, at: now)
        if request.method == .invite { awaitAcknowledgement(id, bytes, transaction, request.common.cseq, at: now) }
        scheduleRefresh(id, at: now)
        sendQueuedOffer(id, at: now)
    }

    // MARK: The end

    private mutating func end(_ session: Session, _ status: Int, _ headers: SIPHeaders, at now: Instant, into outputs: inout [Output]) {
        let id = session.id
        switch session.phase {
        case .calling(let transaction, let provisional):
            sessions[id]?.phase = .cancelling(transaction, sent: false)
            sessions[id]?.farewell = headers
            // A CANCEL before any provisional response might overtake the INVITE (RFC 3261 section 9.1).
            if provisional { sendCancel(id, transaction, at: now) }
        case .ringing(let transaction):
            if let request = session.invite?.value {
                reply(transaction, to: request, status: status, tag: session.localTag, headers: headers, at: now)
            }
            forget(id)
        case .established:
            sessions[id]?.phase = .closing
            sessions[id]?.farewell = headers
            // The called side may not send BYE before the ACK has come (RFC 3261 section 15).
            if session.isCaller || session.unacknowledged == nil { sendBye(id, at: now) }
        case .cancelling, .closing:
            return
        }
        outputs.append(.session(id, .ended(.local)))
    }

    /// Ends a session from which the peer is gone, as far as one can tell.
    mutating func giveUp(_ id: SessionID, patience: Duration? = nil, at now: Instant) {
        if sessions[id]?.farewell.isEmpty == true { sessions[id]?.farewell = .timedOut }
        sendBye(id, patience: patience, at: now)
    }

    mutating func sendCancel(_ id: SessionID, _ transaction: TransactionID, at now: Instant) {
        guard let request = transactions.request(of: transaction), let hop = transactions.hop(of: transaction) else { return }
        sessions[id]?.phase = .cancelling(transaction, sent: true)
        var cancel = request.cancellation()
        cancel.headers = sessions[id]?.farewell ?? SIPHeaders()
        let use = transactions.send(cancel, over: hop, at: now, into: &events)
        uses[use] = .cancel
        transactions.giveUp(transaction, at: now, into: &events)
    }

    /// Sends BYE and forgets the session: nobody waits for the response. `patience` is for a peer that seems to be gone.
    mutating func sendBye(_ id: SessionID, patience: Duration? = nil, at now: Instant) {
        if let owed = sessions[id]?.owed, let dialog = sessions[id]?.dialog { acknowledge(dialog, owed.transaction, owed.invite.value) }
        endExchange(id, at: now)
        let credentials = sessions[id]?.credentials
        sendInDialog(
            id, .bye, headers: sessions[id]?.farewell ?? SIPHeaders(), as: .bye(attempts: 0, credentials), patience: patience, at: now)
        forget(id)
    }

    /// Leaves no exchange open behind a session that ends.
    mutating func endExchange(_ id: SessionID, at now: Instant) {
        switch sessions[id]?.exchange {
        case .received(let transaction, let request): reply(transaction, to: request.value, status: 487, at: now)
        case .sent(let transaction, _): transactions.giveUp(transaction, at: now, into: &events)
        case .idle, .glare, nil: break
        }
        sessions[id]?.exchange = .idle
    }

    /// Sends a request in the session's dialog.
    @discardableResult
    mutating func sendInDialog(
        _ id: SessionID, _ method: SIPMethod, headers: SIPHeaders = SIPHeaders(), body: [UInt8] = [], as use: TransactionUse,
        patience: Duration? = nil, at now: Instant
    ) -> TransactionID? {
        guard var dialog = sessions[id]?.dialog ?? sessions[id]?.early else { return nil }
        dialog.localSequence += 1
        if sessions[id]?.dialog == nil { sessions[id]?.early = dialog } else { sessions[id]?.dialog = dialog }
        var request = dialog.request(method, sequence: dialog.localSequence)
        if method == .invite || method == .update, let contact = sessions[id]?.contact { request.common.contacts = [contact] }
        request.headers = headers
        request.headers.set("User-Agent", configuration.product)
        request.body = body
        if !body.isEmpty, headers["Content-Type"] == nil { request.headers.add("Content-Type", "application/sdp") }
        addVia(&request, dialog.hop)
        let transaction = transactions.send(request, over: dialog.hop, patience: patience, at: now, into: &events)
        uses[transaction] = use
        return transaction
    }

    /// Removes every trace of a session.
    mutating func forget(_ id: SessionID) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        sessionOfDialog[DialogKey(callID: session.callID, localTag: session.localTag)] = nil
        if let transaction = session.inviteTransaction { sessionOfInvite[transaction] = nil }
        for kind in SessionDeadline.Kind.allCases { deadlines.cancel(SessionDeadline(session: id, kind: kind)) }
    }
}
