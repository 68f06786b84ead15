import Kernel

extension AudioFormat {
    /// The format of a static payload type (RFC 3551 table 4); `nil` for those that are dynamic, unassigned or not audio.
    public init?(staticPayloadType type: UInt8) {
        let entry: (name: String, clockRate: UInt32, channels: UInt8)
        switch type {
        case 0: entry = ("PCMU", 8000, 1)
        case 3: entry = ("GSM", 8000, 1)
        case 4: entry = ("G723", 8000, 1)
        case 5: entry = ("DVI4", 8000, 1)
        case 6: entry = ("DVI4", 16_000, 1)
        case 7: entry = ("LPC", 8000, 1)
        case 8: entry = ("PCMA", 8000, 1)
        // G.722 samples at 16 kHz, but its RTP clock says 8000 for good (RFC 3551 section 4.5.2).
        case 9: entry = ("G722", 8000, 1)
        case 10: entry = ("L16", 44_100, 2)
        case 11: entry = ("L16", 44_100, 1)
        case 12: entry = ("QCELP", 8000, 1)
        case 13: entry = ("CN", 8000, 1)
        case 14: entry = ("MPA", 90_000, 1)
        case 15: entry = ("G728", 8000, 1)
        case 16: entry = ("DVI4", 11_025, 1)
        case 17: entry = ("DVI4", 22_050, 1)
        case 18: entry = ("G729", 8000, 1)
        default: return nil
        }
        self.init(name: entry.name, clockRate: entry.clockRate, channels: entry.channels, payloadType: type)
    }

    /// Reads the value of `a=rtpmap`: `96 opus/48000/2` (RFC 8866 section 6.6); `nil` when it is malformed.
    public init?(rtpmap text: String) {
        // Bytes rather than characters: this is the busiest place of a negotiation.
        let words = text.utf8.split(separator: UInt8(ascii: " "))
        guard words.count == 2, let type = UInt8(Substring(words[0])), type <= 127 else { return nil }
        let parts = words[1].split(separator: UInt8(ascii: "/"))
        guard parts.count == 2 || parts.count == 3, let rate = UInt32(Substring(parts[1])), rate > 0 else { return nil }
        guard let channels = parts.count == 3 ? UInt8(Substring(parts[2])) : 1, channels > 0 else { return nil }
        self.init(name: String(Substring(parts[0])), clockRate: rate, channels: channels, payloadType: type)
    }

    /// The value of `a=rtpmap` for this format.
    public var rtpmap: String { "\(payloadType) \(name)/\(clockRate)" + (channels == 1 ? "" : "/\(channels)") }

    /// Whether this is the same encoding as `other`, whatever the payload types and the case of the names.
    public func matches(_ other: AudioFormat) -> Bool {
        clockRate == other.clockRate && channels == other.channels && name.equalsIgnoringCase(other.name)
    }
}

extension MediaDescription {
    /// The audio formats of the line in the writer's order, `telephone-event` left out. `a=rtpmap` wins over a static meaning; a payload type
    /// with neither is skipped.
    public var audioFormats: [AudioFormat] { payloadFormats.filter { !$0.isTelephoneEvent } }

    /// Each payload type of `telephone-event` on the line with its clock rate (RFC 4733 section 2.5), in the writer's order.
    public var telephoneEvents: [TelephoneEvents] {
        payloadFormats.filter(\.isTelephoneEvent).map { TelephoneEvents(payloadType: $0.payloadType, clockRate: $0.clockRate) }
    }

    private var payloadFormats: [AudioFormat] {
        let mapped = attributes.compactMap { attribute in
            attribute.name == "rtpmap" ? attribute.value.flatMap { AudioFormat(rtpmap: $0) } : nil
        }
        return formats.compactMap { text in
            guard let type = UInt8(text), type <= 127 else { return nil }
            return mapped.first { $0.payloadType == type } ?? AudioFormat(staticPayloadType: type)
        }
    }
}

extension AudioFormat {
    /// Whether this is RFC 4733's `telephone-event`, which is no audio.
    var isTelephoneEvent: Bool { name.equalsIgnoringCase("telephone-event") }
}

extension String {
    /// Compares ASCII without regard to case.
    func equalsIgnoringCase(_ other: String) -> Bool {
        func small(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
        return utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { small($0) == small($1) }
    }
}
