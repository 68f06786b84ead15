public import Kernel

/// The receiving side of a stream: it judges sequence numbers (RFC 3550 appendix A.1), and measures loss (A.3) and jitter (A.8).
///
/// The first source is taken at once. Another one must send two packets in sequence before it takes over, so that a stray packet does
/// not; the same holds for a jump in the sequence of the present one.
public struct RTPReceiver: Sendable {
    /// What a packet is to the stream.
    public enum Verdict: Hashable, Sendable {
        /// The first packet of a source: whatever was kept of an earlier one (playout, events) is void.
        case newSource
        /// Ahead of all before: in order, or after a gap.
        case next
        /// Behind the newest, and not seen before.
        case late
        /// Seen before, or too old to tell.
        case duplicate
        /// From a source, or at a place in the sequence, that is not believed yet.
        case unproven
    }

    /// A gap forward of this many packets is no loss but a restart (`MAX_DROPOUT`).
    static let maximumDropout: UInt16 = 3000

    /// The source that is heard; `nil` before the first packet.
    public private(set) var ssrc: UInt32?
    /// Packets received of this source, late ones included, duplicates not.
    public private(set) var received: UInt64 = 0
    /// The highest sequence number, with the number of wraps above its 16 bits.
    public private(set) var highest: UInt32 = 0
    /// The clock rate in hertz in which jitter is measured.
    public var clockRate: UInt32 {
        didSet { if clockRate != oldValue { transit = nil } }
    }

    /// Sequence numbers of the last 64 before `highest`; bit 0 is `highest` itself.
    private var seen: UInt64 = 0
    private var base: UInt32 = 0
    private var lostBefore: Int64 = 0
    /// The source and sequence number that would prove a new source or a restart.
    private var candidate: (ssrc: UInt32, sequence: UInt16)?
    private var expectedPrior: UInt32 = 0
    private var receivedPrior: UInt64 = 0
    private var transit: UInt32?
    private var lastTimestamp: UInt32 = 0
    /// Sixteen times the jitter, as appendix A.8 keeps it without losing fractions.
    private var scaledJitter: UInt32 = 0
    private var senderReport: (middle: UInt32, arrived: Instant)?

    /// Begins to wait for a source.
    public init(clockRate: UInt32) {
        self.clockRate = clockRate
    }

    /// Takes the header of a packet that arrived at `now`.
    ///
    /// - Parameter measuresJitter: false for packets whose timestamp is not the time of sending, as RFC 4733 events are.
    public mutating func receive(_ header: RTPHeader, at now: Instant, measuresJitter: Bool = true) -> Verdict {
        let verdict = header.ssrc == ssrc ? place(header) : takeOver(header)
        if measuresJitter, verdict != .duplicate, verdict != .unproven { measure(header.timestamp, at: now) }
        return verdict
    }

    /// Notes the sender report of our source that arrived at `now`, for the next report block (RFC 3550 section 6.4.1).
    public mutating func receive(_ report: SenderInformation, at now: Instant) {
        guard report.ssrc == ssrc else { return }
        senderReport = (report.ntp.middle, now)
    }

    /// Begins with another source, or anew with this one, once it is proven; the very first needs no proof.
    private mutating func takeOver(_ header: RTPHeader) -> Verdict {
        guard ssrc == nil || proves(header) else { return .unproven }
        lostBefore += lostOfSource
        begin(header)
        return .newSource
    }

    private mutating func begin(_ header: RTPHeader) {
        ssrc = header.ssrc
        base = UInt32(header.sequence)
        highest = base
        seen = 1
        received = 1
        candidate = nil
        expectedPrior = 0
        receivedPrior = 0
        transit = nil
        scaledJitter = 0
        senderReport = nil
    }

    /// Whether this packet follows the candidate; makes it the candidate when not.
    private mutating func proves(_ header: RTPHeader) -> Bool {
        if let candidate, candidate == (header.ssrc, header.sequence) { return true }
        candidate = (header.ssrc, header.sequence &+ 1)
        return false
    }

    private mutating func place(_ header: RTPHeader) -> Verdict {
        let step = header.sequence &- UInt16(truncatingIfNeeded: highest)
        if step == 0 { return .duplicate }
        if step < RTPReceiver.maximumDropout {
            highest &+= UInt32(step)
            seen = step < 64 ? seen << UInt64(step) | 1 : 1
            received &+= 1
            candidate = nil
            return .next
        }
        let back = UInt16(truncatingIfNeeded: highest) &- header.sequence
        if back < 64 {
            let bit = UInt64(1) << UInt64(back)
            guard seen & bit == 0 else { return .duplicate }
            seen |= bit
            // Before the first packet taken: the stream began earlier than thought.
            if highest &- base < UInt32(back) { base &-= UInt32(back) - (highest &- base) }
            received &+= 1
            return .late
        }
        if back < RTPReceiver.maximumDropout { return .duplicate }
        return takeOver(header)
    }

    private mutating func measure(_ timestamp: UInt32, at now: Instant) {
        let arrival = now.ticks(of: clockRate)
        let transit = arrival &- timestamp
        defer {
            self.transit = transit
            lastTimestamp = timestamp
        }
        guard let last = self.transit, timestamp != lastTimestamp else { return }
        let difference = Int32(bitPattern: transit &- last).magnitude
        // Beyond a minute it is no jitter, but a clock that was set.
        guard difference < clockRate &* 60 else { return }
        scaledJitter = scaledJitter &+ difference &- ((scaledJitter &+ 8) >> 4)
    }
}

extension RTPReceiver {
    /// Packets that never came, of all sources so far; negative when there were more than expected (RFC 3550 appendix A.3).
    public var lost: Int64 { lostBefore + lostOfSource }

    /// Interarrival jitter in units of the clock.
    public var jitter: UInt32 { scaledJitter >> 4 }

    /// Interarrival jitter in milliseconds.
    public var jitterMilliseconds: Double {
        clockRate == 0 ? 0 : Double(scaledJitter) / 16 * 1000 / Double(clockRate)
    }

    /// The report block about this source at `now`, and the beginning of the next interval; `nil` before the first packet.
    public mutating func report(at now: Instant) -> ReportBlock? {
        guard let ssrc else { return nil }
        let expectedNow = expected &- expectedPrior
        let missing = Int64(expectedNow) - Int64(received &- receivedPrior)
        expectedPrior = expected
        receivedPrior = received
        let fraction = expectedNow == 0 || missing <= 0 ? 0 : min(255, missing * 256 / Int64(expectedNow))
        let delay = senderReport.map { UInt32(clamping: $0.arrived.duration(to: now).wholeNanoseconds / 1000 * 65_536 / 1_000_000) }
        return ReportBlock(
            ssrc: ssrc, fractionLost: UInt8(fraction), lost: Int32(min(max(lostOfSource, -0x80_0000), 0x7F_FFFF)), highest: highest,
            jitter: jitter,
            lastReport: senderReport?.middle ?? 0, delay: delay ?? 0)
    }

    private var expected: UInt32 { ssrc == nil ? 0 : highest &- base &+ 1 }

    private var lostOfSource: Int64 { Int64(expected) - Int64(received) }
}

extension Instant {
    /// The moment in ticks of a clock, modulo 2^32.
    func ticks(of rate: UInt32) -> UInt32 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return UInt32(truncatingIfNeeded: seconds &* Int64(rate) &+ rest &* Int64(rate) / 1_000_000_000)
    }
}
