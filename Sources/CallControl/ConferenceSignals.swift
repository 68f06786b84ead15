import Kernel
import SDP

// What the devices of a conference and the mixer signal. Offer and answer go on between each device and the mixer.
extension CallControl {
    mutating func receive(
        _ signal: LegSignal, ofMember leg: LegID, _ conference: Conference, at now: Instant, into outputs: inout [Output]
    ) {
        defer { settled(conference.id, at: now, into: &outputs) }
        switch signal {
        case .setUp: strays += 1
        case .alerting:
            guard legs[leg]?.state == .offered else { return }
            legs[leg]?.state = .alerting
            note(leg, .delivered, into: &outputs)
        case .connected(let step): memberAnswered(leg, step, conference, at: now, into: &outputs)
        case .media(let step): memberMedia(leg, step, conference, at: now, into: &outputs)
        case .mediaRefused:
            guard case .offered = conference[leg]?.media else { return strays += 1 }
            if strand(leg, .refused, conference.id, at: now, into: &outputs) { return }
            expel(leg, .incompatibleMedia, conference.id, at: now, into: &outputs)
        case .digit(let key):
            let others = conference.talkers.filter { $0 != leg }
            // Applications are told of the key, and would take it for two if they heard it as well.
            outputs.append(.mixer(.key(leg, key, to: others.filter { !isApplication($0) })))
            for other in others { note(other, .digit(String(key.character)), into: &outputs) }
        case .released(let cause):
            if legs[leg]?.isConnected == false { note(leg, .failed(cause), into: &outputs) }
            remove(leg, from: conference.id, into: &outputs)
            clear(leg, cause, into: &outputs)
            membersChanged(conference.id, cause, at: now, into: &outputs)
        }
    }

    mutating func receive(_ signal: MixerSignal, at now: Instant, into outputs: inout [Output]) {
        switch signal {
        case .opened(let leg, let port):
            if let call = parkedCall(of: leg) { return parkedPortOpened(leg, port, call, at: now, into: &outputs) }
            portOpened(leg, port, now, into: &outputs)
        case .failed(let leg):
            if let call = parkedCall(of: leg) { return parkedPortFailed(leg, call, at: now, into: &outputs) }
            guard let conference = conference(of: leg), let media = conference[leg]?.media, media.port == nil, media != .called else {
                return strays += 1
            }
            defer { settled(conference.id, at: now, into: &outputs) }
            // Two who could talk directly rather do so than lose each other.
            if strand(leg, media == .answering ? .owed : .noPort, conference.id, at: now, into: &outputs) { return }
            if !conference.isRelay, conference.talkers.contains(leg), dissolve(conference.id, at: now, into: &outputs) { return }
            expel(leg, .resourceUnavailable, conference.id, at: now, into: &outputs)
        case .silent(let leg):
            // Who waits may be muted.
            guard !waits(leg) else { return }
            // Whoever listens silently is gone with those who talk.
            guard let conference = conference(of: leg), conference.talkers.contains(leg) else { return strays += 1 }
            expel(leg, .timerExpired, conference.id, at: now, into: &outputs)
        case .recording(let call, let file):
            guard case .beginning(let request)? = conferences[call]?.recording else { return }
            conferences[call]?.recording = .running(file: file, isPaused: false)
            outputs.append(.result(request, .success(.recording(file: file))))
        case .recordingFailed(let call, let reason):
            guard case .beginning(let request)? = conferences[call]?.recording else { return }
            conferences[call]?.recording = nil
            refuse(request, .recordingFailed(reason), into: &outputs)
            membersChanged(call, .normalClearing, at: now, into: &outputs)
        }
    }

    /// The mixer's media is there for a member's device: an answer to its offer, or an offer to move to it.
    private mutating func portOpened(_ leg: LegID, _ port: MixerPort, _ now: Instant, into outputs: inout [Output]) {
        guard let known = legs[leg], let conference = conferences[known.call] else { return strays += 1 }
        switch (conference[leg]?.media, known.said) {
        case (.opening, _):
            set(.offered(at: port), leg, conference.id)
            offerPort(leg, port, now, into: &outputs)
        case (.answering, let offer?):
            if answer(offer, of: leg, at: port, into: &outputs) {
                set(.settled(at: port), leg, conference.id)
                settled(conference.id, at: now, into: &outputs)
            } else if !strand(leg, .owed, conference.id, at: now, into: &outputs) {
                expel(leg, .incompatibleMedia, conference.id, at: now, into: &outputs)
            }
        default: strays += 1
        }
    }

    /// Answers what a device offers to the mixer; `false` when nothing fits.
    private mutating func answer(
        _ offer: SessionDescription, of leg: LegID, at port: MixerPort, into outputs: inout [Output]
    ) -> Bool {
        do throws(NegotiationFailure) {
            let (answer, audio) = try capabilities(for: leg).answer(offer, at: port.address, protection: protection(of: leg, at: port))
            legs[leg]?.said = offer
            legs[leg]?.told = answer
            say(.answer(answer), to: leg, into: &outputs)
            outputs.append(.mixer(.connect(leg, audio)))
            if let call = legs[leg]?.call { setAway(leg, !offer.isReceiving, call, into: &outputs) }
            return true
        } catch {
            return false
        }
    }

    private mutating func offerPort(_ leg: LegID, _ port: MixerPort, _ now: Instant, into outputs: inout [Output]) {
        let offer = capabilities(for: leg).offer(at: port.address, protection: protection(of: leg, at: port))
        let fitting = legs[leg]?.said.map { offer.aligned(toLinesOf: $0) } ?? offer
        legs[leg]?.told = fitting
        say(.offer(fitting), to: leg, into: &outputs)
        deadlines.set(.member(leg), at: now.advanced(by: limits.exchange))
    }

    /// What the mixer can do with a leg: where parties could not agree by themselves, everything, and first what all of them have.
    func capabilities(for leg: LegID) -> MediaCapabilities {
        guard let conference = conference(of: leg), conference.isRelay else { return routing.plan.mixing }
        return routing.plan.mixing.withEveryCodec.preferring(formatsOf: conference.talkers.compactMap { legs[$0]?.said })
    }

    /// Tells a device of the mixer's media; one that calls is answered with it.
    private mutating func say(_ step: MediaStep, to leg: LegID, into outputs: inout [Output]) {
        guard legs[leg]?.state == .calling else { return outputs.append(.leg(leg, .media(step))) }
        legs[leg]?.state = .connected
        outputs.append(.leg(leg, .connect(step)))
        let party = conference(of: leg)?.talkers.first { $0 != leg }.flatMap { legs[$0]?.party }
        if let party { note(leg, .established(with: party), into: &outputs) }
    }

    /// How a member's media is protected, as its device asks; a device whose media is secure stays so.
    func protection(of leg: LegID, at port: MixerPort) -> MediaProtection? {
        guard let known = legs[leg], let device = routing.plan.devices[known.device], device.security != .none else { return nil }
        let line = known.said?.media.first { $0.kind == "audio" && !$0.isRejected && $0.isSecure }
        var protection = MediaProtection(isRequired: device.security == .required || line != nil, keys: port.keys)
        protection.prefersDTLS = line.map { $0.proto.uppercased().hasPrefix("UDP/TLS/") } ?? (device.keyExchange == .dtls)
        return protection
    }

    private mutating func memberAnswered(
        _ leg: LegID, _ step: MediaStep, _ conference: Conference, at now: Instant, into outputs: inout [Output]
    ) {
        guard let known = legs[leg], !known.isConnected, let role = conference[leg]?.role else { return strays += 1 }
        guard case .offer(let description) = step else {
            return expel(leg, .interworking, conference.id, at: now, into: &outputs)
        }
        deadlines.cancel(.member(leg))
        legs[leg]?.state = .connected
        legs[leg]?.said = description
        set(.answering, leg, conference.id)
        note(leg, .established(with: conference.setUp.calling), into: &outputs)
        openPort(leg, conference.id, role, into: &outputs)
        tellMembers(conference.id, into: &outputs)
    }

    private mutating func memberMedia(
        _ leg: LegID, _ step: MediaStep, _ conference: Conference, at now: Instant, into outputs: inout [Output]
    ) {
        guard let member = conference[leg], legs[leg]?.isConnected == true else { return strays += 1 }
        switch (step, member.media) {
        case (.answer(let description), .offered): settle(leg, description, conference, at: now, into: &outputs)
        case (.offer(let offer), .settled(let port)):
            if takeBack(leg, offer, conference, at: now, into: &outputs) { return }
            guard answer(offer, of: leg, at: port, into: &outputs) else { return outputs.append(.leg(leg, .refuseMedia)) }
            dissolveIfNeedless(conference.id, at: now, into: &outputs)
        case (.solicit, .settled(let port)):
            set(.offered(at: port, asAsked: true), leg, conference.id)
            offerPort(leg, port, now, into: &outputs)
        case (.offer, _), (.solicit, _): outputs.append(.leg(leg, .refuseMedia))
        case (.answer, _), (.none, _): strays += 1
        }
    }

    /// The device answered the mixer's offer.
    private mutating func settle(
        _ leg: LegID, _ answer: SessionDescription, _ conference: Conference, at now: Instant, into outputs: inout [Output]
    ) {
        guard let offer = legs[leg]?.told, let port = conference[leg]?.media.port else { return }
        deadlines.cancel(.member(leg))
        do throws(NegotiationFailure) {
            let audio = try capabilities(for: leg).settle(offer: offer, answer: answer, protection: protection(of: leg, at: port))
            legs[leg]?.said = answer
            set(.settled(at: port), leg, conference.id)
            outputs.append(.mixer(.connect(leg, audio)))
            // Who held by itself may have asked for the offer to come back.
            if case .offered(_, asAsked: true)? = conference[leg]?.media, legs[leg]?.isHoldingByRequest == false, answer.isReceiving {
                setAway(leg, false, conference.id, into: &outputs)
            }
            // Parties that went while the offer was out may have left two who need no mixer.
            dissolveIfNeedless(conference.id, at: now, into: &outputs)
        } catch {
            // Who asked for the offer keeps what it had.
            if case .offered(_, asAsked: true)? = conference[leg]?.media { return set(.settled(at: port), leg, conference.id) }
            if strand(leg, .refused, conference.id, at: now, into: &outputs) { return }
            expel(leg, .incompatibleMedia, conference.id, at: now, into: &outputs)
        }
    }

    /// Something has come to its end in a conference: what waited for that goes on.
    private mutating func settled(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        leaveIfStranded(id, at: now, into: &outputs)
        resumeDeferred(id, at: now, into: &outputs)
    }

    mutating func set(_ media: Conference.Media, _ leg: LegID, _ id: CallID) {
        guard let index = conferences[id]?.members.firstIndex(where: { $0.leg == leg }) else { return }
        conferences[id]?.members[index].media = media
    }

    /// Ends the part of a member that did not do its own.
    mutating func expel(_ leg: LegID, _ cause: Cause, _ id: CallID, at now: Instant, into outputs: inout [Output]) {
        dismiss(leg, from: id, cause, into: &outputs)
        membersChanged(id, cause, at: now, into: &outputs)
    }
}
