import Kernel
import SDP

/// A call that may be made: all that could stand in its way was looked at.
struct PlannedCall: Equatable, Sendable {
    /// What is wished for.
    struct Wish: Equatable, Sendable {
        let to: DirectoryNumber
        let data: CallData
        let how: Origination
    }

    let device: DeviceName
    let line: Line
    let wish: Wish
}

// MakeCall: the device is called first, and its call to the number begins when it answers.
extension CallControl {
    func plan(from device: DeviceName, line number: DirectoryNumber, _ wish: PlannedCall.Wish) -> Result<PlannedCall, CallRequestFailure> {
        guard let line = routing.line(of: device, number: number), line.number == number else {
            return .failure(.noSuchLine(device, number))
        }
        guard calls.count < limits.calls else { return .failure(.limitReached("calls", limits.calls)) }
        guard occupancy[Seat(line: line.key, device: device), default: 0] < line.maximumCalls else {
            return .failure(.limitReached("calls on line \(number)", line.maximumCalls))
        }
        guard isAvailable(device) else { return .failure(.destinationFailed(number, .subscriberAbsent)) }
        guard routing.destination(of: wish.to, in: routing.searchSpace(line: line, device: device)) != nil else {
            return .failure(.invalidDestination(wish.to))
        }
        return .success(PlannedCall(device: device, line: line, wish: wish))
    }

    /// Begins a call that was planned.
    ///
    /// The result comes before the set-up, so that an endpoint can tell a call that is made for it from one that comes to it.
    mutating func make(
        _ planned: PlannedCall, toTakeOver held: LegID? = nil, for request: CallRequestID, at now: Instant, into outputs: inout [Output]
    ) {
        let (line, wish) = (planned.line, planned.wish)
        let id = newLeg()
        let seat = Seat(line: line.key, device: planned.device)
        let leg = Leg(call: newCall(), device: planned.device, seat: seat, party: line.party, state: .offered)
        var call = Call(id: leg.call, caller: id, setUp: SetUp(calling: wish.how.calling ?? line.party, called: wish.to, data: wish.data))
        call.dials = held.map { .held($0) } ?? .number(wish.to)
        calls[call.id] = call
        add(id, leg)
        deadlines.set(.longest(call.id), at: now.advanced(by: limits.call))
        deadlines.set(.ring(call.id), at: now.advanced(by: limits.ring))
        outputs.append(.result(request, .success(.made(call.id, id))))
        // A phone that rings first shows whom it is about to call.
        var toDevice = SetUp(calling: Party(number: wish.to), called: line.number, data: wish.data)
        toDevice.answersItself = wish.how.answersItself
        outputs.append(.leg(id, .setUp(toDevice, to: planned.device)))
        note(id, .originated(to: wish.to), into: &outputs)
    }

    /// The device that a call is made for answered: its media waits while the number is dialled (RFC 3725 section 4.4).
    mutating func originatorAnswered(_ id: LegID, _ step: MediaStep, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let dialling = calls[leg.call]?.dials else {
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
        switch dialling {
        case .number(let number): place(leg.call, Target(number: number, partitions: searchSpace(of: leg)), at: now, into: &outputs)
        case .held(let held):
            calls[leg.call]?.attempt = nil
            takenOver(held, into: leg.call, at: now, into: &outputs)
        }
    }
}
