public import Foundation
import NIOCore
import NIOPosix

/// Asks the running server of a site.
public enum ControlClient {
    /// How long an answer may take.
    static let patience = TimeAmount.seconds(15)

    /// Sends a request and waits for the reply.
    ///
    /// - Throws: `ControlFailure` when no server serves the site, or it does not answer.
    public static func ask(_ request: ControlRequest, of site: URL) async throws -> ControlReply {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: ByteBuffer.self)
        let limit = loop.scheduleTask(in: patience) {
            promise.fail(ControlFailure("the server did not answer within \(patience.nanoseconds / 1_000_000_000) s"))
        }
        promise.futureResult.whenComplete { _ in limit.cancel() }
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(LineDecoder()), Listener(promise))
                    }
                }
                .connect(unixDomainSocketPath: ControlServer.path(of: site)).get()
        } catch {
            let failure = ControlFailure("no server serves this site: nothing answers at \(ControlServer.path(of: site))")
            promise.fail(failure)
            throw failure
        }
        try await channel.writeAndFlush(ByteBuffer(string: request.rawValue + "\n"))
        let line = try await promise.futureResult.get()
        channel.close(promise: nil)
        guard let reply = try? JSONDecoder().decode(ControlReply.self, from: Data(line.readableBytesView)) else {
            throw ControlFailure("the server's answer is not understood; is it of another version?")
        }
        return reply
    }

    private final class Listener: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<ByteBuffer>

        init(_ promise: EventLoopPromise<ByteBuffer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed(unwrapInboundIn(data)) }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ControlFailure("the server ended without an answer")) }
    }
}
