import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import RTP
import SDP
import Stores

// Calls: from the offer to the end of the leg.
extension AttendantMachine {
    mutating func receive(_ event: ProviderEvent, at now: Instant, into outputs: inout [Output]) {
        switch event {
        case .call(let event): receive(event, at: now, into: &outputs)
        case .mediaAddressNeeded(let leg):
            guard let call = calls[leg] else { return }
            if let session = call.session, let local = localAddresses[session] {
                ask(.setMedia(leg, local), .call(leg, .setMedia), into: &outputs)
            } else {
                outputs.append(.openMedia(leg, toward: call.setUp.near))
            }
        case .mediaStarted(let leg, let audio):
            guard let session = calls[leg]?.session else { return }
            calls[leg]?.audio = audio
            outputs.append(.media(session, .connect(audio)))
            if audio.receiveEvents == nil { outputs.append(.media(session, .detectTones(true))) }
            settle(leg, at: now, into: &outputs)
        case .mediaStopped(let leg):
            guard let session = calls[leg]?.session else { return }
            outputs.append(.media(session, .stopPlaying))
        case .agentState(let agent, let state): agentChanged(agent, state, at: now, into: &outputs)
        case .providerShutdown(let reason):
            outputs.append(.trouble("The CTIManager closed the attendant's provider: \(reason)"))
        case .outOfService(let device):
            outputs.append(.trouble("Device \(device) is out of service"))
        default:
            break
        }
    }

    private mutating func receive(_ event: CallEvent, at now: Instant, into outputs: inout [Output]) {
        guard let leg = event.leg else { return }
        switch event.kind {
        case .offered(let setUp):
            begin(leg, event, setUp, at: now, into: &outputs)
        case .established where calls[leg]?.phase == .calling: promiseAnswered(leg, at: now, into: &outputs)
        case .established:
            guard calls[leg]?.phase == .answering else { return }
            settle(leg, at: now, into: &outputs)
        case .digit(let face):
            guard let key = face.first.flatMap({ DTMFKey($0) }) else { return }
            pressed(key, .message, leg, at: now, into: &outputs)
        case .diverted(let number, _):
            // The leg leaves the call before the reply to the redirect comes.
            note(leg, "redirected to \(number)", at: now, into: &outputs)
            calls[leg]?.history.sendTo(number.text)
            offerTaken(leg, by: number, at: now, into: &outputs)
            tell(leg, .redirected, at: now, into: &outputs)
        case .connectionCleared(let cause), .failed(let cause):
            end(leg, cause, at: now, into: &outputs)
        default:
            break
        }
    }

    private mutating func begin(
        _ leg: LegID, _ event: CallEvent, _ setUp: SetUp, at now: Instant, into outputs: inout [Output]
    ) {
        guard calls[leg] == nil, let device = event.device else { return }
        let (call, line) = (event.call, event.line ?? setUp.called)
        guard let flow = flows[line.text] else {
            outputs.append(.trouble("No flow answers line \(line); the call is rejected"))
            ask(.reject(leg, .outOfOrder), .ignored, into: &outputs)
            return
        }
        var facts = CallFacts(
            callerNumber: setUp.calling.number?.text ?? "", callerName: setUp.calling.name ?? "", calledNumber: setUp.called.text,
            redirectedFrom: setUp.diversions.first?.number.text ?? "", callID: String(call.rawValue),
            data: Dictionary(setUp.data.entries.map { ($0.name, $0.value) }) { first, _ in first },
            startedAt: configuration.wallClockAtZero + Double(now.nanoseconds) / 1e9)
        facts.waiting = queues.waiting()
        let record = CallRecord(
            call: call.rawValue, began: facts.startedAt, caller: facts.callerNumber, called: facts.calledNumber, flow: flow.name,
            version: flow.version)
        calls[leg] = AttendedCall(
            call: call, device: device, line: line, setUp: setUp, run: FlowRun(flow, facts: facts, at: now),
            history: CallHistory(record, at: now))
        note(leg, "\(setUp.calling.number?.text ?? "a withheld number") calls \(setUp.called), flow \(flow.name)", at: now, into: &outputs)
        tell(leg, .start, at: now, into: &outputs)
    }

    /// Gives the run an input and carries out what it wants.
    mutating func tell(_ leg: LegID, _ input: FlowInput, at now: Instant, into outputs: inout [Output]) {
        var commands: [FlowCommand] = []
        if case .key = input { calls[leg]?.hasPressed = true }
        calls[leg]?.run.receive(input, at: now, into: &commands)
        for command in commands {
            calls[leg]?.history.note(command, at: now)
            perform(command, leg, at: now, into: &outputs)
        }
        rearm(leg)
    }

    /// Keeps the call's deadline true.
    mutating func rearm(_ leg: LegID) {
        if let next = calls[leg]?.nextDeadline {
            if deadlines[leg] != next { deadlines.set(leg, at: next) }
        } else {
            deadlines.cancel(leg)
        }
    }

    mutating func expire(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        switch calls[leg]?.phase {
        case .settling(let until) where until <= now: startTalking(leg, at: now, into: &outputs)
        case .hangingUp(let cause, _):
            calls[leg]?.phase = .over
            ask(.drop(leg, cause.q850), .ignored, into: &outputs)
        default: tell(leg, .deadline, at: now, into: &outputs)
        }
        rearm(leg)
    }

    private mutating func perform(_ command: FlowCommand, _ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        switch command {
        case .accept: ask(.accept(leg), .call(leg, .accept), into: &outputs)
        case .answer:
            calls[leg]?.phase = .answering
            ask(.answer(leg), .call(leg, .answer), into: &outputs)
        case .reject(let cause): ask(.reject(leg, cause.q850), .ignored, into: &outputs)
        case .hangup(let cause): hangUp(leg, cause, at: now, into: &outputs)
        case .play(let utterances):
            playingBegins(leg, into: &outputs)
            prepare(utterances, leg, into: &outputs)
        case .stopPlaying: stopPlaying(leg, into: &outputs)
        case .listen(let isOn): if let session = calls[leg]?.session { outputs.append(.media(session, .detectSpeech(isOn))) }
        case .lookUp(let store, let key, _):
            let id = LookupID(rawValue: number())
            calls[leg]?.lookup = id
            legOfLookup[id] = leg
            outputs.append(.lookUp(id, store: store, key: key))
        case .record(let order): record(leg, order, at: now, into: &outputs)
        case .stopRecording: stopRecording(leg, at: now, into: &outputs)
        case .discardRecording: discardRecording(leg, into: &outputs)
        case .mailbox(let request): mailbox(leg, request, at: now, into: &outputs)
        case .music(let music): self.music(leg, music, into: &outputs)
        case .setAgent(let wish): setAgent(leg, wish, at: now, into: &outputs)
        case .enterQueue(let order): enterQueue(leg, order, at: now, into: &outputs)
        case .leaveQueue: leaveQueue(leg, at: now, into: &outputs)
        case .callBack(let order): promiseCall(leg, order, at: now, into: &outputs)
        case .begin(let number, .park(let place)):
            ask(.park(leg, at: place.map { DirectoryNumber($0) }), .call(leg, .park(task: number)), into: &outputs)
        case .begin(let number, let task): outputs.append(.perform(TaskID(leg: leg, number: number), task))
        case .end: break
        case .redirect(let redirect): self.redirect(leg, redirect, at: now, into: &outputs)
        case .log(let text): note(leg, text, at: now, into: &outputs)
        case .count(let counter, let amount): outputs.append(.count(counter, by: amount))
        case .pressed, .began: break
        case .entered(let step): if let call = calls[leg]?.call { outputs.append(.note(CallNote(call: call, text: "step \(step)"))) }
        case .finished(let outcome):
            note(leg, "flow ended: \(outcome.rawValue)", at: now, into: &outputs)
            calls[leg]?.phase = .over
        }
    }

    private mutating func redirect(_ leg: LegID, _ redirect: FlowRedirect, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        let answered = call.phase == .talking
        let data = callData(redirect.data, leg, at: now, into: &outputs)
        stopMusic(leg, into: &outputs)
        if answered {
            calls[leg]?.phase = .redirecting
            playRingback(leg, into: &outputs)
        }
        note(leg, "redirecting to \(redirect.to)", at: now, into: &outputs)
        let request = Redirect(
            to: DirectoryNumber(redirect.to), ring: redirect.ring, supervised: true, data: data,
            showCaller: redirect.showsCaller ? .original : .ours)
        ask(.redirect(leg, request), .call(leg, .redirect), into: &outputs)
    }

    /// What travels with a call; what does not fit is left out, with a note.
    mutating func callData(_ values: [(name: String, value: String)], _ leg: LegID, at now: Instant, into outputs: inout [Output])
        -> CallData
    {
        var data = CallData()
        for (name, value) in values where !data.set(name, to: value) {
            note(
                leg,
                "\(name) does not travel with the call: it is malformed, or the data would be larger than \(CallData.maximumBytes) bytes",
                at: now, into: &outputs)
        }
        return data
    }

    mutating func callReply(
        _ leg: LegID, _ purpose: CallPurpose, _ result: Result<ProviderReply, Refusal>, at now: Instant, into outputs: inout [Output]
    ) {
        guard calls[leg] != nil else { return }
        switch (purpose, result) {
        case (.accept, .success): tell(leg, .done, at: now, into: &outputs)
        case (.answer, .success), (.setMedia, .success): break
        case (.accept, .failure(let refusal)), (.answer, .failure(let refusal)), (.setMedia, .failure(let refusal)):
            calls[leg]?.phase = .offered
            tell(leg, .failed("\(refusal)"), at: now, into: &outputs)
        case (.offer(let ticket), .failure(let refusal)): offerFailed(leg, ticket, refusal, at: now, into: &outputs)
        case (.offer, .success): break
        case (.setAgent, .success): tell(leg, .agentSet(.found), at: now, into: &outputs)
        case (.setAgent, .failure): tell(leg, .agentSet(.failed), at: now, into: &outputs)
        case (.park, .success(.parked(let number))):
            note(leg, "parked at \(number)", at: now, into: &outputs)
            calls[leg]?.history.sendTo(number.text)
            tell(leg, .redirected, at: now, into: &outputs)
        case (.park, .success): break
        case (.park(let task), .failure(let refusal)):
            let isTaken = if case .callControl(.parkNumberTaken) = refusal { true } else { false }
            tell(leg, .task(task, .ended(isTaken ? .busy : .failed, reason: "\(refusal)")), at: now, into: &outputs)
        case (.redirect, .success):
            stopPlaying(leg, into: &outputs)
        case (.redirect, .failure(let refusal)):
            let outcome = FlowOutcome(refusal)
            note(leg, "redirect did not succeed: \(outcome.rawValue)", at: now, into: &outputs)
            if calls[leg]?.phase == .redirecting { calls[leg]?.phase = .talking }
            stopPlaying(leg, into: &outputs)
            tell(leg, .redirectFailed(outcome), at: now, into: &outputs)
        }
    }

    private mutating func end(_ leg: LegID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        if call.phase != .over { tell(leg, .released, at: now, into: &outputs) }
        note(leg, "left the attendant, cause \(cause.q850)", at: now, into: &outputs)
        if let session = call.session {
            outputs.append(.media(session, .close))
            legOfMedia[session] = nil
            localAddresses[session] = nil
        }
        leaveRecording(leg, of: call, into: &outputs)
        leaveQueue(leg, at: now, into: &outputs)
        let record = calls[leg]?.history.ended(at: now) ?? call.history.ended(at: now)
        if let session = call.session { closing[session] = record } else { outputs.append(.ended(record)) }
        if case .preparing(let id) = call.playing { legOfPreparation[id] = nil }
        if let music = call.music { legOfPreparation[music.preparation] = nil }
        if let lookup = call.lookup { legOfLookup[lookup] = nil }
        calls[leg] = nil
        deadlines.cancel(leg)
        promisedCallEnded(call, at: now, into: &outputs)
        originLeft(leg, at: now, into: &outputs)
    }

    /// The CTIManager that knew the calls is out of reach: it, or what comes in its place, takes care of the callers.
    mutating func abandonCalls(at now: Instant, into outputs: inout [Output]) {
        for leg in calls.keys.sorted(by: { $0.rawValue < $1.rawValue }) { end(leg, .temporaryFailure, at: now, into: &outputs) }
        requests = [:]
    }

    mutating func note(_ leg: LegID, _ text: String, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        calls[leg]?.history.add(.note, text, at: now)
        outputs.append(.note(CallNote(call: call.call, text: text)))
    }
}

extension FlowOutcome {
    /// Which of the flow's words says best why a redirect did not succeed.
    init(_ refusal: Refusal) {
        guard case .callControl(let failure) = refusal else {
            self = .failed
            return
        }
        switch failure {
        case .invalidDestination: self = .unreachable
        case .destinationFailed(_, .userBusy): self = .busy
        case .destinationFailed(_, .noAnswer), .destinationFailed(_, .noUserResponding): self = .noAnswer
        case .destinationFailed(_, .subscriberAbsent), .destinationFailed(_, .unallocated): self = .unreachable
        default: self = .failed
        }
    }
}
