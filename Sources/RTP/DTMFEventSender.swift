public import Kernel

/// Sends keys as RFC 4733 events: for each tick of the media clock it says which packet to send in place of audio.
///
/// A key's packets share the timestamp of its beginning; the first has the marker, each is longer than the one before, and the last is
/// sent three times (RFC 4733 section 2.5.1).
public struct DTMFEventSender: Sendable {
    /// A packet of an event.
    public struct Packet: Hashable, Sendable {
        /// The payload.
        public var event: TelephoneEvent
        /// The timestamp of the event's beginning.
        public var timestamp: UInt32
        /// Whether the packet begins the event.
        public var marker: Bool
    }

    /// How many keys may wait.
    public static let maximumWaiting = 128

    private let tickUnits: UInt32
    private let toneTicks: Int
    private let gapTicks: Int
    private var waiting: [DTMFKey] = []
    private var current: (key: DTMFKey, timestamp: UInt32)?
    /// Ticks since the present key began.
    private var elapsed = 0

    /// Makes a sender. `tone` and `gap` are rounded up to ticks; a tone lasts no longer than one segment, 65535 units of the clock, and a
    /// gap long enough for the repeated end.
    public init(
        clockRate: UInt32 = 8000, tick: Duration = .milliseconds(20), tone: Duration = .milliseconds(100),
        gap: Duration = .milliseconds(100)
    ) {
        let length = max(tick.wholeMilliseconds, 1)
        let units = max(UInt64(length) * UInt64(clockRate) / 1000, 1)
        tickUnits = UInt32(clamping: units)
        let longest = max(Int64(65_535 / units), 1)
        toneTicks = Int(min(max((tone.wholeMilliseconds + length - 1) / length, 1), longest))
        gapTicks = Int(min(max((gap.wholeMilliseconds + length - 1) / length, 2), 500))
    }

    /// Whether a key is being sent, or waits.
    public var isBusy: Bool { current != nil || !waiting.isEmpty }

    /// Adds a key behind those that wait; false when too many wait.
    public mutating func send(_ key: DTMFKey) -> Bool {
        guard waiting.count < DTMFEventSender.maximumWaiting else { return false }
        waiting.append(key)
        return true
    }

    /// Forgets the keys that wait; the one being sent is sent to its end.
    public mutating func cancelWaiting() {
        waiting.removeAll(keepingCapacity: true)
    }

    /// The packet for the tick whose audio would have `timestamp`; `nil` when audio may be sent.
    public mutating func tick(timestamp: UInt32) -> Packet? {
        if current == nil, !waiting.isEmpty {
            current = (waiting.removeFirst(), timestamp)
            elapsed = 0
        }
        guard let current else { return nil }
        elapsed += 1
        if elapsed >= toneTicks + gapTicks { self.current = nil }
        guard elapsed < toneTicks + 3 else { return nil }
        let duration = UInt16(clamping: UInt32(min(elapsed, toneTicks)) * tickUnits)
        let event = TelephoneEvent(code: current.key.code, end: elapsed >= toneTicks, duration: duration)
        return Packet(event: event, timestamp: current.timestamp, marker: elapsed == 1)
    }
}
