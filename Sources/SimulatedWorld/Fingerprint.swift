import Kernel

/// A number by which two runs can be compared, the same in every process (FNV-1a over words of 64 bits).
struct Fingerprint: Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ words: UInt64..., at now: Instant) {
        mix(UInt64(bitPattern: now.nanoseconds))
        for word in words { mix(word) }
    }

    mutating func add(_ bytes: [UInt8], at now: Instant) {
        mix(UInt64(bitPattern: now.nanoseconds))
        mix(UInt64(bytes.count))
        unsafe bytes.withUnsafeBytes { all in
            for offset in stride(from: 0, to: all.count - 7, by: 8) {
                unsafe mix(all.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
        }
    }

    private mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01B3
    }
}
