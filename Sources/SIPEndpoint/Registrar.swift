import Kernel
import SIP

/// The location service of the phones: which contacts each user has, in which order they were registered, and when they end
/// (RFC 3261 section 10.3). Requests arrive here authenticated.
struct Registrar: Sendable {
    private var bindings: [String: [Binding]] = [:]
    /// When the first contact of each user ends.
    private var expiries = Deadlines<String>()

    struct Binding: Sendable {
        var contact: RegisteredContact
        let key: ContactKey
        let callID: String
        let cseq: UInt32
    }

    /// What a REGISTER did.
    enum Outcome: Equatable {
        /// The user's contacts as they now stand: 200. `changed` says whether anything is different.
        case accepted([RegisteredContact], changed: Bool)
        /// 423 with this Min-Expires in seconds.
        case tooBrief(Int64)
        /// Another refusal, which changes nothing.
        case refused(Int, String)
    }

    var nextDeadline: Instant? { expiries.next }

    /// The contacts of a user, the one that registered last first.
    func contacts(of user: String) -> [RegisteredContact] {
        bindings[user]?.map(\.contact) ?? []
    }

    /// The users that have contacts.
    var users: Dictionary<String, [Binding]>.Keys { bindings.keys }

    /// Takes a REGISTER of `user`: all of it or nothing.
    mutating func register(
        _ user: String, _ request: SIPRequest, over hop: Hop, _ expiry: SIPConfiguration.Expiry, limit: Int, at now: Instant
    ) -> Outcome {
        let common = request.common
        var list = bindings[user] ?? []
        let whole = request.headers["Expires"].flatMap(Registrar.seconds)
        guard !common.contactIsWildcard else {
            guard whole == 0, common.contacts.isEmpty else { return .refused(400, "Contact: * Needs Expires: 0") }
            guard list.allSatisfy({ $0.callID != common.callID || $0.cseq < common.cseq }) else {
                return .refused(500, "CSeq Out Of Order")
            }
            set([], for: user)
            return .accepted([], changed: !list.isEmpty)
        }
        var changed = false
        for contact in common.contacts {
            guard let key = ContactKey(contact.uri) else { return .refused(400, "Contact Is No SIP URI") }
            guard hop.transport == .tls || contact.uri.scheme != "sips" else { return .refused(400, "SIPS Contact Needs TLS") }
            let asked = contact.parameters.first { $0.name == "expires" }?.value.flatMap(Registrar.seconds) ?? whole
            let lifetime = min(asked.map { .seconds($0) } ?? expiry.standard, expiry.maximum)
            if lifetime > .zero, lifetime < expiry.minimum { return .tooBrief(expiry.minimum.components.seconds) }
            let old = list.first { $0.key == key }
            if let old, old.callID == common.callID, old.cseq >= common.cseq { return .refused(500, "CSeq Out Of Order") }
            list.removeAll { $0.key == key }
            guard lifetime > .zero else {
                changed = changed || old != nil
                continue
            }
            let place = Registrar.hop(to: contact.uri, from: hop)
            changed = changed || old?.contact.hop != place
            let registered = RegisteredContact(
                uri: contact.uri, hop: place, expires: now.advanced(by: lifetime),
                userAgent: request.headers["User-Agent"].map { String($0.prefix(128)) })
            list.insert(Binding(contact: registered, key: key, callID: common.callID, cseq: common.cseq), at: 0)
        }
        // A phone that changed its address without saying goodbye leaves contacts behind: the oldest one goes.
        if list.count > limit { list.removeLast(list.count - limit) }
        set(list, for: user)
        return .accepted(contacts(of: user), changed: changed)
    }

    /// Removes contacts that have ended; returns the users whose contacts changed.
    mutating func expire(at now: Instant) -> [String] {
        var users: [String] = []
        while let user = expiries.popExpired(at: now) {
            users.append(user)
            set((bindings[user] ?? []).filter { $0.contact.expires > now }, for: user)
        }
        return users
    }

    /// A connection is gone: contacts that were reached over it are not any more, unless they can be connected to. A phone behind TLS cannot: it has
    /// no certificate that we could check (RFC 5626 section 5.3). Returns the users whose contacts changed.
    mutating func forget(_ hop: Hop) -> [String] {
        guard hop.transport.isReliable, hop.connection != 0 else { return [] }
        var users: [String] = []
        for (user, list) in bindings where list.contains(where: { $0.contact.hop.connection == hop.connection }) {
            users.append(user)
            let kept = list.compactMap { binding -> Binding? in
                guard binding.contact.hop.connection == hop.connection else { return binding }
                guard hop.transport != .tls, let address = Registrar.address(of: binding.contact.uri), address.ip == hop.remote.ip,
                    address != hop.remote
                else {
                    return nil
                }
                var copy = binding
                copy.contact.hop.connection = 0
                copy.contact.hop.remote = address
                return copy
            }
            set(kept, for: user)
        }
        return users.sorted()
    }

    /// Forgets a user who is not configured any more.
    mutating func remove(_ user: String) {
        set([], for: user)
    }

    private mutating func set(_ list: [Binding], for user: String) {
        guard let first = list.map(\.contact.expires).min() else {
            bindings[user] = nil
            expiries.cancel(user)
            return
        }
        bindings[user] = list
        expiries.set(user, at: first)
    }

    /// A delta-seconds value (RFC 3261 section 20.19); a malformed one counts as 3600.
    private static func seconds(_ text: String) -> Int64? {
        let digits = text.utf8.filter { $0 != 32 && $0 != 9 }
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return 3600 }
        return digits.count > 9 ? 999_999_999 : Int64(String(decoding: digits, as: UTF8.self))
    }
}

extension Registrar {
    /// Where requests to a contact go.
    ///
    /// A phone that knows its own address is believed, so that it can register from one port and listen at another. One that does not, because
    /// there is a translator between us, is reached where it came from (RFC 3581, RFC 5626 section 5.3), and over its own connection.
    static func hop(to contact: SIPURI, from observed: Hop) -> Hop {
        guard let address = address(of: contact), address.ip == observed.remote.ip else { return observed }
        let named = contact.parameters.first { $0.name == "transport" }?.value.flatMap { Hop.Transport(rawValue: $0.uppercased()) }
        let transport = contact.scheme == "sips" ? .tls : named
        guard (transport ?? observed.transport) == observed.transport else {
            return Hop(transport: transport ?? observed.transport, local: observed.local, remote: address)
        }
        if observed.transport.isReliable, observed.connection != 0 { return observed }
        return Hop(transport: observed.transport, local: observed.local, remote: address)
    }

    /// The address that a contact names, if it names one by number.
    static func address(of contact: SIPURI) -> TransportAddress? {
        let isSecure = contact.scheme == "sips" || contact.parameters.contains { $0.name == "transport" && $0.value?.lowercased() == "tls" }
        return IPAddress(contact.host).map { TransportAddress(ip: $0, port: contact.port ?? (isSecure ? 5061 : 5060)) }
    }
}

/// What makes two contacts the same one (RFC 3261 section 19.1.4, for what phones send).
struct ContactKey: Hashable, Sendable {
    private let scheme: String
    private let user: String?
    private let host: String
    private let port: UInt16?
    private let transport: String?

    /// Makes the key of a SIP URI; `nil` for any other scheme.
    init?(_ uri: SIPURI) {
        guard uri.scheme == "sip" || uri.scheme == "sips" else { return nil }
        scheme = uri.scheme
        user = uri.user
        host = uri.host.lowercased()
        port = uri.port
        transport = uri.parameters.first { $0.name == "transport" }?.value?.lowercased()
    }
}
