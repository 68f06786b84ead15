public import Kernel

/// Hears keys in RFC 4733 events: each key once, when its first packet comes, and its end once.
///
/// An event is known by its RTP timestamp, so it does not matter which of its packets arrive: when the beginning is lost, an end packet
/// alone makes the key; when the end is lost, the next event or a silence of `timeout` ends it. Reset it when the source changes.
public struct DTMFEventReceiver: Sendable {
    /// What the receiver takes.
    public enum Input: Sendable {
        /// A packet: its event, its RTP timestamp, and the clock rate of its payload type.
        case packet(TelephoneEvent, timestamp: UInt32, clockRate: UInt32)
        /// The deadline has come.
        case deadline
    }

    /// What the receiver reports.
    public enum Output: Hashable, Sendable {
        /// A key went down.
        case began(DTMFKey)
        /// The key went up, or its end was lost; how long it was down as far as known.
        case ended(DTMFKey, lasted: Duration)
    }

    private struct Event {
        /// The timestamp of the event, or of its present segment.
        var timestamp: UInt32
        let code: UInt8
        let clockRate: UInt32
        /// How long earlier segments were (RFC 4733 section 2.5.1.3), in units of the clock.
        var segments: UInt64 = 0
        /// The longest duration heard in this segment.
        var duration: UInt16
        var ended = false
        var lastHeard: Instant

        var lasted: Duration {
            let units = segments + UInt64(duration)
            return clockRate == 0 ? .zero : .milliseconds(Int64(units * 1000 / UInt64(clockRate)))
        }
    }

    /// How long no packet of an event may come until it counts as ended.
    public let timeout: Duration
    private var event: Event?

    /// Makes a receiver. Senders repeat an event at least every 50 ms, so the default waits for several to be lost.
    public init(timeout: Duration = .milliseconds(240)) {
        self.timeout = timeout
    }

    /// When the present event ends unless another packet of it comes.
    public var nextDeadline: Instant? {
        guard let event, !event.ended else { return nil }
        return event.lastHeard.advanced(by: timeout)
    }

    /// Forgets the event that is heard, when the source changes; its end is reported first.
    public mutating func reset(into outputs: inout [Output]) {
        end(into: &outputs)
        event = nil
    }

    /// Takes a packet or the deadline.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        if let nextDeadline, nextDeadline <= now { end(into: &outputs) }
        guard case .packet(let packet, let timestamp, let clockRate) = input else { return }
        if let current = event {
            if current.timestamp == timestamp, current.code == packet.code {
                proceed(packet, at: now, into: &outputs)
                return
            }
            if current.code == packet.code, !current.ended, timestamp &- current.timestamp == UInt32(UInt16.max) {
                event?.segments += UInt64(UInt16.max)
                event?.timestamp = timestamp
                event?.duration = 0
                proceed(packet, at: now, into: &outputs)
                return
            }
            if isStale(timestamp, against: current, at: now) { return }
            end(into: &outputs)
        }
        event = Event(timestamp: timestamp, code: packet.code, clockRate: clockRate, duration: packet.duration, lastHeard: now)
        if let key = DTMFKey(code: packet.code) { outputs.append(.began(key)) }
        if packet.end { end(into: &outputs) }
    }

    /// Another packet of the present event; after its end these are the repetitions.
    private mutating func proceed(_ packet: TelephoneEvent, at now: Instant, into outputs: inout [Output]) {
        guard let current = event, !current.ended else { return }
        event?.duration = max(current.duration, packet.duration)
        event?.lastHeard = now
        if packet.end { end(into: &outputs) }
    }

    /// Whether a packet belongs to an event before the present one, and was overtaken. A timestamp that goes back by more than the last few
    /// seconds, or a long time after, is a sender that began anew.
    private func isStale(_ timestamp: UInt32, against current: Event, at now: Instant) -> Bool {
        let back = Int32(bitPattern: current.timestamp &- timestamp)
        return back > 0 && UInt32(back) < current.clockRate &* 10 && current.lastHeard.duration(to: now) < .seconds(2)
    }

    private mutating func end(into outputs: inout [Output]) {
        guard let current = event, !current.ended else { return }
        event?.ended = true
        if let key = DTMFKey(code: current.code) { outputs.append(.ended(key, lasted: current.lasted)) }
    }
}
