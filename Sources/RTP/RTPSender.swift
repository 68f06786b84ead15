/// The sending side of a stream: it numbers packets, keeps the timestamp and counts for sender reports (RFC 3550 section 5.1).
public struct RTPSender: Hashable, Sendable {
    /// Our synchronisation source.
    public private(set) var ssrc: UInt32
    /// The sequence number of the next packet.
    public private(set) var sequence: UInt16
    /// The timestamp of the next packet of audio.
    public private(set) var timestamp: UInt32
    /// Packets sent.
    public private(set) var packets: UInt64 = 0
    /// Payload bytes sent.
    public private(set) var octets: UInt64 = 0
    /// Whether the next packet of audio begins a talkspurt and so has the marker.
    private var afterSilence = true

    /// Begins with a random source, sequence number and timestamp.
    public init(random: inout some RandomNumberGenerator) {
        let bits = random.next()
        ssrc = UInt32(truncatingIfNeeded: bits)
        timestamp = UInt32(truncatingIfNeeded: bits >> 32)
        // Below 2^15, so that a stream does not wrap in its first minutes, which helps peers that count badly.
        sequence = UInt16(truncatingIfNeeded: random.next()) & 0x7FFF
    }

    /// The header of the next packet of audio: `samples` in units of the clock, `octets` of payload.
    public mutating func audio(payloadType: UInt8, samples: UInt32, octets: Int) -> RTPHeader {
        let header = count(payloadType: payloadType, timestamp: timestamp, marker: afterSilence, octets: octets)
        timestamp &+= samples
        afterSilence = false
        return header
    }

    /// The header of a packet of an RFC 4733 event that began at `timestamp`; the audio's timestamp stays.
    public mutating func event(payloadType: UInt8, timestamp: UInt32, marker: Bool, octets: Int = TelephoneEvent.length) -> RTPHeader {
        count(payloadType: payloadType, timestamp: timestamp, marker: marker, octets: octets)
    }

    /// Lets time pass in which no audio is sent: the next packet of audio has the marker.
    public mutating func skip(samples: UInt32) {
        timestamp &+= samples
        afterSilence = true
    }

    /// Takes a new source after a collision with the peer's (RFC 3550 section 8.2); counts begin anew.
    public mutating func renew(random: inout some RandomNumberGenerator) {
        self = RTPSender(random: &random)
    }

    /// What a sender report says (RFC 3550 section 6.4.1): `ntp` is the time that belongs to the next packet's timestamp. `nil` when nothing was
    /// sent yet, so that a receiver report is due.
    public func report(at ntp: NTPTime) -> SenderInformation? {
        guard packets > 0 else { return nil }
        return SenderInformation(
            ssrc: ssrc, ntp: ntp, timestamp: timestamp, packets: UInt32(truncatingIfNeeded: packets),
            octets: UInt32(truncatingIfNeeded: octets))
    }

    private mutating func count(payloadType: UInt8, timestamp: UInt32, marker: Bool, octets: Int) -> RTPHeader {
        defer {
            sequence &+= 1
            packets &+= 1
            self.octets &+= UInt64(max(octets, 0))
        }
        return RTPHeader(marker: marker, payloadType: payloadType, sequence: sequence, timestamp: timestamp, ssrc: ssrc)
    }
}
