import Kernel

/// How often each source failed to authenticate lately. The table never grows beyond its limit: the source that failed longest ago makes room.
struct FailedAttempts: Sendable {
    private var sources: [IPAddress: Source] = [:]
    /// When what is known of each source may be forgotten.
    private var windows = Deadlines<IPAddress>()

    private struct Source {
        var failures: Int
        var isBarred: Bool
    }

    /// The number of sources remembered.
    var count: Int { sources.count }

    /// Whether a source has failed too often and is to be refused unheard.
    mutating func isBarred(_ source: IPAddress, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { sources[old] = nil }
        return sources[source]?.isBarred == true
    }

    /// Counts a failure; returns whether the source is barred from now on, and was not before.
    mutating func fail(_ source: IPAddress, _ limits: SIPConfiguration.Attempts, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { sources[old] = nil }
        if sources[source] == nil, sources.count >= limits.sources, let oldest = windows.popExpired(at: Instant(nanoseconds: .max)) {
            sources[oldest] = nil
        }
        var entry = sources[source] ?? Source(failures: 0, isBarred: false)
        entry.failures += 1
        let becomesBarred = !entry.isBarred && entry.failures >= limits.failures
        entry.isBarred = entry.isBarred || becomesBarred
        sources[source] = entry
        windows.set(source, at: now.advanced(by: limits.window))
        return becomesBarred
    }

    /// A source that knew the password starts anew.
    mutating func succeed(_ source: IPAddress) {
        guard sources.removeValue(forKey: source) != nil else { return }
        windows.cancel(source)
    }
}
