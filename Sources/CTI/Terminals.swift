import CallControl
import Kernel
import SDP

// We are the endpoint of ports and route points: what call control commands there, and what we signal back for applications.
extension CTIManager {
    mutating func receive(_ command: LegCommand, on leg: LegID, at now: Instant, into outputs: inout [Output]) {
        switch command {
        case .setUp(let setUp, let device): setUpArrived(leg, setUp, at: device, now, into: &outputs)
        case .media(let step): mediaArrived(leg, step, into: &outputs)
        case .update(_, let data):
            guard let tracked = legs[leg] else { return }
            for application in devices[tracked.device]?.openers ?? [] { outputs.append(.event(application, .data(leg, data))) }
        case .release:
            forget(leg, into: &outputs)
        case .alert, .connect, .refuseMedia, .answer, .digit:
            // The first two are for callers, which ports never are here; after the third the session stays as it was; the fourth is for phones; of keys
            // applications hear by the event.
            break
        }
    }

    /// Makes ready for the set-up of a call that call control makes for an application.
    mutating func expect(_ leg: LegID, at device: DeviceName, _ call: CallID, for application: ApplicationID) {
        guard let kind = configuration.devices[device]?.kind, kind == .ctiPort || kind == .routePoint else { return }
        guard let capabilities = devices[device]?.registration(of: application)?.capabilities else { return }
        var terminal = Terminal(phase: .originating)
        let protection = protection(at: device, for: application)
        terminal.owner = Terminal.Owner(application: application, capabilities: capabilities, protection: protection, request: nil)
        track(leg, TrackedLeg(device: device, call: call, state: .initiated, terminal: terminal))
    }

    private mutating func setUpArrived(_ leg: LegID, _ setUp: SetUp, at name: DeviceName, _ now: Instant, into outputs: inout [Output]) {
        if let terminal = legs[leg]?.terminal {
            guard case .originating = terminal.phase, let owner = terminal.owner else { return }
            guard let registration = devices[name]?.registration(of: owner.application) else {
                return leave(leg, .subscriberAbsent, into: &outputs)
            }
            legs[leg]?.terminal?.media = setUp.media
            return startMedia(leg, registration, owner.application, at: now, into: &outputs)
        }
        guard devices[name]?.registrations.isEmpty == false else {
            outputs.append(.callControl(.leg(leg, .released(.subscriberAbsent))))
            return
        }
        track(leg, TrackedLeg(device: name, terminal: Terminal(phase: .offered, media: setUp.media)))
        if let router = devices[name]?.registrations.first, router.media == .routing {
            return requestRoute(leg, setUp, of: router.application, at: now, into: &outputs)
        }
        deadlines.set(.accept(leg), at: now.advanced(by: configuration.parameters.newCallAccept))
    }

    /// Answers with the fixed address, or asks the application for one.
    mutating func startMedia(
        _ leg: LegID, _ registration: MediaRegistration, _ application: ApplicationID, at now: Instant, into outputs: inout [Output]
    ) {
        switch registration {
        case .none, .routing:
            leave(leg, .incompatibleMedia, into: &outputs)
        case .fixed(let address, _):
            connect(leg, at: address, into: &outputs)
        case .dynamic:
            legs[leg]?.terminal?.phase = .awaitingAddress
            deadlines.set(.media(leg), at: now.advanced(by: configuration.parameters.mediaExchange))
            outputs.append(.event(application, .mediaAddressNeeded(leg)))
        }
    }

    /// Answers the call, with media at `local`.
    mutating func connect(_ leg: LegID, at local: TransportAddress, into outputs: inout [Output]) {
        guard let terminal = legs[leg]?.terminal, let owner = terminal.owner else { return }
        if case .offer(let offer) = terminal.media {
            do throws(NegotiationFailure) {
                let (answer, audio) = try owner.capabilities.answer(offer, at: local, protection: owner.protection)
                legs[leg]?.terminal?.phase = .talking(Terminal.Talk(local: local, said: answer, isOffer: false, audio: audio))
                outputs.append(.callControl(.leg(leg, .connected(.answer(answer)))))
                outputs.append(.event(owner.application, .mediaStarted(leg, audio)))
            } catch {
                settleAnswer(leg, .callControl(.mediaRefused), into: &outputs)
                return leave(leg, .incompatibleMedia, into: &outputs)
            }
        } else {
            let offer = owner.capabilities.offer(at: local, protection: owner.protection)
            legs[leg]?.terminal?.phase = .talking(Terminal.Talk(local: local, said: offer, isOffer: true, audio: nil))
            outputs.append(.callControl(.leg(leg, .connected(.offer(offer)))))
        }
        settleAnswer(leg, nil, into: &outputs)
    }

    /// Replies to the `answer` that waits, if one does.
    private mutating func settleAnswer(_ leg: LegID, _ refusal: Refusal?, into outputs: inout [Output]) {
        guard let owner = legs[leg]?.terminal?.owner, let request = owner.request else { return }
        legs[leg]?.terminal?.owner?.request = nil
        if let refusal {
            refuse(owner.application, request, refusal, into: &outputs)
        } else {
            succeed(owner.application, request, into: &outputs)
        }
    }

    /// The other party changes the media, or answers our offer. The address stays that of the call.
    private mutating func mediaArrived(_ leg: LegID, _ step: MediaStep, into outputs: inout [Output]) {
        guard let terminal = legs[leg]?.terminal, let owner = terminal.owner, case .talking(var talk) = terminal.phase else {
            if legs[leg]?.terminal != nil, step != .none { outputs.append(.callControl(.leg(leg, .mediaRefused))) }
            return
        }
        do throws(NegotiationFailure) {
            switch step {
            case .offer(let offer):
                let (answer, audio) = try owner.capabilities.answer(offer, at: talk.local, protection: owner.protection)
                talk.said = answer
                talk.isOffer = false
                outputs.append(.callControl(.leg(leg, .media(.answer(answer)))))
                start(audio, &talk, leg, owner.application, into: &outputs)
            case .solicit:
                talk.said = owner.capabilities.offer(at: talk.local, protection: owner.protection)
                talk.isOffer = true
                outputs.append(.callControl(.leg(leg, .media(.offer(talk.said)))))
            case .answer(let answer):
                guard talk.isOffer else { return }
                let audio = try owner.capabilities.settle(offer: talk.said, answer: answer, protection: owner.protection)
                talk.isOffer = false
                start(audio, &talk, leg, owner.application, into: &outputs)
            case .none:
                return
            }
            legs[leg]?.terminal?.phase = .talking(talk)
        } catch {
            switch step {
            case .offer(let offer) where offer.isAudioOff: switchOff(offer, &talk, leg, owner.application, into: &outputs)
            case .offer: outputs.append(.callControl(.leg(leg, .mediaRefused)))
            case .solicit, .answer, .none: leave(leg, .incompatibleMedia, into: &outputs)
            }
        }
    }

    /// The other party switches its audio off in the call, and ours is off until it is offered again (RFC 3264 section 8.2).
    private mutating func switchOff(
        _ offer: SessionDescription, _ talk: inout Terminal.Talk, _ leg: LegID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        talk.said.media = offer.media.map(\.rejected)
        talk.isOffer = false
        outputs.append(.callControl(.leg(leg, .media(.answer(talk.said)))))
        if var audio = talk.audio {
            audio.direction = .inactive
            start(audio, &talk, leg, application, into: &outputs)
        }
        legs[leg]?.terminal?.phase = .talking(talk)
    }

    private func start(
        _ audio: NegotiatedAudio, _ talk: inout Terminal.Talk, _ leg: LegID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        guard talk.audio != audio else { return }
        talk.audio = audio
        outputs.append(.event(application, .mediaStarted(leg, audio)))
    }

    /// Ends our side of a leg.
    mutating func leave(_ leg: LegID, _ cause: Cause, into outputs: inout [Output]) {
        forget(leg, into: &outputs)
        outputs.append(.callControl(.leg(leg, .released(cause))))
    }

    /// The application did not do its part, or is gone: call control sends the call to the line's CFOF number.
    mutating func abandon(_ leg: LegID, into outputs: inout [Output]) {
        guard legs[leg]?.terminal != nil else { return }
        forget(leg, into: &outputs)
        outputs.append(.callControl(.applicationFailed(leg)))
    }

    /// Abandons the calls at a device that an application answered, and those that nobody is left to answer; returns how many.
    mutating func abandon(callsOf application: ApplicationID, at device: DeviceName, into outputs: inout [Output]) -> Int {
        let isServed = devices[device]?.registrations.isEmpty == false
        let lost = legsAt[device, default: []].sorted().filter { leg in
            guard let terminal = legs[leg]?.terminal else { return false }
            return terminal.owner.map { $0.application == application } ?? !isServed
        }
        for leg in lost { abandon(leg, into: &outputs) }
        return lost.count
    }

    /// Forgets our side of a leg; what is known of its call goes with the last event.
    private mutating func forget(_ leg: LegID, into outputs: inout [Output]) {
        guard let terminal = legs[leg]?.terminal else { return }
        settleAnswer(leg, .noSuchCall(leg), into: &outputs)
        deadlines.cancel(.accept(leg))
        deadlines.cancel(.media(leg))
        if case .talking(let talk) = terminal.phase, talk.audio != nil, let owner = terminal.owner, applications[owner.application] != nil {
            outputs.append(.event(owner.application, .mediaStopped(leg)))
        }
        legs[leg]?.terminal = nil
        endRoute(leg, into: &outputs)
    }
}
