import Kernel
import SDP

// A destination alerts or answers.
extension CallControl {
    mutating func alerting(_ id: LegID, _ step: MediaStep, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call], leg.state == .offered || leg.state == .alerting else {
            strays += 1
            return
        }
        legs[id]?.state = .alerting
        if leg.state == .offered { note(id, .delivered, into: &outputs) }
        guard let attempt = call.attempt, attempt.legs.contains(id) else { return }
        if !attempt.isAlerting {
            calls[call.id]?.attempt?.isAlerting = true
            let time = attempt.ring ?? attempt.line.flatMap { routing.line($0)?.noAnswer } ?? limits.ring
            deadlines.set(.ring(call.id), at: now.advanced(by: time))
        }
        guard legs[call.caller]?.state == .calling else { return }
        // Of several that ring, the caller hears the first that says something.
        if case .answer(let description) = step, leg.told != nil, attempt.earlyMedia ?? id == id {
            guard leg.said != description || !attempt.isAlerting else { return }
            legs[id]?.said = description
            legs[call.caller]?.told = description
            calls[call.id]?.attempt?.earlyMedia = id
            outputs.append(.leg(call.caller, .alert(.answer(description))))
        } else if !attempt.isAlerting {
            outputs.append(.leg(call.caller, .alert(.none)))
        }
    }

    mutating func connected(_ id: LegID, _ step: MediaStep, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call], leg.state == .offered || leg.state == .alerting else {
            strays += 1
            return
        }
        if id == call.caller { return originatorAnswered(id, step, at: now, into: &outputs) }
        switch (step, leg.told) {
        case (.answer(let description), .some), (.offer(let description), .none):
            legs[id]?.said = description
        case (.none, .some) where leg.said != nil:
            break
        default:
            outputs.append(.leg(id, .release(.interworking)))
            if call.attempt?.legs.contains(id) == true {
                attemptLegFailed(id, .interworking, at: now, into: &outputs)
            } else {
                leaveRedirect(id, .interworking, into: &outputs)
            }
            return
        }
        legs[id]?.state = .connected
        settleAttempt(call.id, answeredBy: id, into: &outputs)
        calls[call.id]?.peer = id
        calls[call.id]?.forwardedBy = []
        note(id, .established(with: call.setUp.calling), into: &outputs)
        let media: Join.Media = leg.isForMixer ? .forMixer : leg.told == nil ? .offered : .answered
        join(call.id, Join(leg: id, media: media), at: now, into: &outputs)
    }

    /// Somebody answered: the others stop ringing, and the redirects that led there are done.
    ///
    /// When it is a leg that had redirected the call itself and answers all the same, its own redirect goes on.
    mutating func settleAttempt(_ id: CallID, answeredBy leg: LegID, into outputs: inout [Output]) {
        guard let attempt = calls[id]?.attempt else { return }
        let own = attempt.redirections.firstIndex { $0.by == leg }
        let done = attempt.redirections[..<(own ?? attempt.redirections.endIndex)]
        if own == nil {
            releaseAttemptLegs(id, but: leg, into: &outputs)
            deadlines.cancel(.ring(id))
            calls[id]?.attempt = nil
            calls[id]?.pairing = nil
        } else {
            calls[id]?.attempt?.redirections.removeFirst(done.count)
        }
        for redirection in done {
            // Of several lines that rang together, the one that answered.
            let together = attempt.line == nil ? legs[leg]?.seat?.line.number : nil
            note(redirection.by, .diverted(to: together ?? redirection.to, .normalClearing), into: &outputs)
            detach(redirection.by, from: id, into: &outputs)
            release(redirection.by, .normalClearing, into: &outputs)
            outputs.append(.result(redirection.request, .success(.done)))
        }
    }

    /// Brings the media of the caller and of the party that answered together.
    mutating func join(_ id: CallID, _ join: Join, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id], let caller = legs[call.caller], let party = legs[join.leg], let last = party.said else { return }
        // One who comes from another call was perhaps held there.
        let said = join.media == .foreign ? party.ownMedia ?? last : last
        if join.media == .forMixer || !suit(call.caller, join.leg) {
            return joinByMixer(call, join, at: now, into: &outputs)
        }
        guard caller.isConnected || join.media == .foreign else { return connectCaller(id, join, said, at: now, into: &outputs) }
        guard call.exchange == .idle else {
            calls[id]?.pendingJoin = join
            return
        }
        guard caller.isConnected else { return connectCaller(id, join, said, at: now, into: &outputs) }
        outputs.append(.leg(call.caller, .update(party.party, call.setUp.data)))
        note(call.caller, .established(with: party.party), into: &outputs)
        let purpose: Exchange.Purpose =
            join.media == .offered
            ? .passOn(to: join.leg, before: said, isVital: true) : .align(with: join.leg, rounds: 2, isVital: true)
        offer(said, to: call.caller, purpose, at: now, into: &outputs)
    }

    /// Answers the caller with the description that the other party gave, if it may.
    private mutating func connectCaller(
        _ id: CallID, _ join: Join, _ said: SessionDescription, at now: Instant, into outputs: inout [Output]
    ) {
        guard let call = calls[id], let offered = legs[call.caller], let party = legs[join.leg]?.party else { return }
        let step: MediaStep =
            switch (join.media, offered.said) {
            case (.answered, _): .answer(said)
            // What the party said answers no offer of this caller, who waits until it does (RFC 3725 section 4.4).
            case (.foreign, let offer?): .answer(offer.withDirection(.inactive))
            case (.offered, _), (.forMixer, _), (.foreign, nil): .offer(said)
            }
        legs[call.caller]?.state = .connected
        legs[call.caller]?.told = step.description
        outputs.append(.leg(call.caller, .connect(step)))
        note(call.caller, .established(with: party), into: &outputs)
        switch (join.media, offered.said) {
        case (.answered, _): break
        case (.offered, _), (.forMixer, _):
            begin(id, .offering(to: call.caller, .passOn(to: join.leg, before: said, isVital: true)), at: now)
        case (.foreign, nil): begin(id, .offering(to: call.caller, .align(with: join.leg, rounds: 2, isVital: true)), at: now)
        case (.foreign, let offer?):
            self.offer(offer, to: join.leg, .align(with: call.caller, rounds: 2, isVital: true), at: now, into: &outputs)
        }
    }
}

extension MediaStep {
    /// The description that travels with the step.
    var description: SessionDescription? {
        switch self {
        case .offer(let description), .answer(let description): description
        case .none, .solicit: nil
        }
    }
}
