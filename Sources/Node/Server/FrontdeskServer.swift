import Attendant
import Audio
import CTI
import CTILink
import CallControl
import Flow
import Foundation
public import Kernel
public import Logging
import MediaEngine
import NIOCore
import NIOPosix
import SIP
import Stores
import Switchboard

/// A node: SIP sockets, the signalling loop, the media engine and the attendant, wired together for a site.
public final class FrontdeskServer: Sendable {
    /// Where SIP is listened for, with the ports that the system gave.
    public let listeners: [SIPTransport.Listener]
    /// Where the CTI link is listened for.
    public let linkAddresses: [TransportAddress]

    private let loop: SignallingLoop
    private let transport: SIPTransport
    private let link: LinkServer
    private let engine: MediaEngine

    private init(
        listeners: [SIPTransport.Listener], linkAddresses: [TransportAddress], loop: SignallingLoop, transport: SIPTransport,
        link: LinkServer,
        engine: MediaEngine
    ) {
        self.listeners = listeners
        self.linkAddresses = linkAddresses
        self.link = link
        self.loop = loop
        self.transport = transport
        self.engine = engine
    }

    /// The application in this process.
    private static let attendantID = ApplicationID(1)

    /// Starts a site.
    ///
    /// - Throws: When a socket cannot be bound, or the media engine cannot be started; with the reason for the administrator.
    public static func start(_ site: Site, flows: SiteFlows, logger: Logger) async throws -> FrontdeskServer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let loop = SignallingLoop(eventLoop: eventLoop, logger: logger)
        let transport = SIPTransport(eventLoop: eventLoop, listeners: [], logger: logger) { input in
            switch input {
            case .message(let message, let hop): loop.receive(.received(message, over: hop))
            case .malformed(let error, let hop): loop.receive(.malformed(error, over: hop))
            case .unreachable(let hop): loop.receive(.unreachable(hop))
            }
        }
        let media = AttendantSlot()
        var configuration = MediaEngine.Configuration()
        configuration.ports = site.media.ports
        configuration.threads = site.media.threads
        let engine = try MediaEngine(configuration) { event in
            eventLoop.execute { media.attendant?.receive(.media(event)) }
        }
        let listeners = try await bind(site, transport)
        let prompts = PromptLibrary(
            folder: site.promptFolder, fallbackLanguage: site.language, catalogue: flows.catalogue, renderer: site.speech)
        await preload(flows, prompts, logger)
        let (connected, connection) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let attendant = try makeAttendant(site, flows, engine, prompts, loop, transport, logger) { connection.yield() }
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let seed = UInt64.random(in: 0...UInt64.max)
        try await eventLoop.submit {
            loop.transmit = { transport.send($0, over: $1) }
            let board = site.switchboardConfiguration(nonceSecret: secret) { transport.hop(to: $0, transport: $1) }
            loop.run(Switchboard(configuration: board, seed: seed))
            guard let attendant else { return connection.finish() }
            media.attendant = attendant
            connect(attendant, loop)
        }.get()
        // Whoever is told that the server is ready may call at once.
        for await _ in connected { break }
        let link = LinkServer(after: attendantID, logger: logger) { link, input in loop.receive(input, over: link) }
        let linkAddresses = try await bind(site, link)
        return FrontdeskServer(
            listeners: listeners, linkAddresses: linkAddresses, loop: loop, transport: transport, link: link, engine: engine)
    }

    /// Ends the server; calls in progress lose it.
    public func stop() async {
        link.close()
        _ = try? await loop.eventLoop.submit { self.transport.close() }.get()
        engine.shutdown()
    }

    // MARK: Parts

    private static func bind(_ site: Site, _ transport: SIPTransport) async throws -> [SIPTransport.Listener] {
        let settings = site.sip
        _ = try await transport.eventLoop.flatSubmit { transport.start() }.get()
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
        }
        return bound
    }

    /// Lets applications in other processes connect, where the site says so.
    private static func bind(_ site: Site, _ link: LinkServer) async throws -> [TransportAddress] {
        var bound: [TransportAddress] = []
        guard let settings = site.link else { return bound }
        for ip in settings.addresses {
            bound.append(try await link.bind(TransportAddress(ip: ip, port: settings.port)))
        }
        return bound
    }

    /// Loads what flows play, so that no caller waits for it.
    private static func preload(_ flows: SiteFlows, _ prompts: PromptLibrary, _ logger: Logger) async {
        for flow in flows.flows {
            let recordings = flow.promptNames.flatMap { language, names in names.map { Utterance(.prompt($0), language: language) } }
            for failure in await prompts.preload(recordings + flow.speechTexts) { logger.warning("flow \(flow.name): \(failure)") }
        }
    }

    private static func makeAttendant(
        _ site: Site, _ flows: SiteFlows, _ engine: MediaEngine, _ prompts: PromptLibrary, _ loop: SignallingLoop,
        _ transport: SIPTransport,
        _ logger: Logger, connected: @escaping @Sendable () -> Void
    ) throws -> AttendantApplication? {
        guard let settings = site.attendant else { return nil }
        let configuration = AttendantMachine.Configuration(
            user: settings.user, password: settings.password,
            devices: settings.devices.map { ($0, .dynamic(site.capabilities(of: $0))) },
            ringback: try Clip(Tone.ringback(country: site.country)),
            wallClockAtZero: Date().timeIntervalSince1970 - Double(loop.now.nanoseconds) / 1e9)
        var stores: [String: any RecordStore] = [:]
        if let file = site.customerFile { stores["customer"] = try CustomerStore(path: file.path, region: site.country) }
        let surroundings = AttendantApplication.Surroundings(
            hop: { action in loop.eventLoop.execute { action() } }, now: { loop.now },
            send: { id, request in loop.receive(.request(attendantID, id, request)) },
            localAddress: { peer in transport.localAddress(toReach: peer ?? .v4(0x0808_0808)) },
            note: { note in logger.info("call \(note.call.rawValue): \(note.text)") }, trouble: { logger.error("\($0)") },
            connected: connected, deadlineChanged: { loop.rearm() })
        return AttendantApplication(
            configuration, flows: flows.flows, engine: engine, prompts: prompts, stores: stores, surroundings: surroundings)
    }

    private static func connect(_ attendant: AttendantApplication, _ loop: SignallingLoop) {
        loop.applications[attendantID] = { message in
            switch message {
            case .reply(let id, let result): attendant.receive(.reply(id, result))
            case .event(let event): attendant.receive(.event(event))
            case .end: break
            }
        }
        loop.otherDeadline = { attendant.nextDeadline }
        loop.otherDeadlineCame = { attendant.receive(.deadline) }
        loop.receive(.connected(attendantID, secure: true))
        attendant.receive(.start)
    }
}

/// Where media events find the attendant, once there is one. Touched on the loop only; hence `@unchecked`.
private final class AttendantSlot: @unchecked Sendable {
    var attendant: AttendantApplication?
}
