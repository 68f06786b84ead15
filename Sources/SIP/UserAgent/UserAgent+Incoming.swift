import Kernel

// Requests from the peer.
extension UserAgent {
    mutating func handle(_ request: SIPRequest, _ transaction: TransactionID, over hop: Hop, at now: Instant, into outputs: inout [Output])
    {
        if request.method == .cancel {
            cancelled(request, transaction, at: now, into: &outputs)
            return
        }
        // We support no extension that may be required but session timers; 100rel is refused.
        let unsupported = request.headers.list("Require").filter { !SIPHeaders.same($0, "timer") }
        guard unsupported.isEmpty else {
            var headers = SIPHeaders()
            headers.add("Unsupported", unsupported.joined(separator: ", "))
            reply(transaction, to: request, status: 420, headers: headers, at: now)
            return
        }
        // Subscriptions are their owner's affair, in a dialog as well.
        if let tag = request.common.to.tag, request.method != .subscribe {
            let key = DialogKey(callID: request.common.callID, localTag: tag)
            guard let id = sessionOfDialog[key], let dialog = sessions[id]?.dialog, dialog.remote.tag == request.common.from.tag else {
                reply(transaction, to: request, status: 481, at: now)
                return
            }
            handleInDialog(request, transaction, id, at: now, into: &outputs)
        } else if request.method == .invite {
            invited(request, transaction, over: hop, at: now, into: &outputs)
        } else if request.method == .bye || request.method == .update || request.method == .prack || request.method == .info {
            reply(transaction, to: request, status: 481, at: now)
        } else {
            let id = newIncomingID()
            incoming[id] = transaction
            outputs.append(.request(id, request, over: hop))
        }
    }

    private mutating func invited(
        _ request: SIPRequest, _ transaction: TransactionID, over hop: Hop, at now: Instant, into outputs: inout [Output]
    ) {
        guard sessions.count < configuration.maximumSessions else {
            var headers = SIPHeaders()
            headers.add("Retry-After", "5")
            reply(transaction, to: request, status: 503, headers: headers, at: now)
            return
        }
        if let headers = refusalOfInterval(request) {
            reply(transaction, to: request, status: 422, headers: headers, at: now)
            return
        }
        let id = newSessionID()
        let tag = random.token(10)
        var session = Session(id: id, isCaller: false, callID: request.common.callID, localTag: tag, phase: .ringing(transaction))
        session.dialog = Dialog(uas: request, localTag: tag, hop: hop)
        session.invite = KeptRequest(request)
        session.inviteTransaction = transaction
        session.peerTakesUpdate = request.headers.hasOption("Allow", "UPDATE")
        sessions[id] = session
        sessionOfDialog[DialogKey(callID: session.callID, localTag: tag)] = id
        sessionOfInvite[transaction] = id
        outputs.append(.session(id, .invited(request, over: hop)))
    }

    private mutating func cancelled(_ request: SIPRequest, _ transaction: TransactionID, at now: Instant, into outputs: inout [Output]) {
        guard let target = transactions.target(ofCancel: request) else {
            reply(transaction, to: request, status: 481, at: now)
            return
        }
        let id = sessionOfInvite[target.id]
        reply(transaction, to: request, status: 200, tag: id.flatMap { sessions[$0]?.localTag }, at: now)
        // A CANCEL after the final response changes nothing (RFC 3261 section 9.2).
        guard target.isPending, let invite = transactions.request(of: target.id) else { return }
        if let id, sessions[id] != nil {
            reply(target.id, to: invite, status: 487, tag: sessions[id]?.localTag, at: now)
            forget(id)
            outputs.append(.session(id, .ended(.cancelled(request))))
        } else {
            cancelReinvite(target.id, invite, at: now)
        }
    }

    private mutating func cancelReinvite(_ transaction: TransactionID, _ invite: SIPRequest, at now: Instant) {
        reply(transaction, to: invite, status: 487, at: now)
        guard let tag = invite.common.to.tag, let id = sessionOfDialog[DialogKey(callID: invite.common.callID, localTag: tag)],
            case .received(transaction, _) = sessions[id]?.exchange
        else { return }
        sessions[id]?.exchange = .idle
        sendQueuedOffer(id, at: now)
    }

    /// An ACK that no transaction took: that of a 2xx.
    mutating func acknowledged(_ request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        guard let tag = request.common.to.tag, let id = sessionOfDialog[DialogKey(callID: request.common.callID, localTag: tag)],
            let session = sessions[id], let waiting = session.unacknowledged, waiting.sequence == request.common.cseq
        else { return }
        sessions[id]?.unacknowledged = nil
        deadlines.cancel(SessionDeadline(session: id, kind: .repeatSuccess))
        deadlines.cancel(SessionDeadline(session: id, kind: .giveUpAcknowledgement))
        if case .closing = session.phase {
            sendBye(id, at: now)
            return
        }
        outputs.append(.session(id, .acknowledged(body: request.body)))
        sendQueuedOffer(id, at: now)
    }

    // MARK: In a dialog

    /// What an INFO brings must be understood, unless its sender says otherwise (RFC 3261 section 8.2.3).
    private mutating func informed(
        _ request: SIPRequest, _ transaction: TransactionID, _ id: SessionID, at now: Instant, into outputs: inout [Output]
    ) {
        if let types = configuration.infoTypes, !request.body.isEmpty, !request.headers.isBodyOptional,
            !types.contains(MediaType(request.headers["Content-Type"] ?? "").name)
        {
            var headers = SIPHeaders()
            headers.add("Accept", types.joined(separator: ", "))
            reply(transaction, to: request, status: 415, headers: headers, at: now)
            return
        }
        reply(transaction, to: request, status: 200, at: now)
        outputs.append(.session(id, .info(request)))
    }

    private mutating func handleInDialog(
        _ request: SIPRequest, _ transaction: TransactionID, _ id: SessionID, at now: Instant, into outputs: inout [Output]
    ) {
        // RFC 3261 section 12.2.2: numbers only rise.
        if let last = sessions[id]?.dialog?.remoteSequence, request.common.cseq <= last {
            reply(transaction, to: request, status: 500, reason: "Sequence number not above \(last)", at: now)
            return
        }
        sessions[id]?.dialog?.remoteSequence = request.common.cseq
        switch request.method {
        case .bye: byeReceived(request, transaction, id, at: now, into: &outputs)
        case .invite, .update: offered(request, transaction, id, at: now, into: &outputs)
        case .info: informed(request, transaction, id, at: now, into: &outputs)
        case .notify where configuration.takesControlEvents && ["talk", "hold"].contains(request.headers["Event"]):
            reply(transaction, to: request, status: 200, at: now)
            outputs.append(.session(id, .notified(event: request.headers["Event"] ?? "")))
        case .options:
            var headers = SIPHeaders()
            headers.add("Allow", UserAgent.allow)
            headers.add("Accept", "application/sdp")
            headers.add("Supported", "timer")
            reply(transaction, to: request, status: 200, headers: headers, at: now)
        default:
            var headers = SIPHeaders()
            headers.add("Allow", UserAgent.allow)
            reply(transaction, to: request, status: 405, headers: headers, at: now)
        }
    }

    private mutating func byeReceived(
        _ request: SIPRequest, _ transaction: TransactionID, _ id: SessionID, at now: Instant, into outputs: inout [Output]
    ) {
        reply(transaction, to: request, status: 200, at: now)
        guard let session = sessions[id] else { return }
        switch session.phase {
        case .ringing(let invite):
            if let sent = session.invite?.value { reply(invite, to: sent, status: 487, tag: session.localTag, at: now) }
        case .calling, .cancelling:
            return
        case .established, .closing:
            endExchange(id, at: now)
        }
        let ownerKnows = if case .closing = session.phase { true } else { false }
        forget(id)
        if !ownerKnows { outputs.append(.session(id, .ended(.bye(request)))) }
    }

    private mutating func offered(
        _ request: SIPRequest, _ transaction: TransactionID, _ id: SessionID, at now: Instant, into outputs: inout [Output]
    ) {
        guard let session = sessions[id] else { return }
        var retry = SIPHeaders()
        retry.add("Retry-After", String(random.next() % 11))
        guard case .established = session.phase else {
            reply(transaction, to: request, status: 500, headers: retry, at: now)
            return
        }
        switch session.exchange {
        case .received:
            // RFC 3261 section 14.2, RFC 3311 section 5.2.
            reply(transaction, to: request, status: 500, headers: retry, at: now)
            return
        case .sent:
            reply(transaction, to: request, status: 491, at: now)
            return
        case .idle, .glare:
            break
        }
        // Our 2xx waits for its ACK, which may carry an answer: a new offer would cross it.
        if session.unacknowledged != nil, request.method == .invite {
            reply(transaction, to: request, status: 491, at: now)
            return
        }
        if let headers = refusalOfInterval(request) {
            reply(transaction, to: request, status: 422, headers: headers, at: now)
            return
        }
        if case .glare(let body) = session.exchange {
            deadlines.cancel(SessionDeadline(session: id, kind: .retryOffer))
            sessions[id]?.queuedOffer = session.queuedOffer ?? body
        }
        sessions[id]?.exchange = .received(transaction, KeptRequest(request))
        if request.method == .update, request.body.isEmpty {
            // An UPDATE without a description only refreshes.
            refreshedByUpdate(id, request, transaction, at: now)
        } else {
            outputs.append(.session(id, .offered(request)))
        }
    }

    private mutating func refreshedByUpdate(_ id: SessionID, _ request: SIPRequest, _ transaction: TransactionID, at now: Instant) {
        var headers = SIPHeaders()
        let refresh = negotiateRefresh(request, into: &headers)
        sessions[id]?.exchange = .idle
        sessions[id]?.dialog?.refreshTarget(request.common.contacts)
        sessions[id]?.refresh = refresh
        reply(transaction, to: request, status: 200, contact: sessions[id]?.contact, headers: headers, at: now)
        scheduleRefresh(id, at: now)
        sendQueuedOffer(id, at: now)
    }
}
