import CallControl
import Kernel
import SDP
import SIP

// What happens in sessions, as signals of their legs.
extension SIPEndpoint {
    mutating func handle(_ event: SessionEvent, of session: SessionID, at now: Instant, into outputs: inout [Output]) {
        if case .invited(let request, let hop) = event {
            invited(session, request, over: hop, at: now, into: &outputs)
            return
        }
        // A session that we ended may still say what crossed our words.
        guard let id = legOfSession[session], var leg = legs[id] else { return }
        switch event {
        case .invited, .notified: return
        case .progressed(let response): progressed(id, &leg, response, into: &outputs)
        case .accepted(let response): accepted(id, &leg, session, response, into: &outputs)
        case .rejected(let response):
            let cause = Cause(reasonOf: response.headers, otherwise: Cause(status: response.status))
            branchFailed(id, &leg, session, SIPLeg.Refusal(status: response.status, cause: cause), into: &outputs)
        case .acknowledged(let body): acknowledged(id, &leg, body, into: &outputs)
        case .offered(let request): offered(id, &leg, session, request, into: &outputs)
        case .answered(let body): answered(id, &leg, body, into: &outputs)
        case .offerRefused:
            leg.exchange = .settled
            outputs.append(.leg(id, .mediaRefused))
        case .info(let request):
            guard let key = DTMFBody.key(contentType: request.headers["Content-Type"], body: request.body) else { return }
            outputs.append(.leg(id, .digit(key)))
        case .ended(let end):
            branchFailed(id, &leg, session, SIPLeg.Refusal(end), into: &outputs)
        }
        if legs[id] != nil { legs[id] = leg }
    }

    // MARK: A call that goes out

    private mutating func progressed(_ id: LegID, _ leg: inout SIPLeg, _ response: SIPResponse, into outputs: inout [Output]) {
        guard case .outgoing(var fork) = leg.state else { return }
        var step = MediaStep.none
        if !fork.isForked, case .weOffered = leg.exchange,
            case .success(let description?) = read(response.body, response.headers, id, &outputs)
        {
            leg.early = description
            step = .answer(description)
        }
        // A 183 without media, a 181 or a 182 says nothing that a caller could hear.
        guard step != .none || (response.status == 180 && !fork.hasAlerted) else { return }
        fork.hasAlerted = true
        leg.state = .outgoing(fork)
        outputs.append(.leg(id, .alerting(step)))
    }

    private mutating func accepted(
        _ id: LegID, _ leg: inout SIPLeg, _ session: SessionID, _ response: SIPResponse, into outputs: inout [Output]
    ) {
        guard case .outgoing(let fork) = leg.state else { return }
        for other in fork.branches where other != session { end(other, Cause(q850: 26)) }
        leg.state = .talking(session)
        guard case .success(let said) = read(response.body, response.headers, id, &outputs), let description = said ?? leg.early else {
            // The body is missing or unreadable: there is nothing to talk with.
            fail(id, leg, .incompatibleMedia, into: &outputs)
            return
        }
        leg.early = nil
        if case .weSolicited = leg.exchange {
            leg.exchange = .acknowledgementDue(description)
            outputs.append(.leg(id, .connected(.offer(description))))
        } else {
            leg.exchange = .settled
            outputs.append(.leg(id, .connected(.answer(description))))
        }
    }

    /// A session is over. The leg is, too, unless other branches may still answer.
    private mutating func branchFailed(
        _ id: LegID, _ leg: inout SIPLeg, _ session: SessionID, _ refusal: SIPLeg.Refusal, into outputs: inout [Output]
    ) {
        legOfSession[session] = nil
        guard case .outgoing(var fork) = leg.state else {
            legs[id] = nil
            outputs.append(.leg(id, .released(refusal.cause)))
            return
        }
        fork.branches.removeAll { $0 == session }
        if refusal.weight > fork.refusal?.weight ?? 0 { fork.refusal = refusal }
        // A 6xx speaks for all contacts (RFC 3261 section 16.7 step 5).
        if refusal.status >= 600 {
            for other in fork.branches { end(other, refusal.cause) }
            fork.branches = []
        }
        leg.state = .outgoing(fork)
        guard fork.branches.isEmpty else { return }
        legs[id] = nil
        outputs.append(.leg(id, .released(fork.refusal?.cause ?? refusal.cause)))
    }

    // MARK: Media

    private mutating func acknowledged(_ id: LegID, _ leg: inout SIPLeg, _ body: [UInt8], into outputs: inout [Output]) {
        guard case .offeredInAnswer = leg.exchange else { return }
        leg.exchange = .settled
        guard case .success(let description?) = read(body, nil, id, &outputs) else {
            fail(id, leg, .incompatibleMedia, into: &outputs)
            return
        }
        outputs.append(.leg(id, .media(.answer(description))))
    }

    private mutating func offered(
        _ id: LegID, _ leg: inout SIPLeg, _ session: SessionID, _ request: SIPRequest, into outputs: inout [Output]
    ) {
        guard case .settled = leg.exchange else {
            toAgent.append(.session(session, .refuseOffer(status: 491)))
            return
        }
        switch read(request.body, request.headers, id, &outputs) {
        case .success(let description?):
            leg.exchange = .theyOffered(early: nil)
            outputs.append(.leg(id, .media(.offer(description))))
        case .success(nil):
            leg.exchange = .theySolicited
            outputs.append(.leg(id, .media(.solicit)))
        case .failure(let refusal):
            toAgent.append(.session(session, .refuseOffer(status: refusal.status)))
        }
    }

    private mutating func answered(_ id: LegID, _ leg: inout SIPLeg, _ body: [UInt8], into outputs: inout [Output]) {
        let said = read(body, nil, id, &outputs)
        switch (leg.exchange, said) {
        case (.weOffered, .success(let description?)):
            leg.exchange = .settled
            outputs.append(.leg(id, .media(.answer(description))))
        case (.weOffered, .failure(.plain)):
            fail(id, leg, .incompatibleMedia, into: &outputs)
        case (.weOffered, _):
            leg.exchange = .settled
            outputs.append(.leg(id, .mediaRefused))
        case (.weSolicited, .success(let description?)):
            leg.exchange = .acknowledgementDue(description)
            outputs.append(.leg(id, .media(.offer(description))))
        case (.weSolicited, _):
            fail(id, leg, .incompatibleMedia, into: &outputs)
        default:
            break
        }
    }

    /// The peer said what no call can go on with.
    private mutating func fail(_ id: LegID, _ leg: SIPLeg, _ cause: Cause, into outputs: inout [Output]) {
        end(id, leg, cause)
        outputs.append(.leg(id, .released(cause)))
    }

    /// Reads the session description of a body; without `headers` the type is taken for granted.
    func read(
        _ body: [UInt8], _ headers: SIPHeaders?, _ id: LegID, _ outputs: inout [Output]
    ) -> Result<SessionDescription?, BodyRefusal> {
        let leg = legs[id]
        let result = Result { () throws(BodyRefusal) in
            let said = try SessionBody.read(body, headers)
            guard let leg, leg.needsSecurity, let said else { return said }
            guard said.isSecure else { throw BodyRefusal.plain }
            switch leg.exchange {
            case .weOffered, .offeredInAnswer: return leg.offered.map { said.answering($0) } ?? said
            case .settled, .weSolicited, .acknowledgementDue, .theyOffered, .theySolicited: return said
            }
        }
        if case .failure(.plain) = result, let leg { outputs.append(.notice(.plainMedia(leg.device, saidByDevice: true))) }
        if case .failure(.malformed(let error)) = result { outputs.append(.notice(.badDescription(id, error))) }
        return result
    }
}

extension SIPLeg.Refusal {
    /// Why a session that had begun is over.
    init(_ end: SessionEnd) {
        switch end {
        case .bye(let request): self.init(status: 200, cause: Cause(reasonOf: request.headers, otherwise: .normalClearing))
        case .cancelled(let request?): self.init(status: 487, cause: Cause(reasonOf: request.headers, otherwise: .normalClearing))
        case .cancelled(nil), .local: self.init(status: 487, cause: .normalClearing)
        case .notAcknowledged, .expired: self.init(status: 408, cause: .timerExpired)
        case .lost: self.init(status: 503, cause: .temporaryFailure)
        }
    }
}
