import Kernel
import SDP

// Keys by a handshake in the media (RFC 5763). The desk carries it out; here its datagrams come and go.
extension MediaThread {
    /// Begins, keeps or ends a session's handshake, as negotiated. Until there are keys nothing is sent and nothing taken.
    func shake(_ session: UnsafeMutablePointer<SessionState>, _ terms: DTLSTerms?, isNewPeer: Bool) {
        let id = unsafe session.pointee.id
        guard let terms else {
            if unsafe session.pointee.handshake != nil { handshakes.end(id) }
            unsafe session.pointee.handshake = nil
            return
        }
        // A peer that shows the same certificate at the same place goes on with its keys (RFC 8842 section 5.1), whoever would begin now.
        guard unsafe isNewPeer || session.pointee.handshake?.peer != terms.peer else { return }
        unsafe session.pointee.handshake = terms
        unsafe session.pointee.handshakeDatagrams = 0
        unsafe session.pointee.secure.awaitKeys()
        // The home knows where the session is by then.
        let home = MediaEngine.thread(of: id) == number ? self : slots.thread(MediaEngine.thread(of: id))
        handshakes.begin(id, terms) { [weak home] in home?.submit(.handshake(id, $0)) }
    }

    /// A datagram that is neither RTP nor RTCP: a handshake's, where there is one (RFC 7983).
    func takeOther(_ count: Int, _ source: PeerAddress, _ session: UnsafeMutablePointer<SessionState>, at now: Instant) {
        guard unsafe session.pointee.handshake != nil, count > 0, unsafe (20...63).contains(packet[0]),
            unsafe session.pointee.handshakeDatagrams < DTLSDesk.mostDatagrams, unsafe session.pointee.admits(source, at: now)
        else {
            unsafe session.pointee.statistics.dropped &+= 1
            return
        }
        unsafe session.pointee.handshakeDatagrams += 1
        handshakes.received(unsafe session.pointee.id, unsafe Array(UnsafeBufferPointer(start: packet, count: count)))
    }

    /// What came of a session's handshake.
    func obey(_ event: DTLSDesk.Event, _ session: UnsafeMutablePointer<SessionState>) {
        guard unsafe session.pointee.handshake != nil else { return }
        switch event {
        case .send(let datagram):
            let socket = unsafe session.pointee.sockets.rtp
            unsafe datagram.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                _ = unsafe session.pointee.remote.send(base, bytes.count, on: socket)
            }
        case .agreed(let keys): unsafe session.pointee.secure.use(keys)
        case .failed(let failure): report(.notSecured(unsafe session.pointee.id, failure))
        }
    }
}
