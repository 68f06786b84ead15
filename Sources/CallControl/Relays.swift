import Kernel
import SDP

// Two who share no codec, no protection or no kind of address talk through the mixer, each in its own way.
extension CallControl {
    /// Calls a device that cannot take the caller's description once more, without one: what it offers then, and what the caller offers, is answered by
    /// the mixer. `false` when that cannot help.
    mutating func callForMixer(insteadOf id: LegID, into outputs: inout [Output]) -> Bool {
        guard let leg = legs[id], let call = calls[leg.call], leg.told != nil, leg.state != .connected,
            let place = call.attempt?.legs.firstIndex(of: id), mixerSuits(call.caller), mayBeRelayed(leg.device)
        else { return false }
        let new = newLeg()
        var again = Leg(call: call.id, device: leg.device, seat: leg.seat, party: leg.party, state: .offered)
        again.isForMixer = true
        calls[call.id]?.attempt?.legs[place] = new
        clear(id, .incompatibleMedia, into: &outputs)
        add(new, again)
        var setUp = call.setUp
        setUp.called = leg.party.number ?? setUp.called
        setUp.hopsLeft -= 1
        setUp.media = .solicit
        setUp.near = legs[call.caller]?.near
        outputs.append(.leg(new, .setUp(setUp, to: leg.device)))
        note(new, .offered(setUp), into: &outputs)
        return true
    }

    /// Whether two can send to each other: addresses of one kind, and nothing plain for a device that takes no plain media.
    func suit(_ one: LegID, _ two: LegID) -> Bool {
        guard let first = legs[one], let second = legs[two] else { return true }
        guard let here = first.said?.audioAddress, let there = second.said?.audioAddress else { return true }
        // An address of zeros, which holds, says nothing of its kind.
        return (first.near ?? here).isV6 == (second.near ?? there).isV6 && canTalkDirectly(one, two)
    }

    /// Brings the media of the caller and of the party that answered together in the mixer.
    mutating func joinByMixer(_ call: Call, _ join: Join, at now: Instant, into outputs: inout [Output]) {
        guard call.exchange == .idle else {
            calls[call.id]?.pendingJoin = join
            return
        }
        if let caller = legs[call.caller], caller.isConnected, let party = legs[join.leg]?.party {
            outputs.append(.leg(call.caller, .update(party, call.setUp.data)))
            note(call.caller, .established(with: party), into: &outputs)
        }
        let isOwed = join.media == .forMixer || join.media == .offered
        relay(call.id, owed: isOwed ? join.leg : nil, at: now, into: &outputs)
    }

    /// Moves two parties to the mixer who cannot talk directly.
    mutating func relay(_ id: CallID, owed: LegID?, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id], let peer = call.peer, call.attempt == nil, mixerSuits(call.caller), mixerSuits(peer) else {
            return end(id, .incompatibleMedia, at: now, into: &outputs)
        }
        moveToMixer(id, isRelay: true, owed: owed, into: &outputs)
    }

    /// What is said to an application that demands SRTP must not be plain on its way to us, either: there, a relay would be a way around.
    private func mayBeRelayed(_ name: DeviceName) -> Bool {
        guard let device = routing.plan.devices[name], device.security == .required else { return true }
        return !device.kind.isApplication
    }

    /// Whether the mixer has a codec of a leg's description.
    private func mixerSuits(_ leg: LegID) -> Bool {
        legs[leg]?.said.map { routing.plan.mixing.withEveryCodec.sharesFormat(with: $0) } ?? false
    }
}
