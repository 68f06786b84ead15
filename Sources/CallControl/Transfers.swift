import Kernel
import SDP

// A device that is in two calls brings their other parties together (CSTA ConsultationCall and TransferCall).
extension CallControl {
    /// Holds the leg's call, if it is not held, and makes one from the same line.
    mutating func consult(
        _ request: CallRequestID, _ id: LegID, _ planned: PlannedCall.Wish, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        guard let seat = leg.seat, let other = call.other(than: id), let held = heldMedia(of: id), leg.isConnected else {
            return refuse(request, .wrongState(leg.publicState), into: &outputs)
        }
        switch plan(from: leg.device, line: seat.line.number, planned) {
        case .failure(let failure): refuse(request, failure, into: &outputs)
        case .success(let next) where leg.isHolding: make(next, for: request, at: now, into: &outputs)
        case .success(let next):
            let again = CallRequest.consult(id, to: planned.to, data: planned.data, planned.how)
            guard isQuiet(call.id, for: request, again, on: id, into: &outputs) else { return }
            if holdByMixer(id, call, into: &outputs) { return make(next, for: request, at: now, into: &outputs) }
            offer(held, to: other, .hold(request, by: id, isHolding: true, then: next), at: now, into: &outputs)
        }
    }

    /// The other party of the first call takes the device's place in the second one.
    mutating func transfer(
        _ request: CallRequestID, _ first: LegID, with second: LegID, at now: Instant, into outputs: inout [Output]
    ) {
        if let call = legs[first]?.call, !isQuiet(call, for: request, .transfer(first, with: second), on: first, into: &outputs) { return }
        if let mixed = conference(of: second), pairing(mixed) != nil,
            !isQuiet(mixed.id, for: request, .transfer(first, with: second), on: second, into: &outputs)
        {
            return
        }
        if let mixed = conference(of: second), !dissolve(mixed.id, introduces: pairing(mixed) == nil, at: now, into: &outputs) {
            return refuse(request, .wrongState(legs[second]?.publicState ?? .null), into: &outputs)
        }
        guard let leaving = legs[first], let held = calls[leaving.call] else { return refuse(request, .noSuchLeg(first), into: &outputs) }
        guard let consulting = legs[second], let consultation = calls[consulting.call] else {
            return refuse(request, .noSuchLeg(second), into: &outputs)
        }
        guard leaving.device == consulting.device, held.id != consultation.id else {
            return refuse(request, .notOfOneDevice(first, second), into: &outputs)
        }
        guard let moved = talksTo(first, held) else { return refuse(request, .wrongState(leaving.publicState), into: &outputs) }
        let rings = consultation.attempt.map { $0.redirections.isEmpty && second == consultation.caller } ?? false
        guard rings || talksTo(second, consultation) != nil else {
            return refuse(request, .wrongState(consulting.publicState), into: &outputs)
        }
        guard isQuiet(held.id, for: request, .transfer(first, with: second), on: first, into: &outputs),
            isQuiet(consultation.id, for: request, .transfer(first, with: second), on: second, into: &outputs)
        else { return }

        let newParty = consultation.other(than: second).flatMap { legs[$0]?.party } ?? Party(number: consultation.setUp.called)
        note(first, .transferred(to: newParty), into: &outputs)
        note(second, .transferred(to: legs[moved]?.party ?? newParty), into: &outputs)
        move(moved, to: consultation.id, inPlaceOf: second)
        calls[consultation.id]?.pairing = nil
        note(moved, .transferred(to: newParty), into: &outputs)
        release(first, .normalClearing, into: &outputs)
        release(second, .normalClearing, into: &outputs)
        close(held.id, .normalClearing, into: &outputs)
        outputs.append(.result(request, .success(.done)))
        if let peer = calls[consultation.id]?.peer { introduce(peer, consultation.id, at: now, into: &outputs) }
    }

    /// The party that a leg talks to, when both are answered and nothing else is being tried.
    func talksTo(_ id: LegID, _ call: Call) -> LegID? {
        guard call.attempt == nil, legs[id]?.isConnected == true, let other = call.other(than: id) else { return nil }
        return legs[other]?.isConnected == true ? other : nil
    }

    /// Puts a leg of another call into the place that a leg of this one had.
    private mutating func move(_ moved: LegID, to id: CallID, inPlaceOf old: LegID) {
        take(moved, into: id)
        if calls[id]?.caller == old, let party = legs[moved]?.party {
            calls[id]?.caller = moved
            calls[id]?.setUp.calling = party
        } else {
            calls[id]?.peer = moved
        }
    }

    /// Makes a leg of another call one of this call. What is known of that call comes along, under what is known of this one.
    mutating func take(_ moved: LegID, into id: CallID) {
        guard let from = legs[moved]?.call, var data = calls[from]?.setUp.data else { return }
        legs[moved]?.call = id
        _ = data.merge(calls[id]?.setUp.data ?? CallData())
        calls[id]?.setUp.data = data
    }

    /// Tells the two parties of each other, and brings their media together.
    mutating func introduce(_ peer: LegID, _ id: CallID, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id], let caller = legs[call.caller] else { return }
        outputs.append(.leg(peer, .update(caller.party, call.setUp.data)))
        note(peer, .established(with: caller.party), into: &outputs)
        join(id, Join(leg: peer, media: .foreign), at: now, into: &outputs)
    }
}
