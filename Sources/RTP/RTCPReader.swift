/// One thing that a compound RTCP packet says.
public enum RTCPItem: Hashable, Sendable {
    /// A sender report's part about its sender.
    case sender(SenderInformation)
    /// A report of `from` about one source.
    case report(from: UInt32, ReportBlock)
    /// The canonical name of a source: where it lies in the bytes read.
    case name(UInt32, Range<Int>)
    /// A source has left.
    case goodbye(UInt32)
}

/// Why a datagram is no compound RTCP packet. Nothing of it is reported then (RFC 3550 appendix A.2).
public enum RTCPParseError: Error, Hashable, Sendable {
    /// Another version than 2, at this offset.
    case version(at: Int)
    /// A packet's length goes beyond the end, or its content beyond its length, at this offset.
    case cutOff(at: Int)
    /// Padding that is not on the last packet, or whose length makes no sense, at this offset.
    case padding(at: Int)
}

extension RTCPCompound {
    /// Reads a compound packet and hands each thing it says to `body`, in order; types that we do not know are skipped.
    ///
    /// A packet of reduced size (RFC 5506) is taken as well. The whole is checked before `body` hears anything.
    public static func read(_ bytes: Span<UInt8>, _ body: (RTCPItem) -> Void) throws(RTCPParseError) {
        try walk(bytes) { _ in }
        try walk(bytes, body)
    }

    private static func walk(_ bytes: Span<UInt8>, _ body: (RTCPItem) -> Void) throws(RTCPParseError) {
        guard bytes.count >= 4 else { throw .cutOff(at: 0) }
        var start = 0
        while start < bytes.count {
            guard start + 4 <= bytes.count else { throw .cutOff(at: start) }
            guard bytes[start] >> 6 == 2 else { throw .version(at: start) }
            let next = start + 4 + 4 * Int(bytes.read16(at: start + 2))
            guard next <= bytes.count else { throw .cutOff(at: start) }
            var end = next
            if bytes[start] & 0x20 != 0 {
                let padding = Int(bytes[next - 1])
                guard next == bytes.count, padding > 0, padding % 4 == 0, padding <= next - start - 4 else { throw .padding(at: start) }
                end -= padding
            }
            try readPacket(bytes, start..<end, body)
            start = next
        }
    }

    private static func readPacket(_ bytes: Span<UInt8>, _ packet: Range<Int>, _ body: (RTCPItem) -> Void) throws(RTCPParseError) {
        let start = packet.lowerBound
        let count = Int(bytes[start] & 0x1F)
        switch RTCPType(rawValue: bytes[start + 1]) {
        case .senderReport:
            guard packet.count >= 28 + 24 * count else { throw .cutOff(at: start) }
            body(.sender(senderInformation(bytes, at: start + 4)))
            readBlocks(bytes, from: start + 28, count: count, reporter: bytes.read32(at: start + 4), body)
        case .receiverReport:
            guard packet.count >= 8 + 24 * count else { throw .cutOff(at: start) }
            readBlocks(bytes, from: start + 8, count: count, reporter: bytes.read32(at: start + 4), body)
        case .sourceDescription:
            try readDescriptions(bytes, packet, count: count, body)
        case .goodbye:
            guard packet.count >= 4 + 4 * count else { throw .cutOff(at: start) }
            for index in 0..<count { body(.goodbye(bytes.read32(at: start + 4 + 4 * index))) }
        case nil:
            break
        }
    }

    private static func senderInformation(_ bytes: Span<UInt8>, at place: Int) -> SenderInformation {
        SenderInformation(
            ssrc: bytes.read32(at: place), ntp: NTPTime(UInt64(bytes.read32(at: place + 4)) << 32 | UInt64(bytes.read32(at: place + 8))),
            timestamp: bytes.read32(at: place + 12), packets: bytes.read32(at: place + 16), octets: bytes.read32(at: place + 20))
    }

    private static func readBlocks(_ bytes: Span<UInt8>, from first: Int, count: Int, reporter: UInt32, _ body: (RTCPItem) -> Void) {
        for index in 0..<count {
            let place = first + 24 * index
            let loss = bytes.read32(at: place + 4)
            let block = ReportBlock(
                ssrc: bytes.read32(at: place), fractionLost: UInt8(truncatingIfNeeded: loss >> 24), lost: Int32(bitPattern: loss << 8) >> 8,
                highest: bytes.read32(at: place + 8), jitter: bytes.read32(at: place + 12), lastReport: bytes.read32(at: place + 16),
                delay: bytes.read32(at: place + 20))
            body(.report(from: reporter, block))
        }
    }

    /// Chunks of items, each list ended by a zero byte and filled up to 32 bits (RFC 3550 section 6.5).
    private static func readDescriptions(
        _ bytes: Span<UInt8>, _ packet: Range<Int>, count: Int, _ body: (RTCPItem) -> Void
    ) throws(RTCPParseError) {
        var place = packet.lowerBound + 4
        for _ in 0..<count {
            guard place + 4 <= packet.upperBound else { throw .cutOff(at: packet.lowerBound) }
            let source = bytes.read32(at: place)
            place += 4
            while place < packet.upperBound, bytes[place] != 0 {
                guard place + 2 <= packet.upperBound else { throw .cutOff(at: packet.lowerBound) }
                let text = (place + 2)..<(place + 2 + Int(bytes[place + 1]))
                guard text.upperBound <= packet.upperBound else { throw .cutOff(at: packet.lowerBound) }
                if bytes[place] == 1 { body(.name(source, text)) }
                place = text.upperBound
            }
            place += 1
            while (place - packet.lowerBound) % 4 != 0 { place += 1 }
        }
    }
}
