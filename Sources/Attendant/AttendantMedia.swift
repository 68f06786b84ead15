import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import RTP
import Stores

// Media: sessions, what is played there, and the keys that come from it.
extension AttendantMachine {
    mutating func mediaOpened(_ leg: LegID, _ result: Result<OpenedMedia, MediaFailure>, at now: Instant, into outputs: inout [Output]) {
        switch result {
        case .success(let opened):
            guard calls[leg] != nil else {
                outputs.append(.media(opened.id, .close))
                return
            }
            calls[leg]?.session = opened.id
            legOfMedia[opened.id] = leg
            localAddresses[opened.id] = opened.local
            ask(.setMedia(leg, opened.local), .call(leg, .setMedia), into: &outputs)
        case .failure(.overloaded) where calls[leg]?.phase == .answering:
            // One call less rather than all of them worse: the caller may try again in a moment.
            note(leg, "refused: \(MediaFailure.overloaded)", at: now, into: &outputs)
            calls[leg]?.history.refuse()
            calls[leg]?.phase = .over
            ask(.reject(leg, .channelUnavailable), .ignored, into: &outputs)
        case .failure(let failure):
            outputs.append(.trouble("No media for a call: \(failure)"))
            calls[leg]?.phase = .offered
            tell(leg, .failed("no media: \(failure)"), at: now, into: &outputs)
        }
    }

    /// Waits for the caller's first packet once the call is answered and media is settled.
    mutating func settle(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg], call.phase == .answering, call.audio != nil else { return }
        calls[leg]?.phase = .settling(until: now.advanced(by: AttendantMachine.firstPacketWait))
        if call.promise != nil, let session = call.session { outputs.append(.media(session, .detectAnswer(true))) }
        rearm(leg)
    }

    mutating func startTalking(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        calls[leg]?.phase = .talking
        note(leg, "answered", at: now, into: &outputs)
        tell(leg, calls[leg]?.promise == nil ? .done : .start, at: now, into: &outputs)
    }

    mutating func receive(_ event: MediaEvent, at now: Instant, into outputs: inout [Output]) {
        switch event {
        case .heard(let session):
            guard let leg = legOfMedia[session], case .settling = calls[leg]?.phase else { return }
            startTalking(leg, at: now, into: &outputs)
        case .key(let session, let key):
            guard let leg = legOfMedia[session] else { return }
            pressed(key, .event, leg, at: now, into: &outputs)
        case .found(let session, .answered(let answerer)):
            guard let leg = legOfMedia[session] else { return }
            outputs.append(.media(session, .detectAnswer(false)))
            promiseMet(leg, by: answerer, at: now, into: &outputs)
        case .spoke(let session):
            guard let leg = legOfMedia[session] else { return }
            note(leg, "begins to speak", at: now, into: &outputs)
            tell(leg, .spoke, at: now, into: &outputs)
        case .played(let session, let play, let stopped):
            guard let leg = legOfMedia[session], !stopped else { return }
            played(play, leg, at: now, into: &outputs)
        case .closed(let session, let statistics):
            guard var record = closing.removeValue(forKey: session) else { return }
            if statistics.received > 0 { record.media = CallRecord.Media(statistics) }
            outputs.append(.ended(record))
        case .silent(let session, let duration):
            guard let leg = legOfMedia[session] else { return }
            note(leg, "no audio from the caller for \(duration)", at: now, into: &outputs)
            ask(.drop(leg, .timerExpired), .ignored, into: &outputs)
        case .notSecured(let session, let failure):
            guard let leg = legOfMedia[session] else { return }
            note(leg, "no keys for the caller's audio: \(failure)", at: now, into: &outputs)
            ask(.drop(leg, .incompatibleMedia), .ignored, into: &outputs)
        case .recording(let session, let reading): heard(session, reading, at: now, into: &outputs)
        case .recorded(let session, let path, let result): recorded(session, path, result, at: now, into: &outputs)
        default:
            break
        }
    }

    /// A key, which may come in media and in signalling.
    mutating func pressed(_ key: DTMFKey, _ way: KeyDeduplicator.Source, _ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        guard calls[leg]?.keys.isNew(key, from: way, at: now) == true else { return }
        tell(leg, .key(key), at: now, into: &outputs)
    }

    private mutating func played(_ play: PlayID, _ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        switch calls[leg]?.playing {
        case .utterances(play):
            calls[leg]?.playing = .nothing
            tell(leg, .played, at: now, into: &outputs)
        case .ringback(play):
            playRingback(leg, into: &outputs)
        default:
            break
        }
    }

    mutating func prepare(_ utterances: [Utterance], _ leg: LegID, into outputs: inout [Output]) {
        stopPlaying(leg, into: &outputs)
        let id = PreparationID(rawValue: number())
        legOfPreparation[id] = leg
        calls[leg]?.playing = .preparing(id)
        outputs.append(.prepare(id, utterances))
    }

    mutating func prepared(_ id: PreparationID, _ clips: [Clip], _ failed: [String], at now: Instant, into outputs: inout [Output]) {
        guard let leg = legOfPreparation.removeValue(forKey: id), let call = calls[leg] else { return }
        if call.music?.preparation == id {
            for name in failed { note(leg, "cannot be heard: \(name)", at: now, into: &outputs) }
            if let session = call.session { outputs.append(.media(session, .music(clips.first))) }
            return
        }
        guard call.playing == .preparing(id) else { return }
        calls[leg]?.playing = .nothing
        for name in failed {
            note(leg, "cannot be heard: \(name)", at: now, into: &outputs)
            tell(leg, .promptFailed(name), at: now, into: &outputs)
        }
        // The run may have gone on because of the failure.
        guard calls[leg]?.playing == .nothing else { return }
        guard let session = call.session, !clips.isEmpty else {
            tell(leg, .played, at: now, into: &outputs)
            return
        }
        let play = PlayID(number())
        calls[leg]?.playing = .utterances(play)
        outputs.append(.media(session, .play(play, clips)))
    }

    mutating func playRingback(_ leg: LegID, into outputs: inout [Output]) {
        guard let session = calls[leg]?.session else { return }
        let play = PlayID(number())
        calls[leg]?.playing = .ringback(play)
        outputs.append(.media(session, .play(play, [configuration.ringback])))
    }

    mutating func stopPlaying(_ leg: LegID, into outputs: inout [Output]) {
        guard let call = calls[leg] else { return }
        switch call.playing {
        case .nothing: return
        case .preparing(let id): legOfPreparation[id] = nil
        case .utterances, .ringback:
            if let session = call.session { outputs.append(.media(session, .stopPlaying)) }
        }
        calls[leg]?.playing = .nothing
    }
}
