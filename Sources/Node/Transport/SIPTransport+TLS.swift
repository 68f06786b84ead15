public import Foundation
import Kernel
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import SIP

/// What SIP over TLS needs: who we are, whom we trust, and the names that peers must prove.
public struct SIPSecurity: Sendable {
    /// For connections that come in; `nil` where none may.
    let server: NIOSSLContext?
    let client: NIOSSLContext
    /// The name that the certificate at an address must hold, where it is not the address itself.
    let names: [TransportAddress: String]

    /// What a client needs that has no certificate of its own: whom it trusts, the system's authorities unless a file is named.
    public init(trusting authority: URL?) throws {
        server = nil
        client = try TLSSettings.clientContext(trusting: authority)
        names = [:]
    }

    /// Reads the certificates.
    init(_ settings: TLSSettings, names: [TransportAddress: String]) throws(TLSProblem) {
        server = try settings.serverContext()
        client = try settings.clientContext()
        self.names = names
    }
}

// TLS: the handshake comes first, and then the connection is like any other.
extension SIPTransport {
    /// Puts the handlers of a new connection into its pipeline.
    ///
    /// - Parameters:
    ///   - remote: Whom we connect to; `nil` for a connection that came in.
    ///   - ready: Is told when the handshake is done, or has failed.
    func furnish(
        _ channel: any Channel, _ kind: Hop.Transport, connectingTo remote: TransportAddress? = nil,
        _ ready: EventLoopPromise<any Channel>? = nil
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        guard kind == .tls else { return try pipeline.addHandler(StreamHandler(self, kind)) }
        guard let tls, hasRoomForStream else { throw ChannelError.operationUnsupported }
        if let remote {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls.client, serverHostname: tls.names[remote]))
        } else {
            guard let server = tls.server else { throw ChannelError.operationUnsupported }
            try pipeline.addHandler(NIOSSLServerHandler(context: server))
        }
        try pipeline.addHandler(HandshakeHandler(self, ready))
    }

    /// Says in a sentence why a handshake failed; a flood of failures is counted instead.
    func handshakeFailed(_ remote: SocketAddress?, _ reason: String) {
        let (isAdmitted, leftOut) = tlsNotices.admit(at: Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds)))
        if leftOut > 0 { logger.notice("SIP: \(leftOut) more TLS handshakes failed within a second") }
        guard isAdmitted else { return }
        let peer = remote.flatMap { TransportAddress($0) }.map { "\($0)" } ?? "a peer that is gone"
        logger.notice("SIP: no TLS with \(peer): \(reason)")
    }
}

/// Watches over a TLS handshake: it has its time, and a connection that did not make it is closed.
private final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let transport: SIPTransport
    private let ready: EventLoopPromise<any Channel>?
    private var timeout: Scheduled<Void>?
    private var isOver = false

    init(_ transport: SIPTransport, _ ready: EventLoopPromise<any Channel>?) {
        (self.transport, self.ready) = (transport, ready)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        transport.streams.handshakes += 1
        let channel = context.channel
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: StreamTable.handshake) {
            self.fail(channel, "the handshake took longer than \(StreamTable.handshake.nanoseconds / 1_000_000_000) s")
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent, !isOver else { return context.fireUserInboundEventTriggered(event) }
        end()
        do {
            try context.pipeline.syncOperations.addHandler(StreamHandler(transport, .tls))
            ready?.succeed(context.channel)
        } catch {
            ready?.fail(error)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return context.fireErrorCaught(error) }
        fail(context.channel, TLSProblem.reason(of: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isOver { fail(context.channel, "the connection was closed before the handshake was done") }
        context.fireChannelInactive()
    }

    /// A connection that was never made has not been active either.
    func handlerRemoved(context: ChannelHandlerContext) {
        if !isOver { end() }
    }

    private func fail(_ channel: any Channel, _ reason: String) {
        guard !isOver else { return }
        end()
        transport.handshakeFailed(channel.remoteAddress, reason)
        ready?.fail(TLSProblem(reason: reason))
        channel.close(mode: .all, promise: nil)
    }

    private func end() {
        isOver = true
        timeout?.cancel()
        transport.streams.handshakes -= 1
    }
}
