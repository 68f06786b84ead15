import Kernel
import SDP

// Calls begin: an endpoint brings one, or somebody asks for one to be made.
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

    /// MakeCall: the device is called first, and its call to the number begins when it answers.
    ///
    /// The result comes before the set-up, so that an endpoint can tell a call that is made for it from one that comes to it.
    mutating func makeCall(
        _ request: CallRequestID, from device: DeviceName, line number: DirectoryNumber, to called: DirectoryNumber, data: CallData,
        at now: Instant, into outputs: inout [Output]
    ) {
        guard let line = routing.line(of: device, number: number), line.number == number else {
            return refuse(request, .noSuchLine(device, number), into: &outputs)
        }
        let seat = Seat(line: line.key, device: device)
        guard calls.count < limits.calls else { return refuse(request, .limitReached("calls", limits.calls), into: &outputs) }
        guard occupancy[seat, default: 0] < line.maximumCalls else {
            return refuse(request, .limitReached("calls on line \(number)", line.maximumCalls), into: &outputs)
        }
        guard isAvailable(device) else { return refuse(request, .destinationFailed(number, .subscriberAbsent), into: &outputs) }
        let partitions = routing.searchSpace(line: line, device: device)
        guard routing.destination(of: called, in: partitions) != nil else {
            return refuse(request, .invalidDestination(called), into: &outputs)
        }

        let id = newLeg()
        let setUp = SetUp(calling: line.party, called: called, data: data, media: .solicit)
        let leg = Leg(call: newCall(), device: device, seat: seat, party: line.party, state: .offered)
        var call = Call(id: leg.call, caller: id, setUp: setUp)
        call.dials = called
        calls[call.id] = call
        add(id, leg)
        deadlines.set(.longest(call.id), at: now.advanced(by: limits.call))
        deadlines.set(.ring(call.id), at: now.advanced(by: limits.ring))
        outputs.append(.result(request, .success(.made(call.id, id))))
        outputs.append(.leg(id, .setUp(setUp, to: device)))
        note(id, .originated(to: called), into: &outputs)
    }

    /// The device that a call is made for answered: its media waits while the number is dialled (RFC 3725 section 4.4).
    mutating func originatorAnswered(_ id: LegID, _ step: MediaStep, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let number = calls[leg.call]?.dials else {
            strays += 1
            return
        }
        guard case .offer(let description) = step else {
            end(leg.call, .interworking, at: now, into: &outputs)
            return
        }
        legs[id]?.state = .connected
        legs[id]?.said = description
        let waiting = description.withDirection(.inactive)
        legs[id]?.told = waiting
        calls[leg.call]?.dials = nil
        calls[leg.call]?.attempt = Attempt()
        deadlines.cancel(.ring(leg.call))
        outputs.append(.leg(id, .media(.answer(waiting))))
        place(leg.call, Target(number: number, partitions: searchSpace(of: leg)), at: now, into: &outputs)
    }

    /// The partitions that the leg's line and device may dial.
    func searchSpace(of leg: Leg) -> [String] {
        routing.searchSpace(line: leg.seat.flatMap { routing.line($0.line) }, device: leg.device)
    }

    mutating func add(_ id: LegID, _ leg: Leg) {
        legs[id] = leg
        if let seat = leg.seat { occupancy[seat, default: 0] += 1 }
    }

    /// Reports something that happened to a leg.
    func note(_ id: LegID, _ kind: CallEvent.Kind, into outputs: inout [Output]) {
        guard let leg = legs[id] else { return }
        outputs.append(.event(CallEvent(call: leg.call, leg: id, device: leg.device, line: leg.party.number, kind: kind)))
    }

    func refuse(_ request: CallRequestID, _ failure: CallRequestFailure, into outputs: inout [Output]) {
        outputs.append(.result(request, .failure(failure)))
    }
}
