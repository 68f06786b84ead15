import Foundation
@unsafe @preconcurrency import Glibc
import NIOCore
import NIOPosix

/// Listens for commands on a socket in the site's `var` folder, which only the server's own user can open.
final class ControlServer: Sendable {
    /// Answers a request, from the server's event loop.
    typealias Answer = @Sendable (ControlRequest) async -> ControlReply

    private let channel: any Channel
    private let path: String

    /// The socket of a site.
    static func path(of site: URL) -> String { site.appendingPathComponent("var/frontdesk.sock").path }

    /// Listens.
    ///
    /// - Throws: `ControlFailure` when another server serves the site, or the socket cannot be made.
    init(site: URL, _ answer: @escaping Answer) async throws {
        path = ControlServer.path(of: site)
        let folder = site.appendingPathComponent("var")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if (try? await ControlClient.ask(.status, of: site)) != nil {
            throw ControlFailure("another server serves this site already: it answers at \(path)")
        }
        do {
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(LineDecoder()), ControlHandler(answer))
                    }
                }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        } catch {
            throw ControlFailure("the socket for commands, \(path), cannot be made: \(error)")
        }
        unsafe chmod(path, 0o600)
    }

    /// Listens no more.
    func stop() {
        channel.close(promise: nil)
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Why commands cannot reach a server.
public struct ControlFailure: Error, CustomStringConvertible {
    /// One sentence for the administrator.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// One line of text each, of at most 1 MB.
struct LineDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer
    static let longest = 1 << 20

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
            guard buffer.readableBytes <= LineDecoder.longest else {
                throw ControlFailure("a line is longer than \(LineDecoder.longest) bytes")
            }
            return .needMoreData
        }
        guard let line = buffer.readSlice(length: end - buffer.readerIndex) else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 1)
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }
}

/// Answers one command a connection.
private final class ControlHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: ControlServer.Answer

    init(_ answer: @escaping ControlServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let line = unwrapInboundIn(data)
        let channel = context.channel
        let answer = answer
        Task {
            let reply: ControlReply
            if let request = ControlRequest(rawValue: String(buffer: line)) {
                reply = await answer(request)
            } else {
                reply = ControlReply(text: "the server does not know this command; is it of another version?", isGood: false)
            }
            var bytes = ByteBuffer(bytes: (try? JSONEncoder().encode(reply)) ?? Data("{\"isGood\":false}".utf8))
            bytes.writeString("\n")
            channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
