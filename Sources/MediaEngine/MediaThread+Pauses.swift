import Audio
import RTP

// Pauses, in which a peer that asks for that is sent little: one that takes comfort noise (RFC 3389) is told how loud the silence is, and one that prefers
// discontinuous transmission of Opus (RFC 7587 section 3.1.3) is sent a packet of it now and then.
extension MediaThread {
    /// In dB below overload: hardly to be heard, and yet no dead line.
    private static let noiseLevel: UInt8 = 70

    /// Whether nothing is to be sent by the session; then the turn of its packet is over.
    @inline(__always)
    func pauses(_ session: UnsafeMutablePointer<SessionState>) -> Bool {
        let noise = unsafe session.pointee.format.comfortNoise
        guard unsafe noise != nil || session.pointee.format.isDiscontinuous, unsafe session.pointee.queue.isEmpty,
            unsafe !session.pointee.keysSent.isBusy, unsafe session.pointee.music == nil,
            unsafe session.pointee.seat?.hearsOthers != true
        else {
            unsafe session.pointee.pause.end()
            return false
        }
        if unsafe session.pointee.pause.sends(session.pointee.format.milliseconds, lead: noise == nil ? Pause.opusLead : 0) {
            guard let noise else { return false }
            unsafe tellNoise(session, noise)
        }
        unsafe session.pointee.rtpSender.skip(samples: session.pointee.format.units)
        // Gaps that are meant are not measured.
        unsafe session.pointee.lastSent = 0
        return true
    }

    private func tellNoise(_ session: UnsafeMutablePointer<SessionState>, _ payloadType: UInt8) {
        let timestamp = unsafe session.pointee.rtpSender.timestamp
        let header = unsafe session.pointee.rtpSender.event(payloadType: payloadType, timestamp: timestamp, marker: false, octets: 1)
        var bytes = unsafe UnsafeMutableBufferPointer(start: packet, count: MediaThread.packetBytes).mutableSpan
        _ = header.write(into: &bytes)
        unsafe packet[RTPHeader.length] = MediaThread.noiseLevel
        let protected = unsafe session.pointee.secure.protect(packet, RTPHeader.length + 1)
        guard protected > 0 else { return }
        _ = unsafe session.pointee.remote.send(packet, protected, on: session.pointee.sockets.rtp)
        sent &+= 1
    }
}
