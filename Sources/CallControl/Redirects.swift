import Kernel
import SDP

// DeflectCall, before and after the answer.
extension CallControl {
    mutating func redirect(_ request: CallRequestID, _ id: LegID, _ redirect: Redirect, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        let isOffered = call.attempt?.legs.contains(id) == true
        let talks = leg.isConnected && call.attempt == nil && call.other(than: id).flatMap { legs[$0]?.isConnected } == true
        guard isOffered || talks else { return refuse(request, .wrongState(leg.publicState), into: &outputs) }
        // A party that has just been joined, and whose media is still on the way, cannot go on yet.
        guard call.pendingJoin == nil else { return refuse(request, .mediaRefused, into: &outputs) }
        guard call.hops < limits.hops else { return refuse(request, .limitReached("hops", limits.hops), into: &outputs) }
        var data = call.setUp.data
        guard data.merge(redirect.data).isEmpty else {
            return refuse(request, .limitReached("bytes of call data", CallData.maximumBytes), into: &outputs)
        }
        let other = talks ? call.other(than: id) ?? call.caller : call.caller
        guard let payer = legs[redirect.callingSearchSpace == .callingAddress ? other : id] else { return }
        let target = Target(number: redirect.to, partitions: searchSpace(of: payer))
        guard routing.destination(of: target.number, in: target.partitions) != nil else {
            return refuse(request, .invalidDestination(redirect.to), into: &outputs)
        }
        if id == call.caller { exchangeParties(call.id) }
        step(aside: id, for: request, redirect, data, into: &outputs)
        if redirect.also.isEmpty {
            place(call.id, target, at: now, into: &outputs)
        } else {
            ringTogether(call.id, [redirect.to] + redirect.also.prefix(limits.ringing - 1), target.partitions, at: now, into: &outputs)
        }
    }

    /// Prepares the call for another destination. The leg leaves it, or waits for the outcome if it supervises.
    private mutating func step(
        aside id: LegID, for request: CallRequestID, _ redirect: Redirect, _ data: CallData, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let call = calls[leg.call] else { return }
        let number = leg.party.number ?? call.setUp.called
        calls[call.id]?.hops += 1
        calls[call.id]?.forwardedBy = []
        switch redirect.calledAddress {
        case .unchanged: divert(call.id, from: number, .deflection)
        case .setToDestination:
            calls[call.id]?.setUp.originalCalled = nil
            calls[call.id]?.setUp.diversions = []
        }
        calls[call.id]?.setUp.data = data
        switch redirect.showCaller {
        case .original: break
        case .ours: calls[call.id]?.setUp.calling = leg.party
        case .modified(let party): calls[call.id]?.setUp.calling = party
        }
        if call.attempt == nil { calls[call.id]?.attempt = Attempt() }
        calls[call.id]?.attempt?.ring = redirect.ring
        releaseAttemptLegs(call.id, but: id, into: &outputs)
        calls[call.id]?.attempt?.legs = []
        calls[call.id]?.attempt?.earlyMedia = nil
        deadlines.cancel(.ring(call.id))
        if redirect.supervised {
            let before = Redirection(
                request: request, by: id, to: redirect.to, setUp: call.setUp, hops: call.hops, line: call.attempt?.line,
                isAlerting: leg.state == .alerting)
            calls[call.id]?.attempt?.redirections.append(before)
        } else {
            note(id, .diverted(to: redirect.to, .normalClearing), into: &outputs)
            detach(id, from: call.id, into: &outputs)
            release(id, .normalClearing, into: &outputs)
            outputs.append(.result(request, .success(.done)))
        }
    }

    /// The destination of a supervised redirect failed: the leg has the call as before.
    mutating func giveBack(_ id: CallID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let redirection = calls[id]?.attempt?.redirections.popLast(), let leg = legs[redirection.by] else { return }
        let data = calls[id]?.setUp.data ?? redirection.setUp.data
        calls[id]?.setUp = redirection.setUp
        calls[id]?.hops = redirection.hops
        calls[id]?.setUp.data = data
        calls[id]?.forwardedBy = []
        if leg.isConnected {
            calls[id]?.attempt = nil
            pairAgain(id, into: &outputs)
        } else {
            calls[id]?.attempt?.legs = [redirection.by]
            calls[id]?.attempt?.line = redirection.line
            calls[id]?.attempt?.isAlerting = redirection.isAlerting
            calls[id]?.attempt?.cause = nil
            calls[id]?.attempt?.ring = nil
            let time = redirection.line.flatMap { routing.line($0)?.noAnswer } ?? limits.ring
            deadlines.set(.ring(id), at: now.advanced(by: time))
        }
        refuse(redirection.request, .destinationFailed(redirection.to, cause), into: &outputs)
    }

    /// Lets the party that answered stand in the caller's place, because the caller is about to leave.
    mutating func exchangeParties(_ id: CallID) {
        guard let call = calls[id], let peer = call.peer, let leg = legs[peer] else { return }
        calls[id]?.caller = peer
        calls[id]?.peer = call.caller
        calls[id]?.setUp.calling = leg.party
    }
}
