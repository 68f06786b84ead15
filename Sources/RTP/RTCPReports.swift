/// What a sender says of itself in a sender report (RFC 3550 section 6.4.1).
public struct SenderInformation: Hashable, Sendable {
    /// The sender's source.
    public var ssrc: UInt32
    /// The wall clock when the report was sent.
    public var ntp: NTPTime
    /// The same moment in the stream's timestamps.
    public var timestamp: UInt32
    /// Packets sent since the beginning.
    public var packets: UInt32
    /// Payload bytes sent since the beginning.
    public var octets: UInt32

    /// Makes the information.
    public init(ssrc: UInt32, ntp: NTPTime, timestamp: UInt32, packets: UInt32, octets: UInt32) {
        self.ssrc = ssrc
        self.ntp = ntp
        self.timestamp = timestamp
        self.packets = packets
        self.octets = octets
    }
}

/// What a receiver says of one source in a report (RFC 3550 section 6.4.1).
public struct ReportBlock: Hashable, Sendable {
    /// The source that is reported on.
    public var ssrc: UInt32
    /// The part of packets lost since the last report, in 1/256.
    public var fractionLost: UInt8
    /// Packets lost since the beginning, 24 bits with sign.
    public var lost: Int32
    /// The highest sequence number received, with the number of wraps above its 16 bits.
    public var highest: UInt32
    /// Interarrival jitter in units of the clock.
    public var jitter: UInt32
    /// `NTPTime.middle` of the last sender report; 0 when there was none.
    public var lastReport: UInt32
    /// The time since that report in 1/65536 s.
    public var delay: UInt32

    /// Makes a block.
    public init(ssrc: UInt32, fractionLost: UInt8, lost: Int32, highest: UInt32, jitter: UInt32, lastReport: UInt32, delay: UInt32) {
        self.ssrc = ssrc
        self.fractionLost = fractionLost
        self.lost = lost
        self.highest = highest
        self.jitter = jitter
        self.lastReport = lastReport
        self.delay = delay
    }

    /// The time to the reporter and back, for a block about us that arrived at `now` on the clock of our sender reports; `nil` when the
    /// reporter had no report of ours yet, or when the numbers make no sense.
    public func roundTrip(at now: NTPTime) -> Duration? {
        guard lastReport != 0 else { return nil }
        let units = Int32(bitPattern: now.middle &- lastReport &- delay)
        // Clocks with coarse ticks may report a little more delay than there was.
        guard units >= -66 else { return nil }
        return .nanoseconds(Int64(max(units, 0)) * 1_000_000_000 / 65_536)
    }
}
