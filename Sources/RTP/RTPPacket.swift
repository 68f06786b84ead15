/// A received RTP packet: its header, and where its payload lies in the bytes it was read from (RFC 3550 section 5.1).
public struct RTPPacket: Hashable, Sendable {
    /// The fixed header.
    public var header: RTPHeader
    /// The bytes of the payload, without contributors, header extension and padding; it may be empty.
    public var payload: Range<Int>
    /// The number of contributing sources, 0–15.
    public var contributors: Int

    /// Reads a datagram.
    public init(parsing bytes: Span<UInt8>) throws(RTPParseError) {
        guard bytes.count >= RTPHeader.length else { throw .tooShort(bytes.count) }
        let first = bytes[0]
        guard first >> 6 == 2 else { throw .version(first >> 6) }
        contributors = Int(first & 0x0F)
        var start = RTPHeader.length + 4 * contributors
        guard start <= bytes.count else { throw .contributorsCutOff }
        if first & 0x10 != 0 {
            guard start + 4 <= bytes.count else { throw .extensionCutOff }
            start += 4 + 4 * Int(bytes.read16(at: start + 2))
            guard start <= bytes.count else { throw .extensionCutOff }
        }
        var end = bytes.count
        if first & 0x20 != 0 {
            let padding = bytes[end - 1]
            guard padding > 0, Int(padding) <= end - start else { throw .padding(padding) }
            end -= Int(padding)
        }
        payload = start..<end
        header = RTPHeader(
            marker: bytes[1] & 0x80 != 0, payloadType: bytes[1] & 0x7F, sequence: bytes.read16(at: 2), timestamp: bytes.read32(at: 4),
            ssrc: bytes.read32(at: 8))
    }
}

/// Why a datagram is no RTP packet.
public enum RTPParseError: Error, Hashable, Sendable {
    /// Fewer than 12 bytes: how many.
    case tooShort(Int)
    /// Another version than 2: which.
    case version(UInt8)
    /// The list of contributors goes beyond the end.
    case contributorsCutOff
    /// The header extension goes beyond the end.
    case extensionCutOff
    /// The padding is empty or longer than the payload: its length.
    case padding(UInt8)
}

/// What a datagram on a port shared by RTP and RTCP is (RFC 5761 section 4).
public enum RTPDatagram: Hashable, Sendable {
    /// An RTP packet, as far as its second byte says.
    case rtp
    /// An RTCP packet: its type is 192–223.
    case rtcp
    /// Neither: too short or not version 2, as STUN and DTLS are (RFC 7983).
    case other

    /// Looks at the first bytes of a datagram.
    public init(sorting bytes: Span<UInt8>) {
        guard bytes.count >= 8, bytes[0] >> 6 == 2 else {
            self = .other
            return
        }
        self = (192...223).contains(bytes[1]) ? .rtcp : .rtp
    }
}
