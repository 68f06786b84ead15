public import Kernel

/// Where a CTIManager listens: `ws://HOST:PORT`, or `wss://HOST:PORT` with TLS.
public struct LinkAddress: Equatable, Sendable, CustomStringConvertible {
    /// A name or an address.
    public var host: String
    /// The TCP port.
    public var port: UInt16
    /// Whether it is reached with TLS.
    public var isSecure: Bool

    /// The address of a server that listens.
    public init(_ address: TransportAddress, isSecure: Bool) {
        host = "\(address.ip)"
        port = address.port
        self.isSecure = isSecure
    }

    /// Reads `ws://HOST`, `wss://HOST`, or one with `:PORT`; IPv6 addresses stand in brackets. `nil` for anything else.
    public init?(_ text: String) {
        guard let scheme = ["ws://", "wss://"].first(where: text.hasPrefix) else { return nil }
        isSecure = scheme == "wss://"
        var rest = text.dropFirst(scheme.count)
        if rest.last == "/" { rest.removeLast() }
        if rest.first == "[", let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            host = String(rest.prefix { $0 != ":" })
            rest = rest.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty {
            port = isSecure ? LinkServer.standardSecurePort : LinkServer.standardPort
        } else {
            guard rest.first == ":", let number = UInt16(rest.dropFirst()), number > 0 else { return nil }
            port = number
        }
    }

    /// The URL.
    public var description: String { "\(isSecure ? "wss" : "ws")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
