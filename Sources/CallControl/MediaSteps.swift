import Kernel
import SDP

// Offers and answers between the parties of a call. Call control anchors no media: what one party says, the other is told.
extension CallControl {
    mutating func media(_ id: LegID, _ step: MediaStep, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else {
            strays += 1
            return
        }
        switch step {
        case .none: strays += 1
        case .offer(let description): offered(leg, id, description, call, at: now, into: &outputs)
        case .answer(let description): answered(id, description, call, at: now, into: &outputs)
        case .solicit:
            guard let other = willing(id, call) else { return refuseOffer(of: id, into: &outputs) }
            outputs.append(.leg(other, .media(.solicit)))
            begin(call.id, .soliciting(other, for: id), at: now)
        }
    }

    private mutating func offered(
        _ leg: Leg, _ id: LegID, _ description: SessionDescription, _ call: Call, at now: Instant, into outputs: inout [Output]
    ) {
        if case .soliciting(id, let other) = call.exchange {
            legs[id]?.said = description
            if legs[other] != nil {
                offer(description, to: other, .passOn(to: id, before: description, isVital: true), at: now, into: &outputs)
            } else {
                // Whoever asked is gone; the leg is owed an answer nevertheless.
                answerForNobody(id, into: &outputs)
                finish(call.id, at: now, into: &outputs)
            }
        } else if let other = willing(id, call) {
            if answerHold(of: id, description, call, into: &outputs) { return }
            let before = leg.said
            legs[id]?.said = description
            // Whom a phone holds at an application's wish cannot make it heard again, for the phone may not know that it holds.
            let isSilenced = legs[other]?.isHoldingByRequest == true && !isApplication(other)
            offer(
                isSilenced ? description.withDirection(.inactive) : description, to: other,
                .passOn(to: id, before: before, isVital: false), at: now, into: &outputs)
        } else {
            refuseOffer(of: id, into: &outputs)
        }
    }

    /// The other party, when it can be made an offer now. An offer that comes while another step is under way is refused, whoever made it:
    /// the first one cannot be taken back any more.
    private func willing(_ id: LegID, _ call: Call) -> LegID? {
        guard call.exchange == .idle, let other = call.other(than: id) else { return nil }
        return legs[other]?.isConnected == true ? other : nil
    }

    private func refuseOffer(of id: LegID, into outputs: inout [Output]) {
        outputs.append(.leg(id, .refuseMedia))
    }

    private mutating func answered(
        _ id: LegID, _ description: SessionDescription, _ call: Call, at now: Instant, into outputs: inout [Output]
    ) {
        guard case .offering(id, let purpose) = call.exchange else {
            strays += 1
            return
        }
        legs[id]?.said = description
        switch purpose {
        case .passOn(let other, _, _):
            if let offer = legs[other]?.said {
                answer(description.restoring(linesOf: offer, sentAs: legs[id]?.told), to: other, into: &outputs)
                noteHold(other, offer, into: &outputs)
            }
            finish(call.id, at: now, into: &outputs)
        case .align(let other, let rounds, _):
            align(other, with: id, rounds, call.id, at: now, into: &outputs)
        case .hold(let request, let by, let isHolding, let planned):
            legs[by]?.isHolding = isHolding
            legs[by]?.isHoldingByRequest = isHolding
            note(by, isHolding ? .held : .retrieved, into: &outputs)
            if let planned {
                make(planned, for: request, at: now, into: &outputs)
            } else {
                outputs.append(.result(request, .success(.done)))
            }
            align(by, with: id, 2, call.id, at: now, into: &outputs)
        case .goOnHolding(let by):
            align(by, with: id, 2, call.id, at: now, into: &outputs)
        case .park(let port):
            parkedAnswered(id, description, at: port, into: &outputs)
            finish(call.id, at: now, into: &outputs)
        case .nothing:
            finish(call.id, at: now, into: &outputs)
        }
    }

    /// Makes sure that a leg knows what the other one said last.
    mutating func align(
        _ id: LegID, with other: LegID, _ rounds: Int, _ call: CallID, at now: Instant, into outputs: inout [Output]
    ) {
        guard rounds > 0, let leg = legs[id], let told = leg.told, let news = legs[other]?.said, !news.isKnown(to: leg.said, as: told)
        else {
            return finish(call, at: now, into: &outputs)
        }
        offer(news, to: id, .align(with: other, rounds: rounds - 1, isVital: false), at: now, into: &outputs)
    }

    mutating func mediaRefused(_ id: LegID, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let call = calls[leg.call] else {
            strays += 1
            return
        }
        switch call.exchange {
        case .offering(id, let purpose):
            switch purpose {
            case .passOn(let other, _, isVital: true):
                if let said = legs[other]?.said { noteHold(other, said, into: &outputs) }
                return relay(call.id, owed: other, at: now, into: &outputs)
            case .align(_, _, isVital: true):
                return relay(call.id, owed: nil, at: now, into: &outputs)
            case .passOn(let other, let before, isVital: false):
                legs[other]?.said = before
                refuseOffer(of: other, into: &outputs)
            case .hold(let request, _, _, _):
                refuse(request, .mediaRefused, into: &outputs)
            case .goOnHolding(let by):
                legs[by]?.isHolding = false
                legs[by]?.isHoldingByRequest = false
                note(by, .retrieved, into: &outputs)
                return align(by, with: id, 2, call.id, at: now, into: &outputs)
            case .park:
                closeParkedPort(call.id, into: &outputs)
            case .align, .nothing:
                break
            }
            finish(call.id, at: now, into: &outputs)
        case .soliciting(id, let other):
            if legs[other] != nil { refuseOffer(of: other, into: &outputs) }
            finish(call.id, at: now, into: &outputs)
        default:
            strays += 1
        }
    }

    /// An endpoint never answered: as if it had refused, but that no other offer is tried.
    mutating func exchangeExpired(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        switch calls[id]?.exchange {
        case .offering(_, .passOn(_, _, isVital: true)), .offering(_, .align(_, _, isVital: true)):
            end(id, .incompatibleMedia, at: now, into: &outputs)
        case .offering(let leg, _), .soliciting(let leg, _): mediaRefused(leg, at: now, into: &outputs)
        default: break
        }
    }

    /// One of the parties has left the media, and the caller stays: what was under way between the two comes to an end.
    mutating func settleWithoutPeer(_ id: CallID, _ gone: LegID, into outputs: inout [Output]) {
        guard let call = calls[id] else { return }
        let stays = call.caller
        calls[id]?.pendingJoin = nil
        if let join = call.pendingJoin, join.leg == stays, join.media == .offered { answerForNobody(stays, into: &outputs) }
        switch call.exchange {
        case .idle, .soliciting(stays, _):
            return
        case .offering(let leg, let purpose):
            if case .hold(let request, _, _, _) = purpose { refuse(request, .wrongState(.null), into: &outputs) }
            if leg == stays {
                calls[id]?.exchange = .offering(to: stays, .nothing)
                return
            }
            if case .passOn(stays, let before, let isVital) = purpose {
                if isVital {
                    answerForNobody(stays, into: &outputs)
                } else {
                    legs[stays]?.said = before
                    refuseOffer(of: stays, into: &outputs)
                }
            }
        case .soliciting(_, let asking):
            if asking == stays { refuseOffer(of: stays, into: &outputs) }
        }
        calls[id]?.exchange = .idle
        deadlines.cancel(.exchange(id))
    }

    /// Answers an offer that cannot be refused, but that nobody is left to answer.
    private mutating func answerForNobody(_ id: LegID, into outputs: inout [Output]) {
        guard let said = legs[id]?.said else { return }
        answer(said.withDirection(.inactive), to: id, into: &outputs)
    }

    /// Makes an offer to a leg, with the lines that its session has.
    mutating func offer(
        _ description: SessionDescription, to id: LegID, _ purpose: Exchange.Purpose, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id] else { return }
        let fitting = leg.said.map { description.aligned(toLinesOf: $0) } ?? description
        legs[id]?.told = fitting
        outputs.append(.leg(id, .media(.offer(fitting))))
        begin(leg.call, .offering(to: id, purpose), at: now)
    }

    private mutating func answer(_ description: SessionDescription, to id: LegID, into outputs: inout [Output]) {
        legs[id]?.told = description
        outputs.append(.leg(id, .media(.answer(description))))
    }

    mutating func begin(_ id: CallID, _ exchange: Exchange, at now: Instant) {
        calls[id]?.exchange = exchange
        deadlines.set(.exchange(id), at: now.advanced(by: limits.exchange))
    }

    private mutating func finish(_ id: CallID, at now: Instant, into outputs: inout [Output]) {
        calls[id]?.exchange = .idle
        deadlines.cancel(.exchange(id))
        if let pending = calls[id]?.pendingJoin {
            calls[id]?.pendingJoin = nil
            join(id, pending, at: now, into: &outputs)
        }
        if let parking = calls[id]?.parking, let taker = parking.taker, calls[taker]?.attempt != nil {
            unpark(taker, parking.number, at: now, into: &outputs)
        }
        resumeDeferred(id, at: now, into: &outputs)
    }

    /// A party that stops receiving holds the call; one that receives again has retrieved it (RFC 3264 section 8.4).
    private mutating func noteHold(_ id: LegID, _ offer: SessionDescription, into outputs: inout [Output]) {
        guard let leg = legs[id], offer.media.contains(where: { $0.port != 0 }) else { return }
        let isHolding = !offer.isReceiving
        guard isHolding != leg.isHolding else { return }
        legs[id]?.isHoldingByRequest = false
        legs[id]?.isHolding = isHolding
        note(id, isHolding ? .held : .retrieved, into: &outputs)
    }
}

extension SessionDescription {
    /// Whether someone who was told `told`, and said `answer` to it, need not hear of this description: what it sends goes to the same places, in
    /// a format that this description has, in the same direction, and with the same keys.
    func isKnown(to answer: SessionDescription?, as told: SessionDescription) -> Bool {
        if sameMedia(as: told) { return true }
        guard media.count == told.media.count else { return false }
        return media.indices.allSatisfy { index in
            let (new, old) = (media[index], told.media[index])
            guard new.kind == old.kind, new.proto == old.proto, (new.port == 0) == (old.port == 0) else { return false }
            guard new.port != 0 else { return true }
            let sent = answer.flatMap { index < $0.media.count ? $0.media[index].formats.first : nil } ?? old.formats.first
            return remote(of: new) == told.remote(of: old) && remoteRTCP(of: new) == told.remoteRTCP(of: old)
                && direction(of: new) == told.direction(of: old) && new.formats.first == sent && new.keyLines == old.keyLines
        }
    }
}
