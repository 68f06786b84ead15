/// A small random generator that gives the same numbers for the same seed (SplitMix64). Not for secrets: a driver seeds it from the
/// system's generator, a simulation from the seed it prints.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Makes a generator that replays the sequence of `seed`.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A token of `count` characters from `a–z0–9`, as for tags, branches and nonces.
    public mutating func token(_ count: Int) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var bits = next()
        var left = 12
        let bytes = (0..<count).map { _ in
            if left == 0 {
                bits = next()
                left = 12
            }
            let byte = alphabet[Int(bits % 36)]
            bits /= 36
            left -= 1
            return byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
