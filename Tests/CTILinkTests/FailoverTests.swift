import CTI
import CallControl
import Kernel
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import CTILink

/// A client and two servers over real loopback sockets.
struct FailoverTests {
    /// A server with what its applications do.
    private struct Server {
        let server: LinkServer
        let address: TransportAddress
        let inputs: AsyncStream<LinkServer.Input>

        init(
            at wanted: TransportAddress = TransportAddress(ip: .loopbackV4, port: 0), openingTime: Duration = .seconds(600),
            pingInterval: Duration = .seconds(600)
        ) async throws {
            let (inputs, continuation) = AsyncStream.makeStream(of: LinkServer.Input.self)
            self.inputs = inputs
            server = LinkServer(
                after: ApplicationID(1), openingTime: openingTime, signOfLife: pingInterval, logger: Logger(label: "test")
            ) { _, input in
                continuation.yield(input)
            }
            address = try await server.bind(wanted)
        }

        func next() async -> LinkServer.Input? { await inputs.first { _ in true } }
    }

    @Test("a connection that opens no provider in time is closed", .timeLimit(.minutes(5)))
    func idle() async throws {
        let server = try await Server(openingTime: .milliseconds(50))
        let (events, continuation) = AsyncStream.makeStream(of: LinkClient.Event.self)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let address = try #require(LinkAddress("ws://\(server.address)"))
        let client = LinkClient(eventLoop: loop, servers: [address], logger: Logger(label: "test")) { continuation.yield($0) }
        loop.execute { client.start() }
        guard case .connected? = await events.first(where: { _ in true }) else { throw Surprise() }
        guard case .lost? = await events.first(where: { _ in true }) else { throw Surprise() }
        try await loop.submit { client.close() }.get()
        server.server.close()
    }

    @Test(
        "an application that answers no pings is closed, though it asked for no heartbeats; one that answers them is not",
        .timeLimit(.minutes(5)))
    func pings() async throws {
        let server = try await Server(pingInterval: .milliseconds(500))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let address = try #require(LinkAddress("ws://\(server.address)"))
        let client = LinkClient(eventLoop: loop, servers: [address], logger: Logger(label: "test")) { _ in }
        loop.execute { client.start() }
        guard case .connected(ApplicationID(2), _, secure: false)? = await server.next() else { throw Surprise() }
        let mute = try await ClientBootstrap(group: loop).connect(host: "127.0.0.1", port: Int(server.address.port)).get()
        let hello =
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        try await mute.writeAndFlush(ByteBuffer(string: hello)).get()
        guard case .connected(ApplicationID(3), _, secure: false)? = await server.next() else { throw Surprise() }
        guard case .disconnected(ApplicationID(3))? = await server.next() else { throw Surprise() }
        try await loop.submit { client.close() }.get()
        server.server.close()
    }

    @Test("a client goes to the backup when its server fails, and stays there when the first one is back", .timeLimit(.minutes(5)))
    func failover() async throws {
        let (primary, backup) = (try await Server(), try await Server())
        let servers = [try #require(LinkAddress("ws://\(primary.address)")), try #require(LinkAddress("ws://\(backup.address)"))]
        let (events, continuation) = AsyncStream.makeStream(of: LinkClient.Event.self)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let client = LinkClient(eventLoop: loop, servers: servers, logger: Logger(label: "test")) { continuation.yield($0) }
        loop.execute { client.start() }
        guard case .connected? = await events.first(where: { _ in true }) else { throw Surprise() }
        guard case .connected(_, _, secure: false)? = await primary.next() else { throw Surprise() }

        primary.server.close()
        guard case .lost? = await events.first(where: { _ in true }) else { throw Surprise() }
        guard case .connected? = await events.first(where: { _ in true }) else { throw Surprise() }
        guard case .connected(_, _, secure: false)? = await backup.next() else { throw Surprise() }

        let returned = try await Server(at: primary.address)
        loop.execute { client.send(RequestID(5), .openDevice("d")) }
        guard case .request(let application, let id, .openDevice("d"))? = await backup.next() else { throw Surprise() }
        backup.server.tell(application, .reply(id, .failure(.providerNotOpen)))
        guard case .message(.reply(RequestID(5), .failure(.providerNotOpen)))? = await events.first(where: { _ in true }) else {
            throw Surprise()
        }

        backup.server.close()
        guard case .lost? = await events.first(where: { _ in true }) else { throw Surprise() }
        guard case .connected(_, _, secure: false)? = await returned.next() else { throw Surprise() }
        try await loop.submit { client.close() }.get()
        guard case .disconnected? = await returned.next() else { throw Surprise() }
        returned.server.close()
    }

    private struct Surprise: Error {}
}
