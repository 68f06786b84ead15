public import Kernel
public import Logging
public import NIOCore
import NIOPosix
public import SIP

/// SIP over sockets: UDP, TCP and TLS, IPv4 and IPv6. It turns bytes into messages with the hop they came by, and sends bytes over a hop.
///
/// Confined to its event loop, whose thread calls `receive` and every method but `init`; hence `@unchecked`.
public final class SIPTransport: @unchecked Sendable {
    /// A socket to listen on; port 0 lets the system choose.
    public struct Listener: Equatable, Sendable {
        /// The transport.
        public var transport: Hop.Transport
        /// The address.
        public var address: TransportAddress

        /// Makes a listener.
        public init(transport: Hop.Transport, address: TransportAddress) {
            self.transport = transport
            self.address = address
        }
    }

    /// What comes in.
    public enum Input {
        /// A message.
        case message(SIPMessage, Hop)
        /// Something that is no message.
        case malformed(SIPParseError, Hop)
        /// Nothing can be sent over the hop any more.
        case unreachable(Hop)
    }

    /// The most TCP and TLS connections at once; further ones are closed at once.
    public static let maximumConnections = 10_000

    let eventLoop: any EventLoop
    let logger: Logger
    let receive: (Input) -> Void
    private let requested: [Listener]
    private(set) var bound: [Listener] = []
    private var datagramSockets: [DatagramSocket] = []
    private var serverChannels: [any Channel] = []
    private var locals = LocalAddresses()
    private var unsent: [(bytes: [UInt8], hop: Hop)] = []
    private var unflushed: [any Channel] = []
    private var isFlushDue = false
    var streams = StreamTable()
    /// What TLS needs; without it there is none.
    private(set) var tls: SIPSecurity?
    var tlsNotices = NoticeLimit()
    private var upkeep: RepeatedTask?

    /// Makes a transport for some listeners.
    ///
    /// - Parameters:
    ///   - tls: Certificates, for TLS listeners and connections.
    ///   - receive: Called on the loop with everything that comes in.
    public init(
        eventLoop: any EventLoop, listeners: [Listener], tls: SIPSecurity? = nil, logger: Logger, receive: @escaping (Input) -> Void
    ) {
        self.tls = tls
        self.eventLoop = eventLoop
        self.logger = logger
        self.receive = receive
        requested = listeners
    }

    /// Binds all listeners, in order; gives them with the ports that they got.
    public func start() -> EventLoopFuture<[Listener]> {
        upkeep = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(30), delay: .seconds(30)) { [weak self] _ in
            self?.locals.forget()
            self?.closeIdleStreams()
        }
        return requested.reduce(eventLoop.makeSucceededVoidFuture()) { before, listener in
            before.flatMap { self.bind(listener) }.map { _ in }
        }.map { self.bound }
    }

    /// Takes other certificates, for connections that are made from here on.
    func use(_ tls: SIPSecurity) { self.tls = tls }

    /// Binds one more listener.
    public func bind(_ listener: Listener) -> EventLoopFuture<Listener> {
        let channel = listener.transport == .udp ? bindDatagrams(listener) : bindStreams(listener)
        return channel.flatMapThrowing { channel in
            var actual = listener
            if let port = channel.localAddress?.port { actual.address.port = UInt16(port) }
            if listener.transport == .udp {
                self.datagramSockets.append(try DatagramSocket(channel, listener: actual))
            } else {
                self.serverChannels.append(channel)
            }
            self.bound.append(actual)
            return actual
        }.flatMapErrorThrowing { error in
            throw TransportFailure(listener: listener, reason: "\(error)")
        }
    }

    private func bindDatagrams(_ listener: Listener) -> EventLoopFuture<any Channel> {
        var bootstrap = DatagramBootstrap(group: eventLoop)
            .channelOption(ChannelOptions.socketOption(.so_rcvbuf), value: 4 << 20)
            .channelOption(ChannelOptions.socketOption(.so_sndbuf), value: 4 << 20)
            .channelOption(ChannelOptions.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_535))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(DatagramHandler(self)) }
            }
        if listener.address.ip.isV6 {
            bootstrap = bootstrap.channelOption(ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        do { return bootstrap.bind(to: try listener.address.socketAddress) } catch { return eventLoop.makeFailedFuture(error) }
    }

    private func bindStreams(_ listener: Listener) -> EventLoopFuture<any Channel> {
        var bootstrap = ServerBootstrap(group: eventLoop, childGroup: eventLoop)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.furnish(channel, listener.transport) }
            }
        if listener.address.ip.isV6 {
            bootstrap = bootstrap.serverChannelOption(ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        do { return bootstrap.bind(to: try listener.address.socketAddress) } catch { return eventLoop.makeFailedFuture(error) }
    }

    // MARK: Ways

    /// The way to a peer by a transport that we listen on; `nil` when there is none.
    public func hop(to remote: TransportAddress, transport: Hop.Transport) -> Hop? {
        guard let ip = locals.address(toReach: remote.ip), let port = listeningPort(transport, v6: remote.ip.isV6) else { return nil }
        return Hop(transport: transport, local: TransportAddress(ip: ip, port: port), remote: remote)
    }

    /// The address of ours that a peer reaches; `nil` when there is no way to it.
    public func localAddress(toReach peer: IPAddress) -> IPAddress? {
        locals.address(toReach: peer)
    }

    /// The address of ours for somebody of whom nothing is known: that by which the rest of the world is reached, or else one on which we listen.
    public var anyLocalAddress: IPAddress? {
        localAddress(toReach: .v4(0x0808_0808)) ?? localAddress(toReach: .v6(0x2001_4860_4860_0000, 0x8888))
            ?? bound.map(\.address.ip).first { !$0.isUnspecified }
    }

    /// The port on which we listen for a transport and family.
    func listeningPort(_ transport: Hop.Transport, v6: Bool) -> UInt16? {
        bound.first { $0.transport == transport && $0.address.ip.isV6 == v6 }?.address.port
    }

    // MARK: Sending

    /// Sends bytes over a hop. What cannot be sent is reported as `unreachable`, later.
    public func send(_ bytes: [UInt8], over hop: Hop) {
        switch hop.transport {
        case .udp:
            // One behind the other at the end of the loop's turn: a peer that gets two messages is woken once.
            unsent.append((bytes, hop))
            flushSoon()
        case .tls where tls == nil: reportUnreachable(hop)
        case .tcp, .tls: sendOverStream(bytes, hop)
        }
    }

    private func sendDatagram(_ bytes: [UInt8], _ hop: Hop) {
        let fitting = datagramSockets.lazy.filter { $0.listener.address.ip.isV6 == hop.remote.ip.isV6 }
        let socket = fitting.first { $0.listener.address.port == hop.local.port } ?? fitting.first
        guard let socket, socket.send(bytes, to: hop.remote) else { return reportUnreachable(hop) }
    }

    /// Flushes a connection at the end of what the loop is doing, so that several messages make one system call.
    func flushSoon(_ channel: any Channel) {
        if !unflushed.contains(where: { $0 === channel }) { unflushed.append(channel) }
        flushSoon()
    }

    private func flushSoon() {
        guard !isFlushDue else { return }
        isFlushDue = true
        eventLoop.execute { self.flush() }
    }

    private func flush() {
        isFlushDue = false
        // A connection that ends in its flush may make more to send, which is for the next turn.
        let (datagrams, channels) = (unsent, unflushed)
        unsent.removeAll(keepingCapacity: true)
        unflushed.removeAll(keepingCapacity: true)
        for (bytes, hop) in datagrams { sendDatagram(bytes, hop) }
        for channel in channels { channel.flush() }
    }

    /// Not at once: the machine that sent is still at work.
    func reportUnreachable(_ hop: Hop) {
        eventLoop.execute { self.receive(.unreachable(hop)) }
    }

    // MARK: Receiving

    /// Takes a datagram.
    func received(_ envelope: AddressedEnvelope<ByteBuffer>, on channel: any Channel) {
        guard let remote = TransportAddress(envelope.remoteAddress), let local = local(of: channel, for: remote.ip) else { return }
        let hop = Hop(transport: .udp, local: local, remote: remote)
        let bytes = Array(envelope.data.readableBytesView)
        // Four bytes of line ends, or a single zero, keep a NAT open (RFC 5626 section 4.4.1 and others) and ask nothing.
        guard bytes.contains(where: { $0 > 32 }) else { return }
        do throws(SIPParseError) {
            receive(.message(try SIPMessage.parse(bytes), hop))
        } catch {
            receive(.malformed(error, hop))
        }
    }

    /// Our own address as the peer sees it: a wildcard is made concrete.
    func local(of channel: any Channel, for peer: IPAddress) -> TransportAddress? {
        guard let own = channel.localAddress.flatMap({ TransportAddress($0) }) else { return nil }
        guard own.ip.isUnspecified else { return own }
        return locals.address(toReach: peer).map { TransportAddress(ip: $0, port: own.port) }
    }

    /// Sends what is still to be sent, and closes every socket.
    public func close() {
        flush()
        upkeep?.cancel()
        for socket in datagramSockets { socket.channel.close(promise: nil) }
        for channel in serverChannels { channel.close(promise: nil) }
        closeStreams()
    }
}

/// Why a listener cannot be bound.
public struct TransportFailure: Error, CustomStringConvertible {
    /// The listener.
    public var listener: SIPTransport.Listener
    /// The system's reason.
    public var reason: String

    /// One line for the administrator.
    public var description: String {
        "cannot listen for SIP on \(listener.transport.rawValue.lowercased()) \(listener.address): \(reason)"
    }
}

/// Hands datagrams over.
private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let transport: SIPTransport

    init(_ transport: SIPTransport) { self.transport = transport }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        transport.received(unwrapInboundIn(data), on: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A port that nobody listens on any more comes back as an error of the socket, which goes on.
        transport.logger.debug("SIP over UDP: \(error)")
    }
}
