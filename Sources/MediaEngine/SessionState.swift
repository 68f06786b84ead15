import Audio
import Kernel
import RTP
import SDP

/// A session as its media thread keeps it, in a flat array.
struct SessionState {
    let id: MediaSessionID
    let sockets: MediaSockets

    /// Where packets go: the negotiated address, until the peer has shown its real one.
    var remote = PeerAddress()
    var negotiatedRemote = PeerAddress()
    var remoteRTCP = PeerAddress()
    /// What was negotiated.
    var negotiated: NegotiatedAudio?
    /// Where packets went before the last `connect`: late packets from there are nobody's.
    var formerRemote = PeerAddress()
    /// Whether the peer's real address is known; it is then held.
    var isLatched = false
    var hasHeard = false

    var law = G711Law.mu
    var sendPayloadType: UInt8 = 0
    var maySend = false
    var expectsAudio = false
    var rtpReceiver = RTPReceiver(clockRate: 8000)
    /// Packets that were lost from earlier peers.
    var lostBefore: Int64 = 0
    var rtpSender: RTPSender
    var secure = SecureMedia()
    var keysHeard = DTMFEventReceiver()
    var keysSent = DTMFEventSender()
    var deduplicator = KeyDeduplicator()
    var queue = PlayQueue()
    /// What is heard when nothing else is.
    var music: MusicLoop?
    /// Its place in a bridge.
    var seat: BridgeSeat?
    var detector: ToneDetector?
    var recorder: Recorder?
    /// Received audio in order, in the session's law; made when something needs it.
    var playout: PlayoutBuffer?

    var lastSent: Int64 = 0
    var lastHeard = Instant.zero
    var silenceReported = false
    var reportAt: Instant
    var isFirstReport = true
    var statistics = MediaStatistics()

    init(id: MediaSessionID, sockets: MediaSockets, random: inout SeededRandom, now: Instant) {
        self.id = id
        self.sockets = sockets
        rtpSender = RTPSender(random: &random)
        reportAt = now.advanced(by: RTCPInterval.next(isFirst: true, random: &random))
    }

    /// The law of a payload type that the peer may send; `nil` for one that was not negotiated.
    @inline(__always)
    func receivedLaw(_ payloadType: UInt8) -> G711Law? {
        guard let negotiated else { return nil }
        if payloadType == negotiated.receivePayloadType { return law }
        // Static types are what they are, if they were offered at all.
        for format in negotiated.alsoReceive where format.payloadType == payloadType {
            return G711Law(format)
        }
        return nil
    }
}

extension G711Law {
    /// The law of a format; `nil` for other formats.
    init?(_ format: AudioFormat) {
        if format.matches(.pcmu) {
            self = .mu
        } else if format.matches(.pcma) {
            self = .a
        } else {
            return nil
        }
    }
}
