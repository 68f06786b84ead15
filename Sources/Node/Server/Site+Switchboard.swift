import CTI
import CallControl
import Kernel
import SIP
import SIPEndpoint
import Switchboard

extension Site {
    /// What the switchboard is to know of the site.
    ///
    /// - Parameter hop: The way to a peer by a transport; needed for trunks that are dialled.
    func switchboardConfiguration(nonceSecret: [UInt8], hop: (TransportAddress, Hop.Transport) -> Hop?) -> SwitchboardConfiguration {
        var endpoint = SIPConfiguration(domain: realm, realm: realm, nonceSecret: nonceSecret)
        endpoint.phones = phones.map { phone in
            var known = SIPConfiguration.Phone(
                device: phone.device, user: phone.user, password: phone.password, number: phone.number, displayName: phone.displayName)
            known.algorithms = phone.digests
            return known
        }
        endpoint.trunks = trunks.map { trunk in
            SIPConfiguration.Trunk(
                device: trunk.device, peers: trunk.peers.map { IPNetwork($0) },
                target: trunk.target.flatMap { hop($0, trunk.isTCP ? .tcp : .udp) },
                domain: trunk.registration?.domain, isTrusted: trunk.isTrusted,
                registration: trunk.registration.map {
                    SIPConfiguration.Registration(user: $0.user, password: $0.password, expires: $0.expires)
                })
        }
        endpoint.guests = sip.guests
        return SwitchboardConfiguration(plan: plan, cti: cti, sip: endpoint)
    }
}
