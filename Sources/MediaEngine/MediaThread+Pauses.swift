import RTP

// Pauses, in which a peer that takes comfort noise (RFC 3389) is told how loud the silence is, in place of silence itself.
extension MediaThread {
    /// How often it is told again, in milliseconds, for a peer that missed it.
    private static let noiseInterval = 400
    /// In dB below overload: hardly to be heard, and yet no dead line.
    private static let noiseLevel: UInt8 = 70

    /// Whether nothing is to be heard; then the turn of the session's packet is over.
    @inline(__always)
    func pauses(_ session: UnsafeMutablePointer<SessionState>) -> Bool {
        guard let payloadType = unsafe session.pointee.format.comfortNoise, unsafe session.pointee.queue.isEmpty,
            unsafe !session.pointee.keysSent.isBusy, unsafe session.pointee.music == nil,
            unsafe session.pointee.seat?.hearsOthers != true
        else {
            unsafe session.pointee.pausedFor = 0
            return false
        }
        if unsafe session.pointee.pausedFor == 0 { unsafe tellNoise(session, payloadType) }
        unsafe session.pointee.pausedFor += session.pointee.format.milliseconds
        if unsafe session.pointee.pausedFor >= MediaThread.noiseInterval { unsafe session.pointee.pausedFor = 0 }
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
