/// A moment of the wall clock as RTCP carries it: seconds since 1900 in the upper 32 bits, fractions in the lower (RFC 3550 section 4).
public struct NTPTime: Hashable, Sendable {
    /// The 64 bits.
    public var rawValue: UInt64

    /// Makes a moment from its 64 bits.
    public init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The moment so many nanoseconds after the beginning of 1970.
    public init(unixNanoseconds: Int64) {
        let billion: Int64 = 1_000_000_000
        let (quotient, remainder) = unixNanoseconds.quotientAndRemainder(dividingBy: billion)
        let (seconds, rest) = remainder < 0 ? (quotient - 1, remainder + billion) : (quotient, remainder)
        let whole = UInt64(truncatingIfNeeded: seconds &+ 2_208_988_800) & 0xFFFF_FFFF
        rawValue = whole << 32 | (UInt64(rest) << 32) / UInt64(billion)
    }

    /// The middle 32 bits: 1/65536 s, wrapping every 18 hours.
    public var middle: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 16) }
}
