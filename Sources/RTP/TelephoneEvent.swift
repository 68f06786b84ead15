/// The payload of an RFC 4733 packet (section 2.3): one event, as far as it has lasted.
public struct TelephoneEvent: Hashable, Sendable {
    /// The length of the payload in bytes.
    public static let length = 4

    /// The event: 0–15 are keys, others are tones and line states.
    public var code: UInt8
    /// Whether the event has ended.
    public var end: Bool
    /// The power of the tone in dBm0 with the sign dropped, 0–63.
    public var volume: UInt8
    /// How long the event has lasted since the packet's timestamp, in units of the clock.
    public var duration: UInt16

    /// Makes a payload; the volume is kept within its six bits.
    public init(code: UInt8, end: Bool, volume: UInt8 = 10, duration: UInt16) {
        self.code = code
        self.end = end
        self.volume = min(volume, 63)
        self.duration = duration
    }

    /// Reads a payload; `nil` when it is too short. Further events behind the first (RFC 4733 section 2.5.1.5) are left.
    public init?(parsing bytes: Span<UInt8>) {
        guard bytes.count >= TelephoneEvent.length else { return nil }
        self.init(code: bytes[0], end: bytes[1] & 0x80 != 0, volume: bytes[1] & 0x3F, duration: bytes.read16(at: 2))
    }

    /// Writes the payload at `offset`; false, and nothing written, when there is no room for it.
    @discardableResult
    public func write(into bytes: inout MutableSpan<UInt8>, at offset: Int = RTPHeader.length) -> Bool {
        guard offset >= 0, bytes.count - offset >= TelephoneEvent.length else { return false }
        bytes[offset] = code
        bytes[offset + 1] = (end ? 0x80 : 0) | volume & 0x3F
        bytes.write16(duration, at: offset + 2)
        return true
    }
}
