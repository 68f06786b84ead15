import Kernel
import SDP

/// A number to try next.
struct Target: Sendable {
    let number: DirectoryNumber
    let partitions: [String]
    /// Why the call fails when the number leads nowhere: the caller rather hears why it was forwarded.
    var ifUnknown: Cause = .unallocated
}

// The way to a destination: routing, forwarding before anything rings, and ringing.
extension CallControl {
    /// Goes on to `target` and further, as lines forward, until something rings or nothing is left. The call has an attempt.
    mutating func place(_ id: CallID, _ target: Target, at now: Instant, into outputs: inout [Output]) {
        var target = target
        while true {
            guard let call = calls[id], call.attempt != nil else { return }
            guard call.setUp.hopsLeft > 1 else { return nothingRings(id, .routingError, at: now, into: &outputs) }
            calls[id]?.setUp.called = target.number
            switch routing.destination(of: target.number, in: target.partitions) {
            case nil:
                return nothingRings(id, target.ifUnknown, at: now, into: &outputs)
            case .trunk(let device, let number):
                calls[id]?.attempt?.line = nil
                guard isAvailable(device) else { return nothingRings(id, .networkOutOfOrder, at: now, into: &outputs) }
                return ring(id, number, on: [device], line: nil, at: now, into: &outputs)
            case .park(let number):
                return unpark(id, number, at: now, into: &outputs)
            case .line(let line):
                calls[id]?.attempt?.line = line.key
                switch reception(at: line) {
                case .rings(let devices):
                    return ring(id, target.number, on: devices, line: line, at: now, into: &outputs)
                case .forwards(let reason):
                    switch forward(id, from: line, reason, leaving: [], into: &outputs) {
                    case .success(let next): target = next
                    case .failure(let stop): return nothingRings(id, stop.cause, at: now, into: &outputs)
                    }
                }
            }
        }
    }

    /// Rings several lines together, those that take a further call; none of them forwards it.
    mutating func ringTogether(
        _ id: CallID, _ numbers: [DirectoryNumber], _ partitions: [String], at now: Instant, into outputs: inout [Output]
    ) {
        var rings = false
        var tried: Set<DirectoryNumber> = []
        for number in numbers where tried.insert(number).inserted {
            guard case .line(let line)? = routing.destination(of: number, in: partitions), case .rings(let devices) = reception(at: line)
            else { continue }
            ring(id, number, on: devices, line: line, at: now, into: &outputs)
            rings = true
        }
        calls[id]?.attempt?.line = nil
        if !rings { nothingRings(id, .userBusy, at: now, into: &outputs) }
    }

    mutating func nothingRings(_ id: CallID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        outputs.append(.event(CallEvent(call: id, leg: nil, device: nil, line: calls[id]?.setUp.called, kind: .failed(cause))))
        giveUp(id, cause, at: now, into: &outputs)
    }

    private enum Reception {
        case rings([DeviceName])
        case forwards(Forwarding)
    }

    /// Whether the line takes a further call, and on which of its devices.
    private func reception(at line: Line) -> Reception {
        guard line.forwards.all == nil else { return .forwards(.all) }
        let reachable = line.devices.filter(isAvailable)
        guard !reachable.isEmpty else { return .forwards(.unregistered(isApplication: isApplicationLine(line))) }
        let most = min(line.busyTrigger, line.maximumCalls)
        let free = reachable.filter { occupancy[Seat(line: line.key, device: $0), default: 0] < most }
        return free.isEmpty ? .forwards(.busy) : .rings(free)
    }

    private func isApplicationLine(_ line: Line) -> Bool {
        line.devices.contains { routing.plan.devices[$0]?.kind.isApplication == true }
    }

    /// Why forwarding stops.
    struct Stop: Error {
        let cause: Cause
    }

    /// Leads the call from a line to the destination that it has for the reason, and notes that it did.
    mutating func forward(
        _ id: CallID, from line: Line, _ reason: Forwarding, leaving: [LegID], into outputs: inout [Output]
    ) -> Result<Target, Stop> {
        guard let call = calls[id], let number = reason.destination(line.forwards) else { return .failure(Stop(cause: reason.cause)) }
        guard call.hops < limits.hops, !call.forwardedBy.contains(line.key) else { return .failure(Stop(cause: .routingError)) }
        calls[id]?.hops += 1
        calls[id]?.forwardedBy.append(line.key)
        divert(id, from: line.number, reason.diversion)
        for leg in leaving { note(leg, .diverted(to: number, reason.cause), into: &outputs) }
        if leaving.isEmpty {
            outputs.append(.event(CallEvent(call: id, leg: nil, device: nil, line: line.number, kind: .diverted(to: number, reason.cause))))
        }
        let partitions = routing.searchSpace(line: line, device: line.devices.first)
        return .success(Target(number: number, partitions: partitions, ifUnknown: reason == .all ? .unallocated : reason.cause))
    }

    /// Writes down that a number passed the call on.
    mutating func divert(_ id: CallID, from number: DirectoryNumber, _ reason: Diversion.Reason) {
        guard let setUp = calls[id]?.setUp else { return }
        if setUp.originalCalled == nil { calls[id]?.setUp.originalCalled = setUp.called }
        calls[id]?.setUp.diversions.insert(Diversion(number: number, reason: reason), at: 0)
    }

    /// Offers the call to devices, all at once.
    private mutating func ring(
        _ id: CallID, _ number: DirectoryNumber, on devices: [DeviceName], line: Line?, at now: Instant, into outputs: inout [Output]
    ) {
        guard let call = calls[id], let attempt = call.attempt else { return }
        var setUp = call.setUp
        setUp.called = number
        setUp.hopsLeft -= 1
        let offer = offerOfCaller(call)
        setUp.media = offer.map { .offer($0) } ?? .solicit
        setUp.near = legs[call.caller]?.near
        let party = line?.party ?? Party(number: number)
        for device in devices {
            let leg = newLeg()
            let seat = line.map { Seat(line: $0.key, device: device) }
            add(leg, Leg(call: id, device: device, seat: seat, party: party, state: .offered, told: offer))
            calls[id]?.attempt?.legs.append(leg)
            outputs.append(.leg(leg, .setUp(setUp, to: device)))
            note(leg, .offered(setUp), into: &outputs)
        }
        calls[id]?.attempt?.isAlerting = false
        calls[id]?.attempt?.earlyMedia = nil
        calls[id]?.attempt?.cause = nil
        deadlines.set(.ring(id), at: now.advanced(by: attempt.ring ?? line?.noAnswer ?? limits.ring))
    }

    /// What a destination is offered.
    private func offerOfCaller(_ call: Call) -> SessionDescription? {
        legs[call.caller]?.ownMedia
    }
}

/// Why a line forwards a call.
enum Forwarding: Equatable, Sendable {
    case all
    case busy
    case noAnswer(Cause)
    /// No device of the line can be reached; on a line of ports and route points: no application has registered them.
    case unregistered(isApplication: Bool)
    /// The application failed, or did not react to the call at all.
    case failure

    /// The forwarding that a cause from the device of a line leads to, if any.
    init?(_ cause: Cause, isApplication: Bool) {
        switch cause {
        case .userBusy: self = .busy
        case .noUserResponding, .noAnswer: self = .noAnswer(cause)
        case .subscriberAbsent: self = .unregistered(isApplication: isApplication)
        default: return nil
        }
    }

    /// Where the call goes. CFNA stands in for CFUR on applications' lines, and for CFOF where there is none.
    func destination(_ forwards: Forwards) -> DirectoryNumber? {
        switch self {
        case .all: forwards.all
        case .busy: forwards.busy
        case .noAnswer: forwards.noAnswer
        case .unregistered(let isApplication): isApplication ? forwards.noAnswer ?? forwards.unregistered : forwards.unregistered
        case .failure: forwards.failure ?? forwards.noAnswer
        }
    }

    /// What the caller is told when there is no destination.
    var cause: Cause {
        switch self {
        case .all: .normalUnspecified
        case .busy: .userBusy
        case .noAnswer(let cause): cause
        case .unregistered: .subscriberAbsent
        case .failure: .temporaryFailure
        }
    }

    /// What the next destination is told.
    var diversion: Diversion.Reason {
        switch self {
        case .all: .unconditional
        case .busy: .userBusy
        case .noAnswer: .noAnswer
        case .unregistered, .failure: .unavailable
        }
    }
}

extension CallControl {
    /// The forwarding of a line for a cause.
    func forwarding(of line: Line, for cause: Cause) -> Forwarding? {
        Forwarding(cause, isApplication: isApplicationLine(line))
    }

    /// All legs of the attempt are gone or to go: the line's forwarding for the cause, else the end of the attempt.
    mutating func attemptFailed(_ id: CallID, _ cause: Cause, leaving: [LegID], at now: Instant, into outputs: inout [Output]) {
        let line = calls[id]?.attempt?.line.flatMap { routing.line($0) }
        let reason = line.flatMap { forwarding(of: $0, for: cause) }
        goOn(id, from: line, reason, else: cause, leaving: leaving, at: now, into: &outputs)
    }

    /// Leaves legs behind, and goes where the line forwards for the reason.
    mutating func goOn(
        _ id: CallID, from line: Line?, _ reason: Forwarding?, else cause: Cause, leaving: [LegID], at now: Instant,
        into outputs: inout [Output]
    ) {
        var next: Result<Target, Stop> = .failure(Stop(cause: cause))
        if let line, let reason { next = forward(id, from: line, reason, leaving: leaving, into: &outputs) }
        deadlines.cancel(.ring(id))
        calls[id]?.attempt?.legs.removeAll(where: leaving.contains)
        for leg in leaving { clear(leg, cause, into: &outputs) }
        switch next {
        case .success(let target): place(id, target, at: now, into: &outputs)
        case .failure(let stop): giveUp(id, stop.cause, at: now, into: &outputs)
        }
    }

    /// Nothing more can be tried: a leg that redirected under supervision gets the call back; an application that failed meanwhile has its CFOF;
    /// else the caller hears the cause.
    mutating func giveUp(_ id: CallID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let attempt = calls[id]?.attempt else { return }
        if attempt.redirections.last != nil {
            giveBack(id, cause, at: now, into: &outputs)
        } else if let line = attempt.failedLine.flatMap({ routing.line($0) }) {
            calls[id]?.attempt?.failedLine = nil
            calls[id]?.forwardedBy = []
            goOn(id, from: line, .failure, else: cause, leaving: [], at: now, into: &outputs)
        } else {
            end(id, cause, at: now, into: &outputs)
        }
    }
}
