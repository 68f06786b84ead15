import Audio
import RTP

// Packets of Opus that last longer than the 20 ms in which it is encoded.
extension MediaThread {
    /// The most bytes of a packet before it is joined with others.
    static let partBytes = MediaThread.packetBytes / 2
    /// The most packets that are joined to one.
    static let mostParts = 3

    /// Sends what is heard in the time of the session's packet: as one packet, unless something is left out within it, or Opus changes its mode.
    func sendJoined(_ session: UnsafeMutablePointer<SessionState>, at now: Int64) {
        for number in 0..<(unsafe session.pointee.format.parts) {
            let part = unsafe parts + number * MediaThread.partBytes
            let length = unsafe fill(part, session)
            if length > 0, joiner.with({ unsafe $0.add(part, length) }) { continue }
            unsafe sendParts(session, at: now)
            if length > 0 {
                _ = joiner.with { unsafe $0.add(part, length) }
            } else {
                unsafe skipPacket(session, session.pointee.format.units / UInt32(session.pointee.format.parts))
            }
        }
        unsafe sendParts(session, at: now)
    }

    /// Sends the parts that wait, and begins anew.
    private func sendParts(_ session: UnsafeMutablePointer<SessionState>, at now: Int64) {
        let count = joiner.with { $0.frames }
        guard count > 0 else { return }
        let length = joiner.with { unsafe $0.write(into: packet + RTPHeader.length, MediaThread.packetBytes - MediaThread.roomForTag) }
        joiner.with { $0.begin() }
        let units = unsafe session.pointee.format.units / UInt32(session.pointee.format.parts) * UInt32(count)
        guard length > 0 else { return unsafe skipPacket(session, units) }
        unsafe sendAudio(session, length, units, at: now)
    }
}
