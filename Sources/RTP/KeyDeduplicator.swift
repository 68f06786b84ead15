public import Kernel

/// Makes one key of a key that is heard twice: as an RFC 4733 event and as a tone in the audio beside it.
///
/// Each report of one way cancels out one report of the other way within the window, so two quick presses of the same key stay two.
public struct KeyDeduplicator: Sendable {
    /// How a key was heard.
    public enum Source: Hashable, Sendable {
        /// As an event in packets of its own.
        case event
        /// As a tone in the audio.
        case tone
    }

    private struct Report {
        let key: DTMFKey
        let source: Source
        let at: Instant
    }

    /// How far apart both reports of a key may be.
    public let window: Duration
    /// Reports that have no counterpart yet, oldest first.
    private var open: [Report] = []
    private static let limit = 16

    /// Makes a de-duplicator. A tone is found some 50 ms after it begins, and both ways have jitter.
    public init(window: Duration = .milliseconds(250)) {
        self.window = window
    }

    /// Whether this report of a key is a new press: true for the first of its two reports.
    public mutating func isNew(_ key: DTMFKey, from source: Source, at now: Instant) -> Bool {
        open.removeAll { $0.at.advanced(by: window) < now }
        if let index = open.firstIndex(where: { $0.key == key && $0.source != source }) {
            open.remove(at: index)
            return false
        }
        if open.count == KeyDeduplicator.limit { open.removeFirst() }
        open.append(Report(key: key, source: source, at: now))
        return true
    }
}
