import CSpanDSP

/// ITU-T G.722 at 64 kbit/s (libspandsp). It samples at 16 kHz, but its RTP clock says 8000 for good (RFC 3551 section 4.5.2).
enum G722: CodecKind {
    static let name = "G722"
    static let clockRate: UInt32 = 8000
    static let rate = 16_000
    static let bytesPerMillisecond: Int? = 8
    static func makeEncoder() -> VoiceEncoder? { G722Encoder() }
    static func makeDecoder() -> VoiceDecoder? { G722Decoder() }
}

@safe private final class G722Encoder: VoiceEncoder {
    private let state: OpaquePointer

    init?(_: Void = ()) {
        guard let state = unsafe g722_encode_init(nil, 64_000, 0) else { return nil }
        unsafe self.state = unsafe state
    }

    deinit { unsafe g722_encode_free(state) }

    override func encode(
        _ samples: UnsafePointer<Int16>, _ count: Int, into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Int {
        Int(unsafe g722_encode(state, bytes, samples, Int32(min(count, 2 * capacity))))
    }
}

@safe private final class G722Decoder: VoiceDecoder {
    private let state: OpaquePointer

    init?(_: Void = ()) {
        guard let state = unsafe g722_decode_init(nil, 64_000, 0) else { return nil }
        unsafe self.state = unsafe state
    }

    deinit { unsafe g722_decode_free(state) }

    override func decode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into samples: UnsafeMutablePointer<Int16>, _ capacity: Int
    ) -> Int {
        Int(unsafe g722_decode(state, samples, bytes, Int32(min(count, capacity / 2))))
    }
}
