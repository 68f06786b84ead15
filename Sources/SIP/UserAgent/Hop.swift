public import Kernel

/// A way to a peer: transport, our address, the peer's address and, over a stream, the connection.
public struct Hop: Hashable, Sendable {
    /// The transport.
    public var transport: Transport
    /// Our address, as it goes into Via and Contact.
    public var local: TransportAddress
    /// The peer's address.
    public var remote: TransportAddress
    /// The connection, for TCP and TLS once there is one; 0 asks the driver to open or reuse one.
    public var connection: UInt64

    /// The transports.
    public enum Transport: String, Hashable, Sendable {
        /// Datagrams.
        case udp = "UDP"
        /// A stream.
        case tcp = "TCP"
        /// An encrypted stream.
        case tls = "TLS"

        /// Whether the transport itself delivers reliably, so that timers A, E, G and I are not needed.
        public var isReliable: Bool { self != .udp }
    }

    /// Makes a hop.
    public init(transport: Transport, local: TransportAddress, remote: TransportAddress, connection: UInt64 = 0) {
        self.transport = transport
        self.local = local
        self.remote = remote
        self.connection = connection
    }
}
