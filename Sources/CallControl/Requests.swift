import Kernel
import SDP

// The services that others ask for.
extension CallControl {
    mutating func receive(_ request: CallRequest, _ id: CallRequestID, at now: Instant, into outputs: inout [Output]) {
        let pairs = request.legs.compactMap { conference(of: $0) }.filter { pairing($0) != nil }.map(\.id)
        // Who was taken out of the mixer for nothing goes back there.
        defer { for pair in pairs { pairAgain(pair, into: &outputs) } }
        if let leg = request.leg, let conference = conference(of: leg) {
            guard receive(request, id, ofMember: leg, conference, at: now, into: &outputs) else { return }
        }
        switch request {
        case .redirect(let leg, let redirect): self.redirect(id, leg, redirect, at: now, into: &outputs)
        case .hold(let leg): hold(id, leg, true, at: now, into: &outputs)
        case .retrieve(let leg): hold(id, leg, false, at: now, into: &outputs)
        case .drop(let leg, let cause): drop(id, leg, cause, at: now, into: &outputs)
        case .makeCall(let device, let line, let called, let data, let how):
            switch plan(from: device, line: line, PlannedCall.Wish(to: called, data: data, how: how)) {
            case .success(let planned): make(planned, for: id, at: now, into: &outputs)
            case .failure(let failure): refuse(id, failure, into: &outputs)
            }
        case .consult(let leg, let called, let data, let how):
            consult(id, leg, PlannedCall.Wish(to: called, data: data, how: how), at: now, into: &outputs)
        case .transfer(let first, let second): transfer(id, first, with: second, at: now, into: &outputs)
        case .conference(let first, let second): conference(id, first, with: second, at: now, into: &outputs)
        case .join(let leg, let device, let line, let role): join(id, leg, device, line: line, role, at: now, into: &outputs)
        case .record(let leg, let step): record(id, leg, step, at: now, into: &outputs)
        case .park(let leg, let number): park(id, leg, at: number, at: now, into: &outputs)
        case .takeOver(let leg, let device): takeOver(id, leg, by: device, at: now, into: &outputs)
        case .answer(let leg): answer(id, leg, into: &outputs)
        case .setMessageWaiting(let device, let number, let summary):
            setMessageWaiting(id, from: device, number, summary, into: &outputs)
        case .attach(let leg, let data): attach(id, leg, data, into: &outputs)
        }
    }

    /// The other party is offered the leg's media as it is when the leg does not receive, or does again; the leg then hears what came of it.
    private mutating func hold(_ request: CallRequestID, _ id: LegID, _ isHolding: Bool, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        guard let other = call.other(than: id), let said = leg.said, leg.isConnected, leg.isHolding != isHolding else {
            return refuse(request, .wrongState(leg.publicState), into: &outputs)
        }
        guard isQuiet(call.id, for: request, isHolding ? .hold(id) : .retrieve(id), on: id, into: &outputs) else { return }
        if isHolding, holdByMixer(id, call, into: &outputs) { return outputs.append(.result(request, .success(.done))) }
        let description = isHolding ? heldMedia(of: id) ?? said.held() : said.withDirection(.sendReceive)
        offer(description, to: other, .hold(request, by: id, isHolding: isHolding), at: now, into: &outputs)
    }

    /// Asks a phone that rings to take the call; `established` tells that it did.
    private mutating func answer(_ request: CallRequestID, _ id: LegID, into outputs: inout [Output]) {
        guard let leg = legs[id] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        guard leg.state == .alerting else { return refuse(request, .wrongState(leg.publicState), into: &outputs) }
        outputs.append(.leg(id, .answer))
        outputs.append(.result(request, .success(.done)))
    }

    private mutating func drop(_ request: CallRequestID, _ id: LegID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        outputs.append(.result(request, .success(.done)))
        if call.attempt?.legs.contains(id) == true {
            outputs.append(.leg(id, .release(cause)))
            attemptLegFailed(id, cause, at: now, into: &outputs)
        } else {
            end(call.id, cause, at: now, into: &outputs)
        }
    }

    private mutating func attach(_ request: CallRequestID, _ id: LegID, _ data: CallData, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        var merged = call.setUp.data
        guard merged.merge(data).isEmpty else {
            return refuse(request, .limitReached("bytes of call data", CallData.maximumBytes), into: &outputs)
        }
        calls[call.id]?.setUp.data = merged
        if let other = call.other(than: id) { outputs.append(.leg(other, .update(leg.party, merged))) }
        outputs.append(.result(request, .success(.done)))
    }

    /// A key that came outside of the media is told to the other party, and to those who observe it.
    mutating func digit(_ id: LegID, _ key: DTMFKey, into outputs: inout [Output]) {
        guard let leg = legs[id], let other = calls[leg.call]?.other(than: id) else {
            strays += 1
            return
        }
        if legs[other]?.isConnected == true { outputs.append(.leg(other, .digit(key))) }
        note(other, .digit(String(key.character)), into: &outputs)
    }
}
