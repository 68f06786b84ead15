import Kernel
import SDP

// Services that bring calls to the mixer (CSTA ConferenceCall, SingleStepConferenceCall, MonitorStart with audio, recording), and what can be asked of
// their members.
extension CallControl {
    /// The parties of two calls of one device come together with the device; its leg in the first call ends.
    mutating func conference(
        _ request: CallRequestID, _ first: LegID, with second: LegID, at now: Instant, into outputs: inout [Output]
    ) {
        guard let held = legs[first] else { return refuse(request, .noSuchLeg(first), into: &outputs) }
        guard let active = legs[second] else { return refuse(request, .noSuchLeg(second), into: &outputs) }
        guard held.device == active.device, held.call != active.call else {
            return refuse(request, .notOfOneDevice(first, second), into: &outputs)
        }
        if conferences[active.call] != nil, let pair = conferences[held.call], pairing(pair) == .hold {
            let again = CallRequest.conference(first, with: second)
            guard isQuiet(pair.id, for: request, again, on: first, into: &outputs) else { return }
            _ = dissolve(pair.id, introduces: false, at: now, into: &outputs)
        }
        for (leg, other) in [(first, held), (second, active)] where conferences[other.call] == nil {
            guard let call = calls[other.call], talksTo(leg, call) != nil else {
                return refuse(request, .wrongState(other.publicState), into: &outputs)
            }
            guard isQuiet(call.id, for: request, .conference(first, with: second), on: leg, into: &outputs) else { return }
        }
        guard conferences[held.call] == nil || conferences[active.call] == nil else {
            return refuse(request, .wrongState(active.publicState), into: &outputs)
        }
        let count = (conferences[held.call]?.members.count ?? 2) + (conferences[active.call]?.members.count ?? 2) - 1
        guard count <= Conference.mostMembers else {
            return refuse(request, .limitReached("parties of a conference", Conference.mostMembers), into: &outputs)
        }

        // The conference that there is takes in the other call; else the consultation becomes one.
        let id = conferences[held.call] != nil ? held.call : active.call
        let other = id == held.call ? active.call : held.call
        if conferences[id] == nil { moveToMixer(id, into: &outputs) }
        let parties = [calls[other]?.caller, calls[other]?.peer].compactMap { $0 }.filter { $0 != first }
        for party in parties {
            take(party, into: id)
            add(party, to: id, .talker, into: &outputs)
        }
        if conferences[id]?[first] == nil {
            release(first, .normalClearing, into: &outputs)
        } else {
            dismiss(first, from: id, .normalClearing, into: &outputs)
        }
        close(other, .normalClearing, into: &outputs)
        outputs.append(.result(request, .success(.done)))
        tellMembers(id, into: &outputs)
    }

    /// Calls a device into the leg's call, to talk or to listen silently.
    mutating func join(
        _ request: CallRequestID, _ leg: LegID, _ device: DeviceName, line number: DirectoryNumber, _ role: MixerRole, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard let line = routing.line(of: device, number: number), line.number == number else {
            return refuse(request, .noSuchLine(device, number), into: &outputs)
        }
        guard isAvailable(device) else { return refuse(request, .destinationFailed(number, .subscriberAbsent), into: &outputs) }
        let again = CallRequest.join(leg, device, line: number, role)
        guard let id = mixed(leg, for: request, again, into: &outputs) else { return }
        guard let conference = conferences[id], conference.members.count < Conference.mostMembers else {
            return refuse(request, .limitReached("parties of a conference", Conference.mostMembers), into: &outputs)
        }
        let seat = Seat(line: line.key, device: device)
        let new = newLeg()
        add(new, Leg(call: id, device: device, seat: seat, party: line.party, state: .offered))
        conferences[id]?.members.append(Conference.Member(leg: new, role: role, media: .called))
        var setUp = conference.setUp
        setUp.called = line.number
        setUp.answersItself = role == .listener
        outputs.append(.result(request, .success(.made(id, new))))
        outputs.append(.leg(new, .setUp(setUp, to: device)))
        deadlines.set(.member(new), at: now.advanced(by: limits.ring))
        note(new, .originated(to: conference.setUp.called), into: &outputs)
    }

    /// Begins, pauses, goes on with or ends the recording of the leg's call.
    mutating func record(_ request: CallRequestID, _ leg: LegID, _ step: RecordingStep, at now: Instant, into outputs: inout [Output]) {
        guard legs[leg] != nil else { return refuse(request, .noSuchLeg(leg), into: &outputs) }
        switch (step, conference(of: leg)?.recording) {
        case (.start, nil):
            guard let id = mixed(leg, for: request, .record(leg, .start), into: &outputs) else { return }
            conferences[id]?.recording = .beginning(request)
            outputs.append(.mixer(.record(id)))
        case (.pause, .running(let file, false)), (.resume, .running(let file, true)):
            guard let id = legs[leg]?.call else { return }
            conferences[id]?.recording = .running(file: file, isPaused: step == .pause)
            outputs.append(.mixer(.pause(id, step == .pause)))
            outputs.append(.result(request, .success(.done)))
        case (.stop, .running):
            guard let id = legs[leg]?.call else { return }
            conferences[id]?.recording = nil
            outputs.append(.mixer(.stopRecording(id)))
            outputs.append(.result(request, .success(.done)))
            membersChanged(id, .normalClearing, at: now, into: &outputs)
        case (.start, .some): refuse(request, .limitReached("recordings of a call", 1), into: &outputs)
        case (.pause, _), (.resume, _), (.stop, _): refuse(request, .noRecording, into: &outputs)
        }
    }

    /// The conference of a leg, to which its call is moved if it is one of two who talk; otherwise the request is refused, or waits.
    private mutating func mixed(
        _ leg: LegID, for request: CallRequestID, _ again: CallRequest, into outputs: inout [Output]
    ) -> CallID? {
        guard let known = legs[leg] else {
            refuse(request, .noSuchLeg(leg), into: &outputs)
            return nil
        }
        if conferences[known.call] != nil { return known.call }
        guard let call = calls[known.call], talksTo(leg, call) != nil else {
            refuse(request, .wrongState(known.publicState), into: &outputs)
            return nil
        }
        guard isQuiet(call.id, for: request, again, on: leg, into: &outputs) else { return nil }
        moveToMixer(call.id, into: &outputs)
        return call.id
    }

    /// What is asked of a member of a conference. Returns whether the conference became a call of two, of which it can be asked in turn.
    mutating func receive(
        _ request: CallRequest, _ id: CallRequestID, ofMember leg: LegID, _ conference: Conference, at now: Instant,
        into outputs: inout [Output]
    ) -> Bool {
        switch request {
        case .hold: away(id, leg, true, conference, into: &outputs)
        case .retrieve:
            away(id, leg, false, conference, into: &outputs)
            dissolveIfNeedless(conference.id, at: now, into: &outputs)
        case .drop(_, let cause):
            outputs.append(.result(id, .success(.done)))
            dismiss(leg, from: conference.id, cause, into: &outputs)
            membersChanged(conference.id, cause, at: now, into: &outputs)
        case .attach(_, let data):
            var merged = conference.setUp.data
            guard merged.merge(data).isEmpty else {
                refuse(id, .limitReached("bytes of call data", CallData.maximumBytes), into: &outputs)
                return false
            }
            conferences[conference.id]?.setUp.data = merged
            for other in conference.talkers where other != leg {
                if let party = legs[leg]?.party { outputs.append(.leg(other, .update(party, merged))) }
            }
            outputs.append(.result(id, .success(.done)))
        case .consult(_, let called, let data, let how):
            guard let known = legs[leg], known.isConnected, let line = known.seat?.line.number else {
                refuse(id, .wrongState(legs[leg]?.publicState ?? .null), into: &outputs)
                return false
            }
            switch plan(from: known.device, line: line, PlannedCall.Wish(to: called, data: data, how: how)) {
            case .failure(let failure): refuse(id, failure, into: &outputs)
            case .success(let planned):
                setAway(leg, true, conference.id, into: &outputs)
                legs[leg]?.isHoldingByRequest = true
                make(planned, for: id, at: now, into: &outputs)
            }
        case .takeOver where pairing(conference) != nil:
            // It goes on where it is until the other device has answered.
            return true
        case .redirect, .transfer, .park, .takeOver:
            let pairing = pairing(conference)
            if pairing != nil, !isQuiet(conference.id, for: id, request, on: leg, into: &outputs) { return false }
            if case .transfer(_, let second) = request, let other = legs[second]?.call,
                !isQuiet(other, for: id, request, on: second, into: &outputs)
            {
                return false
            }
            if dissolve(conference.id, introduces: pairing == nil, at: now, into: &outputs) { return true }
            refuse(id, .wrongState(legs[leg]?.publicState ?? .null), into: &outputs)
        case .makeCall, .conference, .join, .record, .answer, .setMessageWaiting:
            return true
        }
        return false
    }

    private mutating func away(
        _ request: CallRequestID, _ leg: LegID, _ isAway: Bool, _ conference: Conference, into outputs: inout [Output]
    ) {
        guard let known = legs[leg], known.isConnected, known.isHolding != isAway else {
            return refuse(request, .wrongState(legs[leg]?.publicState ?? .null), into: &outputs)
        }
        setAway(leg, isAway, conference.id, into: &outputs)
        legs[leg]?.isHoldingByRequest = isAway
        outputs.append(.result(request, .success(.done)))
    }

    /// A member is held, or takes part again.
    mutating func setAway(_ leg: LegID, _ isAway: Bool, _ id: CallID, into outputs: inout [Output]) {
        guard legs[leg]?.isHolding != isAway, let role = conferences[id]?[leg]?.role else { return }
        legs[leg]?.isHolding = isAway
        if !isAway { legs[leg]?.isHoldingByRequest = false }
        outputs.append(.mixer(.change(leg, isAway ? .away : role)))
        note(leg, isAway ? .held : .retrieved, into: &outputs)
    }
}
