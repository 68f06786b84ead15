public import Kernel

/// A network: an address and how many leading bits of it count. A single host has them all.
public struct IPNetwork: Hashable, Sendable {
    /// An address of the network.
    public let address: IPAddress
    /// The number of leading bits that count: 0–32 or 0–128.
    public let prefix: Int

    /// Makes the network of one host.
    public init(_ address: IPAddress) {
        self.address = address
        prefix = address.isV6 ? 128 : 32
    }

    /// Makes a network; a prefix outside of what the address has is brought into it.
    public init(_ address: IPAddress, prefix: Int) {
        self.address = address
        self.prefix = min(max(prefix, 0), address.isV6 ? 128 : 32)
    }

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a plain address; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard let prefix = Int(parts[1]), (0...(address.isV6 ? 128 : 32)).contains(prefix) else { return nil }
        self.init(address, prefix: prefix)
    }

    /// Whether `other` is in the network.
    public func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.v4(let ours), .v4(let theirs)):
            return prefix == 0 || (ours ^ theirs) >> UInt32(32 - prefix) == 0
        case (.v6(let upper, let lower), .v6(let otherUpper, let otherLower)):
            guard prefix > 64 else { return prefix == 0 || (upper ^ otherUpper) >> UInt64(64 - prefix) == 0 }
            return upper == otherUpper && (lower ^ otherLower) >> UInt64(128 - prefix) == 0
        default:
            return false
        }
    }
}
