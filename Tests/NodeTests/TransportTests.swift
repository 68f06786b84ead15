import Kernel
import Logging
import NIOCore
import NIOPosix
import SIP
import Synchronization
import Testing

@testable import Node

/// SIP over real loopback sockets on ports that the system chooses.
struct TransportTests {
    /// A transport with what it received.
    private final class Post: Sendable {
        private let inputs: AsyncStream<Received>
        private let transportBox = Mutex<SIPTransport?>(nil)

        enum Received: Sendable {
            case message(SIPMessage, Hop)
            case malformed(Int, Hop)
            case unreachable(Hop)
        }

        var transport: SIPTransport? { transportBox.withLock { $0 } }

        init(_ listeners: [SIPTransport.Listener]) async throws {
            let (stream, continuation) = AsyncStream.makeStream(of: Received.self)
            inputs = stream
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let transport = SIPTransport(eventLoop: loop, listeners: listeners, logger: Logger(label: "test")) { input in
                switch input {
                case .message(let message, let hop): continuation.yield(.message(message, hop))
                case .malformed(let error, let hop): continuation.yield(.malformed(error.status, hop))
                case .unreachable(let hop): continuation.yield(.unreachable(hop))
                }
            }
            _ = try await loop.flatSubmit { transport.start() }.get()
            transportBox.withLock { $0 = transport }
        }

        func send(_ bytes: [UInt8], to listener: SIPTransport.Listener) async throws {
            let transport = try #require(transport)
            try await transport.eventLoop.submit {
                guard let hop = transport.hop(to: listener.address, transport: listener.transport) else { return }
                transport.send(bytes, over: hop)
            }.get()
        }

        func answer(_ bytes: [UInt8], over hop: Hop) async throws {
            let transport = try #require(transport)
            try await transport.eventLoop.submit { transport.send(bytes, over: hop) }.get()
        }

        func next() async -> Received? {
            await inputs.first { _ in true }
        }

        func close() async throws {
            let transport = try #require(transport)
            try await transport.eventLoop.submit { transport.close() }.get()
        }
    }

    private static let options = Array(
        """
        OPTIONS sip:a@b SIP/2.0\r
        Via: SIP/2.0/UDP h;branch=z9hG4bKx\r
        From: <sip:a@b>;tag=1\r
        To: <sip:a@b>\r
        Call-ID: 1\r
        CSeq: 1 OPTIONS\r
        Content-Length: 0\r
        \r

        """.utf8)

    @Test(
        "a request arrives and is answered over the same hop", .timeLimit(.minutes(5)),
        arguments: [Hop.Transport.udp, .tcp], [IPAddress.loopbackV4, .loopbackV6])
    func thereAndBack(kind: Hop.Transport, ip: IPAddress) async throws {
        let any = TransportAddress(ip: ip, port: 0)
        let listeners = [SIPTransport.Listener(transport: .udp, address: any), SIPTransport.Listener(transport: .tcp, address: any)]
        let (one, other) = (try await Post(listeners), try await Post(listeners))
        let target = try #require(other.transport?.bound.first { $0.transport == kind })
        try await one.send(TransportTests.options, to: target)
        guard case .message(.request(let request), let hop) = await other.next() else { throw Surprise() }
        #expect(request.method == .options)
        #expect(hop.transport == kind)
        #expect(hop.local == target.address)
        try await other.answer(request.response(status: 200).encoded, over: hop)
        guard case .message(.response(let response), _) = await one.next() else { throw Surprise() }
        #expect(response.status == 200)
        try await one.close()
        try await other.close()
    }

    @Test("what was sent leaves before the sockets are closed", .timeLimit(.minutes(5)), arguments: [Hop.Transport.udp, .tcp])
    func lastWords(kind: Hop.Transport) async throws {
        let any = TransportAddress(ip: .loopbackV4, port: 0)
        let listeners = [SIPTransport.Listener(transport: .udp, address: any), SIPTransport.Listener(transport: .tcp, address: any)]
        let (one, other) = (try await Post(listeners), try await Post(listeners))
        let target = try #require(other.transport?.bound.first { $0.transport == kind })
        // The first message opens the connection where there is one.
        try await one.send(TransportTests.options, to: target)
        guard case .message(.request, _) = await other.next() else { throw Surprise() }
        let transport = try #require(one.transport)
        try await transport.eventLoop.submit {
            guard let hop = transport.hop(to: target.address, transport: kind) else { return }
            transport.send(TransportTests.options, over: hop)
            transport.close()
        }.get()
        guard case .message(.request, _) = await other.next() else { throw Surprise() }
        try await other.close()
    }

    @Test(
        "a datagram that the system refuses to send is reported, and the socket goes on", .timeLimit(.minutes(5)),
        arguments: [
            TransportAddress(ip: .loopbackV4, port: 0), TransportAddress(ip: .v4(0xFFFF_FFFF), port: 5060),
            TransportAddress(ip: .v4(0), port: 0),
        ])
    func refusedDatagram(impossible: TransportAddress) async throws {
        let any = SIPTransport.Listener(transport: .udp, address: TransportAddress(ip: .loopbackV4, port: 0))
        let (one, other) = (try await Post([any]), try await Post([any]))
        let target = try #require(other.transport?.bound.first)
        let own = try #require(one.transport?.bound.first)
        let hop = Hop(transport: .udp, local: own.address, remote: impossible)
        try await one.answer(TransportTests.options, over: hop)
        guard case .unreachable(hop) = await one.next() else { throw Surprise() }
        try await one.send(TransportTests.options, to: target)
        guard case .message(.request, _) = await other.next() else { throw Surprise() }
        try await one.close()
        try await other.close()
    }

    @Test("a connection that cannot be made is reported as unreachable", .timeLimit(.minutes(5)))
    func nobodyThere() async throws {
        let post = try await Post([SIPTransport.Listener(transport: .tcp, address: TransportAddress(ip: .loopbackV4, port: 0))])
        let nobody = SIPTransport.Listener(transport: .tcp, address: TransportAddress(ip: .loopbackV4, port: 1))
        try await post.send(TransportTests.options, to: nobody)
        guard case .unreachable(let hop) = await post.next() else { throw Surprise() }
        #expect(hop.remote == nobody.address)
        try await post.close()
    }

    @Test("what is no message is reported with the status it deserves", .timeLimit(.minutes(5)))
    func malformed() async throws {
        let any = TransportAddress(ip: .loopbackV4, port: 0)
        let (one, other) = (
            try await Post([SIPTransport.Listener(transport: .udp, address: any)]),
            try await Post([SIPTransport.Listener(transport: .udp, address: any)])
        )
        let target = try #require(other.transport?.bound.first)
        try await one.send(Array("INVITE sip:a@b SIP/7.0\r\n\r\n".utf8), to: target)
        guard case .malformed(let status, _) = await other.next() else { throw Surprise() }
        #expect(status == 505)
        try await one.close()
        try await other.close()
    }

    private struct Surprise: Error {}
}
