import Kernel
import SDP

/// A call that waits at a park number.
struct Parking: Equatable, Sendable {
    let number: DirectoryNumber
    /// The line to which the call goes back; `nil` when it was parked from a trunk.
    let by: LineKey?
    /// A call that dialled the number and waits until the media of the parked one has settled.
    var taker: CallID?
    /// Whether the mixer was asked for a port at which the party hears music.
    var hasPort = false
}

// CSTA ParkCall: one party waits at a number until somebody dials it.
extension CallControl {
    mutating func park(_ request: CallRequestID, _ id: LegID, at wish: DirectoryNumber?, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else { return refuse(request, .noSuchLeg(id), into: &outputs) }
        guard let stays = talksTo(id, call) else { return refuse(request, .wrongState(leg.publicState), into: &outputs) }
        guard isQuiet(call.id, for: request, .park(id, at: wish), on: id, into: &outputs) else { return }
        let numbers = routing.plan.park?.numbers ?? []
        if let wish {
            guard numbers.contains(wish) else { return refuse(request, .noParkNumber(wish), into: &outputs) }
            guard parked[wish] == nil else { return refuse(request, .parkNumberTaken(wish), into: &outputs) }
        }
        guard let number = wish ?? numbers.first(where: { parked[$0] == nil }) else {
            return refuse(request, .limitReached("park numbers", numbers.count), into: &outputs)
        }

        parked[number] = call.id
        if stays != call.caller { exchangeParties(call.id) }
        calls[call.id]?.peer = nil
        calls[call.id]?.parking = Parking(number: number, by: leg.seat?.line)
        deadlines.set(.park(call.id), at: now.advanced(by: routing.plan.park?.reversion ?? .seconds(60)))
        note(id, .diverted(to: number, .normalClearing), into: &outputs)
        release(id, .normalClearing, into: &outputs)
        note(stays, .parked(at: number), into: &outputs)
        outputs.append(.result(request, .success(.parked(at: number))))
        // Whoever is parked must not go on sending to the one who left.
        if mayHearMusic(stays) {
            calls[call.id]?.parking?.hasPort = true
            openPort(stays, call.id, .waiting, into: &outputs)
        } else if let said = leg.said {
            offer(said.held(), to: stays, .nothing, at: now, into: &outputs)
        }
    }

    /// Somebody dialled a park number: who waits there is brought together with the caller.
    mutating func unpark(_ id: CallID, _ number: DirectoryNumber, at now: Instant, into outputs: inout [Output]) {
        guard let waiting = parked[number], let old = calls[waiting], let caller = calls[id].flatMap({ legs[$0.caller] }) else {
            return nothingRings(id, .unallocated, at: now, into: &outputs)
        }
        guard old.isQuiet else {
            guard old.parking?.taker.flatMap({ calls[$0] }) == nil else { return nothingRings(id, .userBusy, at: now, into: &outputs) }
            calls[waiting]?.parking?.taker = id
            deadlines.set(.ring(id), at: now.advanced(by: limits.ring))
            return
        }
        let moved = old.caller
        leaveParking(waiting, .retrieved, into: &outputs)
        settleAttempt(id, answeredBy: moved, into: &outputs)
        take(moved, into: id)
        calls[id]?.peer = moved
        close(waiting, .normalClearing, into: &outputs)
        note(moved, .transferred(to: caller.party), into: &outputs)
        introduce(moved, id, at: now, into: &outputs)
    }

    /// Nobody dialled the number in time: the call goes back to the line that parked it.
    mutating func parkExpired(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id], let parking = call.parking else { return }
        guard let line = parking.by.flatMap({ routing.line($0) }) else { return end(id, .timerExpired, at: now, into: &outputs) }
        leaveParking(id, .reverted, into: &outputs)
        calls[id]?.attempt = Attempt()
        calls[id]?.forwardedBy = []
        divert(id, from: parking.number, .noAnswer)
        place(id, Target(number: line.number, partitions: [line.partition]), at: now, into: &outputs)
    }

    /// The call no longer waits at its park number.
    mutating func leaveParking(_ id: CallID, _ how: CallEvent.Unparking, into outputs: inout [Output]) {
        guard let call = calls[id], let parking = call.parking else { return }
        closeParkedPort(id, into: &outputs)
        parked[parking.number] = nil
        calls[id]?.parking = nil
        deadlines.cancel(.park(id))
        note(call.caller, .unparked(from: parking.number, how), into: &outputs)
    }
}
