import Audio
import Glibc
import Kernel
import RTP
import SDP

// One packet a session and round.
extension MediaThread {
    /// Sends the session's packet, records what was heard, and sees to reports and silence.
    func tick(_ slot: Int, at nanoseconds: Int64) {
        guard let session = unsafe session(slot) else { return }
        let now = Instant(nanoseconds: nanoseconds)
        unsafe session.pointee.tickedAt = nanoseconds
        let milliseconds = unsafe session.pointee.format.milliseconds
        if unsafe session.pointee.maySend {
            if unsafe !pauses(session) { unsafe sendPacket(session, at: nanoseconds) }
        } else {
            unsafe session.pointee.rtpSender.skip(samples: session.pointee.format.units)
        }
        // In a bridge, the bridge takes what was heard.
        if unsafe session.pointee.seat == nil, let rate = unsafe hearingRate(session) {
            unsafe hear(session, milliseconds, at: rate, into: frame)
        }
        if let due = unsafe session.pointee.keysHeard.nextDeadline, due <= now { unsafe hearKeys(session, .deadline, at: now) }
        if unsafe session.pointee.reportAt <= now {
            unsafe sendReport(session, at: now, goodbye: false)
            unsafe session.pointee.isFirstReport = false
            unsafe session.pointee.reportAt = now.advanced(by: RTCPInterval.next(isFirst: false, random: &random))
        }
        unsafe watchSilence(session, at: now)
    }

    private func sendPacket(_ session: UnsafeMutablePointer<SessionState>, at now: Int64) {
        let units = unsafe session.pointee.format.units
        if let event = unsafe session.pointee.keysSent.tick(timestamp: session.pointee.rtpSender.timestamp) {
            let payloadType = unsafe session.pointee.format.eventPayloadType
            let header = unsafe session.pointee.rtpSender.event(payloadType: payloadType, timestamp: event.timestamp, marker: event.marker)
            var bytes = unsafe UnsafeMutableBufferPointer(start: packet, count: MediaThread.packetBytes).mutableSpan
            _ = header.write(into: &bytes)
            _ = event.event.write(into: &bytes)
            unsafe session.pointee.rtpSender.skip(samples: units)
            unsafe deliver(session, TelephoneEvent.length, at: now)
        } else if unsafe session.pointee.format.parts > 1 {
            unsafe sendJoined(session, at: now)
        } else {
            let length = unsafe fill(packet + RTPHeader.length, session)
            guard length > 0 else { return unsafe skipPacket(session, units) }
            unsafe sendAudio(session, length, units, at: now)
        }
    }

    /// Lets so many units of the clock pass without a packet.
    @inline(__always)
    func skipPacket(_ session: UnsafeMutablePointer<SessionState>, _ units: UInt32) {
        unsafe session.pointee.rtpSender.skip(samples: units)
        // Gaps that are meant are not measured.
        unsafe session.pointee.lastSent = 0
    }

    /// Sends the audio that stands behind the header's place: its bytes, and the units of the clock that it lasts.
    @inline(__always)
    func sendAudio(_ session: UnsafeMutablePointer<SessionState>, _ length: Int, _ units: UInt32, at now: Int64) {
        var bytes = unsafe UnsafeMutableBufferPointer(start: packet, count: MediaThread.packetBytes).mutableSpan
        let payloadType = unsafe session.pointee.format.payloadType
        _ = unsafe session.pointee.rtpSender.audio(payloadType: payloadType, samples: units, octets: length).write(into: &bytes)
        unsafe deliver(session, length, at: now)
    }

    /// Protects the packet that is ready, and sends it.
    @inline(__always)
    private func deliver(_ session: UnsafeMutablePointer<SessionState>, _ length: Int, at now: Int64) {
        let protected = unsafe session.pointee.secure.protect(packet, RTPHeader.length + length)
        guard protected > 0 else { return }
        _ = unsafe session.pointee.remote.send(packet, protected, on: session.pointee.sockets.rtp)
        sent &+= 1
        let last = unsafe session.pointee.lastSent
        // Gaps are measured where there is a packet each 20 ms.
        if last != 0, unsafe session.pointee.format.milliseconds == 20 { pacing.add(nanoseconds: now - last) }
        unsafe session.pointee.lastSent = now
    }

    /// Fills a packet, or a part of it, with what the peer is to hear: what plays, else the others of the bridge, else music, else silence. How many
    /// bytes it has; 0 when there is nothing to say.
    @inline(__always)
    func fill(_ payload: UnsafeMutablePointer<UInt8>, _ session: UnsafeMutablePointer<SessionState>) -> Int {
        let milliseconds = unsafe session.pointee.format.partMilliseconds
        let isDiscontinuous = unsafe session.pointee.format.isDiscontinuous
        if unsafe session.pointee.queue.isEmpty {
            if unsafe session.pointee.seat?.hearsOthers == true {
                return unsafe session.pointee.seat?.fill(payload, session.pointee.format, by: samples) ?? 0
            }
            if unsafe session.pointee.music != nil {
                let length = unsafe session.pointee.music?.fill(payload, milliseconds) ?? 0
                return unsafe isDiscontinuous && session.pointee.music?.isDispensable == true ? 0 : length
            }
        }
        let (id, report) = unsafe (session.pointee.id, report)
        let length = unsafe session.pointee.queue.fill(payload, milliseconds) { report(.played(id, $0, stopped: false)) }
        return unsafe isDiscontinuous && session.pointee.queue.isDispensable ? 0 : length
    }

    /// Takes the next frame of what was heard, and records it where that is asked for.
    func hear(_ session: UnsafeMutablePointer<SessionState>, _ milliseconds: Int, at rate: Int, into frame: UnsafeMutablePointer<Int16>) {
        guard let ear = unsafe session.pointee.ear else { return }
        ear.with { unsafe $0.take(milliseconds, at: rate, into: frame) }
        unsafe attend(session, frame, milliseconds * rate / 1000, at: rate)
        unsafe session.pointee.recorder?.append(frame, nil, milliseconds * rate / 1000, at: rate)
    }

    private func watchSilence(_ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        guard unsafe session.pointee.expectsAudio || session.pointee.isOnHold, unsafe !session.pointee.silenceReported else { return }
        let limit = unsafe session.pointee.isOnHold ? silence.onHold : session.pointee.hasHeard ? silence.later : silence.first
        // Reports are the sign of life of a peer that holds, and of one that need not send its pauses (RFC 3389).
        let mayPause = unsafe session.pointee.isOnHold || session.pointee.format.comfortNoise != nil
        let last = unsafe mayPause ? max(session.pointee.lastHeard, session.pointee.lastReport) : session.pointee.lastHeard
        let quiet = last.duration(to: now)
        guard quiet >= limit else { return }
        unsafe session.pointee.silenceReported = true
        report(.silent(unsafe session.pointee.id, for: quiet))
    }

    /// Sends a sender or receiver report (RFC 3550 section 6.4).
    func sendReport(_ session: UnsafeMutablePointer<SessionState>, at now: Instant, goodbye: Bool) {
        guard unsafe session.pointee.remoteRTCP.length > 0 else { return }
        let ntp = NTPTime(unixNanoseconds: unixAtZero + now.nanoseconds)
        let compound = RTCPCompound(
            ssrc: unsafe session.pointee.rtpSender.ssrc, sender: unsafe session.pointee.rtpSender.report(at: ntp),
            block: unsafe session.pointee.rtpReceiver.report(at: now), goodbye: goodbye)
        var bytes = unsafe UnsafeMutableBufferPointer(start: packet, count: MediaThread.packetBytes).mutableSpan
        let written = compound.write(name: MediaThread.name, into: &bytes)
        let length = unsafe session.pointee.secure.protect(packet, written, isReport: true)
        guard length > 0 else { return }
        let socket = unsafe session.pointee.negotiated?.rtcpMux == true ? session.pointee.sockets.rtp : session.pointee.sockets.rtcp
        _ = unsafe session.pointee.remoteRTCP.send(packet, length, on: socket)
    }

    /// The canonical name in reports; it tells nothing about the machine.
    private static let name = Array("frontdesk".utf8)
}
