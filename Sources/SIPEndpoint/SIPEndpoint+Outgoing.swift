import CallControl
import Kernel
import SDP
import SIP

// A leg that call control begins becomes an INVITE to each contact of a phone, or to a trunk.
extension SIPEndpoint {
    mutating func place(_ setUp: SetUp, to device: DeviceName, as id: LegID, into outputs: inout [Output]) {
        guard legs[id] == nil else { return }
        let routes: [Route]
        let absence: Cause
        let needsSecurity = phones[device]?.needsSecurity ?? trunks[device]?.needsSecurity ?? false
        var media = setUp.media
        if needsSecurity, !media.secure() {
            outputs.append(.notice(.plainMedia(device, saidByDevice: false)))
            outputs.append(.leg(id, .released(.incompatibleMedia)))
            return
        }
        if let phone = phones[device] {
            let contacts = registrar.contacts(of: phone.user).filter { !needsSecurity || $0.hop.transport == .tls }
            routes = contacts.map { Route(uri: $0.uri, hop: $0.hop, to: setUp.called, isTrusted: true) }
            absence = .subscriberAbsent
        } else {
            let way = trunks[device].flatMap { route(setUp, over: $0) }
            routes = way.map { [$0] }?.filter { !needsSecurity || $0.hop.transport == .tls } ?? []
            absence = .networkOutOfOrder
        }
        guard let first = routes.first else {
            outputs.append(.leg(id, .released(absence)))
            return
        }

        var history = DescriptionHistory(sessionID: random.next() >> 1, address: first.hop.local.ip)
        var body: [UInt8] = []
        if case .offer(let offer) = media { body = history.outgoing(offer).encoded }
        var branches: [SessionID] = []
        for route in routes {
            let session = newSession()
            branches.append(session)
            legOfSession[session] = id
            toAgent.append(.session(session, .invite(invitation(setUp, over: route, body: body))))
        }
        legs[id] = SIPLeg(
            device: device, needsSecurity: needsSecurity, history: history,
            state: .outgoing(SIPLeg.Fork(branches: branches, isForked: branches.count > 1)),
            exchange: body.isEmpty ? .weSolicited : .weOffered)
        if needsSecurity, case .offer(let offer) = setUp.media { legs[id]?.offered = offer }
    }

    /// One way to a device.
    private struct Route {
        let uri: SIPURI
        let hop: Hop
        let to: DirectoryNumber
        let isTrusted: Bool
        var credentials: DigestCredentials?
    }

    private func route(_ setUp: SetUp, over trunk: SIPConfiguration.Trunk) -> Route? {
        guard let hop = trunk.target else { return nil }
        let number = DirectoryNumber(trunk.prefix + setUp.called.text)
        var uri = SIPURI(user: number.text, host: trunk.domain ?? hop.remote.ip.uriHost)
        if trunk.domain == nil {
            uri.port = hop.remote.port
            if hop.transport != .udp { uri.parameters = [SIPParameter("transport", hop.transport.rawValue.lowercased())] }
        }
        let credentials = trunk.registration.map { DigestCredentials(username: $0.user, password: $0.password) }
        return Route(uri: uri, hop: hop, to: number, isTrusted: trunk.isTrusted, credentials: credentials)
    }

    private func invitation(_ setUp: SetUp, over route: Route, body: [UInt8]) -> OutgoingRequest {
        var headers = SIPHeaders()
        CallerHeaders.add(setUp.calling, domain: configuration.domain, isTrusted: route.isTrusted, to: &headers)
        DiversionHeader.add(setUp.diversions, domain: configuration.domain, to: &headers)
        if route.isTrusted, let data = CallDataHeader.encode(setUp.data) { headers.add(CallDataHeader.name, data) }
        if setUp.answersItself { AutomaticAnswer.add(domain: configuration.domain, to: &headers) }
        if !body.isEmpty { headers.add("Content-Type", "application/sdp") }
        let contact = route.hop.contact(user: setUp.calling.number?.text ?? "", isSIPS: route.uri.scheme == "sips")
        return OutgoingRequest(
            method: .invite, uri: route.uri, from: CallerHeaders.from(setUp.calling, domain: configuration.domain),
            to: NameAddress(uri: SIPURI(user: route.to.text, host: configuration.domain)),
            contact: NameAddress(uri: contact), hop: route.hop,
            maxForwards: min(max(setUp.hopsLeft, 0), 70), headers: headers, body: body, credentials: route.credentials)
    }
}
