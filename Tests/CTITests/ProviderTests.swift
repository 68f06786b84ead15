import CTI
import CallControl
import Kernel
import SDP
import Testing

struct ProviderTests {
    @Test func `a provider opens when the driver has found the password right`() {
        var desk = Desk()
        desk.send(.connected(Desk.app, secure: false))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: .seconds(30)))
        #expect(desk.outputs == [.verifyPassword(Desk.app, password: "secret", hash: "hash")])
        desk.send(.passwordVerified(Desk.app, true))
        #expect(desk.outputs == [.reply(Desk.app, RequestID(1), .success(.opened(heartbeat: .seconds(30))))])
    }

    @Test func `a wrong password and an unknown user are told alike, and cost the same work`() {
        var desk = Desk()
        desk.open("ivr", rightPassword: false)
        #expect(desk.replies == [.failure(.badCredentials(user: "ivr"))])
        desk.request(.openProvider(user: "stranger", password: "secret", heartbeat: nil))
        #expect(desk.outputs == [.verifyPassword(Desk.app, password: "secret", hash: "hash")])
        desk.send(.passwordVerified(Desk.app, true))
        #expect(desk.replies == [.failure(.badCredentials(user: "stranger"))])
    }

    @Test func `everything is refused before the provider is open`() {
        var desk = Desk()
        desk.send(.connected(Desk.app, secure: false))
        for request: ProviderRequest in [
            .closeProvider, .heartbeat, .openDevice("rp"), .registerMedia("rp", .none), .answer(LegID(2)), .snapshot("rp"),
        ] {
            desk.request(request)
            #expect(desk.replies == [.failure(.providerNotOpen)])
        }
    }

    @Test func `a provider opens once, also while its password is being checked`() {
        var desk = Desk()
        desk.send(.connected(Desk.app, secure: false))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil))
        #expect(desk.replies == [.failure(.providerAlreadyOpen(user: "ivr"))])
        desk.send(.passwordVerified(Desk.app, true))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil))
        #expect(desk.replies == [.failure(.providerAlreadyOpen(user: "ivr"))])
    }

    @Test func `a user outside of Standard CTI Enabled is refused, with the group's name`() {
        var desk = Desk()
        desk.open("nobody")
        #expect(desk.replies == [.failure(.missingGroup(user: "nobody", .enabled))])
    }

    @Test func `a user of Standard CTI Secure Connection needs TLS`() {
        var desk = Desk()
        desk.open("secure")
        #expect(desk.replies == [.failure(.secureConnectionRequired(user: "secure"))])
        desk.open("secure", Desk.other, secure: true)
        #expect(desk.replies == [.success(.opened(heartbeat: .seconds(3600)))])
    }

    @Test func `a super provider outside of the secure group opens with an alarm, and opens any device`() {
        var desk = Desk()
        desk.open("super")
        #expect(desk.alarms == [.superProviderWithoutSecureConnection(user: "super")])
        desk.request(.openDevice("phone"))
        #expect(desk.replies == [.success(.done)])
    }

    @Test(arguments: [(Duration.seconds(1), Duration.seconds(5)), (.seconds(60), .seconds(60)), (.seconds(9999), .seconds(3600))])
    func `the heartbeat interval is kept between the service parameters`(wish: Duration, interval: Duration) {
        var desk = Desk()
        desk.open("ivr", heartbeat: wish)
        #expect(desk.replies == [.success(.opened(heartbeat: interval))])
    }

    @Test func `two intervals without a message end the provider`() {
        var desk = Desk()
        desk.open("ivr", heartbeat: .seconds(10))
        desk.register("rp", .none)
        desk.wait(.seconds(19))
        desk.request(.heartbeat)
        #expect(desk.replies == [.success(.done)])
        desk.wait(.seconds(19))
        #expect(desk.outputs.isEmpty)
        desk.wait(.seconds(1))
        #expect(desk.signals == [.device("rp", available: false)])
        #expect(desk.alarms == [.applicationFailed(user: "ivr", calls: 0)])
        #expect(desk.outputs.last == .disconnect(Desk.app))
        #expect(desk.manager.applicationCount == 0)
        #expect(desk.manager.nextDeadline == nil)
    }

    @Test func `an application that asks for no heartbeat is not watched`() {
        var desk = Desk()
        desk.open("ivr")
        desk.wait(.seconds(1_000_000))
        #expect(desk.outputs.isEmpty)
    }

    @Test func `no more providers wait for their passwords than the limit`() {
        var desk = Desk { $0.parameters.maximumOpenings = 1 }
        for application in [Desk.app, Desk.other] {
            desk.send(.connected(application, secure: false))
            desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil), from: application)
        }
        #expect(desk.replies == [.failure(.limitReached("providers being opened", 1))])
        desk.send(.disconnected(Desk.app))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil), from: Desk.other)
        #expect(desk.replies.isEmpty)
    }

    @Test func `a connection past the limit is closed`() {
        var desk = Desk { $0.parameters.maximumApplications = 1 }
        desk.send(.connected(Desk.app, secure: false))
        desk.send(.connected(Desk.other, secure: false))
        #expect(desk.outputs == [.disconnect(Desk.other)])
    }

    @Test func `a password that was changed while it was checked is refused`() {
        var desk = Desk()
        desk.send(.connected(Desk.app, secure: false))
        desk.request(.openProvider(user: "ivr", password: "secret", heartbeat: nil))
        var configuration = Desk.configuration
        configuration.users["ivr"]?.passwordHash = "new"
        desk.send(.configuration(configuration))
        desk.send(.passwordVerified(Desk.app, true))
        #expect(desk.replies == [.failure(.badCredentials(user: "ivr"))])
    }

    @Test func `a changed configuration closes what a user may no longer have`() {
        var desk = Desk()
        desk.open("ivr")
        desk.register("rp", .none)
        desk.register("rp2", .none)
        var configuration = Desk.configuration
        configuration.users["ivr"]?.controlledDevices = ["rp2"]
        desk.send(.configuration(configuration))
        #expect(desk.events() == [.outOfService("rp")])
        #expect(desk.signals == [.device("rp", available: false)])
        configuration.users["ivr"] = nil
        desk.send(.configuration(configuration))
        #expect(desk.events() == [.providerShutdown(reason: "user ivr may no longer connect")])
        #expect(desk.signals == [.device("rp2", available: false)])
    }
}

struct DeviceTests {
    @Test func `a device of the user opens, and is in service`() {
        var desk = Desk()
        desk.open("limited")
        let id = desk.request(.openDevice("rp"))
        #expect(desk.outputs == [.reply(Desk.app, id, .success(.done)), .event(Desk.app, .inService("rp"))])
        desk.request(.openDevice("rp"))
        #expect(desk.events().isEmpty)
    }

    @Test func `devices that are not there, not the user's, or trunks are refused`() {
        var desk = Desk()
        desk.open("limited")
        desk.request(.openDevice("nothing"))
        #expect(desk.replies == [.failure(.noSuchDevice("nothing"))])
        desk.request(.openDevice("port"))
        #expect(desk.replies == [.failure(.deviceNotControlled(user: "limited", "port"))])
        desk.open("ivr", Desk.other)
        desk.request(.openDevice("trunk"), from: Desk.other)
        #expect(desk.replies == [.failure(.wrongDeviceKind("trunk", .trunk))])
    }

    @Test func `past the limits an alarm is raised once, and devices go on opening`() {
        var desk = Desk {
            $0.parameters.maximumDevicesPerProvider = 1
            $0.parameters.maximumDevicesPerNode = 2
        }
        desk.open("ivr")
        desk.request(.openDevice("rp"))
        #expect(desk.alarms.isEmpty)
        desk.request(.openDevice("rp2"))
        #expect(desk.alarms == [.devicesPerProvider(user: "ivr", limit: 1)])
        desk.request(.openDevice("port"))
        #expect(desk.alarms == [.devicesPerNode(limit: 2)])
        #expect(desk.replies == [.success(.done)])
        desk.request(.openDevice("phone"))
        #expect(desk.alarms.isEmpty)
    }

    @Test func `the first registration makes a device available, the last withdrawal ends that`() {
        var desk = Desk()
        desk.open("ivr")
        desk.open("second", Desk.other)
        desk.register("rp", .dynamic(.g711))
        #expect(desk.signals == [.device("rp", available: true)])
        desk.register("rp", .dynamic(.g711), Desk.other)
        #expect(desk.replies == [.success(.done)])
        #expect(desk.signals.isEmpty)
        desk.request(.unregisterMedia("rp"))
        #expect(desk.signals.isEmpty)
        desk.request(.closeDevice("rp"), from: Desk.other)
        #expect(desk.signals == [.device("rp", available: false)])
    }

    @Test func `a route point is registered by several applications only with the same kind and capabilities`() {
        var desk = Desk()
        desk.open("ivr")
        desk.open("second", Desk.other)
        desk.register("rp", .fixed(Desk.address, .g711))
        desk.register("rp", .dynamic(.g711), Desk.other)
        #expect(desk.replies == [.failure(.registrationConflict("rp", user: "ivr"))])
        desk.register("rp", .fixed(Desk.address, MediaCapabilities(formats: [.pcma])), Desk.other)
        #expect(desk.replies == [.failure(.registrationConflict("rp", user: "ivr"))])
        desk.register("rp", .fixed(TransportAddress(ip: .v4(1), port: 2), .g711), Desk.other)
        #expect(desk.replies == [.success(.done)])
    }

    @Test func `a port is registered by one application`() {
        var desk = Desk()
        desk.open("ivr")
        desk.open("second", Desk.other)
        desk.register("port", .dynamic(.g711))
        desk.register("port", .dynamic(.g711), Desk.other)
        #expect(desk.replies == [.failure(.registrationConflict("port", user: "ivr"))])
    }

    @Test func `media is registered on open ports and route points only`() {
        var desk = Desk()
        desk.open("ivr")
        desk.request(.registerMedia("rp", .none))
        #expect(desk.replies == [.failure(.deviceNotOpen("rp"))])
        desk.register("phone", .none)
        #expect(desk.replies == [.failure(.wrongDeviceKind("phone", .phone))])
    }

    @Test func `an application hears when a phone goes and comes`() {
        var desk = Desk()
        desk.open("ivr")
        desk.request(.openDevice("phone"))
        desk.send(.device("phone", available: false))
        #expect(desk.events() == [.outOfService("phone")])
        desk.send(.device("phone", available: false))
        #expect(desk.events().isEmpty)
        desk.send(.device("phone", available: true))
        #expect(desk.events() == [.inService("phone")])
    }

    @Test func `a snapshot lists the calls of a device with their states`() {
        var desk = Desk.offered()
        desk.offer(LegID(4), at: "rp")
        desk.event(LegID(4), "rp", .established(with: Party(number: "1001")))
        desk.request(.snapshot("rp"))
        let calls = [
            CallSnapshot(call: CallID(7), leg: LegID(2), state: .alerting, position: 1),
            CallSnapshot(call: CallID(7), leg: LegID(4), state: .connected),
        ]
        #expect(desk.replies == [.success(.calls(calls))])
        desk.request(.snapshot("rp2"))
        #expect(desk.replies == [.failure(.deviceNotOpen("rp2"))])
    }
}
