// G.711 as codecs (RFC 3551 section 4.5.14).

enum PCMU: CodecKind {
    static let name = "PCMU"
    static let rate = 8000
    static let bytesPerMillisecond: Int? = 8
    static func makeEncoder() -> VoiceEncoder? { G711Encoder(.mu) }
    static func makeDecoder() -> VoiceDecoder? { G711Decoder(.mu) }
}

enum PCMA: CodecKind {
    static let name = "PCMA"
    static let rate = 8000
    static let bytesPerMillisecond: Int? = 8
    static func makeEncoder() -> VoiceEncoder? { G711Encoder(.a) }
    static func makeDecoder() -> VoiceDecoder? { G711Decoder(.a) }
}

@safe private final class G711Encoder: VoiceEncoder {
    private let table: UnsafePointer<UInt8>

    init(_ law: G711Law) { unsafe table = G711Tables.shared.encode(law) }

    override func encode(
        _ samples: UnsafePointer<Int16>, _ count: Int, into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Int {
        let length = min(count, capacity)
        for index in 0..<length { unsafe bytes[index] = unsafe table[Int(UInt16(bitPattern: samples[index]))] }
        return length
    }
}

@safe private final class G711Decoder: VoiceDecoder {
    private let table: UnsafePointer<Int16>

    init(_ law: G711Law) { unsafe table = G711Tables.shared.decode(law) }

    override func decode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into samples: UnsafeMutablePointer<Int16>, _ capacity: Int
    ) -> Int {
        let length = min(count, capacity)
        for index in 0..<length { unsafe samples[index] = unsafe table[Int(bytes[index])] }
        return length
    }
}
