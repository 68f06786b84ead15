public import CTI
public import Kernel
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import NIOWebSocket

/// Listens for applications and carries their messages to the CTIManager and back.
///
/// Its connections live on an event loop of their own, so that no application's messages hold up signalling. Confined to that loop; hence `@unchecked`.
public final class LinkServer: @unchecked Sendable {
    /// What applications do, in its order. Called on the link's loop.
    public enum Input: Sendable {
        /// An application connected, from this address, with TLS or without.
        case connected(ApplicationID, from: IPAddress?, secure: Bool)
        /// It asks for something, to be answered by one `reply`.
        case request(ApplicationID, RequestID, ProviderRequest)
        /// Its connection is gone.
        case disconnected(ApplicationID)
    }

    /// The port of plain connections.
    public static let standardPort: UInt16 = 2748
    /// The port of connections with TLS.
    public static let standardSecurePort: UInt16 = 2749
    /// A connection from which nothing was heard for twice this time is closed; each is asked for a sign of life once in it.
    public static let signOfLife = Duration.seconds(30)
    /// The most connections; further ones are closed at once.
    public static let maximumConnections = 1024
    /// The most bytes of a message.
    public static let maximumMessage = 1 << 16
    /// How long a connection may live without having opened its provider, unless said otherwise.
    public static let openingTime = Duration.seconds(10)
    /// The most bytes that wait for an application that does not read; then it is disconnected.
    public static let maximumBacklog = 1 << 20

    let eventLoop: any EventLoop
    let logger: Logger
    let openingTime: Duration
    let signOfLife: Duration
    private let input: @Sendable (LinkServer, Input) -> Void
    private var connections: [ApplicationID: LinkHandler] = [:]
    private var channels: [any Channel] = []
    private var last: ApplicationID
    /// The certificate of connections with TLS.
    private var tls: NIOSSLContext?

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - last: The highest identifier of applications that are in this process.
    ///   - openingTime: How long a connection may live without having opened its provider.
    ///   - signOfLife: How often an application is asked whether it lives.
    ///   - receive: Called on the link's loop with what applications do.
    public init(
        after last: ApplicationID, openingTime: Duration = LinkServer.openingTime, signOfLife: Duration = LinkServer.signOfLife,
        logger: Logger,
        receive: @escaping @Sendable (LinkServer, Input) -> Void
    ) {
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.last = last
        self.openingTime = openingTime
        self.signOfLife = signOfLife
        self.logger = logger
        input = receive
    }

    /// Listens at an address, with TLS or without; gives it with the port that it got. Port 0 lets the system choose.
    ///
    /// - Throws: When the address cannot be bound.
    public func bind(_ address: TransportAddress, tls: NIOSSLContext? = nil) async throws -> TransportAddress {
        let bootstrap = ServerBootstrap(group: eventLoop, childGroup: eventLoop)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(ChannelOptions.writeBufferWaterMark, value: .init(low: 1 << 16, high: LinkServer.maximumBacklog))
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try self.prepare(channel, isSecure: tls != nil) }
            }
        if let tls { use(tls) }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: "\(address.ip)", port: Int(address.port)).get()
        } catch {
            throw LinkFailure(address: address, reason: "\(error)")
        }
        try await eventLoop.submit { self.channels.append(channel) }.get()
        return TransportAddress(ip: address.ip, port: channel.localAddress?.port.map { UInt16($0) } ?? address.port)
    }

    /// Takes another certificate, for connections that are made from here on. From any thread.
    public func use(_ tls: NIOSSLContext) {
        eventLoop.execute { self.tls = tls }
    }

    /// Tells an application something. From any thread; what is told first arrives first.
    public func tell(_ application: ApplicationID, _ message: LinkMessage) {
        eventLoop.execute { self.connections[application]?.tell(message) }
    }

    /// Ends all connections and listens no more.
    public func close() {
        eventLoop.execute {
            for channel in self.channels { channel.close(promise: nil) }
            for connection in self.connections.values { connection.tell(.end) }
        }
    }

    /// HTTP/1.1 until the application asks for a WebSocket (RFC 6455 section 4).
    private func prepare(_ channel: any Channel, isSecure: Bool) throws {
        let handler = LinkHandler(self, channel, isSecure: isSecure)
        if isSecure {
            guard let tls else { throw ChannelError.operationUnsupported }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        let refusal = "refusal"
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: LinkServer.maximumMessage, automaticErrorHandling: true,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let aggregator = NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 64, maxAccumulatedFrameSize: LinkServer.maximumMessage)
                    try channel.pipeline.syncOperations.addHandlers(aggregator, handler)
                }
            })
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in context.pipeline.syncOperations.removeHandler(name: refusal, promise: nil) }
            ))
        try channel.pipeline.syncOperations.addHandler(UpgradeRequired(), name: refusal)
    }

    // MARK: Connections

    func receive(_ input: Input) { self.input(self, input) }

    /// Names a new connection; `nil` when there are too many.
    func opened(_ connection: LinkHandler) -> ApplicationID? {
        guard connections.count < LinkServer.maximumConnections else {
            logger.warning("more than \(LinkServer.maximumConnections) applications are connected: a new connection is closed")
            return nil
        }
        last = ApplicationID(last.rawValue + 1)
        connections[last] = connection
        let origin = connection.remoteAddress.flatMap { $0.ipAddress }.flatMap { IPAddress($0) }
        receive(.connected(last, from: origin, secure: connection.isSecure))
        return last
    }

    func closed(_ application: ApplicationID) {
        guard connections.removeValue(forKey: application) != nil else { return }
        receive(.disconnected(application))
    }
}

/// Why the CTI link cannot be listened for.
public struct LinkFailure: Error, CustomStringConvertible {
    /// The address.
    public var address: TransportAddress
    /// The system's reason.
    public var reason: String

    /// One line for the administrator.
    public var description: String { "cannot listen for the CTI link on \(address): \(reason)" }
}

/// Answers whoever speaks HTTP and asks for no WebSocket.
private final class UpgradeRequired: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let text = "This is the CTI link of Frontdesk: JSON-RPC 2.0 over WebSocket. Docs/cti-link.md describes it.\n"
        let headers: HTTPHeaders = [
            "Upgrade": "websocket", "Connection": "close", "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": "\(text.utf8.count)",
        ]
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .upgradeRequired, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
