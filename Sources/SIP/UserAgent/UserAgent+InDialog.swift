import Kernel

// Responses to our requests in a dialog.
extension UserAgent {
    mutating func reinviteAnswered(
        _ id: SessionID, _ answered: Answered, isRefresh: Bool, attempts: Int, at now: Instant, into outputs: inout [Output]
    ) {
        let (transaction, response) = (answered.transaction, answered.response)
        guard response.status >= 200 else { return }
        guard let session = sessions[id] else {
            if response.status < 300 { acknowledgeStray(answered) }
            return
        }
        guard case .sent(transaction, let body) = session.exchange else { return }
        sessions[id]?.exchange = .idle
        switch response.status {
        case ..<300:
            reinviteAccepted(id, answered, body, at: now)
            if !isRefresh { outputs.append(.session(id, .answered(body: response.body))) }
            sendQueuedOffer(id, at: now)
        case 408, 481:
            lose(id, at: now, into: &outputs)
        case 491 where !isRefresh:
            // RFC 3261 section 14.1: who made the Call-ID waits longer than the other.
            let wait = session.isCaller ? 2100 + 10 * (random.next() % 191) : 10 * (random.next() % 201)
            sessions[id]?.exchange = .glare(body)
            deadlines.set(SessionDeadline(session: id, kind: .retryOffer), at: now.advanced(by: .milliseconds(Int64(wait))))
        default:
            if let next = sendAgain(id, answered, attempts: attempts, at: now) {
                uses[next] = .reinvite(id, isRefresh: isRefresh, attempts: attempts + 1)
                awaitReinvite(id, next, body, at: now)
                return
            }
            if isRefresh {
                refreshSoon(id, .seconds(10), at: now)
            } else {
                outputs.append(.session(id, .offerRefused(status: response.status)))
            }
            sendQueuedOffer(id, at: now)
        }
    }

    private mutating func reinviteAccepted(_ id: SessionID, _ answered: Answered, _ body: [UInt8], at now: Instant) {
        sessions[id]?.dialog?.refreshTarget(answered.response.common.contacts)
        if !body.isEmpty { sessions[id]?.lastBody = body }
        acknowledgeOrOwe(id, answered)
        adoptRefresh(id, answered.response, at: now)
    }

    mutating func inDialogAnswered(
        _ id: SessionID, _ method: SIPMethod, _ attempts: Int, _ answered: Answered, at now: Instant, into outputs: inout [Output]
    ) {
        guard sessions[id] != nil else { return }
        let response = answered.response
        switch response.status {
        // A key that a peer does not even answer to is no reason to end its call.
        case 408 where method == .info: break
        case 408, 481: lose(id, at: now, into: &outputs)
        case 200..<300:
            guard method == .update else { return }
            sessions[id]?.dialog?.refreshTarget(response.common.contacts)
            adoptRefresh(id, response, at: now)
        default:
            if let next = sendAgain(id, answered, attempts: attempts, at: now) {
                uses[next] = .inDialog(id, method, attempts: attempts + 1)
            } else if method == .update {
                refreshSoon(id, .seconds(10), at: now)
            }
        }
    }

    /// Sends a request of a dialog again, with credentials or a longer session interval, when that is what its refusal asks for.
    private mutating func sendAgain(_ id: SessionID, _ answered: Answered, attempts: Int, at now: Instant) -> TransactionID? {
        guard let session = sessions[id], let dialog = session.dialog else { return nil }
        let (sent, response, sequence) = (answered.request, answered.response, dialog.localSequence + 1)
        var again = retry(sent, after: response, with: session.credentials, attempts: attempts, sequence: sequence)
        if again == nil, attempts < UserAgent.mostAttempts {
            again = retry(sent, afterTooShort: response, sequence: sequence, over: answered.hop)
        }
        guard let again else { return nil }
        sessions[id]?.dialog?.localSequence = sequence
        return transactions.send(again, over: answered.hop, at: now, into: &events)
    }
}
