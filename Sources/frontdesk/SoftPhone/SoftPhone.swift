import Audio
import Foundation
import Kernel
import Logging
import MediaEngine
import NIOCore
import NIOPosix
import Node
import SDP
import SIP

/// The shell of the soft client: one event loop with a SIP transport and a media engine around a `SoftPhoneMachine`.
///
/// Confined to its event loop; `submit` is the way in from elsewhere, hence `@unchecked`.
final class SoftPhone: @unchecked Sendable {
    /// How the phone is set up.
    struct Settings {
        var user: String
        var password: String?
        var displayName: String?
        var server: TransportAddress
        var transport: Hop.Transport
        /// A port for RTP, or any.
        var rtpPort: UInt16?
        /// What is played to the other side, once it has answered.
        var play: Clip?
        /// Where what is heard is recorded.
        var recordPath: String?
        /// Whether to listen for who answers.
        var detectsAnswer = false
        /// The codecs that it speaks, the best first.
        var formats = MediaCapabilities.g711.formats
        var encryption = Encryption.none
        /// For TLS; `nil` without.
        var tls: SIPSecurity?
    }

    /// Whether media is SRTP.
    enum Encryption: String {
        case none
        case bestEffort = "best-effort"
        case required
        /// Required, with keys made by a handshake in the media.
        case dtls

        /// Keys for a call.
        func protection() -> MediaProtection? {
            guard self != .none else { return nil }
            var generator = SystemRandomNumberGenerator()
            var protection = MediaProtection(isRequired: self != .bestEffort, using: &generator)
            protection.prefersDTLS = self == .dtls
            return protection
        }
    }

    /// What happens at the phone, for the command that uses it. Called on the loop.
    enum Notice {
        case phone(SoftPhoneMachine.Event)
        /// The first packet came from where the call's media was last said to be.
        case hearing(TransportAddress)
        /// The other side pressed a key.
        case key(DTMFKey)
        /// A key is sent.
        case pressed(DTMFKey)
        case recorded(String)
        /// Who answered, or that a machine has beeped.
        case found(AnswerDetector.Finding)
        case failed(String)
    }

    let eventLoop: any EventLoop
    private let settings: Settings
    private let notify: (Notice) -> Void
    private var machine: SoftPhoneMachine?
    private var transport: SIPTransport?
    private var engine: MediaEngine?
    private var session: MediaSessionID?
    private var remote: TransportAddress?
    private var hasPlayed = false
    /// What is to be done once the other side owes us nothing, while the phone is being stopped.
    private var quiet: (() -> Void)?
    private var timer: Scheduled<Void>?
    private let began = NIODeadline.now()

    init(_ settings: Settings, eventLoop: any EventLoop, notify: @escaping (Notice) -> Void) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.notify = notify
    }

    /// Binds the sockets and starts the media engine.
    func start() async throws {
        let any = TransportAddress(ip: settings.server.ip.isV6 ? .v6(0, 0) : .v4(0), port: 0)
        try await eventLoop.flatSubmit { self.bind(any) }.get()
    }

    private func bind(_ local: TransportAddress) -> EventLoopFuture<Void> {
        let transport = SIPTransport(
            eventLoop: eventLoop,
            listeners: [SIPTransport.Listener(transport: .udp, address: local), SIPTransport.Listener(transport: .tcp, address: local)],
            tls: settings.tls, logger: Logger(label: "soft client", factory: LineLogHandler.init)
        ) { [weak self] in self?.received($0) }
        self.transport = transport
        return transport.start().flatMapThrowing { _ in
            guard let hop = self.hop(transport) else {
                throw SoftPhoneFailure(reason: "no way to \(self.settings.server) by \(self.settings.transport.rawValue)")
            }
            let account = SoftPhoneMachine.Account(
                user: self.settings.user, password: self.settings.password, displayName: self.settings.displayName, server: hop)
            var configuration = MediaEngine.Configuration()
            configuration.ports = 40_000...49_999
            let engine = try MediaEngine(configuration) { event in
                self.eventLoop.execute { self.media(event) }
            }
            self.engine = engine
            var capabilities = MediaCapabilities(formats: self.settings.formats)
            capabilities.fingerprint = engine.fingerprint
            self.machine = SoftPhoneMachine(account: account, capabilities: capabilities, seed: UInt64.random(in: 0...UInt64.max))
        }
    }

    /// The way to the server. With TLS nobody can connect to us: the server calls over the connection by which we registered.
    private func hop(_ transport: SIPTransport) -> Hop? {
        guard settings.transport == .tls else { return transport.hop(to: settings.server, transport: settings.transport) }
        return transport.hop(to: settings.server, transport: .tcp).map { Hop(transport: .tls, local: $0.local, remote: $0.remote) }
    }

    /// Does something on the loop.
    func submit(_ action: @escaping @Sendable (SoftPhone) -> Void) {
        eventLoop.execute { action(self) }
    }

    func register() { receive(.register) }

    func dial(_ target: String) {
        if let media = openMedia() { receive(.dial(target, media)) }
    }

    func answer() {
        guard machine?.isRinging == true, let media = openMedia() else { return }
        receive(.answer(media))
    }

    func hangUp() { receive(.hangUp) }

    func press(_ key: DTMFKey) {
        guard let session else { return }
        engine?.command(session, .sendKeys([key]))
        notify(.pressed(key))
    }

    /// How long a response to our last request is waited for before the sockets are closed: enough for one lost packet.
    private static let farewell = TimeAmount.seconds(2)

    /// Ends media and closes the sockets; what is recorded is complete afterwards.
    func stop() async throws {
        let engine = try await eventLoop.flatSubmit {
            let promise = self.eventLoop.makePromise(of: Void.self)
            let limit = self.eventLoop.scheduleTask(in: SoftPhone.farewell) { self.quiet?() }
            self.quiet = {
                self.quiet = nil
                limit.cancel()
                promise.succeed()
            }
            if self.machine?.awaitsResponse != true { self.quiet?() }
            return promise.futureResult
        }.flatMapThrowing {
            self.timer?.cancel()
            self.transport?.close()
            return self.engine
        }.get()
        engine?.shutdown()
    }

    private var now: Instant { Instant(nanoseconds: (NIODeadline.now() - began).nanoseconds) }

    private func received(_ input: SIPTransport.Input) {
        switch input {
        case .message(let message, let hop): receive(.received(message, hop))
        case .malformed(let error, let hop): receive(.malformed(error, hop))
        case .unreachable(let hop): receive(.unreachable(hop))
        }
    }

    private func receive(_ input: SoftPhoneMachine.Input) {
        var outputs: [SoftPhoneMachine.Output] = []
        machine?.receive(input, at: now, into: &outputs)
        for output in outputs {
            switch output {
            case .transmit(let bytes, let hop): transport?.send(bytes, over: hop)
            case .connect(let id, let audio): connect(id, audio)
            case .event(let event):
                switch event {
                case .ended, .refused: closeMedia()
                default: break
                }
                notify(.phone(event))
                if case .toldToAnswer = event { submit { $0.answer() } }
            }
        }
        rearm()
    }

    private func rearm() {
        if let quiet, machine?.awaitsResponse == false { quiet() }
        timer?.cancel()
        guard let due = machine?.nextDeadline else { return }
        timer = eventLoop.scheduleTask(deadline: began + .nanoseconds(due.nanoseconds)) { self.receive(.deadline) }
    }

    // MARK: Media

    private func openMedia() -> SoftPhoneMachine.OpenedMedia? {
        guard let engine, let transport else { return nil }
        do {
            let opened = try engine.open(family: settings.server.ip.isV6 ? .v6 : .v4, port: settings.rtpPort)
            session = opened.id
            remote = nil
            hasPlayed = false
            let ip = transport.localAddress(toReach: settings.server.ip) ?? opened.local.ip
            return SoftPhoneMachine.OpenedMedia(
                id: opened.id, local: TransportAddress(ip: ip, port: opened.local.port), protection: settings.encryption.protection())
        } catch {
            notify(.failed("no media: \(error)"))
            return nil
        }
    }

    private func connect(_ id: MediaSessionID, _ audio: NegotiatedAudio) {
        let isFirst = remote == nil
        remote = audio.remote
        engine?.command(id, .connect(audio))
        guard isFirst else { return }
        if settings.detectsAnswer { engine?.command(id, .detectAnswer(true)) }
        if let path = settings.recordPath { engine?.command(id, .record(path: path)) }
        if let clip = settings.play, !hasPlayed {
            hasPlayed = true
            engine?.command(id, .play(PlayID(1), [clip]))
        }
    }

    private func closeMedia() {
        guard let session else { return }
        engine?.command(session, .stopRecording)
        engine?.command(session, .close)
        self.session = nil
    }

    private func media(_ event: MediaEvent) {
        switch event {
        case .heard(let id):
            if id == session, let remote { notify(.hearing(remote)) }
        case .key(let id, let key):
            if id == session { notify(.key(key)) }
        case .found(let id, let finding):
            if id == session { notify(.found(finding)) }
        case .recorded(_, let path, .success(let length)):
            notify(.recorded("\(path), \(length.wholeMilliseconds) ms"))
        case .recorded(_, let path, .failure(let failure)):
            notify(.failed("recording \(path): \(failure)"))
        case .notSecured(_, let failure): notify(.failed("no audio: \(failure)"))
        case .silent(_, let duration):
            notify(.failed("nothing heard for \(duration)"))
        default:
            break
        }
    }
}

/// Why the soft client cannot work.
struct SoftPhoneFailure: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
