import Audio
import SDP

/// What a session sends and takes, in the form in which a packet needs it.
struct SessionFormat {
    var codec = Codec.pcmu
    var payloadType: UInt8 = 0
    /// The time of a packet in milliseconds, and in phases of the thread.
    var milliseconds = 20
    var phases = 4
    /// Of how many that are encoded one by one a packet is joined.
    var parts = 1
    var partMilliseconds: Int { milliseconds / parts }
    /// The time of a packet in units of the RTP clock.
    var units: UInt32 = 160
    /// What each payload type that we receive is.
    private var meanings: [128 of UInt8] = .init(repeating: 0)
    /// The payload type of events that are sent.
    var eventPayloadType: UInt8 = 101
    /// The clock rates of received events, as `meanings` counts them.
    private var eventClockRates: [4 of UInt32] = .init(repeating: 8000)
    /// The payload type with which comfort noise is sent; `nil` when the peer takes none.
    var comfortNoise: UInt8?
    /// Whether nothing is sent in pauses but what Opus needs (DTX).
    var isDiscontinuous = false

    /// What a received packet is.
    enum Meaning: Equatable {
        /// A payload type that was not negotiated.
        case unknown
        /// An RFC 4733 event, with its clock rate in hertz.
        case event(clockRate: UInt32)
        /// Comfort noise.
        case noise
        /// Audio of a codec.
        case audio(Codec)
    }

    /// The packet times that we send, in milliseconds.
    static let packetTimes = [10, 20, 30, 40, 50, 60]

    init() {}

    /// The format of a negotiated stream; `nil` when its codec is not ours.
    init?(_ audio: NegotiatedAudio) {
        guard let codec = Codec(audio.format) else { return nil }
        self.codec = codec
        payloadType = audio.format.payloadType
        // Opus is encoded in 20 ms, prompts once for all; longer packets are joined, and shorter ones are nobody's need (RFC 7587 section 4.2).
        milliseconds =
            SessionFormat.packetTimes.last { $0 <= audio.packetTime && (codec != .opus || $0 % 20 == 0) } ?? (codec == .opus ? 20 : 10)
        parts = codec == .opus ? milliseconds / 20 : 1
        phases = milliseconds / 5
        units = codec.clockRate * UInt32(milliseconds) / 1000
        isDiscontinuous = codec == .opus && audio.isDiscontinuous
        for format in audio.alsoReceive { mean(format.payloadType, Codec(format)) }
        mean(audio.receivePayloadType, codec)
        if let noise = audio.comfortNoise {
            comfortNoise = noise
            meanings[Int(noise & 0x7F)] = 1
        }
        if let events = audio.sendEvents { eventPayloadType = events.payloadType }
        let events = (audio.receiveEvents.map { [$0] } ?? []) + audio.alsoReceiveEvents
        for (place, events) in events.prefix(eventClockRates.count).enumerated() {
            meanings[Int(events.payloadType & 0x7F)] = SessionFormat.firstEvent + UInt8(place)
            eventClockRates[place] = events.clockRate
        }
    }

    /// Where in `meanings` codecs and events begin: behind nothing and comfort noise.
    private static let firstCodec: UInt8 = 2
    private static let firstEvent: UInt8 = 128

    private mutating func mean(_ payloadType: UInt8, _ codec: Codec?) {
        if let codec { meanings[Int(payloadType & 0x7F)] = SessionFormat.firstCodec + codec.rawValue }
    }

    /// What a payload type means.
    @inline(__always)
    func meaning(_ payloadType: UInt8) -> Meaning {
        switch meanings[Int(payloadType & 0x7F)] {
        case 0: .unknown
        case 1: .noise
        case let event where event >= SessionFormat.firstEvent: .event(clockRate: eventClockRates[Int(event - SessionFormat.firstEvent)])
        case let codec: Codec(rawValue: codec - SessionFormat.firstCodec).map { .audio($0) } ?? .unknown
        }
    }
}

extension Codec {
    /// The codec of a format; `nil` for formats that are not ours.
    init?(_ format: AudioFormat) { self.init(name: format.name, clockRate: format.clockRate, channels: format.channels) }
}
