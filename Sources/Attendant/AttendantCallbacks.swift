import Audio
import CTI
import CallControl
import Flow
import Kernel
import Stores

// Callers who hang up and are called when it is their turn.
extension AttendantMachine {
    /// No more calls are promised at a time.
    static let mostPromises = 1000

    mutating func promiseCall(_ leg: LegID, _ order: FlowCallback, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        guard promises.count < AttendantMachine.mostPromises else {
            outputs.append(.trouble("No call is promised: \(AttendantMachine.mostPromises) are open already"))
            return tell(leg, .callbackSet(.full), at: now, into: &outputs)
        }
        let ticket = QueueTicket(number())
        promises[ticket] = PromisedCall(
            order: order, run: call.run.calledBack(at: order.step), device: call.device, line: call.line, origin: leg,
            flow: call.history.record.flow,
            version: call.history.record.version, place: call.place)
        tellQueues(.enter(ticket, order.wish, at: call.place), at: now, into: &outputs)
        let isIn = promises[ticket] != nil
        if isIn { note(leg, "a call to \(order.number) is promised", at: now, into: &outputs) }
        tell(leg, .callbackSet(isIn ? .found : .full), at: now, into: &outputs)
    }

    /// It is somebody's turn who was promised a call: agents are kept.
    mutating func keepPromise(_ ticket: QueueTicket, _ lines: [String], at now: Instant, into outputs: inout [Output]) {
        guard let promise = promises[ticket] else { return }
        promises[ticket]?.place = queues.place(of: ticket) ?? promise.place
        // Whoever is still on the line cannot be called.
        guard calls[promise.origin] == nil else {
            promises[ticket]?.state = .kept(lines)
            return
        }
        promises[ticket]?.state = .dialling(lines)
        promises[ticket]?.attempts += 1
        promiseDeadlines.set(ticket, at: now.advanced(by: promise.order.ring))
        let request = ProviderRequest.makeCall(
            promise.device, line: promise.line, to: DirectoryNumber(promise.order.number), data: CallData())
        ask(request, .promise(ticket), into: &outputs)
    }

    /// The caller hung up: calls that were promised meanwhile can be made.
    mutating func originLeft(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        for (ticket, promise) in promises.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where promise.origin == leg {
            if case .kept(let lines) = promise.state { keepPromise(ticket, lines, at: now, into: &outputs) }
        }
    }

    mutating func promiseReply(
        _ ticket: QueueTicket, _ result: Result<ProviderReply, Refusal>, at now: Instant, into outputs: inout [Output]
    ) {
        guard let promise = promises[ticket], case .dialling(let lines) = promise.state else {
            // The agents were not kept long enough.
            if case .success(.made(_, let leg)) = result { ask(.drop(leg, .normalClearing), .ignored, into: &outputs) }
            return
        }
        guard case .success(.made(let call, let leg)) = result else {
            return promiseFailed(ticket, "the call cannot be made", at: now, into: &outputs)
        }
        promises[ticket]?.state = .calling(leg, lines)
        let setUp = SetUp(calling: Party(number: promise.line), called: DirectoryNumber(promise.order.number), media: .solicit)
        let record = CallRecord(
            call: call.rawValue, began: configuration.wallClockAtZero + Double(now.nanoseconds) / 1e9, caller: promise.line.text,
            called: promise.order.number, flow: promise.flow, version: promise.version)
        var attended = AttendedCall(
            call: call, device: promise.device, line: promise.line, setUp: setUp, run: promise.run, history: CallHistory(record, at: now))
        attended.phase = .calling
        attended.promise = ticket
        attended.place = promise.place
        calls[leg] = attended
        note(leg, "calls \(promise.order.number), as promised", at: now, into: &outputs)
    }

    /// The number answered: the caller is met as soon as media flows.
    mutating func promiseAnswered(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        guard let ticket = calls[leg]?.promise else { return }
        // What was settled before is our own side alone.
        calls[leg]?.audio = nil
        calls[leg]?.phase = .answering
        promiseDeadlines.set(ticket, at: now.advanced(by: FlowCallback.hearing))
    }

    /// It is known who answered, as far as the ear can tell. A machine is left at once; who has pressed a key is none.
    mutating func promiseMet(_ leg: LegID, by answerer: Answerer, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg], let ticket = call.promise else { return }
        note(leg, "answered by \(answerer.rawValue)", at: now, into: &outputs)
        calls[leg]?.answerer = answerer
        guard answerer == .machine, !call.hasPressed, promises[ticket] != nil else { return }
        tell(leg, .released, at: now, into: &outputs)
        calls[leg]?.history.hangUp()
        ask(.drop(leg, .normalClearing), .ignored, into: &outputs)
    }

    /// Whoever was called back wants the agents who are kept; `false` when there are none.
    mutating func meetAgents(_ leg: LegID, _ order: FlowQueue, at now: Instant, into outputs: inout [Output]) -> Bool {
        guard let ticket = calls[leg]?.promise, let promise = promises[ticket], promise.order.wish.group == order.wish.group,
            case .calling(leg, let lines) = promise.state
        else { return false }
        promises[ticket] = nil
        promiseDeadlines.cancel(ticket)
        legOfTicket[ticket] = leg
        calls[leg]?.queueing = AttendedCall.Queueing(ticket: ticket, order: order)
        offer(ticket, lines, queues.ring(in: order.wish.group), at: now, into: &outputs)
        return true
    }

    /// The time for ringing, for pressing a key or for resting is up.
    mutating func promiseTimeIsUp(_ ticket: QueueTicket, at now: Instant, into outputs: inout [Output]) {
        guard let promise = promises[ticket] else { return }
        switch promise.state {
        case .resting:
            promises[ticket]?.state = .waiting
            tellQueues(.enter(ticket, promise.order.wish, at: promise.place), at: now, into: &outputs)
        case .calling(let leg, _): ask(.drop(leg, .noAnswer), .ignored, into: &outputs)
        case .dialling: promiseFailed(ticket, "the call was not made in time", at: now, into: &outputs)
        case .waiting, .kept: break
        }
    }

    /// The call that was promised is over, and nobody was connected: another attempt, unless a key was pressed by a person who wants none.
    mutating func promisedCallEnded(_ call: AttendedCall, at now: Instant, into outputs: inout [Output]) {
        guard let ticket = call.promise, promises[ticket] != nil else { return }
        if call.hasPressed { return forgetPromise(ticket, at: now, into: &outputs) }
        promiseFailed(ticket, call.answerer == .machine ? "a machine answered" : "nobody took the call", at: now, into: &outputs)
    }

    /// The queue takes the caller no longer.
    mutating func promiseRefused(_ ticket: QueueTicket, _ outcome: FlowOutcome, into outputs: inout [Output]) {
        guard let promise = promises.removeValue(forKey: ticket) else { return }
        promiseDeadlines.cancel(ticket)
        outputs.append(.trouble("The call to \(promise.order.number) is not promised, or no more: \(outcome.rawValue)"))
    }

    private mutating func promiseFailed(_ ticket: QueueTicket, _ reason: String, at now: Instant, into outputs: inout [Output]) {
        guard let promise = promises[ticket] else { return }
        guard promise.attempts < promise.order.attempts else {
            outputs.append(
                .trouble("The call to \(promise.order.number) that was promised is given up after \(promise.attempts): \(reason)"))
            return forgetPromise(ticket, at: now, into: &outputs)
        }
        promises[ticket]?.state = .resting
        promiseDeadlines.set(ticket, at: now.advanced(by: promise.order.every))
        tellQueues(.leave(ticket), at: now, into: &outputs)
    }

    private mutating func forgetPromise(_ ticket: QueueTicket, at now: Instant, into outputs: inout [Output]) {
        promises[ticket] = nil
        promiseDeadlines.cancel(ticket)
        tellQueues(.leave(ticket), at: now, into: &outputs)
    }
}
