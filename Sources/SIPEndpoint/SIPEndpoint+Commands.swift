import CallControl
import Kernel
import SDP
import SIP

// What call control tells legs to do, as commands to their sessions.
extension SIPEndpoint {
    mutating func command(_ id: LegID, _ command: LegCommand, into outputs: inout [Output]) {
        if case .setUp(let setUp, let device) = command {
            place(setUp, to: device, as: id, into: &outputs)
            return
        }
        // A leg that ended a moment ago may still be commanded: the two crossed.
        guard var leg = legs[id] else { return }
        var command = command
        if leg.needsSecurity {
            if case .offer(let offer)? = command.step { leg.offered = offer }
            guard command.secure() else { return refusePlain(id, leg, command, into: &outputs) }
        }
        switch command {
        case .setUp, .update: return
        case .alert(let step): alert(&leg, step)
        case .connect(let step): connect(id, &leg, step, into: &outputs)
        case .media(let step): media(id, &leg, step, into: &outputs)
        case .refuseMedia: refuseMedia(&leg)
        case .digit(let key):
            if let session = leg.talking { tell(session, .info(contentType: DTMFBody.relay, body: DTMFBody.body(of: key))) }
        case .answer:
            guard case .outgoing(let fork) = leg.state else { return }
            for branch in fork.branches { tell(branch, .notify(event: "talk")) }
        case .release(let cause):
            end(id, leg, cause)
            return
        }
        if legs[id] != nil { legs[id] = leg }
    }

    /// What the other side said is plain, and this device takes no plain media: an offer is refused, and after a plain answer there is no call.
    private mutating func refusePlain(_ id: LegID, _ leg: SIPLeg, _ command: LegCommand, into outputs: inout [Output]) {
        outputs.append(.notice(.plainMedia(leg.device, saidByDevice: false)))
        if case .media(.offer) = command, case .settled = leg.exchange {
            outputs.append(.leg(id, .mediaRefused))
            return
        }
        end(id, leg, .incompatibleMedia)
        outputs.append(.leg(id, .released(.incompatibleMedia)))
    }

    private mutating func tell(_ session: SessionID, _ command: SessionCommand) {
        toAgent.append(.session(session, command))
    }

    // MARK: Before the answer

    private mutating func alert(_ leg: inout SIPLeg, _ step: MediaStep) {
        guard case .incoming(let session, _) = leg.state else { return }
        guard case .answer(let description) = step, case .theyOffered = leg.exchange else {
            tell(session, .progress(status: 180, headers: SIPHeaders(), body: []))
            return
        }
        let early = leg.history.outgoing(description)
        leg.exchange = .theyOffered(early: early)
        tell(session, .progress(status: 183, headers: .description, body: early.encoded))
    }

    private mutating func connect(_ id: LegID, _ leg: inout SIPLeg, _ step: MediaStep, into outputs: inout [Output]) {
        guard case .incoming(let session, let contact) = leg.state else { return }
        let sent: SessionDescription
        switch (step, leg.exchange) {
        case (.answer(let answer), .theyOffered):
            sent = leg.history.outgoing(answer)
            leg.exchange = .settled
        case (.none, .theyOffered(let early?)):
            sent = early
            leg.exchange = .settled
        case (.offer(let offer), .theySolicited):
            sent = leg.history.outgoing(offer)
            leg.exchange = .offeredInAnswer
        default:
            // An answered call without media is none (RFC 3261 section 13.3.1.4): call control hears of it as of a peer's failure.
            end(id, leg, .incompatibleMedia)
            outputs.append(.leg(id, .released(.incompatibleMedia)))
            return
        }
        leg.state = .talking(session)
        tell(session, .accept(contact: contact, headers: .description, body: sent.encoded))
    }

    // MARK: Media

    private mutating func media(_ id: LegID, _ leg: inout SIPLeg, _ step: MediaStep, into outputs: inout [Output]) {
        let session = leg.talking
        switch (step, leg.exchange) {
        case (.answer(let answer), .theyOffered):
            let sent = leg.history.outgoing(answer)
            leg.exchange = session == nil ? .theyOffered(early: sent) : .settled
            if let session { tell(session, .answer(sent.encoded)) }
        case (.answer(let answer), .acknowledgementDue):
            guard let session else { return }
            tell(session, .acknowledge(leg.history.outgoing(answer).encoded))
            leg.exchange = .settled
        case (.offer(let offer), .theySolicited) where session != nil:
            guard let session else { return }
            tell(session, .answer(leg.history.outgoing(offer).encoded))
            leg.exchange = .offeredInAnswer
        case (.offer(let offer), .settled):
            guard let session else { return }
            tell(session, .offer(leg.history.outgoing(offer).encoded))
            leg.exchange = .weOffered
        case (.solicit, .settled):
            guard let session else { return }
            tell(session, .offer([]))
            leg.exchange = .weSolicited
        case (.offer, _), (.solicit, _):
            // One exchange at a time (RFC 3264 section 4), and none before the answer: nobody may wait for ever for the answer to this one.
            outputs.append(.leg(id, .mediaRefused))
        case (.answer, _), (.none, _):
            break
        }
    }

    private mutating func refuseMedia(_ leg: inout SIPLeg) {
        guard let session = leg.talking else { return }
        switch leg.exchange {
        case .theyOffered, .theySolicited:
            tell(session, .refuseOffer(status: 488))
        case .acknowledgementDue(let offer):
            // An offer in a 2xx cannot be refused, only answered with every line off (RFC 6337 section 5.3).
            var nothing = leg.history.last ?? offer
            nothing.media = offer.media.map(\.rejected)
            tell(session, .acknowledge(leg.history.outgoing(nothing).encoded))
        case .settled, .weOffered, .weSolicited, .offeredInAnswer:
            return
        }
        leg.exchange = .settled
    }

    // MARK: The end

    /// Ends all sessions of a leg and forgets it. A 200 that crosses our CANCEL is dealt with by the user agent.
    mutating func end(_ id: LegID, _ leg: SIPLeg, _ cause: Cause) {
        legs[id] = nil
        for session in leg.sessions { end(session, cause) }
    }

    /// Ends one session and forgets it.
    mutating func end(_ session: SessionID, _ cause: Cause) {
        legOfSession[session] = nil
        tell(session, .end(status: cause.status, headers: cause.headers))
    }
}

extension SIPHeaders {
    /// What goes with a session description.
    static let description: SIPHeaders = {
        var headers = SIPHeaders()
        headers.add("Content-Type", "application/sdp")
        return headers
    }()
}

extension LegCommand {
    /// What a command carries to the peer of a leg that exists.
    fileprivate var step: MediaStep? {
        switch self {
        case .alert(let step), .connect(let step), .media(let step): step
        case .setUp, .update, .answer, .refuseMedia, .digit, .release: nil
        }
    }

    /// Makes of it what a device may be told that takes no plain media; false when it is plain.
    fileprivate mutating func secure() -> Bool {
        guard var step else { return true }
        let isSecure = step.secure()
        switch self {
        case .alert: self = .alert(step)
        case .connect: self = .connect(step)
        case .media: self = .media(step)
        case .setUp, .update, .answer, .refuseMedia, .digit, .release: break
        }
        return isSecure
    }
}

extension MediaStep {
    /// Makes of it what a device may be told that takes no plain media; false when it is plain.
    mutating func secure() -> Bool {
        switch self {
        case .offer(let offer):
            guard let secured = offer.secured else { return false }
            self = .offer(secured)
            return true
        case .answer(let answer): return answer.isSecure
        case .none, .solicit: return true
        }
    }
}
