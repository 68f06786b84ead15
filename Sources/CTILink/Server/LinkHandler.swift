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

    init(_ server: LinkServer, _ channel: any Channel) {
        self.server = server
        self.channel = channel
        // From the first byte on: a connection that is never upgraded ends, too.
        channel.eventLoop.scheduleTask(in: TimeAmount(server.openingTime)) { [weak self] in
            guard let self, !self.session.isOpen else { return }
            self.end(.policyViolation)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        application = server.opened(self)
        if application == nil { end(.init(codeNumber: 1013)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let application { server.closed(application) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
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
