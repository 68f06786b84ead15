import Kernel

/// What tells a dialog from others (RFC 3261 section 12). Our own tag is random, so that with the Call-ID it is enough; the peer's tag is compared
/// within the session.
struct DialogKey: Hashable {
    let callID: String
    let localTag: String
}

/// The state of a dialog (RFC 3261 section 12): who talks to whom, by which way, and how far the sequence numbers are.
struct Dialog {
    let callID: String
    /// Our address with our tag.
    let local: NameAddress
    /// The peer's address with its tag.
    let remote: NameAddress
    /// Where the peer is (its Contact).
    var remoteTarget: SIPURI
    /// The route set, nearest hop first.
    let routeSet: [NameAddress]
    /// The number of our last request.
    var localSequence: UInt32
    /// The number of the peer's last request.
    var remoteSequence: UInt32?
    /// The way to the next hop.
    var hop: Hop

    /// The dialog that a 2xx or provisional response makes for the caller (section 12.1.2).
    init(uac request: SIPRequest, _ response: SIPResponse, hop: Hop) {
        callID = request.common.callID
        local = request.common.from
        remote = response.common.to
        remoteTarget = response.common.contacts.first?.uri ?? request.uri
        routeSet = response.common.recordRoutes.reversed()
        localSequence = request.common.cseq
        self.hop = hop.next(toward: routeSet.first?.uri ?? remoteTarget)
    }

    /// The dialog that an INVITE makes for the called side (section 12.1.1).
    init(uas request: SIPRequest, localTag: String, hop: Hop) {
        callID = request.common.callID
        var own = request.common.to
        own.tag = localTag
        local = own
        remote = request.common.from
        remoteTarget = request.common.contacts.first?.uri ?? request.common.from.uri
        routeSet = request.common.recordRoutes
        localSequence = 0
        remoteSequence = request.common.cseq
        self.hop = hop
        // Behind a NAT the Contact is of no use: what came from elsewhere than its Via says is answered where it came from.
        let isBehindNAT = request.common.via.count == 1 && request.common.via.first.flatMap { IPAddress($0.host) } != hop.remote.ip
        if !isBehindNAT { self.hop = hop.next(toward: routeSet.first?.uri ?? remoteTarget) }
    }

    /// A request in the dialog (section 12.2.1.1). Via is for the sender to add.
    func request(_ method: SIPMethod, sequence: UInt32) -> SIPRequest {
        var uri = remoteTarget
        uri.headers = nil
        var routes = routeSet
        if let first = routes.first, first.uri.parameter("lr") == nil {
            // A strict router wants to be the Request-URI, with the target at the end of the route.
            routes.removeFirst()
            routes.append(NameAddress(uri: uri))
            uri = first.uri
        }
        let common = SIPCommonHeaders(via: [], from: local, to: remote, callID: callID, cseq: sequence, cseqMethod: method, routes: routes)
        return SIPRequest(method: method, uri: uri, common: common)
    }

    /// Follows the peer to a new Contact (target refresh, section 12.2).
    mutating func refreshTarget(_ contacts: [NameAddress]) {
        guard let target = contacts.first?.uri, target != remoteTarget else { return }
        remoteTarget = target
        if routeSet.isEmpty { hop = hop.next(toward: target) }
    }
}

extension Hop {
    /// Our address as a Contact, without a user when there is none to name; where the request is for a SIPS URI it is one, too (RFC 3261 section 8.1.1.8, RFC 5630 section 3.3).
    public func contact(user: String?, isSIPS: Bool = false) -> SIPURI {
        var uri = SIPURI(user: user?.isEmpty == true ? nil : user, host: local.ip.isV6 ? "[\(local.ip)]" : "\(local.ip)", port: local.port)
        if isSIPS {
            uri.scheme = "sips"
        } else if transport != .udp {
            uri.parameters = [SIPParameter("transport", transport.rawValue.lowercased())]
        }
        return uri
    }

    /// The way to a URI, given the way that leads to its peer now: a stream is kept; a datagram goes to the address that the URI names, unless that is a
    /// name, or a private address that cannot be reached from here. What a SIPS URI names is never sent plain (RFC 3261 section 26.2.2).
    func next(toward uri: SIPURI) -> Hop {
        if uri.scheme == "sips", transport != .tls {
            let address = IPAddress(uri.host).map { TransportAddress(ip: $0, port: uri.port ?? 5061) } ?? remote
            return Hop(transport: .tls, local: local, remote: address)
        }
        guard transport == .udp, let ip = IPAddress(uri.host) else { return self }
        guard ip == remote.ip || !ip.isPrivate || remote.ip.isPrivate else { return self }
        var hop = self
        hop.remote = TransportAddress(ip: ip, port: uri.port ?? 5060)
        return hop
    }
}

extension IPAddress {
    /// Whether this is an address of RFC 1918 or RFC 4193, or of this host itself.
    var isPrivate: Bool {
        switch self {
        case .v4(let address):
            address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8 || address >> 24 == 127
        case .v6(let upper, let lower):
            upper >> 57 == 0x7E || (upper == 0 && lower == 1)
        }
    }
}
