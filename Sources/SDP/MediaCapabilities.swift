public import Kernel

/// An audio format as `a=rtpmap` names it (RFC 8866 section 6.6).
public struct AudioFormat: Hashable, Sendable {
    /// The encoding name; compared without regard to case by `matches`.
    public var name: String
    /// The RTP clock rate in hertz.
    public var clockRate: UInt32
    /// The number of channels.
    public var channels: UInt8
    /// The payload type we offer it with: the static one of RFC 3551, or a dynamic one.
    public var payloadType: UInt8

    /// Makes a format.
    public init(name: String, clockRate: UInt32, channels: UInt8 = 1, payloadType: UInt8) {
        self.name = name
        self.clockRate = clockRate
        self.channels = channels
        self.payloadType = payloadType
    }

    /// G.711 µ-law (RFC 3551 section 4.5.14).
    public static let pcmu = AudioFormat(name: "PCMU", clockRate: 8000, payloadType: 0)
    /// G.711 A-law (RFC 3551 section 4.5.14).
    public static let pcma = AudioFormat(name: "PCMA", clockRate: 8000, payloadType: 8)
    /// G.722 (RFC 3551 section 4.5.2).
    public static let g722 = AudioFormat(name: "G722", clockRate: 8000, payloadType: 9)
    /// Opus (RFC 7587).
    public static let opus = AudioFormat(name: "opus", clockRate: 48_000, channels: 2, payloadType: 107)
    /// Linear samples at 16000 a second (RFC 3551 section 4.5.11).
    public static let l16Wide = AudioFormat(name: "L16", clockRate: 16_000, payloadType: 118)
    /// Linear samples at 8000 a second.
    public static let l16Narrow = AudioFormat(name: "L16", clockRate: 8000, payloadType: 119)
    /// Comfort noise (RFC 3389), which is no codec but goes with those of its clock.
    static let comfortNoise = AudioFormat(name: "CN", clockRate: 8000, payloadType: 13)

    /// The format's parameters as we offer and answer them: that Opus may carry correction of what was lost (RFC 7587 section 6.1).
    var parameters: String? { matches(.opus) ? "useinbandfec=1" : nil }
}

/// What a media endpoint can do, as it is registered with a device: formats in order of preference, packet time and DTMF.
public struct MediaCapabilities: Hashable, Sendable {
    /// The formats, most preferred first.
    public var formats: [AudioFormat]
    /// The packet time in milliseconds that we prefer to receive.
    public var packetTime: Int
    /// The payload type offered for `telephone-event` (RFC 4733); `nil` when events are not taken.
    public var telephoneEvent: UInt8?
    /// The fingerprint of the endpoint's certificate, if it speaks DTLS-SRTP.
    public var fingerprint: DTLSFingerprint?

    /// Makes capabilities.
    public init(formats: [AudioFormat], packetTime: Int = 20, telephoneEvent: UInt8? = 101) {
        self.formats = formats
        self.packetTime = packetTime
        self.telephoneEvent = telephoneEvent
    }

    /// G.711 in both laws with 20 ms packets and RFC 4733 events.
    public static let g711 = MediaCapabilities(formats: [.pcmu, .pcma])
    /// Every codec that the media engine speaks, the cheapest first.
    public static let all = MediaCapabilities(formats: [.pcmu, .pcma, .g722, .opus, .l16Wide, .l16Narrow])
    /// The same, and after it every other codec that the media engine speaks.
    public var withEveryCodec: MediaCapabilities {
        var result = self
        result.formats += MediaCapabilities.all.formats.filter { format in !formats.contains(where: format.matches) }
        return result
    }

    /// Whether an audio line of a description has a format that these have, whatever its profile.
    public func sharesFormat(with description: SessionDescription) -> Bool {
        description.formatsInUse.contains { formats.contains(where: $0.matches) }
    }

    /// The same, but first those that all of the descriptions have, in the order of the last of them.
    public func preferring(formatsOf descriptions: [SessionDescription]) -> MediaCapabilities {
        let said = descriptions.map(\.formatsInUse)
        let shared = (said.last ?? []).filter { format in said.allSatisfy { $0.contains(where: format.matches) } }
        // How early each of ours stands there; those that do not stay in their order.
        let places = formats.map { format in shared.firstIndex(where: format.matches) ?? shared.count }
        var result = self
        result.formats = zip(places, formats).sorted { $0.0 < $1.0 }.map(\.1)
        return result
    }

    /// The formats of a codec, by its name in SDP in any case; none when the media engine does not speak it.
    public static func formats(of codec: String) -> [AudioFormat] {
        all.formats.filter { $0.name.equalsIgnoringCase(codec) }
    }

    /// The names of all codecs, each once.
    public static let codecNames = ["PCMU", "PCMA", "G722", "opus", "L16"]
}

extension SessionDescription {
    /// The formats of all audio lines that are in use.
    fileprivate var formatsInUse: [AudioFormat] {
        media.filter { $0.kind == "audio" && !$0.isRejected }.flatMap(\.audioFormats)
    }
}

/// One audio stream as offer and answer settled it, from our side.
public struct NegotiatedAudio: Hashable, Sendable {
    /// Where we send RTP.
    public var remote: TransportAddress
    /// Where we send RTCP (RFC 3605 `a=rtcp`, else the RTP port plus one, or the RTP port itself with `a=rtcp-mux`).
    public var remoteRTCP: TransportAddress
    /// Whether RTP and RTCP share a port (RFC 5761).
    public var rtcpMux: Bool
    /// The format that both sides share and we send, with the peer's payload type.
    public var format: AudioFormat
    /// The payload type the peer sends this format with; it may differ from ours (RFC 3264 section 5.1).
    public var receivePayloadType: UInt8
    /// The other shared formats the peer may send at any time, as payload types that we announced.
    public var alsoReceive: [AudioFormat]
    /// The payload type and clock rate with which we send RFC 4733 events; `nil` when the peer takes none.
    public var sendEvents: TelephoneEvents?
    /// The payload type and clock rate with which the peer sends RFC 4733 events; `nil` when it announced none.
    public var receiveEvents: TelephoneEvents?
    /// The same for the other clock rates among the shared formats, to which the peer may go over (RFC 4733 section 2.5).
    public var alsoReceiveEvents: [TelephoneEvents] = []
    /// How many milliseconds of audio the peer wants in a packet.
    public var packetTime: Int
    /// Whether we may send, and whether we expect to receive.
    public var direction: MediaDirection
    /// The keys of SRTP; `nil` for plain RTP.
    public var keys: SRTPKeys?
    /// How a handshake in the media makes the keys of SRTP; `nil` when none does.
    public var dtls: DTLSTerms?
    /// The payload type of comfort noise (RFC 3389), where both sides have it.
    public var comfortNoise: UInt8?
    /// Whether the peer prefers that nothing is sent in pauses (`usedtx=1` of Opus, RFC 7587 section 6.1).
    public var isDiscontinuous = false

    /// Makes a result of a negotiation.
    public init(
        remote: TransportAddress, remoteRTCP: TransportAddress, rtcpMux: Bool, format: AudioFormat, receivePayloadType: UInt8,
        alsoReceive: [AudioFormat], sendEvents: TelephoneEvents?, receiveEvents: TelephoneEvents?, packetTime: Int,
        direction: MediaDirection
    ) {
        self.remote = remote
        self.remoteRTCP = remoteRTCP
        self.rtcpMux = rtcpMux
        self.format = format
        self.receivePayloadType = receivePayloadType
        self.alsoReceive = alsoReceive
        self.sendEvents = sendEvents
        self.receiveEvents = receiveEvents
        self.packetTime = packetTime
        self.direction = direction
    }
}

/// A payload type of `telephone-event` with its clock rate (RFC 4733 section 2.5).
public struct TelephoneEvents: Hashable, Sendable {
    /// The payload type.
    public var payloadType: UInt8
    /// The clock rate in hertz of the event's duration field.
    public var clockRate: UInt32

    /// Makes a value.
    public init(payloadType: UInt8, clockRate: UInt32) {
        self.payloadType = payloadType
        self.clockRate = clockRate
    }
}
