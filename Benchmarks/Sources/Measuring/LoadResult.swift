public import CLoad

extension load_result {
    /// The gap between packets of a call that this share of gaps does not exceed, in milliseconds.
    public func gap(_ share: Double) -> Double {
        unsafe withUnsafeBytes(of: gaps) { unsafe load_result.quantile($0, share) * 0.05 }
    }

    /// The longest gap, in milliseconds.
    public var longestGap: Double { Double(longest_gap) / 1e6 }

    /// The time from a key's first packet to the first packet of what it starts, that this share of keys does not exceed, in milliseconds.
    public func answer(_ share: Double) -> Double {
        unsafe withUnsafeBytes(of: answers) { unsafe load_result.quantile($0, share) * 0.5 }
    }

    /// The keys that were answered.
    public var answered: UInt64 {
        unsafe withUnsafeBytes(of: answers) { unsafe $0.bindMemory(to: UInt64.self).reduce(0, +) }
    }

    /// The number of the bucket in whose steps the share is reached; without a measurement, none.
    private static func quantile(_ bytes: UnsafeRawBufferPointer, _ share: Double) -> Double {
        let buckets = unsafe bytes.bindMemory(to: UInt64.self)
        let total = unsafe buckets.reduce(0, +)
        guard total > 0 else { return .infinity }
        var sum: UInt64 = 0
        for index in buckets.indices {
            sum += unsafe buckets[index]
            if Double(sum) >= Double(total) * share { return Double(index + 1) }
        }
        return .infinity
    }
}
