import Audio
import Glibc
import Kernel
import RTP
import SDP

// What comes from peers.
extension MediaThread {
    func receiveRTP(_ slot: Int, at now: Instant) {
        guard let session = unsafe session(slot) else { return }
        var source = PeerAddress()
        let count = unsafe source.receive(into: packet, MediaThread.packetBytes, on: session.pointee.sockets.rtp)
        guard count >= 0 else { return }
        switch RTPDatagram(sorting: unsafe UnsafeBufferPointer(start: packet, count: count).span) {
        case .rtp:
            let length = unsafe open(session, count, isReport: false)
            if length > 0 { unsafe take(UnsafeBufferPointer(start: packet, count: length).span, source, session, at: now) }
            if unsafe session.pointee.collides { unsafe changeSource(session, at: now) }
        case .rtcp:
            let length = unsafe open(session, count, isReport: true)
            if length > 0 { unsafe takeReport(UnsafeBufferPointer(start: packet, count: length).span, source, session, at: now) }
        case .other: unsafe takeOther(count, source, session, at: now)
        }
    }

    func receiveRTCP(_ slot: Int, at now: Instant) {
        guard let session = unsafe session(slot) else { return }
        var source = PeerAddress()
        let count = unsafe source.receive(into: packet, MediaThread.packetBytes, on: session.pointee.sockets.rtcp)
        guard count >= 0 else { return }
        let length = unsafe open(session, count, isReport: true)
        if length > 0 { unsafe takeReport(UnsafeBufferPointer(start: packet, count: length).span, source, session, at: now) }
    }

    /// Opens what SRTP protects, before anybody believes a word of it, or where it comes from. 0 for what is to be dropped, which is counted.
    @inline(__always)
    private func open(_ session: UnsafeMutablePointer<SessionState>, _ count: Int, isReport: Bool) -> Int {
        let length = unsafe session.pointee.secure.open(packet, count, isReport: isReport)
        if length == 0 {
            unsafe session.pointee.statistics.dropped &+= 1
            if count > 0 { unsafe session.pointee.statistics.unauthentic &+= 1 }
        }
        return length
    }

    private func take(_ bytes: Span<UInt8>, _ source: PeerAddress, _ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        // What is of no use shows nobody's address.
        guard unsafe session.pointee.isConnected, let parsed = try? RTPPacket(parsing: bytes),
            case let meaning = unsafe session.pointee.format.meaning(parsed.header.payloadType), meaning != .unknown,
            unsafe session.pointee.admits(source, at: now)
        else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
        // The timestamp of an event is not the time of sending.
        let isEvent = if case .event = meaning { true } else { false }
        let verdict = unsafe session.pointee.judge(parsed.header, at: now, measuresJitter: !isEvent)
        guard verdict != .unproven else { return }
        received &+= 1
        unsafe session.pointee.statistics.received &+= 1
        unsafe session.pointee.lastHeard = now
        unsafe session.pointee.silenceReported = false
        if unsafe !session.pointee.hasHeard {
            unsafe session.pointee.hasHeard = true
            report(.heard(unsafe session.pointee.id))
        }
        if verdict == .newSource {
            unsafe session.pointee.ear?.with { $0.reset() }
            unsafe resetKeys(session)
        }
        switch meaning {
        case .audio(let codec):
            guard verdict != .duplicate else { return }
            unsafe takeAudio(parsed, bytes, codec, session, at: now)
        case .noise:
            guard !parsed.payload.isEmpty else { return }
            let level = bytes[parsed.payload.lowerBound]
            unsafe session.pointee.ear?.with { $0.pause(level: level) }
        case .event(let clockRate):
            guard let event = TelephoneEvent(parsing: bytes.extracting(parsed.payload)) else {
                unsafe session.pointee.statistics.dropped &+= 1
                return
            }
            unsafe hearKeys(session, .packet(event, timestamp: parsed.header.timestamp, clockRate: clockRate), at: now)
        case .unknown: break
        }
    }

    /// Says goodbye to our source and takes another.
    private func changeSource(_ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        unsafe sendReport(session, at: now, goodbye: true)
        unsafe session.pointee.sentBefore &+= session.pointee.rtpSender.packets
        unsafe session.pointee.rtpSender.renew(random: &random)
        unsafe session.pointee.mayChangeSource = false
    }

    private func takeAudio(
        _ parsed: RTPPacket, _ bytes: Span<UInt8>, _ codec: Codec, _ session: UnsafeMutablePointer<SessionState>, at now: Instant
    ) {
        guard unsafe session.pointee.follows(codec, at: now) else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
        let audio = bytes.extracting(parsed.payload)
        if unsafe session.pointee.tones != nil { unsafe listen(to: audio, codec, isFirst: parsed.header.marker, session, at: now) }
        guard let ear = unsafe session.pointee.ear else { return }
        if ear.with({ $0.codec }) != codec {
            // The peer went over to another codec that we announced.
            guard let other = Ear(codec) else { return }
            ear.release()
            unsafe session.pointee.ear = Held(other)
        }
        unsafe session.pointee.ear?.with {
            $0.put(sequence: parsed.header.sequence, timestamp: parsed.header.timestamp, payload: audio)
        }
    }

    /// Listens for tones. They are heard at once, packet by packet.
    private func listen(
        to audio: Span<UInt8>, _ codec: Codec, isFirst: Bool, _ session: UnsafeMutablePointer<SessionState>, at now: Instant
    ) {
        let scratch = unsafe ToneEar.Scratch(decoded: samples, narrow: frame, capacity: MediaThread.packetBytes)
        // The marker says that nothing was sent before (RFC 3551 section 4.1).
        if isFirst { unsafe session.pointee.tones?.pause(by: scratch) { unsafe pressed($0, .tone, session, at: now) } }
        unsafe session.pointee.tones?.listen(to: audio, codec, by: scratch) { unsafe pressed($0, .tone, session, at: now) }
    }

    // MARK: Keys

    func hearKeys(_ session: UnsafeMutablePointer<SessionState>, _ input: DTMFEventReceiver.Input, at now: Instant) {
        keys.removeAll(keepingCapacity: true)
        unsafe session.pointee.keysHeard.receive(input, at: now, into: &keys)
        for case .began(let key) in keys { unsafe pressed(key, .event, session, at: now) }
    }

    private func resetKeys(_ session: UnsafeMutablePointer<SessionState>) {
        keys.removeAll(keepingCapacity: true)
        unsafe session.pointee.keysHeard.reset(into: &keys)
    }

    private func pressed(_ key: DTMFKey, _ way: KeyDeduplicator.Source, _ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        guard unsafe session.pointee.deduplicator.isNew(key, from: way, at: now) else { return }
        report(.key(unsafe session.pointee.id, key))
    }

    // MARK: Reports

    private func takeReport(_ bytes: Span<UInt8>, _ source: PeerAddress, _ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        guard unsafe session.pointee.admitsReport(source) else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
        unsafe session.pointee.lastReport = now
        let (ssrc, clockRate) = unsafe (session.pointee.rtpSender.ssrc, session.pointee.format.codec.clockRate)
        let ntp = NTPTime(unixNanoseconds: unixAtZero + now.nanoseconds)
        do throws(RTCPParseError) {
            try RTCPCompound.read(bytes) { item in
                switch item {
                case .sender(let information): unsafe session.pointee.rtpReceiver.receive(information, at: now)
                case .report(_, let block):
                    guard block.ssrc == ssrc else { return }
                    let jitter = Double(block.jitter) * 1000 / Double(max(1, clockRate))
                    unsafe session.pointee.statistics.atPeer = .init(lost: block.lost, jitterMilliseconds: jitter)
                    guard let roundTrip = block.roundTrip(at: ntp) else { return }
                    unsafe session.pointee.statistics.roundTripMilliseconds = Double(roundTrip.wholeNanoseconds) / 1e6
                default: break
                }
            }
        } catch {
            unsafe session.pointee.statistics.dropped &+= 1
        }
    }
}

extension SessionState {
    /// How long nothing must have come from a peer that should send, until another address may take its place.
    private static let relearning = Duration.seconds(5)
    /// The same for another port of its host, as long after a re-INVITE, by which a peer may say that a NAT gave it another port.
    private static let relearningAnew = Duration.milliseconds(200)
    /// How long after an address was learned the negotiated one is still believed more, if it is a private one and the peer was not heard there before.
    private static let provisional = Duration.seconds(2)

    /// Whether a packet is from the peer. The first sender after a `connect` is taken for the peer behind a NAT, if it is not at the negotiated address,
    /// and then held, so that nobody else can join in, unless nothing comes from there any more: a NAT may have given it another port. Who was
    /// faster than the peer gives way as soon as that sends from where it said.
    @inline(__always)
    mutating func admits(_ source: PeerAddress, at now: Instant) -> Bool { source == remote || learns(source, at: now) }

    private mutating func learns(_ source: PeerAddress, at now: Instant) -> Bool {
        let quiet = lastHeard.duration(to: now)
        let isLost =
            expectsAudio && (quiet >= SessionState.relearning || quiet >= SessionState.relearningAnew && isRenewed(at: source, now))
        let isProvisional = learnedAt.map { $0.duration(to: now) < SessionState.provisional } ?? true
        guard
            source == negotiatedRemote
                ? !isNamedPrivate || isAtNegotiated || isProvisional || isLost
                : source != formerRemote && (learnedAt == nil && !hasHeard || isLost)
        else { return false }
        if remote == negotiatedRemote, hasHeard { isAtNegotiated = true }
        (learnedAt, renewedAt) = (now, nil)
        // Symmetric RTP (RFC 4961): where it comes from is where it goes to.
        remote = source
        aimReports()
        return true
    }

    private mutating func isRenewed(at source: PeerAddress, _ now: Instant) -> Bool {
        var source = source
        guard let renewedAt, renewedAt.duration(to: now) < SessionState.relearning else { return false }
        return source.address?.ip == remote.address?.ip
    }

    /// What a packet is to the stream. The first of a new peer needs no proof, for its address is one.
    @inline(__always)
    mutating func judge(_ header: RTPHeader, at now: Instant, measuresJitter: Bool) -> RTPReceiver.Verdict {
        let verdict = rtpReceiver.receive(header, at: now, measuresJitter: measuresJitter)
        guard verdict == .unproven, !hasHeard else { return verdict }
        lostBefore += rtpReceiver.lost
        rtpReceiver = RTPReceiver(clockRate: format.codec.clockRate)
        return rtpReceiver.receive(header, at: now, measuresJitter: measuresJitter)
    }

    /// Whether a report is from the peer's machine; its port may be any that a NAT gave it.
    mutating func admitsReport(_ source: PeerAddress) -> Bool {
        var source = source
        return source.address?.ip == remote.address?.ip
    }
}
