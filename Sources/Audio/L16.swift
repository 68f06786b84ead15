// Linear samples of 16 bits in network order (RFC 3551 section 4.5.11), at the two rates that we work in.

enum L16Wide: CodecKind {
    static let name = "L16"
    static let rate = 16_000
    static let bytesPerMillisecond: Int? = 32
    static func makeEncoder() -> VoiceEncoder? { L16Encoder() }
    static func makeDecoder() -> VoiceDecoder? { L16Decoder() }
}

enum L16Narrow: CodecKind {
    static let name = "L16"
    static let rate = 8000
    static let bytesPerMillisecond: Int? = 16
    static func makeEncoder() -> VoiceEncoder? { L16Encoder() }
    static func makeDecoder() -> VoiceDecoder? { L16Decoder() }
}

private final class L16Encoder: VoiceEncoder {
    override func encode(
        _ samples: UnsafePointer<Int16>, _ count: Int, into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Int {
        let length = min(count, capacity / 2)
        for index in 0..<length {
            let bits = UInt16(bitPattern: unsafe samples[index])
            unsafe bytes[2 * index] = UInt8(bits >> 8)
            unsafe bytes[2 * index + 1] = UInt8(bits & 0xFF)
        }
        return 2 * length
    }
}

private final class L16Decoder: VoiceDecoder {
    override func decode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into samples: UnsafeMutablePointer<Int16>, _ capacity: Int
    ) -> Int {
        let length = min(count / 2, capacity)
        for index in 0..<length {
            unsafe samples[index] = Int16(bitPattern: UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1]))
        }
        return length
    }
}
