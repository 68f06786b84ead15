public import CallControl
public import Kernel
public import SDP
public import SIP
import SIPEndpoint

/// A call of a simulated phone, with all that a test may want to know of it.
public struct SimulatedCall: Sendable {
    /// Its session.
    public let session: SessionID
    /// Whether the phone was called.
    public let isIncoming: Bool
    /// Where the phone receives media.
    public let media: TransportAddress
    /// How far it is.
    public internal(set) var state = State.dialling
    /// The INVITE that brought it; `nil` for a call of ours.
    public internal(set) var invitation: SIPRequest?
    /// The responses to our INVITE, without 100.
    public internal(set) var responses: [SIPResponse] = []
    /// What the peer said of its media last.
    public internal(set) var heard: SessionDescription?
    /// What the phone said of its media last.
    public internal(set) var said: SessionDescription?
    /// The media as settled last.
    public internal(set) var audio: NegotiatedAudio?
    /// How often the peer changed the media after the answer.
    public internal(set) var changes = 0

    /// The bodies of INFO that came in.
    public internal(set) var told: [String] = []

    /// How far a call is.
    public enum State: Equatable, Sendable {
        /// We called, and nothing but provisional responses came.
        case dialling
        /// We are called.
        case ringing
        /// Answered.
        case talking
        /// Over.
        case over(Ending)
    }

    /// How a call ended.
    public enum Ending: Equatable, Sendable {
        /// We ended it.
        case byUs
        /// The peer sent BYE, with this cause.
        case byPeer(Cause?)
        /// The caller cancelled.
        case cancelled
        /// The peer refused with this status.
        case refused(Int)
        /// It was lost: no ACK, no refresh, no way to the peer.
        case lost
    }

    private var history: DescriptionHistory
    private var offered: SessionDescription?

    init(session: SessionID, isIncoming: Bool, media: TransportAddress, sessionID: UInt64) {
        self.session = session
        self.isIncoming = isIncoming
        self.media = media
        history = DescriptionHistory(sessionID: sessionID, address: media.ip)
    }

    /// Whether it is over.
    public var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// Where the phone sends media now; `nil` while it does not.
    public var sendsTo: TransportAddress? {
        guard state == .talking, let audio, audio.direction.sends else { return nil }
        return audio.remote
    }

    mutating func offer(_ capabilities: MediaCapabilities, direction: MediaDirection = .sendReceive) -> SessionDescription {
        let offer = history.outgoing(capabilities.offer(at: media, direction: direction))
        offered = offer
        said = offer
        return offer
    }

    private mutating func answer(_ offer: SessionDescription, _ capabilities: MediaCapabilities) -> SessionDescription? {
        do throws(NegotiationFailure) {
            let (answer, audio) = try capabilities.answer(offer, at: media)
            let sent = history.outgoing(answer)
            (heard, said, self.audio) = (offer, sent, audio)
            return sent
        } catch {
            return nil
        }
    }

    private mutating func settle(_ answer: SessionDescription, _ capabilities: MediaCapabilities) {
        guard let offer = offered else { return }
        offered = nil
        heard = answer
        do throws(NegotiationFailure) {
            audio = try capabilities.settle(offer: offer, answer: answer)
        } catch {
            audio = nil
        }
    }

    /// What the phone says when its user takes up the receiver.
    mutating func accept(_ capabilities: MediaCapabilities, _ contact: NameAddress) -> SessionCommand {
        var headers = SIPHeaders()
        headers.add("Content-Type", "application/sdp")
        guard let invitation else { return .reject(status: 500, reason: nil, headers: SIPHeaders()) }
        let said = SimulatedCall.description(invitation.body).map { answer($0, capabilities) } ?? offer(capabilities)
        guard let said else {
            state = .over(.byUs)
            return .reject(status: 488, reason: nil, headers: SIPHeaders())
        }
        state = .talking
        return .accept(contact: contact, headers: headers, body: said.encoded)
    }

    /// Takes note of an event, and says what the phone does about it.
    mutating func handle(_ event: SessionEvent, _ habits: SimulatedPhone.Habits, _ contact: NameAddress) -> [SessionCommand] {
        switch event {
        case .invited, .offerRefused, .notified: return []
        case .info(let request): told.append(String(decoding: request.body, as: UTF8.self))
        case .progressed(let response):
            responses.append(response)
            if let early = SimulatedCall.description(response.body) { heard = early }
        case .accepted(let response):
            responses.append(response)
            guard !isOver else { return [] }
            state = .talking
            guard let description = SimulatedCall.description(response.body) else { return [] }
            guard offered == nil else {
                settle(description, habits.capabilities)
                return []
            }
            guard let answer = answer(description, habits.capabilities) else { return [.end(status: 488, headers: SIPHeaders())] }
            return [.acknowledge(answer.encoded)]
        case .rejected(let response):
            responses.append(response)
            if !isOver { state = .over(.refused(response.status)) }
        case .acknowledged(let body):
            if let answer = SimulatedCall.description(body) { settle(answer, habits.capabilities) }
        case .offered(let request):
            guard !habits.refusesOffers else { return [.refuseOffer(status: 488)] }
            changes += 1
            guard let theirs = SimulatedCall.description(request.body) else { return [.answer(offer(habits.capabilities).encoded)] }
            return [answer(theirs, habits.capabilities).map { .answer($0.encoded) } ?? .refuseOffer(status: 488)]
        case .answered(let body):
            guard let description = SimulatedCall.description(body) else { return [] }
            guard offered == nil else {
                settle(description, habits.capabilities)
                return []
            }
            guard let answer = answer(description, habits.capabilities) else { return [] }
            return [.acknowledge(answer.encoded)]
        case .ended(let end):
            if !isOver { state = .over(Ending(end)) }
        }
        return []
    }

    private static func description(_ body: [UInt8]) -> SessionDescription? {
        guard !body.isEmpty else { return nil }
        do throws(SDPParseError) {
            return try SessionDescription(parsing: body)
        } catch {
            return nil
        }
    }
}

extension SimulatedCall.Ending {
    init(_ end: SessionEnd) {
        switch end {
        case .bye(let request): self = .byPeer(request.headers["Reason"].flatMap { Cause(reason: $0) })
        case .cancelled: self = .cancelled
        case .local: self = .byUs
        case .notAcknowledged, .expired, .lost: self = .lost
        }
    }
}
