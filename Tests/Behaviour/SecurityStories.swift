import CallControl
import Kernel
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// Devices with `security: required` are never reached plain.
struct SecurityStories {
    /// A world in which the phone of 2001 is to be secure, and has tried to register.
    private func world(_ transport: Hop.Transport) -> SimulatedWorld {
        var world = House.world(registering: ["2002"]) { configuration in
            configuration.sip.phones = configuration.sip.phones.map { phone in
                var phone = phone
                phone.needsSecurity = phone.user == "2001"
                return phone
            }
        }
        world.add("2001", SimulatedPhone.Identity(user: "2001", password: "secret-2001", address: House.host(11), transport: transport))
        world.register("2001")
        world.run(for: .seconds(2))
        return world
    }

    @Test("a device that is to be secure registers over TLS, and over nothing else", arguments: [Hop.Transport.udp, .tcp, .tls])
    func registersOverTLS(transport: Hop.Transport) {
        let world = world(transport)
        #expect(world.phones["2001"]?.registrationStatus == (transport == .tls ? 200 : 403))
        let isNoticed = world.notices.contains(.plainSignalling("desk-2001", transport, from: House.host(11)))
        #expect(isNoticed == (transport != .tls))
    }

    @Test("a device that is to be secure is not offered plain media, has no call with what it says in plain, and the notices say why")
    func isNotCalledPlain() {
        var world = world(.tls)
        world.dial("2001", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.call("caller")?.state == .over(.refused(488)))
        #expect(world.call("2001")?.invitation?.body.isEmpty == true)
        #expect(world.call("2001")?.state == .over(.byPeer(.incompatibleMedia)))
        #expect(world.notices.contains(.plainMedia("desk-2001", saidByDevice: false)))
        #expect(world.notices.contains(.plainMedia("desk-2001", saidByDevice: true)))
    }

    @Test("a device that is to be secure does not call with plain media")
    func doesNotCallPlain() {
        var world = world(.tls)
        world.dial("2002", from: "2001")
        world.run(for: .seconds(3))
        #expect(world.call("2001")?.state == .over(.refused(488)))
        #expect(world.notices.contains(.plainMedia("desk-2001", saidByDevice: true)))
    }

    @Test("a call from a secure device's name over UDP is refused before it is asked for a password")
    func callsOverUDP() {
        var world = world(.udp)
        world.dial("2002", from: "2001")
        world.run(for: .seconds(3))
        #expect(world.call("2001")?.state == .over(.refused(403)))
    }

    @Test("a phone over TLS is absent as soon as its connection is gone", arguments: [Hop.Transport.tls])
    func connectionGone(transport: Hop.Transport) {
        var world = world(transport)
        world.breakConnection(between: House.host(11), and: House.address)
        world.run(for: .seconds(1))
        #expect(world.registrations.last == .phone("desk-2001", contacts: []))
    }
}
