import Kernel
import SDP

// A line on several devices: the others are told when one of them has a call, and one can take over a call that another one holds.
extension CallControl {
    /// The other devices that have the leg's line.
    func sharers(_ seat: Seat?) -> [DeviceName] {
        guard let seat, let line = routing.line(seat.line), line.devices.count > 1 else { return [] }
        return line.devices.filter { $0 != seat.device }
    }

    /// Tells the other devices of the line how far a call at one of them is.
    func noteShared(_ leg: Leg, _ kind: CallEvent.Kind, into outputs: inout [Output]) {
        let state: LegState
        switch kind {
        case .established, .retrieved: state = .connected
        case .held: state = .hold
        case .connectionCleared where leg.isConnected: state = .null
        default: return
        }
        for device in leg.sharers {
            let shared = CallEvent.Kind.bridged(at: leg.device, state)
            outputs.append(.event(CallEvent(call: leg.call, leg: nil, device: device, line: leg.party.number, kind: shared)))
        }
    }

    /// Calls another device of a shared line, which then has the call that the leg holds.
    mutating func takeOver(
        _ request: CallRequestID, _ held: LegID, by device: DeviceName, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[held] else { return refuse(request, .noSuchLeg(held), into: &outputs) }
        let pair = conference(of: held).flatMap { pairing($0) == nil ? nil : $0 }
        guard leg.isHolding, let seat = leg.seat, let data = pair?.setUp.data ?? dataOfTalk(held) else {
            return refuse(request, .wrongState(leg.publicState), into: &outputs)
        }
        guard leg.sharers.contains(device), let line = routing.line(seat.line) else {
            return refuse(request, .noSuchLine(device, seat.line.number), into: &outputs)
        }
        guard isAvailable(device) else { return refuse(request, .destinationFailed(line.number, .subscriberAbsent), into: &outputs) }
        guard occupancy[Seat(line: line.key, device: device), default: 0] < line.maximumCalls else {
            return refuse(request, .limitReached("calls on line \(line.number)", line.maximumCalls), into: &outputs)
        }
        let wish = PlannedCall.Wish(to: line.number, data: data, how: Origination(answersItself: true))
        make(PlannedCall(device: device, line: line, wish: wish), toTakeOver: held, for: request, at: now, into: &outputs)
    }

    /// What goes with the call in which a leg talks, if it does.
    private func dataOfTalk(_ leg: LegID) -> CallData? {
        legs[leg].flatMap { calls[$0.call] }.flatMap { talksTo(leg, $0) == nil ? nil : $0.setUp.data }
    }

    /// The device that takes over answered: the other party comes to it, and the device that held leaves.
    mutating func takenOver(_ held: LegID, into id: CallID, at now: Instant, into outputs: inout [Output]) {
        if let mixed = conference(of: held), pairing(mixed) != nil, legs[held]?.isHolding == true {
            _ = dissolve(mixed.id, introduces: false, at: now, into: &outputs)
        }
        guard let leg = legs[held], leg.isHolding, let old = calls[leg.call], let moved = talksTo(held, old), old.isQuiet else {
            return end(id, .normalClearing, at: now, into: &outputs)
        }
        take(moved, into: id)
        calls[id]?.peer = moved
        release(held, .answeredElsewhere, into: &outputs)
        close(old.id, .normalClearing, into: &outputs)
        if let party = calls[id].flatMap({ legs[$0.caller]?.party }) { note(moved, .transferred(to: party), into: &outputs) }
        introduce(moved, id, at: now, into: &outputs)
    }
}
