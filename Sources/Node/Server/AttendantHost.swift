import Attendant
import Audio
import CTI
import CTILink
import CallControl
import Flow
import Foundation
import Kernel
import Logging
import MediaEngine
import NIOCore
import NIOSSL
import SDP
import Stores
import Switchboard

/// The attendant with its media engine and prompts, for a CTIManager in this process or at the other end of the CTI link.
///
/// What changes does so on the signalling loop alone; hence `@unchecked`.
final class AttendantHost: @unchecked Sendable {
    /// The attendant among the applications of its own process.
    static let application = ApplicationID(1)

    private let loop: SignallingLoop
    private let logger: Logger
    private let attendant: AttendantApplication?
    private let slot: Slot
    private let watcher: FlowWatcher
    private let watching: Task<Void, Never>
    private let recorder: CallRecorder
    private let web: WebClient
    private var client: LinkClient?

    /// What is known only when the parts exist that need it.
    private final class Slot: @unchecked Sendable {
        var attendant: AttendantApplication?
        var send: (RequestID, ProviderRequest) -> Void = { _, _ in }
        var connected: () -> Void = {}
    }

    /// Loads all that the flows play, so that no caller waits for it. A site without the group `attendant` has none.
    ///
    /// - Throws: When the customer store cannot be opened.
    init(_ site: Site, _ flows: SiteFlows, _ media: MediaHost, _ loop: SignallingLoop, _ transport: SIPTransport, _ logger: Logger)
        async throws
    {
        self.loop = loop
        self.logger = logger
        let slot = Slot()
        self.slot = slot
        let prompts = PromptLibrary(
            folder: site.promptFolder, fallbackLanguage: site.language, catalogue: flows.catalogue, renderer: site.speech,
            voices: site.voiceFolder, music: site.media.music)
        await AttendantHost.preload(flows, prompts, logger)
        var stores: [String: any RecordStore] = [:]
        let recorder = CallRecorder(CallRecordStore(path: site.callRecords.file.path, keeping: site.callRecords.keep), logger: logger)
        self.recorder = recorder
        let web = WebClient()
        self.web = web
        if let file = site.customerFile { stores["customer"] = try CustomerStore(path: file.path, region: site.country) }
        let surroundings = AttendantApplication.Surroundings(
            hop: { action in loop.eventLoop.execute { action() } }, now: { loop.now },
            send: { slot.send($0, $1) },
            localAddress: { peer in peer.map { transport.localAddress(toReach: $0) } ?? transport.anyLocalAddress },
            note: { note in logger.info("call \(note.call.rawValue): \(note.text)") },
            ended: { record in Task { await recorder.add(record) } }, trouble: { logger.error("\($0)") },
            connected: { slot.connected() }, deadlineChanged: { loop.rearm() })
        let mailroom = AttendantHost.mailroom(site, web, logger) { mailbox, counts in
            loop.eventLoop.execute { slot.attendant?.receive(.messages(mailbox: mailbox, counts)) }
        }
        let application = try AttendantHost.configuration(site, media, loop).map {
            AttendantApplication(
                $0, flows: flows.flows, engine: media.engine, prompts: prompts, stores: stores,
                recordings: Recordings(site.recordingFolder), mailroom: mailroom, services: FlowServices(web: web),
                surroundings: surroundings)
        }
        attendant = application
        try await loop.eventLoop.submit {
            slot.attendant = application
            media.listen { slot.attendant?.receive(.media($0)) }
        }.get()
        await mailroom.open()
        watcher = FlowWatcher(site, serving: flows, logger: logger) { flows in
            await prompts.adopt(flows.catalogue)
            await AttendantHost.preload(flows, prompts, logger)
            loop.eventLoop.execute { application?.receive(.flows(flows.flows)) }
        }
        let watcher = watcher
        watching = Task { await watcher.watch() }
    }

    /// The mailboxes of a site.
    private static func mailroom(
        _ site: Site, _ web: WebClient, _ logger: Logger, changed: @escaping @Sendable (String, MessageCounts) -> Void
    ) -> Mailroom {
        let surroundings = Mailroom.Surroundings(
            isPIN: { entered, pin in
                switch pin {
                case .plain(let right): entered == right
                case .hash(let text): PasswordHash(text: text)?.matches(entered) == true
                }
            }, changed: changed,
            post: { url, json, limit in
                await web.tell(WebRequest(method: "POST", url: url, body: json, deadline: limit))
            }, trouble: { logger.error("\($0)") })
        return Mailroom(site.voicemailFolder, site.mailboxes, surroundings: surroundings)
    }

    /// Loads all that the flows play.
    private static func preload(_ flows: SiteFlows, _ prompts: PromptLibrary, _ logger: Logger) async {
        for flow in flows.flows {
            let recordings = flow.promptNames.flatMap { language, names in names.map { Utterance(.prompt($0), language: language) } }
            for failure in await prompts.preload(recordings + flow.speechTexts) { logger.warning("flow \(flow.name): \(failure)") }
        }
    }

    /// The queues with what is in them; `nil` without an attendant. On the loop only.
    var queueStates: [QueueState]? { attendant?.queueStates }
    /// The business's counters since the start.
    var counters: [String: Int] {
        get async { (try? await loop.eventLoop.submit { self.attendant?.counters ?? [:] }.get()) ?? [:] }
    }

    /// Which flows are served.
    var flowStatus: FlowStatus { watcher.status }

    private static func configuration(_ site: Site, _ media: MediaHost, _ loop: SignallingLoop) throws -> AttendantMachine.Configuration? {
        guard let settings = site.attendant else { return nil }
        let fingerprint = media.engine.fingerprint
        var configuration = AttendantMachine.Configuration(
            user: settings.user, password: settings.password,
            devices: settings.devices.map { device in
                var capabilities = site.capabilities(of: device)
                capabilities.fingerprint = fingerprint
                return (device, .dynamic(capabilities))
            },
            ringback: try Clip(Tone.ringback(country: site.country)),
            wallClockAtZero: Date().timeIntervalSince1970 - Double(loop.now.nanoseconds) / 1e9)
        configuration.groups = site.agentGroups
        configuration.farewells = [
            .busy: try Clip(Tone.busy(country: site.country)), .unavailable: try Clip(Tone.congestion(country: site.country)),
        ]
        return configuration
    }

    /// Connects to one of the servers, or to the CTIManager of this process when none is named; returns when calls are taken, so that whoever is told
    /// that the server is ready may call at once.
    func connect(over servers: [LinkAddress], authority: URL?) async throws {
        guard let attendant else { return }
        let tls = servers.contains(where: \.isSecure) ? try TLSSettings.clientContext(trusting: authority) : nil
        let (connected, connection) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        loop.eventLoop.execute { [self] in
            slot.connected = { connection.yield() }
            loop.otherDeadline = { attendant.nextDeadline }
            loop.otherDeadlineCame = { attendant.receive(.deadline) }
            if servers.isEmpty { connectHere(attendant) } else { connect(attendant, over: servers, tls) }
        }
        for await _ in connected { break }
    }

    private func connectHere(_ attendant: AttendantApplication) {
        let loop = loop
        slot.send = { id, request in loop.receive(.request(AttendantHost.application, id, request)) }
        loop.applications[AttendantHost.application] = { AttendantHost.tell(attendant, $0) }
        loop.receive(.connected(AttendantHost.application, secure: true))
        attendant.receive(.start)
    }

    private func connect(_ attendant: AttendantApplication, over servers: [LinkAddress], _ tls: NIOSSLContext?) {
        let client = LinkClient(eventLoop: loop.eventLoop, servers: servers, tls: tls, logger: logger) { event in
            switch event {
            case .connected: attendant.receive(.start)
            case .message(let message): AttendantHost.tell(attendant, message)
            case .lost: attendant.receive(.lost)
            }
        }
        self.client = client
        slot.send = { client.send($0, $1) }
        client.start()
    }

    private static func tell(_ attendant: AttendantApplication, _ message: LinkMessage) {
        switch message {
        case .reply(let id, let result): attendant.receive(.reply(id, result))
        case .event(let event): attendant.receive(.event(event))
        case .end: attendant.receive(.lost)
        }
    }

    /// Ends the attendant; its calls lose it.
    func stop() async {
        watching.cancel()
        await recorder.flush()
        await web.close()
        _ = try? await loop.eventLoop.submit { self.client?.close() }.get()
    }
}
