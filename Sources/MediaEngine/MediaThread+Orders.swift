import Audio
import CLinux
import Glibc
import Kernel
import RTP
import SDP

// What sessions are told.
extension MediaThread {
    func obey(_ order: Order, at now: Instant) {
        switch order {
        case .open(let slot, let id, let sockets):
            away[slot] = nil
            begin(slot, SessionState(id: id, sockets: sockets, random: &random, now: now))
        case .command(let id, _), .handshake(let id, _):
            if !passOn(order, to: id) { obey(order, in: MediaEngine.slot(of: id), at: now) }
        case .pass(let slot, let order): obey(order, in: slot, at: now)
        case .makeBridge(let slot, let id): makeBridge(slot, id)
        case .bridge(let id, let command): obey(id, command)
        case .settle(let slot, let parcel): settle(slot, parcel, at: now)
        case .sendHome(let id, let slot): sendHome(id, from: slot)
        case .relieve(let relief): (self.relief, reliefEnds) = (relief, phase + MediaThread.phasesOfRelief)
        }
    }

    /// Carries out what a session is told, if it is still in the slot.
    private func obey(_ order: Order, in slot: Int, at now: Instant) {
        guard let session = unsafe session(slot) else { return }
        let id = unsafe session.pointee.id
        switch order {
        case .command(id, let command): unsafe obey(command, session, slot, at: now)
        case .handshake(id, let event): unsafe obey(event, session)
        default: break
        }
    }

    private func obey(_ command: MediaCommand, _ session: UnsafeMutablePointer<SessionState>, _ slot: Int, at now: Instant) {
        let id = unsafe session.pointee.id
        switch command {
        case .connect(let audio): unsafe connect(session, slot, audio, at: now)
        case .play(let play, let clips):
            let audible = clips.filter { $0.sampleCount > 0 }
            if audible.isEmpty { report(.played(id, play, stopped: false)) } else { unsafe session.pointee.queue.add(audible, ends: play) }
            encode(audible, unsafe session.pointee.format.codec)
        case .stopPlaying:
            for play in unsafe session.pointee.queue.clear() { report(.played(id, play, stopped: true)) }
        case .sendKeys(let keys):
            for key in keys { unsafe session.pointee.send(key) }
            encode(unsafe session.pointee.queue.clips, unsafe session.pointee.format.codec)
        case .detectTones(let isOn): unsafe session.pointee.tones = isOn ? ToneEar() : nil
        case .detectAnswer(let isOn): unsafe detectAnswer(isOn, session)
        case .detectSpeech(let isOn): unsafe detectSpeech(isOn, session)
        case .evenOut(let isOn): unsafe session.pointee.isEven = isOn
        case .record(let path): unsafe record(path, session)
        case .stopRecording: unsafe stopRecording(session)
        case .join(let bridge, let role): unsafe join(bridge, as: role, session, slot)
        case .leave: unsafe leave(session, slot)
        case .music(let clip):
            let codec = unsafe session.pointee.format.codec
            encode(clip.map { [$0] } ?? [], codec)
            unsafe session.pointee.music = clip.flatMap { MusicLoop($0, codec) }
        case .close: end(slot)
        }
    }

    private func record(_ path: String, _ session: UnsafeMutablePointer<SessionState>) {
        unsafe stopRecording(session)
        let (report, id) = (report, unsafe session.pointee.id)
        unsafe session.pointee.recorder = Recorder(
            path: path, channels: 1, rate: session.pointee.format.codec.rate, writer: recordings, heard: { report(.recording(id, $0)) },
            done: { report(.recorded(id, path: path, $0)) })
        unsafe recordFirstWords(session)
        unsafe prepareToHear(session)
    }

    private func stopRecording(_ session: UnsafeMutablePointer<SessionState>) {
        guard let recorder = unsafe session.pointee.recorder else { return }
        unsafe session.pointee.recorder = nil
        unsafe prepareToHear(session)
        recorder.finish()
    }

    /// Goes on with a peer as negotiated.
    private func connect(_ session: UnsafeMutablePointer<SessionState>, _ slot: Int, _ audio: NegotiatedAudio, at now: Instant) {
        guard let format = SessionFormat(audio) else { return }
        let former = unsafe session.pointee.format
        let isNewPeer = unsafe session.pointee.negotiated?.remote != audio.remote
        unsafe session.pointee.connect(audio, format, at: now)
        unsafe shake(session, audio.dtls, isNewPeer: isNewPeer)
        if former.phases != format.phases {
            unsafe wheel.remove(slot, every: former.phases, at: session.pointee.turn)
            unsafe session.pointee.turn = wheel.add(slot, every: format.phases)
        }
        guard former.codec != format.codec else { return }
        encode(unsafe session.pointee.queue.clips + (session.pointee.music.map { [$0.clip] } ?? []), format.codec)
        unsafe session.pointee.queue.use(format.codec)
        unsafe session.pointee.music?.use(format.codec)
        if let seat = unsafe session.pointee.seat { membersChanged(MediaEngine.slot(of: seat.bridge)) }
    }

    /// Has clips encoded, on another thread, for a codec in which they are not there yet.
    private func encode(_ clips: [Clip], _ codec: Codec) {
        for clip in clips where clip.rendition(codec) == nil { prompts.submit { clip.encode(codec) } }
    }

    /// Listens to a session as long as somebody hears it, and only then.
    func prepareToHear(_ session: UnsafeMutablePointer<SessionState>) {
        let isHeard = unsafe hearingRate(session) != nil || session.pointee.seat?.role == .talker
        let ear = unsafe session.pointee.ear
        if !isHeard {
            ear?.release()
            unsafe session.pointee.ear = nil
        } else if ear == nil {
            unsafe session.pointee.ear = Ear(session.pointee.format.codec).map { Held($0) }
        }
    }

    /// Ends a session: says goodbye, gives the sockets back and reports what was counted.
    func end(_ slot: Int) {
        guard let session = unsafe session(slot) else { return }
        let (id, sockets) = unsafe (session.pointee.id, session.pointee.sockets)
        unsafe stopRecording(session)
        unsafe leave(session, slot)
        unsafe sendReport(session, at: Instant(nanoseconds: clock_nanoseconds(CLOCK_MONOTONIC)), goodbye: true)
        for play in unsafe session.pointee.queue.clear() { report(.played(id, play, stopped: true)) }
        unsafe session.pointee.secure.end()
        unsafe shake(session, nil, isNewPeer: false)
        let statistics = unsafe session.pointee.finalStatistics
        forget(slot)
        sockets.closeBoth()
        // A guest has two: the one that it is in, and the one that its name says.
        let home = MediaEngine.thread(of: id)
        if home != number { slots.giveBack(slot: slot, of: number) }
        slots.giveBack(slot: MediaEngine.slot(of: id), of: home)
        report(.closed(id, statistics))
    }
}

extension SessionState {
    /// Sends to and expects a peer as negotiated.
    mutating func connect(_ audio: NegotiatedAudio, _ format: SessionFormat, at now: Instant) {
        renewedAt = negotiated?.remote == audio.remote && hasHeard ? now : nil
        if negotiated?.remote != audio.remote {
            formerRemote = remote
            remote = PeerAddress(audio.remote)
            negotiatedRemote = remote
            learnedAt = nil
            isAtNegotiated = false
            hasHeard = false
        }
        negotiated = audio
        if audio.dtls == nil { secure.use(audio.keys) }
        aimReports()
        if format.codec.clockRate != self.format.codec.clockRate || format.milliseconds != self.format.milliseconds {
            keysSent = DTMFEventSender(clockRate: format.codec.clockRate, tick: .milliseconds(format.milliseconds))
        }
        rtpReceiver.clockRate = format.codec.clockRate
        self.format = format
        maySend = audio.direction.sends && !audio.remote.ip.isUnspecified && audio.remote.port != 0
        expectsAudio = audio.direction.receives
        isOnHold = !audio.direction.sends
        mayChangeSource = true
        isConnected = true
        isNamedPrivate = audio.remote.ip.isPrivate
        lastHeard = now
        lastReport = now
        silenceReported = false
    }

    /// Sends reports where it was negotiated, or beside the address that was learnt. On hold after the old fashion (RFC 2543) they go nowhere, as audio
    /// does: the wildcard address would be this machine.
    mutating func aimReports() {
        guard let negotiated else { return }
        if remote != negotiatedRemote, var address = remote.address {
            if !negotiated.rtcpMux { address.port &+= 1 }
            remoteRTCP = PeerAddress(address)
        } else {
            remoteRTCP = negotiated.remoteRTCP.ip.isUnspecified ? PeerAddress() : PeerAddress(negotiated.remoteRTCP)
        }
    }

    /// Sends a key: an RFC 4733 event, or a tone in the audio for a peer that takes no events.
    mutating func send(_ key: DTMFKey) {
        guard let negotiated else { return }
        if negotiated.sendEvents?.clockRate == format.codec.clockRate {
            _ = keysSent.send(key)
        } else if let tone = try? Clip(
            Tone.key(key, for: .milliseconds(100)) + Sound(samples: Array(repeating: 0, count: 800), rate: Clip.rate))
        {
            queue.add([tone], ends: nil)
        }
    }

    /// What was counted, when the session ends.
    var finalStatistics: MediaStatistics {
        var final = statistics
        final.sent = sentBefore + rtpSender.packets
        final.lost = lostBefore + rtpReceiver.lost
        final.jitterMilliseconds = rtpReceiver.jitterMilliseconds
        if final.received > 0 {
            // What we cannot measure: a packet's time at the sender, and a jitter buffer of three packets and twice the jitter at whoever listens.
            let delay = 80 + 2 * final.jitterMilliseconds + (final.roundTripMilliseconds ?? 0) / 2
            let lost = Double(max(final.lost, 0))
            let rating = VoiceQuality.rating(delay: .milliseconds(Int64(min(delay, 10_000))), loss: lost / (lost + Double(final.received)))
            final.meanOpinionScore = VoiceQuality.meanOpinionScore(rating: rating)
        }
        return final
    }
}
