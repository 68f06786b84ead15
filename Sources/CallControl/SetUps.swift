import Kernel
import SDP

// An endpoint brings a call.
extension CallControl {
    mutating func setUpArrived(_ id: LegID, _ setUp: SetUp, from device: DeviceName, at now: Instant, into outputs: inout [Output]) {
        guard legs[id] == nil, !id.rawValue.isMultiple(of: 2) else {
            strays += 1
            return
        }
        let refusal: Cause? =
            if routing.plan.devices[device] == nil {
                .rejected
            } else if calls.count >= limits.calls {
                .congestion
            } else {
                nil
            }
        let line = routing.line(of: device, number: setUp.calling.number)
        let seat = line.map { Seat(line: $0.key, device: device) }
        let isFull = line.flatMap { line in seat.map { occupancy[$0, default: 0] >= line.maximumCalls } } ?? false
        if let cause = refusal ?? (isFull ? .congestion : nil) {
            outputs.append(.leg(id, .release(cause)))
            return
        }
        // A phone is shown with its line's number, whatever it says of itself.
        let party = line.map { Party(number: $0.number, name: $0.displayName ?? setUp.calling.name) } ?? setUp.calling
        var leg = Leg(call: newCall(), device: device, seat: seat, party: party, state: .calling)
        leg.near = setUp.near
        if case .offer(let description) = setUp.media { leg.said = description }
        var call = Call(id: leg.call, caller: id, setUp: setUp)
        call.setUp.calling = party
        call.attempt = Attempt()
        calls[call.id] = call
        add(id, leg)
        deadlines.set(.longest(call.id), at: now.advanced(by: limits.call))
        note(id, .originated(to: setUp.called), into: &outputs)
        place(call.id, Target(number: setUp.called, partitions: routing.searchSpace(line: line, device: device)), at: now, into: &outputs)
    }

    /// The partitions that the leg's line and device may dial.
    func searchSpace(of leg: Leg) -> [String] {
        routing.searchSpace(line: leg.seat.flatMap { routing.line($0.line) }, device: leg.device)
    }

    mutating func add(_ id: LegID, _ leg: Leg) {
        var leg = leg
        leg.sharers = sharers(leg.seat)
        legs[id] = leg
        if let seat = leg.seat { occupancy[seat, default: 0] += 1 }
    }

    /// Reports something that happened to a leg.
    func note(_ id: LegID, _ kind: CallEvent.Kind, into outputs: inout [Output]) {
        guard let leg = legs[id] else { return }
        outputs.append(.event(CallEvent(call: leg.call, leg: id, device: leg.device, line: leg.party.number, kind: kind)))
        if !leg.sharers.isEmpty { noteShared(leg, kind, into: &outputs) }
    }

    func refuse(_ request: CallRequestID, _ failure: CallRequestFailure, into outputs: inout [Output]) {
        outputs.append(.result(request, .failure(failure)))
    }
}
