public import Kernel

/// Makes one key of a key that is heard in several ways: as an RFC 4733 event, as a tone in the audio beside it, and in SIP INFO.
///
/// A press takes one report of each way within the window, so two quick presses of the same key stay two.
public struct KeyDeduplicator: Sendable {
    /// How a key was heard.
    public enum Source: Hashable, Sendable {
        /// As an event in packets of its own.
        case event
        /// As a tone in the audio.
        case tone
        /// In a message of signalling.
        case message
    }

    private struct Press {
        let key: DTMFKey
        /// The ways in which it was reported.
        var sources: Set<Source>
        let at: Instant
    }

    /// The window where signalling tells of keys, too: phones send a key in SIP INFO when it is pressed or when it is let go.
    public static let besideSignalling: Duration = .milliseconds(600)

    /// How far apart the reports of a press may be.
    public let window: Duration
    /// Presses of which further reports may come, oldest first.
    private var open: [Press] = []
    private static let limit = 16

    /// Makes a de-duplicator. A tone is found some 50 ms after it begins, and both ways have jitter.
    public init(window: Duration = .milliseconds(250)) {
        self.window = window
    }

    /// Whether this report of a key is a new press: true for the first of its reports.
    public mutating func isNew(_ key: DTMFKey, from source: Source, at now: Instant) -> Bool {
        open.removeAll { $0.at.advanced(by: window) < now }
        if let index = open.firstIndex(where: { $0.key == key && !$0.sources.contains(source) }) {
            open[index].sources.insert(source)
            return false
        }
        if open.count == KeyDeduplicator.limit { open.removeFirst() }
        open.append(Press(key: key, sources: [source], at: now))
        return true
    }
}
