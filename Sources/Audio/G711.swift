/// The two laws of ITU-T G.711: eight bits a sample, 8000 samples a second.
public enum G711Law: Hashable, Sendable, CaseIterable {
    /// µ-law, North America and Japan.
    case mu
    /// A-law, everywhere else.
    case a

    /// The byte of silence.
    public var silence: UInt8 { self == .mu ? 0xFF : 0xD5 }

    /// Encodes one sample.
    public func encode(_ sample: Int16) -> UInt8 { self == .mu ? G711Law.encodeMu(sample) : G711Law.encodeA(sample) }

    /// Decodes one byte.
    public func decode(_ byte: UInt8) -> Int16 { self == .mu ? G711Law.decodeMu(byte) : G711Law.decodeA(byte) }

    // µ-law adds a bias of 33 (here in 14 bits shifted by two: 132), so that each segment begins at a power of two.
    private static let bias = 0x84
    private static let clip = 32_635

    private static func encodeMu(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0x80 : 0
        let magnitude = min(abs(Int(sample)), clip) + bias
        let segment = max(0, Int.bitWidth - 1 - magnitude.leadingZeroBitCount - 7)
        let mantissa = UInt8(magnitude >> (segment + 3) & 0x0F)
        return ~(sign | UInt8(segment) << 4 | mantissa)
    }

    private static func decodeMu(_ byte: UInt8) -> Int16 {
        let inverted = ~byte
        let segment = Int(inverted >> 4 & 7)
        let magnitude = ((Int(inverted & 0x0F) << 3 + bias) << segment) - bias
        return Int16(inverted & 0x80 != 0 ? -magnitude : magnitude)
    }

    private static func encodeA(_ sample: Int16) -> UInt8 {
        // Twelve bits and a sign; negative values are one's complements.
        let isNegative = sample < 0
        let magnitude = isNegative ? (~Int(sample)) >> 4 : Int(sample) >> 4
        // The two lowest segments have the same step; from there on each has twice the step of the one below.
        let shift = max(0, Int.bitWidth - 1 - magnitude.leadingZeroBitCount - 4)
        let coded = shift == 0 ? magnitude : (shift + 1) << 4 | (magnitude >> shift & 0x0F)
        return UInt8(coded) ^ (isNegative ? 0x55 : 0xD5)
    }

    private static func decodeA(_ byte: UInt8) -> Int16 {
        let plain = byte ^ 0x55
        let segment = Int(plain >> 4 & 7)
        let mantissa = Int(plain & 0x0F)
        let magnitude = segment == 0 ? mantissa << 4 + 8 : (mantissa << 4 + 0x108) << (segment - 1)
        return Int16(plain & 0x80 != 0 ? magnitude : -magnitude)
    }
}

/// The laws as tables in memory that never moves, for loops that may neither lock nor count references. One exists for the life of the process.
@safe public struct G711Tables: @unchecked Sendable {
    /// 65536 bytes: the µ-law code of each sample's bit pattern.
    public let encodeMu: UnsafePointer<UInt8>
    /// 65536 bytes: the A-law code of each sample's bit pattern.
    public let encodeA: UnsafePointer<UInt8>
    /// 256 samples of the µ-law codes.
    public let decodeMu: UnsafePointer<Int16>
    /// 256 samples of the A-law codes.
    public let decodeA: UnsafePointer<Int16>
    /// 256 bytes: the A-law code of each µ-law code.
    public let muToA: UnsafePointer<UInt8>
    /// 256 bytes: the µ-law code of each A-law code.
    public let aToMu: UnsafePointer<UInt8>

    /// The tables.
    public static let shared = G711Tables()

    private init() {
        func table<Element>(_ count: Int, _ make: (Int) -> Element) -> UnsafePointer<Element> {
            let memory = UnsafeMutablePointer<Element>.allocate(capacity: count)
            for index in 0..<count { unsafe (memory + index).initialize(to: make(index)) }
            return unsafe UnsafePointer(memory)
        }
        unsafe encodeMu = table(65_536) { G711Law.mu.encode(Int16(bitPattern: UInt16($0))) }
        unsafe encodeA = table(65_536) { G711Law.a.encode(Int16(bitPattern: UInt16($0))) }
        unsafe decodeMu = table(256) { G711Law.mu.decode(UInt8($0)) }
        unsafe decodeA = table(256) { G711Law.a.decode(UInt8($0)) }
        unsafe muToA = table(256) { G711Law.a.encode(G711Law.mu.decode(UInt8($0))) }
        unsafe aToMu = table(256) { G711Law.mu.encode(G711Law.a.decode(UInt8($0))) }
    }

    /// The samples of a law's codes.
    public func decode(_ law: G711Law) -> UnsafePointer<Int16> { unsafe law == .mu ? decodeMu : decodeA }

    /// The codes of a law's samples, by bit pattern.
    public func encode(_ law: G711Law) -> UnsafePointer<UInt8> { unsafe law == .mu ? encodeMu : encodeA }
}
