public import Audio
public import Kernel
public import SDP

/// A media session: one RTP port with what is played, heard and recorded there.
public struct MediaSessionID: Hashable, Sendable {
    /// The number: the engine's slot in the lower 32 bits, its generation above, so that a late command never meets a newer session.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A thing to play in a session; chosen by whoever plays it, and named again when it has ended.
public struct PlayID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a media session is told. Commands are taken at the next tick of the session's thread, in the order in which they were given.
public enum MediaCommand: Sendable {
    /// Send to and receive from this peer from now on; also when the peer changes (re-INVITE, redirect, hold).
    case connect(NegotiatedAudio)
    /// Play clips one after the other without a gap, behind what plays already; `played` follows with this name.
    case play(PlayID, [Clip])
    /// Stop what plays and forget what waits, at once; every `PlayID` is reported with `stopped`.
    case stopPlaying
    /// Send keys (RFC 4733 where negotiated, else tones in the audio): 100 ms each, 100 ms apart.
    case sendKeys([DTMFKey])
    /// Listen for DTMF tones in the audio, beside RFC 4733 events; a key that comes both ways is reported once.
    case detectTones(Bool)
    /// Listen, from here on, for who answered a call that was placed, and for the beep of a machine; `found` tells of both.
    case detectAnswer(Bool)
    /// Listen, from here on, for the peer to begin to speak; `spoke` tells of it, once. A recording that is begun within half a second begins with the words.
    case detectSpeech(Bool)
    /// Even out how loud the peer is, in recordings and in a bridge.
    case evenOut(Bool)
    /// Record what is heard to a WAV file.
    case record(path: String)
    /// End the recording; `recorded` follows.
    case stopRecording
    /// Join a bridge of the same thread; `MediaBridge` tells all about them.
    case join(BridgeID, as: BridgeRole)
    /// Leave the bridge.
    case leave
    /// What is heard, in a loop, when nothing else is: no play, and no other talker of the bridge.
    case music(Clip?)
    /// End the session and give its port back; `closed` follows.
    case close
}

/// What a media session reports.
public enum MediaEvent: Sendable {
    /// The first packet from the peer arrived; again after each `connect` to another peer.
    case heard(MediaSessionID)
    /// A key: reported once, when it begins.
    case key(MediaSessionID, DTMFKey)
    /// Who answered, or that a machine has beeped.
    case found(MediaSessionID, AnswerDetector.Finding)
    /// The peer has begun to speak.
    case spoke(MediaSessionID)
    /// The clips of a `play` have ended, or were stopped.
    case played(MediaSessionID, PlayID, stopped: Bool)
    /// A recording is complete: its path and length, or why it failed.
    case recorded(MediaSessionID, path: String, Result<Duration, MediaFailure>)
    /// A recording goes on: told each second, and once before `recorded`.
    case recording(MediaSessionID, SpeechReading)
    /// No packet has come for the time set, though the peer should send.
    case silent(MediaSessionID, for: Duration)
    /// No keys came of the handshake by which a session was to be protected: it sends and takes nothing.
    case notSecured(MediaSessionID, DTLSFailure)
    /// A session was not taken into a bridge: why.
    case notJoined(MediaSessionID, BridgeID, MediaFailure)
    /// A recording of a bridge is complete: its path and length, or why it failed.
    case bridgeRecorded(BridgeID, path: String, Result<Duration, MediaFailure>)
    /// The session is gone, with what was counted.
    case closed(MediaSessionID, MediaStatistics)
}

/// Why the engine refuses or gives up something.
public enum MediaFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Every port of the range is taken: the range.
    case portsExhausted(first: UInt16, last: UInt16)
    /// A socket could not be opened or bound: the address and the system's reason.
    case socket(TransportAddress, String)
    /// No address of this machine reaches a peer; `nil` for one of whom nothing is known.
    case noLocalAddress(toReach: IPAddress?)
    /// Every session of the engine is taken: how many there are.
    case sessionsExhausted(Int)
    /// A file could not be written: its path and why.
    case file(String, String)
    /// The media threads could not be started: the system's reason.
    case thread(String)
    /// The bridge is closed.
    case noSuchBridge
    /// The bridge has as many members as it may have: how many.
    case bridgeFull(Int)
    /// Every bridge of the thread is taken: how many there are.
    case bridgesExhausted(Int)
    /// The session belongs to another thread than the bridge.
    case otherThread
    /// Every media thread is as busy as it can be without hurting the calls that it has.
    case overloaded

    /// One line for whoever runs the server.
    public var description: String {
        switch self {
        case .portsExhausted(let first, let last): "every RTP port from \(first) to \(last) is taken"
        case .socket(let address, let reason): "\(address) cannot be used for RTP: \(reason)"
        case .noLocalAddress(let peer):
            peer.map { "no address of this machine reaches \($0)" } ?? "this machine has no default route, and so no address to name"
        case .sessionsExhausted(let count): "all \(count) media sessions are taken"
        case .file(let path, let reason): "\(path) cannot be written: \(reason)"
        case .thread(let reason): "no media thread can be started: \(reason)"
        case .noSuchBridge: "the bridge is closed"
        case .bridgeFull(let count): "the bridge has \(count) members, which is all it takes"
        case .bridgesExhausted(let count): "all \(count) bridges of the media thread are taken"
        case .overloaded: "every media thread is as busy as it can be"
        case .otherThread: "the session belongs to another media thread than the bridge"
        }
    }
}

/// What a session counted.
public struct MediaStatistics: Equatable, Sendable {
    /// RTP packets sent.
    public var sent: UInt64 = 0
    /// RTP packets received and taken.
    public var received: UInt64 = 0
    /// RTP packets that never came (RFC 3550 appendix A.3).
    public var lost: Int64 = 0
    /// Packets that were malformed, or not from the peer, and dropped.
    public var dropped: UInt64 = 0
    /// Those among the dropped ones that SRTP refused: forged, seen before, plain, or protected with other keys.
    public var unauthentic: UInt64 = 0
    /// Interarrival jitter (RFC 3550 section 6.4.1) in milliseconds.
    public var jitterMilliseconds: Double = 0
    /// The last round-trip time from RTCP in milliseconds; `nil` when no report came back.
    public var roundTripMilliseconds: Double?
    /// An estimate of the mean opinion score of what was heard (`VoiceQuality`), 1 to 4.5; `nil` when nothing was heard.
    public var meanOpinionScore: Double?
    /// What the peer reported last of our packets (RFC 3550 section 6.4.1); `nil` when it reported nothing.
    public var atPeer: PeerReception?

    /// How our packets come to the peer.
    public struct PeerReception: Equatable, Sendable {
        /// Packets of ours that it never had; fewer than none when it had some twice.
        public var lost: Int32
        /// Their interarrival jitter, in milliseconds.
        public var jitterMilliseconds: Double

        /// Makes a reception.
        public init(lost: Int32, jitterMilliseconds: Double) {
            self.lost = lost
            self.jitterMilliseconds = jitterMilliseconds
        }
    }

    /// Makes zeroes.
    public init() {}
}
