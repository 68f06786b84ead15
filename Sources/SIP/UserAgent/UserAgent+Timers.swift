import Kernel

/// A Session-Expires or Min-SE value (RFC 4028 sections 4 and 5).
struct SessionInterval {
    let seconds: Int64
    /// `uac` or `uas`, if the value names who refreshes.
    let refresher: String?

    init?(parsing text: String) {
        var scanner = SIPScanner(text)
        scanner.skipSpace()
        guard let seconds = scanner.number(upTo: UInt64(Int32.max)) else { return nil }
        self.seconds = Int64(seconds)
        refresher = (try? scanner.headerParameters())?.value(of: "refresher")?.lowercased()
    }
}

// The timers of sessions.
extension UserAgent {
    mutating func expire(_ due: SessionDeadline, at now: Instant, into outputs: inout [Output]) {
        guard let session = sessions[due.session] else { return }
        let id = due.session
        switch due.kind {
        case .repeatSuccess:
            guard var waiting = session.unacknowledged else { return }
            waiting.interval = min(waiting.interval * 2, configuration.t2)
            sessions[id]?.unacknowledged = waiting
            events.append(.transmit(waiting.bytes, waiting.hop))
            deadlines.set(due, at: now.advanced(by: waiting.interval))
        case .giveUpAcknowledgement:
            let ownerKnows = if case .closing = session.phase { true } else { false }
            sessions[id]?.unacknowledged = nil
            // Who did not acknowledge for 64*T1 is hardly there: the BYE is tried a few times, not for as long again.
            giveUp(id, patience: configuration.t1 * 8, at: now)
            if !ownerKnows { outputs.append(.session(id, .ended(.notAcknowledged))) }
        case .repeatProvisional:
            guard case .ringing(let transaction) = session.phase else { return }
            transactions.repeatProvisional(transaction, at: now, into: &events)
            deadlines.set(due, at: now.advanced(by: .seconds(60)))
        case .retryOffer:
            guard case .glare(let body) = session.exchange else { return }
            sessions[id]?.exchange = .idle
            sessions[id]?.queuedOffer = session.queuedOffer ?? body
            sendQueuedOffer(id, at: now)
        case .refresh:
            refresh(session, at: now)
        case .expire:
            let ownerKnows = if case .closing = session.phase { true } else { false }
            giveUp(id, at: now)
            if !ownerKnows { outputs.append(.session(id, .ended(.expired))) }
        }
    }

    // MARK: Session timers (RFC 4028)

    private mutating func refresh(_ session: Session, at now: Instant) {
        guard case .established = session.phase else { return }
        guard case .idle = session.exchange, session.unacknowledged == nil, session.owed == nil else {
            // Whatever is under way refreshes as well, or is soon over.
            refreshSoon(session.id, .seconds(5), at: now)
            return
        }
        if session.peerTakesUpdate {
            var headers = SIPHeaders()
            headers.add("Supported", "timer")
            addRefresh(session.id, to: &headers)
            sendInDialog(session.id, .update, headers: headers, as: .inDialog(session.id, .update, attempts: 0), at: now)
        } else {
            sendReinvite(session.id, session.lastBody, isRefresh: true, at: now)
        }
    }

    /// Tries again to refresh, until the session expires.
    mutating func refreshSoon(_ id: SessionID, _ wait: Duration, at now: Instant) {
        guard sessions[id]?.refresh != nil else { return }
        deadlines.set(SessionDeadline(session: id, kind: .refresh), at: now.advanced(by: wait))
    }

    /// Says in a request of ours that we go on refreshing, as settled.
    func addRefresh(_ id: SessionID, to headers: inout SIPHeaders) {
        guard let refresh = sessions[id]?.refresh else { return }
        headers.add("Session-Expires", "\(refresh.interval.components.seconds);refresher=\(refresh.weRefresh ? "uac" : "uas")")
        headers.add("Min-SE", String(configuration.minimumSessionExpires.components.seconds))
    }

    /// The refusal of a request that wants a shorter interval than we take; `nil` when it does not.
    func refusalOfInterval(_ request: SIPRequest) -> SIPHeaders? {
        let minimum = configuration.minimumSessionExpires.components.seconds
        guard let wanted = request.headers["Session-Expires"].flatMap({ SessionInterval(parsing: $0) }), wanted.seconds < minimum,
            request.headers.hasOption("Supported", "timer")
        else { return nil }
        var headers = SIPHeaders()
        headers.add("Min-SE", String(minimum))
        return headers
    }

    /// The request with the longer interval that a 422 asks for (RFC 4028 section 7.3); `nil` when it is none, or asks for no more than we offered.
    mutating func retry(_ sent: SIPRequest, afterTooShort response: SIPResponse, sequence: UInt32, over hop: Hop) -> SIPRequest? {
        guard response.status == 422, let minimum = response.headers["Min-SE"].flatMap({ SessionInterval(parsing: $0) }),
            minimum.seconds > sent.headers["Session-Expires"].flatMap({ SessionInterval(parsing: $0) })?.seconds ?? 0
        else { return nil }
        var request = sent
        request.common.cseq = sequence
        let refresher = sent.headers["Session-Expires"].flatMap { SessionInterval(parsing: $0) }?.refresher
        request.headers.set("Session-Expires", "\(minimum.seconds)\(refresher.map { ";refresher=\($0)" } ?? "")")
        request.headers.set("Min-SE", String(minimum.seconds))
        // A nonce is answered once; the server asks again if it must.
        request.headers.remove("Authorization")
        request.headers.remove("Proxy-Authorization")
        addVia(&request, hop)
        return request
    }

    /// Settles the session timer of a request of the peer's and says so in the 2xx (RFC 4028 section 9).
    func negotiateRefresh(_ request: SIPRequest, into headers: inout SIPHeaders) -> SessionRefresh? {
        let peerKnowsTimers = request.headers.hasOption("Supported", "timer")
        let wanted = request.headers["Session-Expires"].flatMap { SessionInterval(parsing: $0) }
        let ours = configuration.sessionExpires.components.seconds
        guard peerKnowsTimers else {
            // We alone refresh; the peer need not know why.
            headers.set("Session-Expires", "\(ours);refresher=uas")
            return SessionRefresh(interval: .seconds(ours), weRefresh: true)
        }
        let theirs = request.headers["Min-SE"].flatMap { SessionInterval(parsing: $0) }?.seconds ?? 0
        let minimum = max(configuration.minimumSessionExpires.components.seconds, theirs)
        let seconds = max(minimum, min(wanted?.seconds ?? ours, ours))
        let refresher = wanted?.refresher == "uas" ? "uas" : "uac"
        headers.set("Session-Expires", "\(seconds);refresher=\(refresher)")
        if refresher == "uac" { headers.set("Require", "timer") }
        return SessionRefresh(interval: .seconds(seconds), weRefresh: refresher == "uas")
    }

    /// Takes what the 2xx to a request of ours settled (RFC 4028 section 7.2); without a word the session does not expire.
    mutating func adoptRefresh(_ id: SessionID, _ response: SIPResponse, at now: Instant) {
        if let settled = response.headers["Session-Expires"].flatMap({ SessionInterval(parsing: $0) }) {
            let seconds = max(settled.seconds, configuration.minimumSessionExpires.components.seconds)
            sessions[id]?.refresh = SessionRefresh(interval: .seconds(seconds), weRefresh: settled.refresher != "uas")
        } else {
            sessions[id]?.refresh = nil
        }
        scheduleRefresh(id, at: now)
    }

    /// Begins the interval anew.
    mutating func scheduleRefresh(_ id: SessionID, at now: Instant) {
        let (refresh, expire) = (SessionDeadline(session: id, kind: .refresh), SessionDeadline(session: id, kind: .expire))
        deadlines.cancel(refresh)
        deadlines.cancel(expire)
        guard let settled = sessions[id]?.refresh else { return }
        if settled.weRefresh { deadlines.set(refresh, at: now.advanced(by: settled.interval / 2)) }
        // The one who does not refresh ends the session a little early (RFC 4028 section 10).
        let margin = settled.weRefresh ? Duration.zero : min(.seconds(32), settled.interval / 3)
        deadlines.set(expire, at: now.advanced(by: settled.interval - margin))
    }
}
