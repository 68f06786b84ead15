/// How often whoever failed to authenticate lately. The table never grows beyond its limit: whoever failed longest ago makes room.
public struct FailedAttempts<Guesser: Hashable & Sendable>: Sendable {
    private var guessers: [Guesser: Record] = [:]
    /// When what is known of each may be forgotten.
    private var windows = Deadlines<Guesser>()
    private let window: Duration
    private let capacity: Int

    private struct Record {
        var failures: Int
        var isBarred: Bool
    }

    /// Makes an empty table.
    ///
    /// - Parameters:
    ///   - window: How long a guesser is remembered after its last failure.
    ///   - capacity: The most guessers remembered.
    public init(window: Duration, capacity: Int) {
        self.window = window
        self.capacity = capacity
    }

    /// The number of guessers remembered.
    public var count: Int { guessers.count }

    /// Whether somebody has failed too often and is to be refused unheard.
    public mutating func isBarred(_ guesser: Guesser, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { guessers[old] = nil }
        return guessers[guesser]?.isBarred == true
    }

    /// Counts a failure; returns whether the guesser is barred from now on, and was not before.
    public mutating func fail(_ guesser: Guesser, mostFailures: Int, at now: Instant) -> Bool {
        while let old = windows.popExpired(at: now) { guessers[old] = nil }
        if guessers[guesser] == nil, guessers.count >= capacity, let oldest = windows.popExpired(at: Instant(nanoseconds: .max)) {
            guessers[oldest] = nil
        }
        var record = guessers[guesser] ?? Record(failures: 0, isBarred: false)
        record.failures += 1
        let becomesBarred = !record.isBarred && record.failures >= mostFailures
        record.isBarred = record.isBarred || becomesBarred
        guessers[guesser] = record
        windows.set(guesser, at: now.advanced(by: window))
        return becomesBarred
    }

    /// Whoever knew the password starts anew.
    public mutating func succeed(_ guesser: Guesser) {
        guard guessers.removeValue(forKey: guesser) != nil else { return }
        windows.cancel(guesser)
    }
}

/// Who guesses passwords: an address, or an address with the user whose password it guesses.
public struct Guesser: Hashable, Sendable {
    private let address: IPAddress?
    private let user: String?

    /// Makes a guesser; without an address, one in this process.
    public init(_ address: IPAddress?, user: String? = nil) {
        self.address = address
        self.user = user.map { String($0.prefix(64)) }
    }
}
