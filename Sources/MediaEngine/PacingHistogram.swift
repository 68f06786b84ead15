import Kernel

/// How far apart the packets of a call were sent, in steps of 0.1 ms up to 100 ms. Its memory is taken once.
public struct PacingHistogram: Sendable {
    private var buckets = [UInt64](repeating: 0, count: 1001)
    /// The number of gaps.
    public private(set) var count: UInt64 = 0
    /// The longest gap.
    public private(set) var longest: Duration = .zero

    /// Makes an empty histogram.
    public init() {}

    mutating func add(nanoseconds: Int64) {
        buckets[Int(max(0, min(1000, nanoseconds / 100_000)))] &+= 1
        count &+= 1
        if nanoseconds > longest.wholeNanoseconds { longest = .nanoseconds(nanoseconds) }
    }

    /// The gap that this share of all gaps does not exceed, rounded up to 0.1 ms.
    public func gap(atShare share: Double) -> Duration {
        let wanted = UInt64((Double(count) * share).rounded(.up))
        var sum: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            sum += bucket
            if sum >= wanted { return .microseconds((index + 1) * 100) }
        }
        return longest
    }

    /// Adds the gaps of another histogram.
    public mutating func merge(_ other: PacingHistogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
        longest = max(longest, other.longest)
    }
}
