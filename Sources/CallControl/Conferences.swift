import Kernel
import SDP

// Conferences come about, change, and end.
extension CallControl {
    /// The conference of a leg, if it is in one.
    func conference(of leg: LegID) -> Conference? {
        legs[leg].flatMap { conferences[$0.call] }
    }

    /// Moves a call of two who talk to the mixer. `owed`: the party whose last description is an offer without an answer, and what it said before.
    mutating func moveToMixer(
        _ id: CallID, isRelay: Bool = false, owed: LegID? = nil, before: SessionDescription? = nil, into outputs: inout [Output]
    ) {
        guard let call = calls.removeValue(forKey: id), let peer = call.peer else { return }
        for timer in [Timer.ring(id), .exchange(id)] { deadlines.cancel(timer) }
        conferences[id] = Conference(id: id, setUp: call.setUp, isRelay: isRelay)
        for leg in [call.caller, peer] { conferences[id]?.saidBefore[leg] = leg == owed && before != nil ? before : legs[leg]?.said }
        for leg in [call.caller, peer] {
            let isOwed = leg == owed || legs[leg]?.state == .calling && legs[leg]?.said != nil
            add(leg, to: id, .talker, isOwed ? .answering : .opening, into: &outputs)
        }
    }

    /// Gives a leg that is answered, or is about to be, a place in a conference.
    mutating func add(
        _ leg: LegID, to id: CallID, _ role: MixerRole, _ media: Conference.Media = .opening, into outputs: inout [Output]
    ) {
        legs[leg]?.call = id
        if let count = conferences[id]?.members.count, count >= 2 { conferences[id]?.hasChanged = true }
        conferences[id]?.members.append(Conference.Member(leg: leg, role: role, media: media))
        openPort(leg, id, role, into: &outputs)
    }

    /// Asks for a port at an address of ours that the leg's device reaches.
    mutating func openPort(_ leg: LegID, _ id: CallID, _ role: MixerRole, into outputs: inout [Output]) {
        let role = legs[leg]?.isHolding == true ? .away : role
        outputs.append(.mixer(.open(leg, in: id, role, near: legs[leg]?.near, hasPerson: !isApplication(leg))))
    }

    /// Takes a leg out of a conference, and ends it.
    mutating func dismiss(_ leg: LegID, from id: CallID, _ cause: Cause, into outputs: inout [Output]) {
        guard conferences[id]?[leg] != nil else { return }
        remove(leg, from: id, into: &outputs)
        if legs[leg]?.isConnected == false { note(leg, .failed(cause), into: &outputs) }
        release(leg, cause, into: &outputs)
    }

    /// Takes a leg out of a conference, whatever becomes of the leg.
    mutating func remove(_ leg: LegID, from id: CallID, into outputs: inout [Output]) {
        guard let member = conferences[id]?[leg] else { return }
        conferences[id]?.members.removeAll { $0.leg == leg }
        if member.role != .listener { conferences[id]?.hasChanged = true }
        deadlines.cancel(.member(leg))
        if member.media != .called { outputs.append(.mixer(.close(leg))) }
    }

    /// A member is gone: the others go on, directly if they can.
    mutating func membersChanged(_ id: CallID, _ cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard let conference = conferences[id] else { return }
        if conference.talkers.count < 2 {
            endConference(id, cause, into: &outputs)
        } else {
            leaveIfStranded(id, at: now, into: &outputs)
            dissolveIfNeedless(id, at: now, into: &outputs)
            tellMembers(id, into: &outputs)
        }
        resumeDeferred(id, at: now, into: &outputs)
    }

    /// Two who talk need no mixer, unless one of them is held there.
    mutating func dissolveIfNeedless(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        guard let conference = conferences[id], conference.isNeedless, conference.stranded == nil,
            !conference.talkers.contains(where: { legs[$0]?.isHolding == true })
        else { return }
        _ = dissolve(id, at: now, into: &outputs)
    }

    /// Tells everybody who may know of it who takes part; those who listen silently are not named.
    mutating func tellMembers(_ id: CallID, into outputs: inout [Output]) {
        guard let conference = conferences[id], conference.talkers.count > 2 else { return }
        let parties = conference.talkers.compactMap { legs[$0]?.party }
        for leg in conference.talkers { note(leg, .conferenced(parties), into: &outputs) }
    }

    /// Turns a conference back into a call of two, if there are just two and no offer of ours is out: recording and monitoring end.
    /// `introduces`: whether the two are brought together, because nobody is about to leave, and told of each other if they were not alone before.
    mutating func dissolve(_ id: CallID, introduces: Bool = true, at now: Instant, into outputs: inout [Output]) -> Bool {
        guard let conference = conferences[id], conference.isQuiet else { return false }
        let talkers = conference.talkers
        guard talkers.count == 2, talkers.allSatisfy({ legs[$0]?.isConnected == true }),
            !introduces || canTalkDirectly(talkers[0], talkers[1])
        else { return false }
        let pairing = pairing(conference)
        stopRecording(conference, into: &outputs)
        for member in conference.members {
            if member.role == .listener { dismiss(member.leg, from: id, .normalClearing, into: &outputs) }
            remove(member.leg, from: id, into: &outputs)
        }
        conferences[id] = nil
        var call = Call(id: id, caller: talkers[0], setUp: conference.setUp)
        call.peer = talkers[1]
        call.pairing = pairing
        if let party = legs[talkers[0]]?.party { call.setUp.calling = party }
        calls[id] = call
        for leg in talkers where introduces && legs[leg]?.isHoldingByRequest == true {
            legs[leg]?.isHolding = false
            legs[leg]?.isHoldingByRequest = false
            note(leg, .retrieved, into: &outputs)
        }
        switch (introduces, conference.hasChanged) {
        case (true, true): introduce(talkers[1], id, at: now, into: &outputs)
        case (true, false): bringTogether(id, conference, at: now, into: &outputs)
        case (false, _): break
        }
        return true
    }

    /// Whether nothing plain would come to a device that takes no plain media, if two talked directly.
    func canTalkDirectly(_ one: LegID, _ two: LegID) -> Bool {
        [(one, two), (two, one)].allSatisfy { leg, other in
            guard let device = legs[leg]?.device, routing.plan.devices[device]?.security == .required else { return true }
            return legs[other]?.said?.canBeSecure == true
        }
    }

    /// Ends a conference for everyone.
    mutating func endConference(_ id: CallID, _ cause: Cause, into outputs: inout [Output]) {
        guard let conference = conferences[id] else { return }
        refuseDeferred(at: id, into: &outputs)
        stopRecording(conference, into: &outputs)
        for member in conference.members { dismiss(member.leg, from: id, cause, into: &outputs) }
        conferences[id] = nil
        deadlines.cancel(.longest(id))
        outputs.append(.event(CallEvent(call: id, leg: nil, device: nil, line: nil, kind: .callCleared(cause))))
    }

    private mutating func stopRecording(_ conference: Conference, into outputs: inout [Output]) {
        guard let recording = conference.recording else { return }
        conferences[conference.id]?.recording = nil
        if case .beginning(let request) = recording { refuse(request, .wrongState(.null), into: &outputs) }
        outputs.append(.mixer(.stopRecording(conference.id)))
    }
}

extension SessionDescription {
    /// Whether the writer of the description goes on sending audio: it does not hold the call by itself.
    var isSending: Bool {
        media.first { $0.kind == "audio" && $0.port != 0 }.map { direction(of: $0) == .sendReceive } ?? false
    }

    /// Whether the writer of the description hears anything: else it holds the call (RFC 3264 section 8.4).
    var isReceiving: Bool { firstLine.map { direction(of: $0).receives } ?? true }

    /// Whether the writer of the description sends nothing.
    var isSilent: Bool { firstLine.map { !direction(of: $0).sends } ?? true }

    /// What the description is about: its audio, or what there is without any.
    private var firstLine: MediaDescription? {
        media.first { $0.kind == "audio" && $0.port != 0 } ?? media.first { $0.port != 0 }
    }

    /// Where the writer of the description receives audio.
    var audioAddress: IPAddress? {
        media.first { $0.kind == "audio" && $0.port != 0 }.flatMap { remote(of: $0)?.ip }
    }
}
