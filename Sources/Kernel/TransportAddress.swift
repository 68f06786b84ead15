/// An IP address with a UDP or TCP port.
public struct TransportAddress: Hashable, Sendable {
    /// The IP address.
    public var ip: IPAddress
    /// The port, 0 when it is not known yet.
    public var port: UInt16

    /// Makes an address from its parts.
    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:5060` or `[2001:db8::1]:5060`; `nil` when the port is missing or anything is malformed.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else { return nil }
        let host = text[..<colon]
        guard host.contains(":") == (host.first == "["), let ip = IPAddress(host) else { return nil }
        self.init(ip: ip, port: port)
    }
}

extension TransportAddress: CustomStringConvertible {
    /// `192.0.2.1:5060` or `[2001:db8::1]:5060`.
    public var description: String {
        ip.isV6 ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
