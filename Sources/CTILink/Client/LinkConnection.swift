import CTI
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// One connection of a client: the WebSocket, its heartbeats, and the watch over the server's. Confined to the client's loop; hence `@unchecked`.
final class LinkConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let client: LinkClient
    private var session = LinkClientSession()
    private var channel: (any Channel)?
    private var beat: RepeatedTask?
    private var lastHeard = NIODeadline.now()

    init(_ client: LinkClient) { self.client = client }

    /// Connects and asks for a WebSocket (RFC 6455 section 4.1).
    func open(_ server: LinkAddress) -> EventLoopFuture<Void> {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/", headers: ["Host": "\(server.host):\(server.port)", "Content-Length": "0"])
        let upgraded = client.eventLoop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: client.eventLoop)
            .connectTimeout(.seconds(3))
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.prepare(channel, server, head, upgraded) }
            }
        bootstrap.connect(host: server.host, port: Int(server.port)).whenComplete { result in
            switch result {
            case .failure(let error): upgraded.fail(error)
            case .success(let channel): channel.closeFuture.whenComplete { _ in upgraded.fail(ChannelError.eof) }
            }
        }
        return upgraded.futureResult
    }

    private func prepare(
        _ channel: any Channel, _ server: LinkAddress, _ head: HTTPRequestHead, _ upgraded: EventLoopPromise<Void>
    ) throws {
        if server.isSecure {
            let context = try client.tls ?? NIOSSLContext(configuration: .makeClientConfiguration())
            // SNI has names only (RFC 6066 section 3); an address is compared with the certificate all the same.
            let isName = IPAddress(server.host) == nil
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: context, serverHostname: isName ? server.host : nil))
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(
            maxFrameSize: LinkServer.maximumMessage,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(self)
                    return true
                }
            })
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(false) })
        let result = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: upgrade))
        result.whenComplete { result in
            switch result {
            case .success(true): upgraded.succeed()
            case .success(false):
                upgraded.fail(LinkMistake(text: "it is no CTI link: it speaks HTTP but gives no WebSocket"))
                channel.close(promise: nil)
            case .failure(let error): upgraded.fail(error)
            }
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    func channelInactive(context: ChannelHandlerContext) {
        beat?.cancel()
        client.lost(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        client.logger.warning("CTI link: \(error)")
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        lastHeard = .now()
        switch frame.opcode {
        case .text: receive(String(decoding: frame.unmaskedData.readableBytesView, as: UTF8.self))
        case .ping: write(.pong, frame.unmaskedData)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    private func receive(_ text: String) {
        do throws(LinkMistake) {
            guard let message = try session.receive(text) else { return }
            if case .reply(_, .success(.opened(let interval))) = message { keepAlive(every: interval) }
            client.heard(message)
        } catch {
            client.logger.warning("CTI link: what the server said is not understood: \(error.text)")
        }
    }

    func send(_ id: RequestID, _ request: ProviderRequest) {
        var request = request
        if case .openProvider(let user, let password, nil) = request {
            request = .openProvider(user: user, password: password, heartbeat: LinkClient.heartbeat)
        }
        write(.text, ByteBuffer(string: session.text(id, request)))
    }

    func close() { channel?.close(promise: nil) }

    /// A heartbeat each interval; its reply shows that the server lives.
    private func keepAlive(every interval: Duration) {
        beat?.cancel()
        let pause = TimeAmount(max(interval, .seconds(1)))
        beat = client.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { [weak self] _ in
            guard let self else { return }
            guard .now() - self.lastHeard < pause + pause else { return self.close() }
            self.write(.text, ByteBuffer(string: #"{"jsonrpc":"2.0","id":"heartbeat","method":"Heartbeat"}"#))
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
        channel?.writeAndFlush(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data), promise: nil)
    }
}
