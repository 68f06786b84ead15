import CTI
import Kernel
import Logging
import NIOCore
import NIOWebSocket

/// One WebSocket (RFC 6455): text frames to the session, and what it says back. Confined to its channel's loop; hence `@unchecked`.
final class LinkHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let server: LinkServer
    private let channel: any Channel
    private var session = LinkSession()
    private var application: ApplicationID?
    private var isEnding = false
    private var lastHeard = NIODeadline.now()
    private var pings: RepeatedTask?
    let isSecure: Bool

    var remoteAddress: SocketAddress? { channel.remoteAddress }

    init(_ server: LinkServer, _ channel: any Channel, isSecure: Bool) {
        self.server = server
        self.channel = channel
        self.isSecure = isSecure
        // From the first byte on: a connection that is never upgraded ends, too.
        channel.eventLoop.scheduleTask(in: TimeAmount(server.openingTime)) { [weak self] in
            guard let self, !self.session.isOpen else { return }
            self.end(.policyViolation)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        application = server.opened(self)
        guard application != nil else { return end(.init(codeNumber: 1013)) }
        // An application behind a network that is gone would be held for alive until TCP gives up (RFC 6455 section 5.5.2).
        let pause = TimeAmount(server.signOfLife)
        pings = channel.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { [weak self] _ in
            guard let self, !self.isEnding else { return }
            guard .now() - self.lastHeard < pause + pause else { return self.channel.close(promise: nil) }
            self.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        pings?.cancel()
        if let application { server.closed(application) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        lastHeard = .now()
        guard !isEnding else { return }
        switch frame.opcode {
        case .text:
            let bytes = Array(frame.unmaskedData.readableBytesView)
            guard let text = String(validating: bytes, as: UTF8.self) else { return end(.dataInconsistentWithMessage) }
            receive(text)
        case .ping: write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
        case .pong: break
        case .connectionClose: end(.normalClosure)
        case .binary: end(.unacceptableData)
        default: end(.protocolError)
        }
    }

    /// An application that does not read is not waited for: what it has not heard would grow without end.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard !context.channel.isWritable else { return }
        server.logger.warning("an application does not read from its CTI link, which is closed")
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.debug("CTI link: \(error)")
        end(.protocolError)
    }

    private func receive(_ text: String) {
        switch session.receive(text) {
        case .request(let id, let request): if let application { server.receive(.request(application, id, request)) }
        case .send(let message): send(message)
        case nil: break
        }
    }

    func tell(_ message: LinkMessage) {
        switch message {
        case .reply(let id, let result): if let response = session.reply(id, result) { send(response) }
        case .event(let event): send(LinkSession.notification(event))
        case .end: end(.normalClosure)
        }
    }

    private func send(_ text: String) {
        write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    private func write(_ frame: WebSocketFrame) {
        channel.writeAndFlush(frame, promise: nil)
    }

    /// Says why, and closes; without having said it when the application does not read that in time.
    private func end(_ code: WebSocketErrorCode) {
        guard !isEnding else { return }
        isEnding = true
        guard application != nil else { return channel.close(promise: nil) }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let channel = channel
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
