import COpus

/// Opus (RFC 6716, RFC 7587; libopus): wideband speech at 24 kbit/s with in-band forward error correction, so that one lost packet in a row is
/// recovered from the next. Its RTP clock is 48000 and its name says two channels, whatever is encoded.
enum Opus: CodecKind {
    static let name = "opus"
    static let clockRate: UInt32 = 48_000
    static let channels: UInt8 = 2
    static let rate = 16_000
    static let bytesPerMillisecond: Int? = nil
    static func makeEncoder() -> VoiceEncoder? { OpusVoiceEncoder(isDiscontinuous: false) }
    static func makeDiscontinuousEncoder() -> VoiceEncoder? { OpusVoiceEncoder(isDiscontinuous: true) }
    static func makeDecoder() -> VoiceDecoder? { OpusVoiceDecoder() }
}

@safe private final class OpusVoiceEncoder: VoiceEncoder {
    private let state: OpaquePointer

    init?(isDiscontinuous: Bool) {
        var error: Int32 = 0
        guard let state = unsafe opus_encoder_create(Int32(Opus.rate), 1, OPUS_APPLICATION_VOIP, &error) else { return nil }
        // The loss that it reckons with decides how much of each packet goes into correction.
        // Below a complexity of 7, libopus takes the sustained tones of music and of lines for a pause.
        unsafe opus_set_up(state, 24_000, isDiscontinuous ? 7 : 5, 1, 10, isDiscontinuous ? 1 : 0)
        unsafe self.state = unsafe state
    }

    deinit { unsafe opus_encoder_destroy(state) }

    override func encode(
        _ samples: UnsafePointer<Int16>, _ count: Int, into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Int {
        let length = Int(unsafe opus_encode(state, samples, Int32(count), bytes, Int32(capacity)))
        // Two bytes and less need not be sent.
        return length > 2 ? length : 0
    }
}

@safe private final class OpusVoiceDecoder: VoiceDecoder {
    private let state: OpaquePointer

    init?(_: Void = ()) {
        var error: Int32 = 0
        guard let state = unsafe opus_decoder_create(Int32(Opus.rate), 1, &error) else { return nil }
        unsafe self.state = unsafe state
    }

    deinit { unsafe opus_decoder_destroy(state) }

    override func decode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into samples: UnsafeMutablePointer<Int16>, _ capacity: Int
    ) -> Int {
        max(0, Int(unsafe opus_decode(state, bytes, Int32(count), samples, Int32(capacity), 0)))
    }

    override func conceal(
        _ count: Int, next: UnsafePointer<UInt8>?, _ nextCount: Int, into samples: UnsafeMutablePointer<Int16>
    ) -> Bool {
        // With the next packet at hand, its correction data is decoded; without, the decoder guesses.
        unsafe opus_decode(state, next, Int32(nextCount), samples, Int32(count), next == nil ? 0 : 1) == Int32(count)
    }
}
