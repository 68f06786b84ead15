import Kernel

// Legs and calls end.
extension CallControl {
    mutating func released(_ id: LegID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else {
            strays += 1
            return
        }
        if call.parking != nil { leaveParking(call.id, .cleared, into: &outputs) }
        if id == call.caller || (id == call.peer && call.attempt == nil) {
            clear(id, cause, into: &outputs)
            end(call.id, cause, at: now, into: &outputs)
        } else if call.attempt?.legs.contains(id) == true {
            attemptLegFailed(id, cause, at: now, into: &outputs)
        } else {
            leaveRedirect(id, cause, into: &outputs)
        }
    }

    /// A leg that was offered the call does not take it.
    mutating func attemptLegFailed(_ id: LegID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let attempt = calls[leg.call]?.attempt else { return }
        note(id, .failed(cause), into: &outputs)
        if cause == .incompatibleMedia, callForMixer(insteadOf: id, into: &outputs) { return }
        // Of several devices with the line, one that is busy says more than one that is not there.
        let worst = attempt.cause == .userBusy ? .userBusy : cause
        calls[leg.call]?.attempt?.cause = worst
        if attempt.earlyMedia == id { calls[leg.call]?.attempt?.earlyMedia = nil }
        if attempt.legs.count > 1 {
            calls[leg.call]?.attempt?.legs.removeAll { $0 == id }
            clear(id, cause, into: &outputs)
        } else {
            attemptFailed(leg.call, worst, leaving: [id], at: now, into: &outputs)
        }
    }

    /// A leg that waits for the outcome of its redirect leaves: from here on the redirect is a blind one.
    mutating func leaveRedirect(_ id: LegID, _ cause: Cause, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call], let attempt = call.attempt else { return }
        detach(id, from: call.id, into: &outputs)
        for redirection in attempt.redirections where redirection.by == id {
            note(id, .diverted(to: redirection.to, .normalClearing), into: &outputs)
            outputs.append(.result(redirection.request, .success(.done)))
        }
        calls[call.id]?.attempt?.redirections.removeAll { $0.by == id }
        clear(id, cause, into: &outputs)
    }

    /// Takes a leg out of the media of its call, while the caller stays.
    mutating func detach(_ id: LegID, from call: CallID, into outputs: inout [Output]) {
        guard calls[call]?.peer == id else { return }
        calls[call]?.peer = nil
        settleWithoutPeer(call, id, into: &outputs)
        refuseDeferred(at: call, into: &outputs)
    }

    /// Ends a call for everyone. Legs whose endpoint has released them are gone before.
    mutating func end(_ id: CallID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        endConference(id, cause, into: &outputs)
        leaveParking(id, .cleared, into: &outputs)
        guard let call = calls[id] else { return }
        for leg in call.legs { release(leg, cause, into: &outputs) }
        for redirection in call.attempt?.redirections ?? [] { refuse(redirection.request, .wrongState(.null), into: &outputs) }
        if case .offering(_, .hold(let request, _, _, _)) = call.exchange { refuse(request, .wrongState(.null), into: &outputs) }
        close(id, cause, into: &outputs)
    }

    /// Forgets a call that has no legs any more.
    mutating func close(_ id: CallID, _ cause: Cause, into outputs: inout [Output]) {
        refuseDeferred(at: id, into: &outputs)
        guard calls.removeValue(forKey: id) != nil else { return }
        for timer in [Timer.ring(id), .exchange(id), .longest(id), .park(id)] { deadlines.cancel(timer) }
        outputs.append(.event(CallEvent(call: id, leg: nil, device: nil, line: nil, kind: .callCleared(cause))))
    }

    /// Tells the endpoint to end a leg.
    mutating func release(_ id: LegID, _ cause: Cause, into outputs: inout [Output]) {
        guard legs[id] != nil else { return }
        outputs.append(.leg(id, .release(cause)))
        clear(id, cause, into: &outputs)
    }

    /// Forgets a leg that is over.
    mutating func clear(_ id: LegID, _ cause: Cause, into outputs: inout [Output]) {
        refuseDeferred(of: id, into: &outputs)
        note(id, .connectionCleared(cause), into: &outputs)
        guard let leg = legs.removeValue(forKey: id), let seat = leg.seat else { return }
        let left = occupancy[seat, default: 0] - 1
        occupancy[seat] = left > 0 ? left : nil
    }

    /// An application is gone that had this leg: its call goes to the line's CFOF number, or to CFNA when there is none.
    mutating func applicationFailed(_ id: LegID, at now: Instant, into outputs: inout [Output]) {
        if let conference = conference(of: id),
            !conference.talkers.contains(id) || !dissolve(conference.id, introduces: false, at: now, into: &outputs)
        {
            remove(id, from: conference.id, into: &outputs)
            clear(id, .temporaryFailure, into: &outputs)
            return membersChanged(conference.id, .temporaryFailure, at: now, into: &outputs)
        }
        guard let leg = legs[id], var call = calls[leg.call] else {
            strays += 1
            return
        }
        if id == call.caller {
            guard call.peer != nil, call.attempt == nil else {
                clear(id, .temporaryFailure, into: &outputs)
                return end(call.id, .temporaryFailure, at: now, into: &outputs)
            }
            exchangeParties(call.id)
            call = calls[call.id] ?? call
        }
        let line = leg.seat.flatMap { routing.line($0.line) }
        if let attempt = call.attempt, attempt.legs.contains(id) {
            releaseAttemptLegs(call.id, but: id, into: &outputs)
            goOn(call.id, from: line, .failure, else: .temporaryFailure, leaving: [id], at: now, into: &outputs)
        } else if call.attempt != nil {
            calls[call.id]?.attempt?.failedLine = leg.seat?.line
            leaveRedirect(id, .temporaryFailure, into: &outputs)
        } else {
            detach(id, from: call.id, into: &outputs)
            calls[call.id]?.attempt = Attempt()
            calls[call.id]?.forwardedBy = []
            goOn(call.id, from: line, .failure, else: .temporaryFailure, leaving: [id], at: now, into: &outputs)
        }
    }

    /// Ends the legs that ring, but one.
    mutating func releaseAttemptLegs(_ id: CallID, but kept: LegID? = nil, into outputs: inout [Output]) {
        guard let ringing = calls[id]?.attempt?.legs else { return }
        calls[id]?.attempt?.legs.removeAll { $0 != kept }
        for leg in ringing where leg != kept { release(leg, .answeredElsewhere, into: &outputs) }
    }

    mutating func expire(_ timer: Timer, at now: Instant, into outputs: inout [Output]) {
        switch timer {
        case .ring(let id): ringExpired(id, at: now, into: &outputs)
        case .exchange(let id): exchangeExpired(id, at: now, into: &outputs)
        case .longest(let id): end(id, .timerExpired, at: now, into: &outputs)
        case .member(let leg):
            guard let call = legs[leg]?.call else { return }
            expel(leg, legs[leg]?.isConnected == true ? .incompatibleMedia : .noAnswer, call, at: now, into: &outputs)
        case .park(let id): parkExpired(id, at: now, into: &outputs)
        }
    }

    private mutating func ringExpired(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id] else { return }
        guard let attempt = call.attempt else { return end(id, .noAnswer, at: now, into: &outputs) }
        let cause: Cause = attempt.isAlerting ? .noAnswer : .noUserResponding
        for leg in attempt.legs { outputs.append(.leg(leg, .release(cause))) }
        if attempt.ring != nil, !attempt.redirections.isEmpty {
            // Whoever said how long it may ring wants the call back then.
            calls[id]?.attempt?.legs = []
            for leg in attempt.legs {
                note(leg, .failed(cause), into: &outputs)
                clear(leg, cause, into: &outputs)
            }
            giveUp(id, cause, at: now, into: &outputs)
        } else {
            for leg in attempt.legs { note(leg, .failed(cause), into: &outputs) }
            attemptFailed(id, cause, leaving: attempt.legs, at: now, into: &outputs)
        }
    }
}
