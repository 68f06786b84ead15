/// An IPv4 or IPv6 address as a value. Text forms are those of RFC 4291 and RFC 5952; no name is ever resolved.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address, most significant octet first.
    case v4(UInt32)
    /// An IPv6 address: the upper and the lower 64 bits.
    case v6(UInt64, UInt64)

    /// The IPv4 address of this host's loopback interface.
    public static let loopbackV4 = IPAddress.v4(0x7F00_0001)
    /// The IPv6 address of this host's loopback interface.
    public static let loopbackV6 = IPAddress.v6(0, 1)

    /// Reads a literal such as `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`; `nil` for anything else, host names included.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        let bracketed = bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]")
        if bracketed {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        if !bracketed, let four = IPAddress.parseV4(bytes[...]) {
            self = .v4(four)
        } else if let (upper, lower) = IPAddress.parseV6(bytes) {
            self = .v6(upper, lower)
        } else {
            return nil
        }
    }

    /// Whether this is an IPv6 address.
    public var isV6: Bool {
        if case .v6 = self { true } else { false }
    }

    /// Whether this is `0.0.0.0` or `::`.
    public var isUnspecified: Bool {
        self == .v4(0) || self == .v6(0, 0)
    }

    /// Whether one host can have this address: not so of multicast, broadcast, and the blocks 0.0.0.0/8 and 240.0.0.0/4 (RFC 6890).
    public var isUnicast: Bool {
        switch self {
        case .v4(let address): (1...223).contains(address >> 24)
        case .v6(0, let lower) where lower >> 32 == 0xFFFF: IPAddress.v4(UInt32(truncatingIfNeeded: lower)).isUnicast
        case .v6(let upper, _): upper >> 56 != 0xFF && !isUnspecified
        }
    }

    /// Whether the address means something in its own network only: of private use (RFC 1918, RFC 4193), of a provider's NAT (RFC 6598), link-local, or
    /// of this machine.
    public var isPrivate: Bool {
        switch self {
        case .v4(let address):
            [0x0A00_0000, 0x7F00_0000].contains(address & 0xFF00_0000) || address & 0xFFF0_0000 == 0xAC10_0000
                || [0xC0A8_0000, 0xA9FE_0000].contains(address & 0xFFFF_0000) || address & 0xFFC0_0000 == 0x6440_0000
        case .v6(0, let lower) where lower >> 32 == 0xFFFF: IPAddress.v4(UInt32(truncatingIfNeeded: lower)).isPrivate
        case .v6(let upper, let lower): upper >> 57 == 0x7E || upper >> 54 == 0x3FA || upper == 0 && lower == 1
        }
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var address: UInt32 = 0
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else { return nil }
            let value = part.reduce(0) { $0 * 10 + Int($1 - 48) }
            guard value <= 255 else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    private static func parseV6(_ bytes: [UInt8]) -> (UInt64, UInt64)? {
        guard bytes.count >= 2, bytes.count <= 45 else { return nil }
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var compressed = false
        var rest = bytes[...]
        if rest.starts(with: [58, 58]) {
            compressed = true
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            let part = rest[rest.startIndex..<end]
            var groups: [UInt16] = []
            if end == rest.endIndex, part.contains(UInt8(ascii: ".")) {
                guard let four = parseV4(part) else { return nil }
                groups = [UInt16(four >> 16), UInt16(truncatingIfNeeded: four)]
            } else {
                guard (1...4).contains(part.count) else { return nil }
                var group: UInt16 = 0
                for byte in part {
                    guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups = [group]
            }
            if compressed { tail += groups } else { head += groups }
            guard end != rest.endIndex else { break }
            rest = rest[(end + 1)...]
            if rest.first == UInt8(ascii: ":") {
                guard !compressed else { return nil }
                compressed = true
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        let count = head.count + tail.count
        guard compressed ? count < 8 : count == 8 else { return nil }
        let groups = head + Array(repeating: 0, count: 8 - count) + tail
        let halves = (groups[..<4], groups[4...])
        return (halves.0.reduce(0) { $0 << 16 | UInt64($1) }, halves.1.reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted decimal, or RFC 5952 without brackets. IPv4-mapped addresses end in dotted decimal (its section 5).
    public var description: String {
        switch self {
        case .v4(let address):
            return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        case .v6(0, let lower) where lower >> 32 == 0xFFFF:
            return "::ffff:\(IPAddress.v4(UInt32(truncatingIfNeeded: lower)))"
        case .v6(let upper, let lower):
            return IPAddress.text(
                ofGroups: [upper, lower].flatMap { half in (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64($0))) } })
        }
    }

    private static func text(ofGroups groups: [UInt16]) -> String {
        var longest = 0..<0
        var start = 0
        while start < 8 {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > longest.count, end - start > 1 { longest = start..<end }
            start = end
        }
        func text(_ groups: ArraySlice<UInt16>) -> String { groups.map { String($0, radix: 16) }.joined(separator: ":") }
        guard !longest.isEmpty else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
