import Kernel
import Logging
import NIOCore
import NIOPosix
import SIP

/// The TCP and TLS connections of a transport.
struct StreamTable {
    /// What a peer is reached by: a connection of one transport is of no use to the other.
    struct Peer: Hashable {
        let transport: Hop.Transport
        let remote: TransportAddress

        init(_ hop: Hop) { (transport, remote) = (hop.transport, hop.remote) }
    }

    var channels: [UInt64: any Channel] = [:]
    var byPeer: [Peer: UInt64] = [:]
    /// What waits for a connection that is being made.
    var connecting: [Peer: [(bytes: [UInt8], hop: Hop)]] = [:]
    /// How many TLS connections have not finished their handshake.
    var handshakes = 0
    var lastHeard: [UInt64: NIODeadline] = [:]
    var last: UInt64 = 0

    /// The most messages that wait for one connection.
    static let waitingLimit = 256
    /// The most connections that are being made at once: whoever names addresses where nobody answers shall not use up our descriptors.
    static let connectingLimit = 512
    /// How long a connection may be silent before its first message, and between messages.
    static let firstMessage = TimeAmount.seconds(30)
    static let idle = TimeAmount.hours(2)
    /// How long a TLS handshake may take.
    static let handshake = TimeAmount.seconds(10)
}

// TCP and TLS: connections that came in or that we made, each used both ways.
extension SIPTransport {
    func sendOverStream(_ bytes: [UInt8], _ hop: Hop) {
        if let channel = streams.channels[hop.connection] ?? streams.byPeer[StreamTable.Peer(hop)].flatMap({ streams.channels[$0] }) {
            write(bytes, to: channel, hop)
        } else if let waiting = streams.connecting[StreamTable.Peer(hop)] {
            guard waiting.count < StreamTable.waitingLimit else { return reportUnreachable(hop) }
            streams.connecting[StreamTable.Peer(hop)]?.append((bytes, hop))
        } else {
            guard streams.connecting.count < StreamTable.connectingLimit else {
                logger.debug("more than \(StreamTable.connectingLimit) SIP connections are being made: none is made to \(hop.remote)")
                return reportUnreachable(hop)
            }
            streams.connecting[StreamTable.Peer(hop)] = [(bytes, hop)]
            connect(StreamTable.Peer(hop))
        }
    }

    private func write(_ bytes: [UInt8], to channel: any Channel, _ hop: Hop) {
        // A peer that does not read is not waited for: it would hold memory for ever.
        guard channel.isWritable else {
            logger.warning("\(hop.remote) does not read from its connection, which is closed")
            channel.close(promise: nil)
            return
        }
        channel.write(ByteBuffer(bytes: bytes), promise: nil)
        flushSoon(channel)
    }

    private func connect(_ peer: StreamTable.Peer) {
        let ready = eventLoop.makePromise(of: (any Channel).self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(ChannelOptions.writeBufferWaterMark, value: .init(low: 1 << 16, high: 1 << 20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.furnish(channel, peer.transport, connectingTo: peer.remote, ready) }
            }
        connection(bootstrap, peer.remote).whenComplete { result in
            switch result {
            case .success(let channel): if peer.transport != .tls { ready.succeed(channel) }
            case .failure(let error): ready.fail(error)
            }
        }
        ready.futureResult.whenComplete { result in
            let waiting = self.streams.connecting.removeValue(forKey: peer) ?? []
            switch result {
            case .success(let channel):
                for message in waiting { self.write(message.bytes, to: channel, message.hop) }
            case .failure(let error):
                self.logger.debug("no connection to \(peer.remote): \(error)")
                for message in waiting { self.receive(.unreachable(message.hop)) }
            }
        }
    }

    private func connection(_ bootstrap: ClientBootstrap, _ remote: TransportAddress) -> EventLoopFuture<any Channel> {
        do { return bootstrap.connect(to: try remote.socketAddress) } catch { return eventLoop.makeFailedFuture(error) }
    }

    /// Notes a new connection; `nil` when there are too many.
    func opened(_ channel: any Channel, _ transport: Hop.Transport) -> Hop? {
        guard hasRoomForStream else { return nil }
        guard let remote = channel.remoteAddress.flatMap({ TransportAddress($0) }), var local = local(of: channel, for: remote.ip) else {
            return nil
        }
        // Peers are told the port that we listen on, not the one that this connection happens to have.
        local.port = listeningPort(transport, v6: remote.ip.isV6) ?? local.port
        streams.last += 1
        let hop = Hop(transport: transport, local: local, remote: remote, connection: streams.last)
        streams.channels[streams.last] = channel
        streams.byPeer[StreamTable.Peer(hop)] = streams.last
        return hop
    }

    /// Whether one more connection may be; says so when not.
    var hasRoomForStream: Bool {
        guard streams.channels.count + streams.handshakes < SIPTransport.maximumConnections else {
            logger.warning("more than \(SIPTransport.maximumConnections) SIP connections: a new one is closed")
            return false
        }
        return true
    }

    func heard(_ hop: Hop) {
        streams.lastHeard[hop.connection] = .now()
    }

    func closed(_ hop: Hop) {
        streams.channels[hop.connection] = nil
        streams.lastHeard[hop.connection] = nil
        let peer = StreamTable.Peer(hop)
        if streams.byPeer[peer] == hop.connection { streams.byPeer[peer] = nil }
        receive(.unreachable(hop))
    }

    /// Ends connections that have been silent for too long. One that never said anything has the time of a round of upkeep.
    func closeIdleStreams() {
        let now = NIODeadline.now()
        for (id, channel) in streams.channels {
            if let heard = streams.lastHeard[id] {
                if now - heard > StreamTable.idle { channel.close(promise: nil) }
            } else {
                // The time of its first message begins now, and is over at the next round.
                streams.lastHeard[id] = now - StreamTable.idle + StreamTable.firstMessage
            }
        }
    }

    func closeStreams() {
        for channel in streams.channels.values { channel.close(promise: nil) }
    }
}

/// Cuts a connection's bytes into messages and hands them over.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let transport: SIPTransport
    private let kind: Hop.Transport
    private var framer = SIPStreamFramer()
    private var hop: Hop?

    init(_ transport: SIPTransport, _ kind: Hop.Transport) { (self.transport, self.kind) = (transport, kind) }

    /// Over TLS this handler comes when the handshake is done, and the connection is there.
    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard hop == nil else { return }
        hop = transport.opened(context.channel, kind)
        if hop == nil { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let hop { transport.closed(hop) }
        hop = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let hop else { return }
        framer.append(unwrapInboundIn(data).readableBytesView)
        do throws(SIPParseError) {
            while let frame = try framer.next() {
                transport.heard(hop)
                switch frame {
                case .message(let message): transport.receive(.message(message, hop))
                case .malformed(let error): transport.receive(.malformed(error, hop))
                case .keepAlivePing: context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [13, 10])), promise: nil)
                }
            }
        } catch {
            transport.receive(.malformed(error, hop))
            transport.logger.debug("the connection from \(hop.remote) is closed: \(error.reason)")
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
