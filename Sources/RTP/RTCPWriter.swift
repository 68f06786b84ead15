/// A compound RTCP packet to be written (RFC 3550 section 6.1): a sender or receiver report, the canonical name, and a goodbye at the end.
public struct RTCPCompound: Hashable, Sendable {
    /// Our source.
    public var ssrc: UInt32
    /// What we sent; `nil` makes it a receiver report.
    public var sender: SenderInformation?
    /// What we received, if we heard a source.
    public var block: ReportBlock?
    /// Whether we leave.
    public var goodbye: Bool

    /// The most bytes that `write` needs, with a canonical name of 255 bytes.
    public static let maximumLength = 28 + 24 + 8 + 260 + 8

    /// Makes a packet.
    public init(ssrc: UInt32, sender: SenderInformation?, block: ReportBlock?, goodbye: Bool = false) {
        self.ssrc = ssrc
        self.sender = sender
        self.block = block
        self.goodbye = goodbye
    }

    /// Writes the packet to the beginning of `bytes`, with the canonical name `name` cut off after 255 bytes.
    ///
    /// - Returns: The bytes written; 0 when there is no room.
    public func write(name: [UInt8], into bytes: inout MutableSpan<UInt8>) -> Int {
        let nameLength = min(name.count, 255)
        let reportLength = (sender == nil ? 8 : 28) + (block == nil ? 0 : 24)
        // The item list ends with at least one zero byte and is filled up to 32 bits (RFC 3550 section 6.5).
        let descriptionLength = 8 + (2 + nameLength + 1 + 3) / 4 * 4
        let total = reportLength + descriptionLength + (goodbye ? 8 : 0)
        guard bytes.count >= total else { return 0 }

        bytes.writeRTCPHeader(
            count: block == nil ? 0 : 1, type: sender == nil ? .receiverReport : .senderReport, length: reportLength, at: 0)
        bytes.write32(ssrc, at: 4)
        if let sender { write(sender, into: &bytes) }
        if let block { write(block, into: &bytes, at: sender == nil ? 8 : 28) }

        var place = reportLength
        bytes.writeRTCPHeader(count: 1, type: .sourceDescription, length: descriptionLength, at: place)
        bytes.write32(ssrc, at: place + 4)
        bytes[place + 8] = 1
        bytes[place + 9] = UInt8(nameLength)
        for index in 0..<nameLength { bytes[place + 10 + index] = name[index] }
        for index in (place + 10 + nameLength)..<(place + descriptionLength) { bytes[index] = 0 }
        place += descriptionLength

        if goodbye {
            bytes.writeRTCPHeader(count: 1, type: .goodbye, length: 8, at: place)
            bytes.write32(ssrc, at: place + 4)
        }
        return total
    }

    private func write(_ sender: SenderInformation, into bytes: inout MutableSpan<UInt8>) {
        bytes.write32(UInt32(truncatingIfNeeded: sender.ntp.rawValue >> 32), at: 8)
        bytes.write32(UInt32(truncatingIfNeeded: sender.ntp.rawValue), at: 12)
        bytes.write32(sender.timestamp, at: 16)
        bytes.write32(sender.packets, at: 20)
        bytes.write32(sender.octets, at: 24)
    }

    private func write(_ block: ReportBlock, into bytes: inout MutableSpan<UInt8>, at place: Int) {
        bytes.write32(block.ssrc, at: place)
        bytes.write32(UInt32(block.fractionLost) << 24 | UInt32(bitPattern: block.lost) & 0xFF_FFFF, at: place + 4)
        bytes.write32(block.highest, at: place + 8)
        bytes.write32(block.jitter, at: place + 12)
        bytes.write32(block.lastReport, at: place + 16)
        bytes.write32(block.delay, at: place + 20)
    }
}

/// The packet types of RFC 3550 section 12.1.
enum RTCPType: UInt8 {
    case senderReport = 200
    case receiverReport = 201
    case sourceDescription = 202
    case goodbye = 203
}

extension MutableSpan where Element == UInt8 {
    fileprivate mutating func writeRTCPHeader(count: UInt8, type: RTCPType, length: Int, at offset: Int) {
        self[offset] = 0x80 | count & 0x1F
        self[offset + 1] = type.rawValue
        write16(UInt16(truncatingIfNeeded: length / 4 - 1), at: offset + 2)
    }
}
