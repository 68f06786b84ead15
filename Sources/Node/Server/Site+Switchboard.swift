import CTI
import CallControl
import Kernel
import SDP
import SIP
import SIPEndpoint
import Switchboard

extension Site {
    /// What the switchboard is to know of the site.
    ///
    /// - Parameters:
    ///   - fingerprint: That of the certificate which the mixer shows in DTLS handshakes.
    ///   - hop: The way to a peer by a transport; needed for trunks that are dialled.
    func switchboardConfiguration(
        nonceSecret: [UInt8], fingerprint: DTLSFingerprint?, hop: (TransportAddress, Hop.Transport) -> Hop?
    ) -> SwitchboardConfiguration {
        var plan = plan
        plan.mixing.fingerprint = fingerprint
        plan.hasMusic = media.music != nil
        var endpoint = SIPConfiguration(domain: realm, realm: realm, nonceSecret: nonceSecret)
        endpoint.phones = phones.map { phone in
            var known = SIPConfiguration.Phone(
                device: phone.device, user: phone.user, password: phone.password, number: phone.number, displayName: phone.displayName)
            known.algorithms = phone.digests
            known.needsSecurity = plan.devices[phone.device]?.security == .required
            return known
        }
        endpoint.trunks = trunks.map { trunk in
            var known = SIPConfiguration.Trunk(
                device: trunk.device, peers: trunk.peers.map { IPNetwork($0) },
                target: trunk.target.flatMap { hop($0, trunk.transport) },
                domain: trunk.registration?.domain, isTrusted: trunk.isTrusted,
                registration: trunk.registration.map {
                    SIPConfiguration.Registration(user: $0.user, password: $0.password, expires: $0.expires)
                })
            known.needsSecurity = plan.devices[trunk.device]?.security == .required
            return known
        }
        endpoint.guests = sip.guests
        return SwitchboardConfiguration(plan: plan, cti: cti, sip: endpoint)
    }

    /// The certificates of SIP over TLS; `nil` where the site has none.
    func sipSecurity() throws(TLSProblem) -> SIPSecurity? {
        guard let secure = sip.tls else { return nil }
        var names: [TransportAddress: String] = [:]
        for trunk in trunks where trunk.transport == .tls {
            if let target = trunk.target, let name = trunk.tlsName { names[target] = name }
        }
        return try SIPSecurity(secure.tls, names: names)
    }
}
