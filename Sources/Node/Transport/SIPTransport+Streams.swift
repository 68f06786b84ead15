import Kernel
import Logging
import NIOCore
import NIOPosix
import SIP

/// The TCP connections of a transport.
struct StreamTable {
    var channels: [UInt64: any Channel] = [:]
    var byRemote: [TransportAddress: UInt64] = [:]
    /// What waits for a connection that is being made.
    var connecting: [TransportAddress: [(bytes: [UInt8], hop: Hop)]] = [:]
    var lastHeard: [UInt64: NIODeadline] = [:]
    var last: UInt64 = 0

    /// The most messages that wait for one connection.
    static let waitingLimit = 256
    /// The most connections that are being made at once: whoever names addresses where nobody answers shall not use up our descriptors.
    static let connectingLimit = 512
    /// How long a connection may be silent before its first message, and between messages.
    static let firstMessage = TimeAmount.seconds(30)
    static let idle = TimeAmount.hours(2)
}

// TCP: connections that came in or that we made, each used both ways.
extension SIPTransport {
    func sendOverStream(_ bytes: [UInt8], _ hop: Hop) {
        if let channel = streams.channels[hop.connection] ?? streams.byRemote[hop.remote].flatMap({ streams.channels[$0] }) {
            write(bytes, to: channel, hop)
        } else if let waiting = streams.connecting[hop.remote] {
            guard waiting.count < StreamTable.waitingLimit else { return reportUnreachable(hop) }
            streams.connecting[hop.remote]?.append((bytes, hop))
        } else {
            guard streams.connecting.count < StreamTable.connectingLimit else {
                logger.debug("more than \(StreamTable.connectingLimit) SIP connections are being made: none is made to \(hop.remote)")
                return reportUnreachable(hop)
            }
            streams.connecting[hop.remote] = [(bytes, hop)]
            connect(hop.remote)
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

    private func connect(_ remote: TransportAddress) {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(ChannelOptions.writeBufferWaterMark, value: .init(low: 1 << 16, high: 1 << 20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(StreamHandler(self)) }
            }
        connection(bootstrap, remote).whenComplete { result in
            let waiting = self.streams.connecting.removeValue(forKey: remote) ?? []
            switch result {
            case .success(let channel):
                for message in waiting { self.write(message.bytes, to: channel, message.hop) }
            case .failure(let error):
                self.logger.debug("no connection to \(remote): \(error)")
                for message in waiting { self.receive(.unreachable(message.hop)) }
            }
        }
    }

    private func connection(_ bootstrap: ClientBootstrap, _ remote: TransportAddress) -> EventLoopFuture<any Channel> {
        do { return bootstrap.connect(to: try remote.socketAddress) } catch { return eventLoop.makeFailedFuture(error) }
    }

    /// Notes a new connection; `nil` when there are too many.
    func opened(_ channel: any Channel) -> Hop? {
        guard streams.channels.count < SIPTransport.maximumConnections else {
            logger.warning("more than \(SIPTransport.maximumConnections) SIP connections: a new one is closed")
            return nil
        }
        guard let remote = channel.remoteAddress.flatMap({ TransportAddress($0) }), var local = local(of: channel, for: remote.ip) else {
            return nil
        }
        // Peers are told the port that we listen on, not the one that this connection happens to have.
        local.port = listeningPort(.tcp, v6: remote.ip.isV6) ?? local.port
        streams.last += 1
        streams.channels[streams.last] = channel
        streams.byRemote[remote] = streams.last
        return Hop(transport: .tcp, local: local, remote: remote, connection: streams.last)
    }

    func heard(_ hop: Hop) {
        streams.lastHeard[hop.connection] = .now()
    }

    func closed(_ hop: Hop) {
        streams.channels[hop.connection] = nil
        streams.lastHeard[hop.connection] = nil
        if streams.byRemote[hop.remote] == hop.connection { streams.byRemote[hop.remote] = nil }
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
    private var framer = SIPStreamFramer()
    private var hop: Hop?

    init(_ transport: SIPTransport) { self.transport = transport }

    func channelActive(context: ChannelHandlerContext) {
        hop = transport.opened(context.channel)
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
