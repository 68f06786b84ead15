import Kernel

/// How often whoever failed to authenticate lately. The table never grows beyond its limit: whoever failed longest ago makes room.
struct FailedAttempts: Sendable {
    /// Who guesses: an address, or an address with the user whose password it guesses.
    struct Guesser: Hashable, Sendable {
        let address: IPAddress
        let user: String?

        init(_ address: IPAddress, user: String? = nil) {
            self.address = address
            self.user = user.map { String($0.prefix(64)) }
        }
    }

    private var guessers: [Guesser: Record] = [:]
    /// When what is known of each may be forgotten.
    private var windows = Deadlines<Guesser>()

    private struct Record {
        var failures: Int
        var isBarred: Bool
    }

    /// The number of guessers remembered.
    var count: Int { guessers.count }

    /// Whether somebody has failed too often and is to be refused unheard.
    mutating func isBarred(_ guesser: Guesser, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { guessers[old] = nil }
        return guessers[guesser]?.isBarred == true
    }

    /// Counts a failure; returns whether the guesser is barred from now on, and was not before.
    mutating func fail(_ guesser: Guesser, mostFailures: Int, _ limits: SIPConfiguration.Attempts, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { guessers[old] = nil }
        if guessers[guesser] == nil, guessers.count >= limits.guessers, let oldest = windows.popExpired(at: Instant(nanoseconds: .max)) {
            guessers[oldest] = nil
        }
        var record = guessers[guesser] ?? Record(failures: 0, isBarred: false)
        record.failures += 1
        let becomesBarred = !record.isBarred && record.failures >= mostFailures
        record.isBarred = record.isBarred || becomesBarred
        guessers[guesser] = record
        windows.set(guesser, at: now.advanced(by: limits.window))
        return becomesBarred
    }

    /// Whoever knew the password starts anew.
    mutating func succeed(_ guesser: Guesser) {
        guard guessers.removeValue(forKey: guesser) != nil else { return }
        windows.cancel(guesser)
    }
}
