public import CLoad

/// What a loop that only sends and receives the packets of as many calls does on core 0, in words: the machine's own part in all that is late.
public func barePacing(calls: Int, seconds: Int) -> String {
    var seen = load_result()
    unsafe load_bare_pacing(0, Int32(calls), Int32(seconds), &seen)
    return "A bare loop that sends and receives the packets of \(calls) calls, \(seconds) s: gap p99.9 \(figure(seen.gap(0.999), 2)) ms, "
        + "at most \(figure(seen.longestGap, 1)) ms; \(seen.late) of \(seen.received) over 25 ms."
}

extension load_result {
    /// The gap between packets of a call that this share of gaps does not exceed, in milliseconds.
    public func gap(_ share: Double) -> Double {
        unsafe withUnsafeBytes(of: gaps) { unsafe load_result.quantile($0, share) * 0.05 }
    }

    /// The same without the time that the machine withheld the engine's core.
    public func ownGap(_ share: Double) -> Double {
        unsafe withUnsafeBytes(of: own_gaps) { unsafe load_result.quantile($0, share) * 0.05 }
    }

    /// The longest gap without that time, in milliseconds.
    public var longestOwnGap: Double { Double(longest_own_gap) / 1e6 }

    /// How long the engine's core was withheld: times, milliseconds in all, and the longest.
    public var stallsText: String {
        guard is_watched != 0 else { return "not known: no real-time priority for the watch" }
        return "\(stalls) times, \(figure(Double(stalled) / 1e6, 0)) ms in all, at most \(figure(Double(longest_stall) / 1e6, 1)) ms"
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
