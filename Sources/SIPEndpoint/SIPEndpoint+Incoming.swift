import CallControl
import Kernel
import SDP
import SIP

// An INVITE becomes a leg: who calls, whom, with what.
extension SIPEndpoint {
    mutating func invited(_ session: SessionID, _ request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        func refuse(_ refusal: CallRefusal) {
            toAgent.append(.session(session, .reject(status: refusal.status, reason: refusal.reason, headers: refusal.headers)))
            guard refusal.isNotable else { return }
            outputs.append(.notice(.refusedCall(from: hop.remote, status: refusal.status, reason: refusal.reason ?? "")))
        }
        do throws(CallRefusal) {
            let called = try calledNumber(of: request, over: hop)
            let origin = try origin(of: request, over: hop, at: now, into: &outputs)
            let media: MediaStep
            do throws(BodyRefusal) {
                media = try SessionBody.read(request.body, request.headers).map { .offer($0) } ?? .solicit
            } catch {
                throw CallRefusal(error)
            }
            if origin.needsSecurity, case .offer(let offer) = media, !offer.isSecure {
                outputs.append(.notice(.plainMedia(origin.device, saidByDevice: true)))
                throw CallRefusal(.plain)
            }
            let id = newLeg()
            var setUp = origin.setUp(request, called: called, media: media)
            setUp.near = hop.remote.ip
            let history = DescriptionHistory(sessionID: random.next() >> 1, address: hop.local.ip)
            let contact = NameAddress(uri: hop.contact(user: called.text, isSIPS: request.uri.scheme == "sips"))
            var exchange = MediaExchange.theySolicited
            if case .offer = media { exchange = .theyOffered(early: nil) }
            legs[id] = SIPLeg(
                device: origin.device, needsSecurity: origin.needsSecurity, history: history, state: .incoming(session, contact: contact),
                exchange: exchange)
            legOfSession[session] = id
            outputs.append(.leg(id, .setUp(setUp, from: origin.device)))
        } catch {
            refuse(error)
        }
    }

    /// The number that the Request-URI names.
    private func calledNumber(of request: SIPRequest, over hop: Hop) throws(CallRefusal) -> DirectoryNumber {
        if request.maxForwards == 0 { throw CallRefusal(483, "Too Many Hops") }
        switch request.uri.scheme {
        case "sip", "tel": break
        case "sips": if hop.transport != .tls { throw CallRefusal(416, "SIPS Needs TLS") }
        default: throw CallRefusal(416, "Unsupported URI Scheme")
        }
        guard let number = request.uri.number else { throw CallRefusal(404, "No Number In Request-URI") }
        return number
    }

    /// Who is at the other end: a trunk by its address, a phone by its password, or a guest.
    private mutating func origin(
        of request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [Output]
    ) throws(CallRefusal) -> CallOrigin {
        let trunk = configuration.trunks.first { trunk in
            trunk.peers.contains { $0.contains(hop.remote.ip) } || trunk.target?.remote.ip == hop.remote.ip
        }
        if let trunk {
            guard !trunk.needsSecurity || hop.transport == .tls else {
                outputs.append(.notice(.plainSignalling(trunk.device, hop.transport, from: hop.remote)))
                throw CallRefusal(403, "TLS Required", isNotable: false)
            }
            return .trunk(trunk)
        }
        let claimed = doorkeeper.claimedUser(of: request) ?? request.common.from.uri.user ?? ""
        guard let known = doorkeeper.phone(of: claimed) else {
            if let guests = configuration.guests { return .guest(guests) }
            return try admitted(request, over: hop, at: now, into: &outputs)
        }
        // Before any challenge, so that not even the answer to one goes over the wire.
        if isTooPlain(known, hop, into: &outputs) { throw CallRefusal(403, "TLS Required", isNotable: false) }
        return try admitted(request, over: hop, at: now, into: &outputs)
    }

    private mutating func admitted(
        _ request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [Output]
    ) throws(CallRefusal) -> CallOrigin {
        switch doorkeeper.admit(request, over: hop, at: now, into: &outputs) {
        case .admitted(let phone): return .phone(phone)
        case .challenge(let headers): throw CallRefusal(401, nil, headers, isNotable: false)
        case .refused: throw CallRefusal(403, nil)
        }
    }

    /// Whether a phone that is to be secure came without TLS; a log hears of it.
    func isTooPlain(_ phone: SIPConfiguration.Phone, _ hop: Hop, into outputs: inout [Output]) -> Bool {
        guard phone.needsSecurity, hop.transport != .tls else { return false }
        outputs.append(.notice(.plainSignalling(phone.device, hop.transport, from: hop.remote)))
        return true
    }
}

/// Why an INVITE never becomes a leg.
struct CallRefusal: Error {
    let status: Int
    let reason: String?
    let headers: SIPHeaders
    /// Whether a log should hold it: a challenge is the common way of things.
    let isNotable: Bool

    init(_ status: Int, _ reason: String?, _ headers: SIPHeaders = SIPHeaders(), isNotable: Bool = true) {
        self.status = status
        self.reason = reason
        self.headers = headers
        self.isNotable = isNotable
    }

    init(_ refusal: BodyRefusal) {
        var headers = SIPHeaders()
        switch refusal {
        case .type: headers.add("Accept", "application/sdp")
        case .encoding: headers.add("Accept-Encoding", "identity")
        case .plain: headers.add("Warning", SIPWarning.incompatibleTransport.rawValue)
        case .malformed: break
        }
        self.init(refusal.status, refusal.reason, headers)
    }
}

/// Where a call comes from, and how far its word is taken.
enum CallOrigin {
    case phone(SIPConfiguration.Phone)
    case trunk(SIPConfiguration.Trunk)
    case guest(DeviceName)

    var device: DeviceName {
        switch self {
        case .phone(let phone): phone.device
        case .trunk(let trunk): trunk.device
        case .guest(let device): device
        }
    }

    /// Whether there is no call without SRTP.
    var needsSecurity: Bool {
        switch self {
        case .phone(let phone): phone.needsSecurity
        case .trunk(let trunk): trunk.needsSecurity
        case .guest: false
        }
    }

    /// The set-up that call control gets.
    func setUp(_ request: SIPRequest, called: DirectoryNumber, media: MediaStep) -> SetUp {
        var setUp = SetUp(calling: calling(request), called: called, media: media, hopsLeft: min(request.maxForwards ?? 70, 255))
        guard case .guest = self else {
            setUp.diversions = DiversionHeader.decode(request.headers)
            setUp.originalCalled = setUp.diversions.last?.number
            if case .trunk(let trunk) = self, trunk.isTrusted {
                setUp.data = request.headers[CallDataHeader.name].map(CallDataHeader.decode) ?? CallData()
            }
            return setUp
        }
        return setUp
    }

    private func calling(_ request: SIPRequest) -> Party {
        let from = request.common.from
        let isPrivate = CallerPrivacy.isAsked(in: request)
        switch self {
        case .phone(let phone):
            return Party(number: isPrivate ? nil : phone.number, name: isPrivate ? nil : phone.displayName ?? from.shownName)
        case .trunk(let trunk):
            guard !isPrivate else { return Party(number: nil) }
            let asserted =
                trunk.isTrusted ? AddressHeader.all("P-Asserted-Identity", in: request.headers).first { $0.uri.number != nil } : nil
            let caller = asserted ?? from
            return Party(number: caller.uri.number, name: caller.shownName ?? from.shownName)
        case .guest:
            return isPrivate ? Party(number: nil) : Party(number: from.uri.number, name: from.shownName)
        }
    }
}
