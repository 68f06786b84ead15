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
        case .rtcp:
            let length = unsafe open(session, count, isReport: true)
            if length > 0 { unsafe takeReport(UnsafeBufferPointer(start: packet, count: length).span, source, session, at: now) }
        case .other: unsafe session.pointee.statistics.dropped &+= 1
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
        guard unsafe session.pointee.negotiated != nil, let parsed = try? RTPPacket(parsing: bytes), unsafe session.pointee.admits(source)
        else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
        let payloadType = parsed.header.payloadType
        let isEvent = unsafe session.pointee.negotiated?.receiveEvents?.payloadType == payloadType
        let law = isEvent ? nil : unsafe session.pointee.receivedLaw(payloadType)
        guard isEvent || law != nil else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
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
            unsafe session.pointee.playout?.reset()
            unsafe resetKeys(session)
        }
        if let law {
            guard verdict != .duplicate else { return }
            unsafe takeAudio(parsed, bytes.count, law, session, at: now)
        } else if let event = TelephoneEvent(parsing: bytes.extracting(parsed.payload)) {
            let clockRate = unsafe session.pointee.negotiated?.receiveEvents?.clockRate ?? 8000
            unsafe hearKeys(session, .packet(event, timestamp: parsed.header.timestamp, clockRate: clockRate), at: now)
        }
    }

    private func takeAudio(
        _ parsed: RTPPacket, _ count: Int, _ law: G711Law, _ session: UnsafeMutablePointer<SessionState>, at now: Instant
    ) {
        let payload = unsafe packet + parsed.payload.lowerBound
        let length = min(parsed.payload.count, MediaThread.packetBytes / 2)
        if let detector = unsafe session.pointee.detector {
            let table = unsafe tables.decode(law)
            for index in 0..<length { unsafe samples[index] = unsafe table[Int(payload[index])] }
            unsafe detector.listen(to: UnsafeBufferPointer(start: samples, count: length)) { key in
                unsafe pressed(key, .tone, session, at: now)
            }
        }
        guard unsafe session.pointee.playout != nil else { return }
        if unsafe session.pointee.law != law {
            let table = unsafe law == .a ? tables.aToMu : tables.muToA
            for index in 0..<length { unsafe payload[index] = unsafe table[Int(payload[index])] }
        }
        let audio = unsafe UnsafeBufferPointer(start: payload, count: length).span
        _ = unsafe session.pointee.playout?.put(sequence: parsed.header.sequence, timestamp: parsed.header.timestamp, payload: audio)
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
        let ssrc = unsafe session.pointee.rtpSender.ssrc
        let ntp = NTPTime(unixNanoseconds: unixAtZero + now.nanoseconds)
        do throws(RTCPParseError) {
            try RTCPCompound.read(bytes) { item in
                switch item {
                case .sender(let information): unsafe session.pointee.rtpReceiver.receive(information, at: now)
                case .report(_, let block):
                    guard block.ssrc == ssrc, let roundTrip = block.roundTrip(at: ntp) else { return }
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
    /// Whether a packet is from the peer. The negotiated address always is; otherwise the first sender after a `connect` is taken for the peer behind a
    /// NAT and then held, so that nobody else can join in.
    @inline(__always)
    mutating func admits(_ source: PeerAddress) -> Bool {
        if source == remote { return true }
        guard source == negotiatedRemote || !isLatched && source != formerRemote && !hasHeard else { return false }
        isLatched = true
        // Symmetric RTP (RFC 4961): where it comes from is where it goes to.
        remote = source
        aimReports()
        return true
    }

    /// What a packet is to the stream. The first of a new peer needs no proof, for its address is one.
    @inline(__always)
    mutating func judge(_ header: RTPHeader, at now: Instant, measuresJitter: Bool) -> RTPReceiver.Verdict {
        let verdict = rtpReceiver.receive(header, at: now, measuresJitter: measuresJitter)
        guard verdict == .unproven, !hasHeard else { return verdict }
        lostBefore += rtpReceiver.lost
        rtpReceiver = RTPReceiver(clockRate: 8000)
        return rtpReceiver.receive(header, at: now, measuresJitter: measuresJitter)
    }

    /// Whether a report is from the peer's machine; its port may be any that a NAT gave it.
    mutating func admitsReport(_ source: PeerAddress) -> Bool {
        var source = source
        return source.address?.ip == remote.address?.ip
    }
}
