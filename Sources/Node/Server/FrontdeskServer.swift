import Audio
import CTI
public import CTILink
import CallControl
public import Foundation
import Kernel
public import Logging
import MediaEngine
import NIOCore
import NIOPosix
import SIP
import Switchboard

/// A node, or a part of one: SIP sockets and the signalling loop with call control and the CTIManager, the CTI link, and the attendant, wired together for a
/// site.
public final class FrontdeskServer: Sendable {
    /// What runs in this process.
    public enum Part: Sendable {
        /// Everything.
        case whole
        /// Call control and the CTIManager; applications come over the CTI link.
        case managers
        /// The attendant alone, over the CTI link to the first of these CTIManagers that can be reached.
        /// `authority`: the file of the certificates by which those with TLS are trusted; `nil` for the system's.
        case attendant([LinkAddress], authority: URL? = nil)
    }

    /// Where SIP is listened for, with the ports that the system gave.
    public let listeners: [SIPTransport.Listener]
    /// Where the CTI link is listened for.
    public let linkAddresses: [LinkAddress]

    private let transport: SIPTransport
    private let link: LinkServer
    private let control: ControlServer?
    private let media: MediaHost
    private let attendant: AttendantHost?

    private init(
        listeners: [SIPTransport.Listener], linkAddresses: [LinkAddress], transport: SIPTransport, link: LinkServer,
        control: ControlServer?, media: MediaHost, attendant: AttendantHost?
    ) {
        self.listeners = listeners
        self.linkAddresses = linkAddresses
        self.transport = transport
        self.link = link
        self.control = control
        self.media = media
        self.attendant = attendant
    }

    /// Starts a site, or a part of it; returns when calls are taken.
    ///
    /// - Throws: When a socket cannot be bound, or the media engine cannot be started; with the reason for the administrator.
    public static func start(_ site: Site, flows: SiteFlows, part: Part = .whole, logger: Logger) async throws -> FrontdeskServer {
        let loop = SignallingLoop(eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
        let security = try part.hasManagers ? site.sipSecurity() : nil
        let transport = SIPTransport(eventLoop: loop.eventLoop, listeners: [], tls: security, logger: logger) { input in
            switch input {
            case .message(let message, let hop): loop.receive(.received(message, over: hop))
            case .malformed(let error, let hop): loop.receive(.malformed(error, over: hop))
            case .unreachable(let hop): loop.receive(.unreachable(hop))
            }
        }
        _ = try await loop.eventLoop.flatSubmit { transport.start() }.get()
        let link = LinkServer(after: AttendantHost.application, logger: logger) { link, input in loop.receive(input, over: link) }
        var listeners: [SIPTransport.Listener] = []
        var linkAddresses: [LinkAddress] = []
        if part.hasManagers { listeners = try await bind(site, transport) }
        let media = try MediaHost(site, loop)
        if part.hasManagers { try await addMixer(site, media, loop, transport, logger) }
        let attendant = part.hasAttendant ? try await AttendantHost(site, flows, media, loop, transport, logger) : nil
        // Only now: a caller who comes while prompts are loaded tries again, and is not sent to the forward numbers.
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let fingerprint = media.engine.fingerprint
        let configure = { @Sendable (site: Site) in
            site.switchboardConfiguration(nonceSecret: secret, fingerprint: fingerprint) { transport.hop(to: $0, transport: $1) }
        }
        if part.hasManagers { try await run(site, loop, transport, configure) }
        try await attendant?.connect(over: part.servers, authority: part.authority)
        if part.hasManagers { linkAddresses = try await bind(site, link) }
        let desk = ControlDesk(
            site, loop, logger: logger, flowStatus: { attendant?.flowStatus }, queueStates: { attendant?.queueStates },
            counters: { await attendant?.counters ?? [:] }, configure: configure,
            readCertificates: { site throws(TLSProblem) in try FrontdeskServer.readCertificates(site, transport, link) })
        let control = part.hasManagers ? try await ControlServer(site: site.directory) { await desk.answer($0) } : nil
        return FrontdeskServer(
            listeners: listeners, linkAddresses: linkAddresses, transport: transport, link: link, control: control, media: media,
            attendant: attendant)
    }

    /// Which flows are served, and what is wrong with changed files that are not; `nil` in a process without the attendant.
    public var flowStatus: FlowStatus? { attendant?.flowStatus }

    /// Ends the server; calls in progress lose it.
    public func stop() async {
        control?.stop()
        link.close()
        _ = try? await transport.eventLoop.submit { self.transport.close() }.get()
        await attendant?.stop()
        media.engine.shutdown()
    }

    // MARK: Parts

    private static func run(
        _ site: Site, _ loop: SignallingLoop, _ transport: SIPTransport, _ configure: @escaping @Sendable (Site) -> SwitchboardConfiguration
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        try await loop.eventLoop.submit {
            loop.transmit = { transport.send($0, over: $1) }
            loop.run(Switchboard(configuration: configure(site), seed: seed))
        }.get()
    }

    private static func addMixer(
        _ site: Site, _ media: MediaHost, _ loop: SignallingLoop, _ transport: SIPTransport, _ logger: Logger
    ) async throws {
        let music = try site.media.music.map { try Clip.load(path: $0.path) }
        try await loop.eventLoop.submit {
            let mixer = try MixerHost(media, loop, recordings: site.recordingFolder, music: music, logger: logger) { peer in
                peer.map { transport.localAddress(toReach: $0) } ?? transport.anyLocalAddress
            }
            loop.mix = { mixer.receive($0) }
        }.get()
    }

    private static func bind(_ site: Site, _ transport: SIPTransport) async throws -> [SIPTransport.Listener] {
        let settings = site.sip
        var bound: [SIPTransport.Listener] = []
        for ip in settings.addresses {
            var udpPort: UInt16?
            for (kind, port) in [(Hop.Transport.udp, settings.udp), (.tcp, settings.tcp)] {
                guard let port else { continue }
                let actual = kind == .tcp && settings.tcpFollowsUDP ? udpPort ?? port : port
                let listener = SIPTransport.Listener(transport: kind, address: TransportAddress(ip: ip, port: actual))
                let result = try await transport.eventLoop.flatSubmit { transport.bind(listener) }.get()
                if kind == .udp { udpPort = result.address.port }
                bound.append(result)
            }
            if let port = settings.tls?.port {
                let listener = SIPTransport.Listener(transport: .tls, address: TransportAddress(ip: ip, port: port))
                bound.append(try await transport.eventLoop.flatSubmit { transport.bind(listener) }.get())
            }
        }
        return bound
    }

    /// Reads the certificates of a site again; what comes back, done on the signalling loop, puts them to use for connections that are made from then on.
    private static func readCertificates(_ site: Site, _ transport: SIPTransport, _ link: LinkServer) throws(TLSProblem)
        -> @Sendable () -> Void
    {
        let security = try site.sipSecurity()
        let linkContext = try site.link?.tls?.tls.serverContext()
        return {
            if let security { transport.use(security) }
            if let linkContext { link.use(linkContext) }
        }
    }

    /// Lets applications in other processes connect, where the site says so.
    private static func bind(_ site: Site, _ link: LinkServer) async throws -> [LinkAddress] {
        var bound: [LinkAddress] = []
        guard let settings = site.link else { return bound }
        for ip in settings.addresses {
            bound.append(LinkAddress(try await link.bind(TransportAddress(ip: ip, port: settings.port)), isSecure: false))
            if let secure = settings.tls {
                let address = TransportAddress(ip: ip, port: secure.port)
                bound.append(LinkAddress(try await link.bind(address, tls: try secure.tls.serverContext()), isSecure: true))
            }
        }
        return bound
    }
}

extension FrontdeskServer.Part {
    fileprivate var hasManagers: Bool { if case .attendant = self { false } else { true } }
    fileprivate var hasAttendant: Bool { if case .managers = self { false } else { true } }
    fileprivate var servers: [LinkAddress] { if case .attendant(let servers, _) = self { servers } else { [] } }
    fileprivate var authority: URL? { if case .attendant(_, let authority) = self { authority } else { nil } }
}
