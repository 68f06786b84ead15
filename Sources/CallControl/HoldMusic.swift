import Kernel
import SDP

// Whoever is held, or parked, hears the site's music: meanwhile the media goes through the mixer.
extension CallControl {
    /// Whether a party that waits is to hear music: people are, applications are not.
    func mayHearMusic(_ id: LegID) -> Bool { routing.plan.hasMusic && !isApplication(id) && mayMoveToMixer(id, legs[id]?.said) }

    func isApplication(_ id: LegID) -> Bool { kind(of: id)?.isApplication ?? true }

    private func kind(of id: LegID) -> Device.Kind? { legs[id].flatMap { routing.plan.devices[$0.device] }?.kind }

    /// Whether the mixer can take part in what a leg's device describes: audio alone, in a codec and with a protection that it has.
    private func mayMoveToMixer(_ id: LegID, _ said: SessionDescription?) -> Bool {
        guard let said, let device = legs[id].flatMap({ routing.plan.devices[$0.device] }) else { return false }
        let lines = said.media.filter { !$0.isRejected }
        return lines.allSatisfy { $0.kind == "audio" } && routing.plan.mixing.sharesFormat(with: said)
            && (device.security != .none || !lines.contains(where: \.isSecure))
    }

    // MARK: Held

    /// Lets the mixer answer a device that offers to hold, and moves the other party there. `false` when the hold is between the two.
    mutating func answerHold(of id: LegID, _ offer: SessionDescription, _ call: Call, into outputs: inout [Output]) -> Bool {
        // What another exchange sends while it holds may be music of its own (RFC 5359 section 2.3).
        let hasOwnMusic = kind(of: id) == .trunk && !offer.isSilent
        guard !offer.isReceiving, !hasOwnMusic, let other = talksTo(id, call), mayHearMusic(other), mayMoveToMixer(id, offer) else {
            return false
        }
        let before = legs[id]?.said
        legs[id]?.said = offer
        moveToMixer(call.id, owed: id, before: before, into: &outputs)
        return true
    }

    /// Holds a call for a phone, as an application asks, by moving both to the mixer. `false` when the hold is between the two: so it is where an
    /// application holds its own call, for its media ends then.
    mutating func holdByMixer(_ id: LegID, _ call: Call, into outputs: inout [Output]) -> Bool {
        guard !isApplication(id), let other = talksTo(id, call), mayHearMusic(other), mayMoveToMixer(id, legs[id]?.said) else {
            return false
        }
        legs[id]?.isHolding = true
        legs[id]?.isHoldingByRequest = true
        note(id, .held, into: &outputs)
        moveToMixer(call.id, into: &outputs)
        return true
    }

    /// Whether a party hears music, and need not be heard.
    func waits(_ leg: LegID) -> Bool {
        if parkedCall(of: leg) != nil { return true }
        return conference(of: leg).map { pairing($0) == .hold } == true && legs[leg]?.isHolding == false
    }

    /// What the other party is offered while a leg holds: an application may play something of its own, a phone that does not know of it must not be heard.
    func heldMedia(of id: LegID) -> SessionDescription? {
        legs[id]?.said.map { isApplication(id) ? $0.held() : $0.withDirection(.inactive) }
    }

    /// A member takes back a call that is in the mixer for its own hold alone: what it offers goes to the other party, as without a mixer.
    mutating func takeBack(
        _ leg: LegID, _ offer: SessionDescription, _ conference: Conference, at now: Instant, into outputs: inout [Output]
    ) -> Bool {
        guard pairing(conference) == .hold, !conference.hasChanged, offer.isSending,
            let other = conference.talkers.first(where: { $0 != leg }),
            legs[leg]?.isHolding == true, legs[leg]?.isHoldingByRequest == false, legs[other]?.isHolding == false, suit(leg, other),
            dissolve(conference.id, introduces: false, at: now, into: &outputs)
        else { return false }
        calls[conference.id]?.pairing = nil
        legs[leg]?.said = offer
        self.offer(offer, to: other, .passOn(to: leg, before: nil, isVital: true), at: now, into: &outputs)
        return true
    }

    // MARK: Parked

    func parkedCall(of leg: LegID) -> Call? {
        legs[leg].flatMap { calls[$0.call] }.flatMap { $0.parking?.hasPort == true ? $0 : nil }
    }

    /// Offers a parked party the port at which it hears music.
    mutating func parkedPortOpened(_ leg: LegID, _ port: MixerPort, _ call: Call, at now: Instant, into outputs: inout [Output]) {
        guard call.exchange == .idle else { return strays += 1 }
        let offered = capabilities(for: leg).offer(at: port.address, protection: protection(of: leg, at: port))
        offer(offered, to: leg, .park(at: port), at: now, into: &outputs)
    }

    /// Holds a parked party for whom the mixer has no port, so that it does not go on sending to who left.
    mutating func parkedPortFailed(_ leg: LegID, _ call: Call, at now: Instant, into outputs: inout [Output]) {
        closeParkedPort(call.id, into: &outputs)
        guard call.exchange == .idle, let told = legs[leg]?.told else { return strays += 1 }
        offer(told.held(), to: leg, .nothing, at: now, into: &outputs)
    }

    /// Settles the media of a parked party, which answered the mixer's offer.
    mutating func parkedAnswered(_ leg: LegID, _ answer: SessionDescription, at port: MixerPort, into outputs: inout [Output]) {
        guard let call = parkedCall(of: leg), let offer = legs[leg]?.told else { return }
        do throws(NegotiationFailure) {
            let audio = try capabilities(for: leg).settle(offer: offer, answer: answer, protection: protection(of: leg, at: port))
            outputs.append(.mixer(.connect(leg, audio)))
        } catch {
            closeParkedPort(call.id, into: &outputs)
        }
    }

    /// A parked party hears no music any more.
    mutating func closeParkedPort(_ id: CallID, into outputs: inout [Output]) {
        guard let call = calls[id], call.parking?.hasPort == true else { return }
        calls[id]?.parking?.hasPort = false
        outputs.append(.mixer(.close(call.caller)))
    }
}
