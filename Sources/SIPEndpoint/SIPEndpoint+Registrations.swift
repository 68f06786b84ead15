import CallControl
import Kernel
import SIP

// Requests outside of calls, and registrations in both directions.
extension SIPEndpoint {
    /// The methods that we take.
    static let allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER, SUBSCRIBE"

    mutating func handle(_ request: SIPRequest, _ id: IncomingID, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        var headers = SIPHeaders()
        switch request.method {
        case .register:
            register(request, id, over: hop, at: now, into: &outputs)
        case .subscribe:
            subscribed(request, id, over: hop, at: now, into: &outputs)
        case .options:
            headers.add("Allow", SIPEndpoint.allow)
            headers.add("Accept", "application/sdp")
            headers.add("Accept-Language", "en")
            headers.add("Supported", "timer")
            headers.add("Allow-Events", MessageLamps.package)
            respond(id, 200, nil, headers)
        case .other:
            headers.add("Allow", SIPEndpoint.allow)
            respond(id, 501, nil, headers)
        default:
            headers.add("Allow", SIPEndpoint.allow)
            respond(id, 405, nil, headers)
        }
    }

    private mutating func respond(_ id: IncomingID, _ status: Int, _ reason: String?, _ headers: SIPHeaders, contacts: [NameAddress] = []) {
        toAgent.append(.respond(id, status: status, reason: reason, headers: headers, contacts: contacts, body: []))
    }

    // MARK: Phones register with us

    private mutating func register(_ request: SIPRequest, _ id: IncomingID, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        if let claimed = doorkeeper.phone(of: request.common.to.uri.user ?? ""), isTooPlain(claimed, hop, into: &outputs) {
            return respond(id, 403, "TLS Required", SIPHeaders())
        }
        let phone: SIPConfiguration.Phone
        switch doorkeeper.admit(request, over: hop, at: now, into: &outputs) {
        case .admitted(let admitted): phone = admitted
        case .challenge(let headers): return respond(id, 401, nil, headers)
        case .refused: return respond(id, 403, nil, SIPHeaders())
        }
        // A phone registers itself and nobody else (RFC 3261 section 10.3 steps 3 to 5).
        guard request.common.to.uri.user == phone.user else { return respond(id, 403, "Not Your Address Of Record", SIPHeaders()) }
        var headers = SIPHeaders()
        switch registrar.register(
            phone.user, request, over: hop, configuration.expiry, limit: configuration.contactsPerPhone, at: now)
        {
        case .accepted(let contacts, let changed):
            if changed { announce(phone, into: &outputs) }
            let listed = contacts.map { contact in
                let seconds = max(now.duration(to: contact.expires).components.seconds, 0)
                return NameAddress(uri: contact.uri, parameters: [SIPParameter("expires", "\(seconds)")])
            }
            respond(id, 200, nil, headers, contacts: listed)
            if changed { notifyContacts(of: phone) }
        case .tooBrief(let minimum):
            headers.add("Min-Expires", "\(minimum)")
            respond(id, 423, nil, headers)
        case .refused(let status, let reason):
            respond(id, status, reason, headers)
        }
    }

    private mutating func announce(_ phone: SIPConfiguration.Phone, into outputs: inout [Output]) {
        let contacts = registrar.contacts(of: phone.user)
        outputs.append(.registration(.phone(phone.device, contacts: contacts)))
        setAvailable(phone.device, !contacts.isEmpty, into: &outputs)
    }

    private mutating func announce(users: [String], into outputs: inout [Output]) {
        for user in users {
            guard let phone = doorkeeper.phone(of: user) else { continue }
            announce(phone, into: &outputs)
        }
    }

    mutating func expireRegistrations(at now: Instant, into outputs: inout [Output]) {
        announce(users: registrar.expire(at: now), into: &outputs)
    }

    mutating func forget(_ hop: Hop, at now: Instant, into outputs: inout [Output]) {
        announce(users: registrar.forget(hop), into: &outputs)
    }

    // MARK: We register with trunks

    mutating func refreshTrunks(at now: Instant) {
        for (id, request) in trunkRegistrations.due(at: now) { toAgent.append(.send(id, request)) }
    }

    mutating func handle(_ response: SIPResponse, to id: OutgoingID, at now: Instant, into outputs: inout [Output]) {
        if lamps.handle(response, to: id) { return }
        let before = Set(trunkRegistrations.devices.filter(trunkRegistrations.isRegistered))
        guard let (device, isRegistered) = trunkRegistrations.handle(response, to: id, at: now) else { return }
        if response.status >= 300, response.status != 423 {
            outputs.append(.notice(.trunkRegistrationFailed(device, status: response.status)))
        }
        if before.contains(device) != isRegistered { outputs.append(.registration(.trunk(device, registered: isRegistered))) }
        setAvailable(device, isRegistered, into: &outputs)
        refreshTrunks(at: now)
    }

    // MARK: Configuration

    /// Takes over a configuration, and announces what became reachable or unreachable by it.
    mutating func adopt(_ new: SIPConfiguration, at now: Instant, into outputs: inout [Output]) {
        configuration = new
        doorkeeper.adopt(new)
        phones = Dictionary(new.phones.map { ($0.device, $0) }) { first, _ in first }
        trunks = Dictionary(new.trunks.map { ($0.device, $0) }) { first, _ in first }
        for user in registrar.users.sorted() where doorkeeper.phone(of: user) == nil { registrar.remove(user) }
        lamps.keepOnly(Set(new.phones.map(\.device)), users: Set(new.phones.map(\.user)))
        for device in strandedDevices() { setAvailable(device, false, into: &outputs) }
        for phone in new.phones { setAvailable(phone.device, !registrar.contacts(of: phone.user).isEmpty, into: &outputs) }
        let registering = new.trunks.filter { $0.registration != nil && $0.target != nil }
        for device in trunkRegistrations.devices where !registering.contains(where: { $0.device == device }) {
            trunkRegistrations.remove(device)
        }
        for trunk in new.trunks {
            if let registration = trunk.registration, trunk.target != nil {
                trunkRegistrations.keep(trunk, registration, at: now)
                setTrunkAvailable(trunk.device, trunkRegistrations.isRegistered(trunk.device), into: &outputs)
            } else {
                setTrunkAvailable(trunk.device, trunk.target != nil, into: &outputs)
            }
        }
        refreshTrunks(at: now)
    }

    /// Like `setAvailable`, but said even when nothing changed: call control takes a trunk that it hears nothing of for a reachable one.
    private mutating func setTrunkAvailable(_ device: DeviceName, _ isAvailable: Bool, into outputs: inout [Output]) {
        let count = outputs.count
        setAvailable(device, isAvailable, into: &outputs)
        if outputs.count == count { outputs.append(.device(device, available: isAvailable)) }
    }
}
