import Kernel
import SDP

/// Why two parties talk through the mixer although nobody else is there.
enum Pairing: Sendable {
    /// They share no codec, no protection or no kind of address.
    case relay
    /// One of them holds the call, and the other one hears music.
    case hold
}

/// Why a member's media cannot come to the mixer.
enum Stranding: Sendable {
    /// There is no answer for the offer that the member made: it must have one from the other party.
    case owed
    /// There is no port for it.
    case noPort
    /// Its device does not go there.
    case refused
}

// Two who are in the mixer by themselves go back to it after a request that came to nothing, and leave it when it does not work for them.
extension CallControl {
    func pairing(_ conference: Conference) -> Pairing? {
        if conference.isRelay { return .relay }
        return conference.isNeedless && conference.talkers.contains { legs[$0]?.isHolding == true } ? .hold : nil
    }

    /// Two who came from the mixer, and are as they were before, go back there.
    mutating func pairAgain(_ id: CallID, into outputs: inout [Output]) {
        guard let call = calls[id], let pairing = call.pairing, call.isQuiet, let peer = talksTo(call.caller, call) else { return }
        guard pairing == .relay || [call.caller, peer].contains(where: { legs[$0]?.isHolding == true }) else { return }
        moveToMixer(id, isRelay: pairing == .relay, into: &outputs)
    }

    /// The mixer is not for one of two who need it for nothing but music: they go on without it as soon as no offer is out. `false` when others need it.
    mutating func strand(_ leg: LegID, _ why: Stranding, _ id: CallID, at now: Instant, into outputs: inout [Output]) -> Bool {
        guard let conference = conferences[id], conference.isNeedless, !conference.hasChanged, conference.talkers.count == 2,
            conference.talkers.allSatisfy({ legs[$0]?.isConnected == true })
        else { return false }
        deadlines.cancel(.member(leg))
        set(.stranded(why), leg, id)
        leaveIfStranded(id, at: now, into: &outputs)
        return true
    }

    /// Two leave the mixer that does not work for one of them; where others have come meanwhile, that one leaves.
    mutating func leaveIfStranded(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        guard let conference = conferences[id], let (leg, why) = conference.stranded,
            let other = conference.talkers.first(where: { $0 != leg }), let said = legs[leg]?.said
        else { return }
        guard conference.talkers.count == 2 else { return expel(leg, .incompatibleMedia, id, at: now, into: &outputs) }
        guard dissolve(id, introduces: false, at: now, into: &outputs) else { return }
        calls[id]?.pairing = nil
        let holder = [leg, other].first { legs[$0]?.isHoldingByRequest == true }
        switch (why, holder) {
        case (.owed, _):
            // The device's own hold passes to the other party, as without a mixer.
            offer(said, to: other, .passOn(to: leg, before: conference.saidBefore[leg], isVital: false), at: now, into: &outputs)
        case (_, let holder?):
            // The hold was promised to an application: the other party is asked to keep it.
            guard let held = heldMedia(of: holder) else { return }
            offer(held, to: holder == leg ? other : leg, .goOnHolding(by: holder), at: now, into: &outputs)
        case (_, nil):
            // Whoever had moved comes back.
            align(other, with: leg, 2, id, at: now, into: &outputs)
        }
    }

    /// Two who know each other, and were in the mixer, send to each other again, as they did before.
    mutating func bringTogether(_ id: CallID, _ conference: Conference, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[id], let peer = call.peer, let said = conference.saidBefore[peer] ?? legs[peer]?.said else { return }
        offer(said.withDirection(.sendReceive), to: call.caller, .align(with: peer, rounds: 2, isVital: true), at: now, into: &outputs)
    }
}
