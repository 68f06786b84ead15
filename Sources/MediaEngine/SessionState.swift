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

    var format = SessionFormat()
    var maySend = false
    var expectsAudio = false
    /// Whether neither side sends audio, so that reports are the only sign of life.
    var isOnHold = false
    var rtpReceiver = RTPReceiver(clockRate: 8000)
    /// Packets that were lost from earlier peers.
    var lostBefore: Int64 = 0
    var rtpSender: RTPSender
    var secure = SecureMedia()
    /// How a handshake makes the keys, if one does.
    var handshake: DTLSTerms?
    /// The datagrams of the peer's that it took.
    var handshakeDatagrams = 0
    var keysHeard = DTMFEventReceiver()
    var keysSent = DTMFEventSender()
    var deduplicator = KeyDeduplicator()
    var queue = PlayQueue()
    /// What is heard when nothing else is.
    var music: MusicLoop?
    /// Its place in a bridge.
    var seat: BridgeSeat?
    var tones: ToneEar?
    var recorder: Recorder?
    /// Listens for who answered.
    var answer: AnswerEar?
    /// Whether the peer's loudness is evened out, and by what.
    var isEven = false
    var leveller: Leveller?
    /// What hears the peer as long as somebody listens; it is owned here.
    var ear: Held<Ear>?

    var lastSent: Int64 = 0
    /// For how many milliseconds nothing was to be heard since comfort noise was told.
    var pausedFor = 0
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
}
