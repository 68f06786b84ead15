/// The fixed header of an RTP packet (RFC 3550 section 5.1), without contributors and extension.
public struct RTPHeader: Hashable, Sendable {
    /// The length of the header in bytes as `write` makes it.
    public static let length = 12

    /// The marker: for audio, the first packet after silence (RFC 3551 section 4.1).
    public var marker: Bool
    /// The payload type, 0–127.
    public var payloadType: UInt8
    /// The sequence number.
    public var sequence: UInt16
    /// The timestamp in units of the format's clock.
    public var timestamp: UInt32
    /// The synchronisation source.
    public var ssrc: UInt32

    /// Makes a header; the payload type's highest bit is dropped.
    public init(marker: Bool = false, payloadType: UInt8, sequence: UInt16, timestamp: UInt32, ssrc: UInt32) {
        self.marker = marker
        self.payloadType = payloadType & 0x7F
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
    }

    /// Writes the header to the beginning of `bytes`; false, and nothing written, when there is no room for it.
    @discardableResult
    public func write(into bytes: inout MutableSpan<UInt8>) -> Bool {
        guard bytes.count >= RTPHeader.length else { return false }
        bytes[0] = 0x80
        bytes[1] = (marker ? 0x80 : 0) | payloadType & 0x7F
        bytes.write16(sequence, at: 2)
        bytes.write32(timestamp, at: 4)
        bytes.write32(ssrc, at: 8)
        return true
    }
}
