import CallControl
import Kernel
import MediaEngine
import SDP
import SIP
import SIPEndpoint

/// A soft phone of one call at a time: registers, dials, rings, answers and follows re-INVITEs. A pure state machine over a `UserAgent`;
/// `SoftPhone` is its shell.
struct SoftPhoneMachine {
    /// Whose phone it is.
    struct Account {
        var user: String
        var password: String?
        var displayName: String?
        /// The way to the server, with our own address on it.
        var server: Hop
    }

    enum Input {
        case received(SIPMessage, Hop)
        case malformed(SIPParseError, Hop)
        case unreachable(Hop)
        case register
        /// Dial; media must have been opened.
        case dial(String, OpenedMedia)
        /// Answer the call that rings.
        case answer(OpenedMedia)
        case hangUp
        case deadline
    }

    enum Output {
        case transmit([UInt8], Hop)
        /// Media of the call is settled, for the first time or again.
        case connect(MediaSessionID, NegotiatedAudio)
        case event(Event)
    }

    /// What the person at the phone notices.
    enum Event {
        case registered(expires: Int)
        case registrationFailed(status: Int, reason: String)
        case dialled(String)
        case ringing
        case answered
        case moved(to: TransportAddress, direction: MediaDirection, suite: SRTPSuite?)
        case incoming(from: NameAddress, data: [(name: String, value: String)])
        /// The call that rings is to be taken, as the server or the caller asks.
        case toldToAnswer
        /// So many messages wait in the mailbox.
        case messages(WaitingMessages)
        case ended(String, wasAnswered: Bool)
        /// A call could not be answered as it was offered; the server may make another offer.
        case refused(String)
    }

    struct OpenedMedia {
        var id: MediaSessionID
        var local: TransportAddress
        /// The keys of the call; `nil` for plain RTP.
        var protection: MediaProtection?
    }

    /// How far the call has come.
    enum Call {
        case none
        case dialling(SessionID, OpenedMedia, offer: SessionDescription)
        case ringing(SessionID, SIPRequest)
        case talking(SessionID, OpenedMedia, local: SessionDescription)
        /// Our offer after a request without one; the answer comes with the ACK.
        case awaitingAnswer(SessionID, OpenedMedia, offer: SessionDescription)
    }

    private let account: Account
    private let capabilities: MediaCapabilities
    private var agent: UserAgent
    private var call = Call.none
    private var history: DescriptionHistory?
    private var refreshAt: Instant?
    private var registration: (callID: String, cseq: UInt32)?
    private var sessions: UInt64 = 0
    private var requests: UInt64 = 0

    init(account: Account, capabilities: MediaCapabilities, seed: UInt64) {
        self.account = account
        self.capabilities = capabilities
        var configuration = UserAgent.Configuration(product: "Frontdesk soft client")
        configuration.takesControlEvents = true
        agent = UserAgent(configuration: configuration, seed: seed)
    }

    var nextDeadline: Instant? {
        guard let refreshAt else { return agent.nextDeadline }
        return agent.nextDeadline.map { min($0, refreshAt) } ?? refreshAt
    }

    /// Whether the other side still owes us a response, such as that to a BYE.
    var awaitsResponse: Bool { agent.awaitsResponse }

    var isRinging: Bool {
        if case .ringing = call { true } else { false }
    }

    mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .received(let message, let hop): drive(.received(message, over: hop), now, &outputs)
        case .malformed(let error, let hop): drive(.malformed(error, over: hop), now, &outputs)
        case .unreachable(let hop): drive(.unreachable(hop), now, &outputs)
        case .register: register(now, &outputs)
        case .dial(let target, let media): dial(target, media, now, &outputs)
        case .answer(let media): answer(media, now, &outputs)
        case .hangUp: hangUp(now, &outputs)
        case .deadline:
            if let due = refreshAt, due <= now {
                refreshAt = nil
                register(now, &outputs)
            }
            drive(.deadline, now, &outputs)
        }
    }

    private mutating func drive(_ input: UserAgent.Input, _ now: Instant, _ outputs: inout [Output]) {
        var produced: [UserAgent.Output] = []
        agent.receive(input, at: now, into: &produced)
        for output in produced {
            switch output {
            case .transmit(let bytes, let hop): outputs.append(.transmit(bytes, hop))
            case .session(let id, let event): handle(event, id, now, &outputs)
            case .request(let id, let request, _): respond(to: request, id, now, &outputs)
            case .response(_, let response): registrationAnswered(response, now, &outputs)
            }
        }
    }

    // MARK: Registration

    private var addressOfRecord: NameAddress {
        NameAddress(displayName: account.displayName, uri: SIPURI(user: account.user, host: host(of: account.server.remote.ip)))
    }

    private var contact: NameAddress {
        let local = account.server.local
        let parameters = account.server.transport == .udp ? [] : [SIPParameter("transport", account.server.transport.rawValue.lowercased())]
        return NameAddress(uri: SIPURI(user: account.user, host: host(of: local.ip), port: local.port, parameters: parameters))
    }

    private func host(of ip: IPAddress) -> String { ip.isV6 ? "[\(ip)]" : "\(ip)" }

    private mutating func register(_ now: Instant, _ outputs: inout [Output]) {
        requests += 1
        var headers = SIPHeaders()
        headers.add("Expires", "300")
        let server = account.server
        let request = OutgoingRequest(
            method: .register, uri: SIPURI(host: host(of: server.remote.ip), port: server.remote.port), from: addressOfRecord,
            to: addressOfRecord,
            contact: contact, hop: server, headers: headers,
            credentials: account.password.map { DigestCredentials(username: account.user, password: $0) }, continuing: registration)
        drive(.send(OutgoingID(requests), request), now, &outputs)
    }

    private mutating func registrationAnswered(_ response: SIPResponse, _ now: Instant, _ outputs: inout [Output]) {
        guard response.status >= 200 else { return }
        guard response.status < 300 else {
            outputs.append(.event(.registrationFailed(status: response.status, reason: response.reason)))
            return
        }
        registration = (response.common.callID, response.common.cseq + 1)
        let ours = response.common.contacts.compactMap { $0.parameter("expires").flatMap { Int($0) } }.max()
        let expires = max(20, ours ?? response.headers["Expires"].flatMap { Int($0) } ?? 300)
        refreshAt = now.advanced(by: .seconds(expires / 2))
        outputs.append(.event(.registered(expires: expires)))
    }

    private mutating func respond(to request: SIPRequest, _ id: IncomingID, _ now: Instant, _ outputs: inout [Output]) {
        let status = request.method == .options || request.method == .notify ? 200 : 405
        if let messages = WaitingMessages(request) { outputs.append(.event(.messages(messages))) }
        drive(.respond(id, status: status, reason: nil, headers: SIPHeaders(), contacts: [], body: []), now, &outputs)
    }

    // MARK: Calls

    private mutating func dial(_ target: String, _ media: OpenedMedia, _ now: Instant, _ outputs: inout [Output]) {
        sessions += 2
        let server = account.server
        let uri = (try? SIPURI(parsing: target)) ?? SIPURI(user: target, host: host(of: server.remote.ip), port: server.remote.port)
        let offer = outgoing(capabilities.offer(at: media.local, protection: media.protection), media)
        let invite = OutgoingRequest(
            method: .invite, uri: uri, from: addressOfRecord, to: NameAddress(uri: uri), contact: contact, hop: server, body: offer.encoded,
            credentials: account.password.map { DigestCredentials(username: account.user, password: $0) })
        let id = SessionID(sessions)
        call = .dialling(id, media, offer: offer)
        outputs.append(.event(.dialled(target)))
        drive(.session(id, .invite(invite)), now, &outputs)
    }

    /// Keeps the origin of our descriptions (RFC 3264 section 8).
    private mutating func outgoing(_ description: SessionDescription, _ media: OpenedMedia) -> SessionDescription {
        var kept = history ?? DescriptionHistory(sessionID: media.id.rawValue, address: media.local.ip)
        defer { history = kept }
        return kept.outgoing(description)
    }

    private mutating func answer(_ media: OpenedMedia, _ now: Instant, _ outputs: inout [Output]) {
        guard case .ringing(let id, let request) = call else { return }
        if request.body.isEmpty {
            let offer = outgoing(capabilities.offer(at: media.local, protection: media.protection), media)
            call = .awaitingAnswer(id, media, offer: offer)
            drive(.session(id, .accept(contact: contact, headers: SIPHeaders(), body: offer.encoded)), now, &outputs)
        } else if let settled = settle(request.body, media) {
            call = .talking(id, media, local: settled.answer)
            drive(.session(id, .accept(contact: contact, headers: SIPHeaders(), body: settled.answer.encoded)), now, &outputs)
            connect(media, settled.audio, &outputs)
        } else {
            drive(.session(id, .reject(status: 488, reason: nil, headers: SIPHeaders())), now, &outputs)
            call = .none
            history = nil
            outputs.append(.event(.refused("no codec, encryption or kind of address in common")))
            return
        }
        outputs.append(.event(.answered))
    }

    private mutating func settle(_ body: [UInt8], _ media: OpenedMedia) -> (answer: SessionDescription, audio: NegotiatedAudio)? {
        guard let offer = try? SessionDescription(parsing: body),
            let settled = try? capabilities.answer(offer, at: media.local, protection: media.protection)
        else {
            return nil
        }
        return (outgoing(settled.answer, media), settled.audio)
    }

    private func connect(_ media: OpenedMedia, _ audio: NegotiatedAudio, _ outputs: inout [Output]) {
        outputs.append(.connect(media.id, audio))
        outputs.append(.event(.moved(to: audio.remote, direction: audio.direction, suite: audio.keys?.send.suite)))
    }

    private mutating func hangUp(_ now: Instant, _ outputs: inout [Output]) {
        switch call {
        case .none: return
        case .dialling(let id, _, _), .talking(let id, _, _), .awaitingAnswer(let id, _, _):
            drive(.session(id, .end(status: 487, headers: SIPHeaders())), now, &outputs)
        case .ringing(let id, _):
            drive(.session(id, .reject(status: 603, reason: nil, headers: SIPHeaders())), now, &outputs)
            end("declined", wasAnswered: false, &outputs)
        }
    }

    private mutating func handle(_ event: SessionEvent, _ id: SessionID, _ now: Instant, _ outputs: inout [Output]) {
        if case .invited(let request, _) = event {
            invited(request, id, now, &outputs)
            return
        }
        switch (event, call) {
        case (.progressed(let response), .dialling(id, _, _)):
            if response.status == 180 || response.status == 183 { outputs.append(.event(.ringing)) }
        case (.accepted(let response), .dialling(id, let media, let offer)):
            guard let answer = try? SessionDescription(parsing: response.body),
                let audio = try? capabilities.settle(offer: offer, answer: answer, protection: media.protection)
            else {
                drive(.session(id, .end(status: 487, headers: SIPHeaders())), now, &outputs)
                return
            }
            call = .talking(id, media, local: offer)
            outputs.append(.event(.answered))
            connect(media, audio, &outputs)
        case (.acknowledged(let body), .awaitingAnswer(id, let media, let offer)):
            guard let answer = try? SessionDescription(parsing: body),
                let audio = try? capabilities.settle(offer: offer, answer: answer, protection: media.protection)
            else { return }
            call = .talking(id, media, local: offer)
            connect(media, audio, &outputs)
        case (.offered(let request), .talking(id, let media, _)), (.offered(let request), .awaitingAnswer(id, let media, _)):
            reoffered(request, id, media, now, &outputs)
        case (.notified(event: "talk"), .ringing(id, _)): outputs.append(.event(.toldToAnswer))
        case (.rejected(let response), .dialling(id, _, _)):
            end("\(response.status) \(response.reason)", wasAnswered: false, &outputs)
        case (.ended(let why), .talking(id, _, _)), (.ended(let why), .awaitingAnswer(id, _, _)):
            end(SoftPhoneMachine.words(for: why), wasAnswered: true, &outputs)
        case (.ended(let why), .dialling(id, _, _)), (.ended(let why), .ringing(id, _)):
            end(SoftPhoneMachine.words(for: why), wasAnswered: false, &outputs)
        default:
            break
        }
    }

    private mutating func invited(_ request: SIPRequest, _ id: SessionID, _ now: Instant, _ outputs: inout [Output]) {
        guard case .none = call else {
            drive(.session(id, .reject(status: 486, reason: nil, headers: SIPHeaders())), now, &outputs)
            return
        }
        call = .ringing(id, request)
        drive(.session(id, .progress(status: 180, headers: SIPHeaders(), body: [])), now, &outputs)
        let data = request.headers[CallDataHeader.name].map { CallDataHeader.decode($0).entries.map { ($0.name, $0.value) } } ?? []
        outputs.append(.event(.incoming(from: request.common.from, data: data)))
        if request.headers["Answer-Mode"]?.lowercased() == "auto" { outputs.append(.event(.toldToAnswer)) }
    }

    private mutating func reoffered(_ request: SIPRequest, _ id: SessionID, _ media: OpenedMedia, _ now: Instant, _ outputs: inout [Output])
    {
        if request.body.isEmpty {
            let offer = outgoing(capabilities.offer(at: media.local, protection: media.protection), media)
            call = .awaitingAnswer(id, media, offer: offer)
            drive(.session(id, .answer(offer.encoded)), now, &outputs)
        } else if let settled = settle(request.body, media) {
            call = .talking(id, media, local: settled.answer)
            drive(.session(id, .answer(settled.answer.encoded)), now, &outputs)
            connect(media, settled.audio, &outputs)
        } else {
            drive(.session(id, .refuseOffer(status: 488)), now, &outputs)
        }
    }

    private mutating func end(_ why: String, wasAnswered: Bool, _ outputs: inout [Output]) {
        call = .none
        history = nil
        outputs.append(.event(.ended(why, wasAnswered: wasAnswered)))
    }

    private static func words(for end: SessionEnd) -> String {
        switch end {
        case .bye: "the other side hung up"
        case .cancelled: "the caller gave up"
        case .notAcknowledged: "the answer was never acknowledged"
        case .expired: "the session was not refreshed"
        case .lost: "the other side is gone"
        case .local: "hung up"
        }
    }
}
