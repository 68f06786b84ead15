import Audio
import Kernel
import RTP
import SDP

/// A session as its media thread keeps it, in a flat array.
struct SessionState {
    let id: MediaSessionID
    let sockets: MediaSockets
    /// Its turn among those whose packets last as long.
    var turn = 0

    /// Where packets go: the negotiated address, until the peer has shown its real one.
    var remote = PeerAddress()
    var negotiatedRemote = PeerAddress()
    var remoteRTCP = PeerAddress()
    /// What was negotiated.
    var negotiated: NegotiatedAudio?
    /// Where packets went before the last `connect`: late packets from there are nobody's.
    var formerRemote = PeerAddress()
    /// When the peer's real address was learned; it is then held.
    var learnedAt: Instant?
    /// Whether the peer was once heard at the negotiated address.
    var isAtNegotiated = false
    /// Whether a peer was negotiated.
    var isConnected = false
    /// When the same peer was negotiated again, until it has shown another address.
    var renewedAt: Instant?
    /// Whether the peer named an address that means something in its own network only, as behind a NAT.
    var isNamedPrivate = false
    var hasHeard = false

    var format = SessionFormat()
    /// The codec in which the peer speaks at present; how often it went over to another, and since when that is counted.
    private var spoken: Codec?
    private var changes = 0
    private var changesSince = Instant.zero
    var maySend = false
    var expectsAudio = false
    /// Whether the peer holds: it may send nothing but reports, whatever it says.
    var isOnHold = false
    var rtpReceiver = RTPReceiver(clockRate: 8000)
    /// Packets that were lost from earlier peers.
    var lostBefore: Int64 = 0
    var rtpSender: RTPSender
    /// Packets that were sent with an earlier source.
    var sentBefore: UInt64 = 0
    /// Whether our source may still make way for a peer that has the same, which it does once a `connect`.
    var mayChangeSource = true
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
    /// Listens for the peer to begin to speak.
    var speech: SpeechEar?
    /// Whether the peer's loudness is evened out, and by what.
    var isEven = false
    var leveller: Leveller?
    /// What hears the peer as long as somebody listens; it is owned here.
    var ear: Held<Ear>?

    var lastSent: Int64 = 0
    /// When it had its last turn.
    var tickedAt: Int64 = 0
    /// The pause in which nothing is to be heard by a peer that wants nothing sent in pauses.
    var pause = Pause()
    var lastHeard = Instant.zero
    var lastReport = Instant.zero
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

    /// Whether the peer has the same source as we, and ours is to change (RFC 3550 section 8.2). It does so once: a peer that only sends our own
    /// packets back would have us change for ever.
    @inline(__always)
    var collides: Bool { rtpReceiver.ssrc == rtpSender.ssrc && mayChangeSource }

    /// How often a peer may go over to another codec, and in which time.
    private static let mostChanges = 4
    private static let changesCount = Duration.seconds(5)

    /// Whether audio in a codec is heard. A peer may go over to another that was negotiated at any time (RFC 3264 section 8.3), but not with each packet:
    /// every change costs decoders.
    @inline(__always)
    mutating func follows(_ codec: Codec, at now: Instant) -> Bool { codec == spoken || goesOver(to: codec, at: now) }

    private mutating func goesOver(to codec: Codec, at now: Instant) -> Bool {
        if changesSince.duration(to: now) >= SessionState.changesCount { (changes, changesSince) = (0, now) }
        guard changes < SessionState.mostChanges else { return false }
        changes += 1
        spoken = codec
        return true
    }
}
