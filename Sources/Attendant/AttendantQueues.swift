import CTI
import CallControl
import Flow
import Kernel

// Callers who wait for agents: what flows, agents and the queues say to each other.
extension AttendantMachine {
    mutating func enterQueue(_ leg: LegID, _ order: FlowQueue, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        if meetAgents(leg, order, at: now, into: &outputs) { return }
        let ticket = QueueTicket(number())
        legOfTicket[ticket] = leg
        calls[leg]?.queueing = AttendedCall.Queueing(ticket: ticket, order: order)
        note(leg, "waits for \(order.wish.group)", at: now, into: &outputs)
        tellQueues(.enter(ticket, order.wish, at: call.place), at: now, into: &outputs)
    }

    /// The caller leaves; who comes back to the same queue in the same call has the old place.
    mutating func leaveQueue(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        guard let ticket = calls[leg]?.queueing?.ticket else { return }
        if let place = queues.place(of: ticket) { calls[leg]?.place = place }
        calls[leg]?.queueing = nil
        legOfTicket[ticket] = nil
        tellQueues(.leave(ticket), at: now, into: &outputs)
    }

    /// Gives the queues an input and carries out what they want.
    mutating func tellQueues(_ input: CallQueues.Input, at now: Instant, into outputs: inout [Output]) {
        var wanted: [CallQueues.Output] = []
        queues.receive(input, at: now, into: &wanted)
        for output in wanted { perform(output, at: now, into: &outputs) }
    }

    private mutating func perform(_ output: CallQueues.Output, at now: Instant, into outputs: inout [Output]) {
        switch output {
        case .reserve(let name, let wrapUp, let within):
            ask(.reserveAgent(AgentID(name), wrapUp: wrapUp, within: within), .reserve(name), into: &outputs)
        case .release(let name): ask(.releaseAgent(AgentID(name)), .ignored, into: &outputs)
        case .pause(let name, let reason): ask(.setAgentState(AgentID(name), .notReady(reason: reason)), .ignored, into: &outputs)
        case .offer(let ticket, let lines, _) where promises[ticket] != nil: keepPromise(ticket, lines, at: now, into: &outputs)
        case .offer(let ticket, let lines, let ring): offer(ticket, lines, ring, at: now, into: &outputs)
        case .back(let ticket):
            guard let leg = legOfTicket[ticket] else { return }
            tell(leg, .queue(.offerFailed), at: now, into: &outputs)
        case .place(let ticket, let position, let waiting, let wait):
            guard let leg = legOfTicket[ticket] else { return }
            tell(leg, .queue(.place(position: position, waiting: waiting, wait: wait)), at: now, into: &outputs)
        case .refused(let ticket, let outcome):
            promiseRefused(ticket, outcome, into: &outputs)
            guard let leg = legOfTicket.removeValue(forKey: ticket) else { return }
            calls[leg]?.queueing = nil
            note(leg, "waits no longer: \(outcome.rawValue)", at: now, into: &outputs)
            tell(leg, .queue(.refused(outcome)), at: now, into: &outputs)
        }
    }

    /// Rings the agents' phones. The caller goes on hearing what the flow plays.
    mutating func offer(
        _ ticket: QueueTicket, _ lines: [String], _ ring: Duration, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legOfTicket[ticket], let order = calls[leg]?.queueing?.order, let first = lines.first else { return }
        note(leg, "is offered to \(lines.joined(separator: ", "))", at: now, into: &outputs)
        tell(leg, .queue(.offered), at: now, into: &outputs)
        let request = Redirect(
            to: DirectoryNumber(first), also: lines.dropFirst().map { DirectoryNumber($0) }, ring: ring, supervised: true,
            data: callData(order.data, leg, at: now, into: &outputs), showCaller: order.showsCaller ? .original : .ours)
        ask(.redirect(leg, request), .call(leg, .offer(ticket)), into: &outputs)
    }

    /// An agent took the call, or it went on to somebody else.
    mutating func offerTaken(_ leg: LegID, by number: DirectoryNumber, at now: Instant, into outputs: inout [Output]) {
        guard let ticket = calls[leg]?.queueing?.ticket else { return }
        calls[leg]?.queueing = nil
        legOfTicket[ticket] = nil
        tellQueues(.taken(ticket, line: number.text), at: now, into: &outputs)
    }

    mutating func offerFailed(_ leg: LegID, _ ticket: QueueTicket, _ refusal: Refusal, at now: Instant, into outputs: inout [Output]) {
        guard legOfTicket[ticket] == leg else { return }
        let outcome = FlowOutcome(refusal)
        note(leg, "was not taken: \(outcome.rawValue)", at: now, into: &outputs)
        tellQueues(.offerFailed(ticket, outcome), at: now, into: &outputs)
    }
}

extension AgentState {
    /// What it means to queues.
    var activity: QueueAgent.Activity {
        switch self {
        case .notReady: .away
        case .ready: .ready
        case .reserved: .reserved
        case .talking, .wrapUp: .busy
        }
    }
}
