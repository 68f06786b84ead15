import CTI
import CallControl
import Kernel
import SDP
import Testing

struct ServiceTests {
    private let leg = LegID(2)

    /// A route point with an answered call.
    private func answered() -> Desk {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        return desk
    }

    @Test(arguments: [
        (ProviderRequest.hold(LegID(2)), CallRequest.hold(LegID(2))),
        (.retrieve(LegID(2)), .retrieve(LegID(2))),
        (.drop(LegID(2), .normalClearing), .drop(LegID(2), .normalClearing)),
        (.attach(LegID(2), CallData()), .attach(LegID(2), CallData())),
        (.redirect(LegID(2), Redirect(to: "1004", supervised: true)), .redirect(LegID(2), Redirect(to: "1004", supervised: true))),
    ])
    func `call control does what an application asks, and its result is the reply`(request: ProviderRequest, passed: CallRequest) {
        var desk = answered()
        let id = desk.request(request)
        #expect(desk.callRequests() == [passed])
        #expect(desk.replies.isEmpty)
        desk.callControlSays(.success(.done))
        #expect(desk.outputs == [.reply(Desk.app, id, .success(.done))])
    }

    @Test func `a redirect that failed is refused with the number and the cause`() {
        var desk = answered()
        desk.request(.redirect(leg, Redirect(to: "1004", supervised: true)))
        _ = desk.callRequests()
        desk.callControlSays(.failure(.destinationFailed("1004", .userBusy)))
        #expect(desk.replies == [.failure(.callControl(.destinationFailed("1004", .userBusy)))])
    }

    @Test func `a call that comes back unanswered has the new call accept timer again`() {
        var desk = Desk.offered()
        desk.request(.redirect(leg, Redirect(to: "1004", supervised: true)))
        _ = desk.callRequests()
        desk.wait(.seconds(60))
        #expect(desk.outputs.isEmpty)
        desk.callControlSays(.failure(.destinationFailed("1004", .noAnswer)))
        desk.wait(.seconds(4))
        #expect(desk.signals == [.applicationFailed(leg)])
    }

    @Test func `the calls of others are not there`() {
        var desk = answered()
        desk.open("second", Desk.other)
        for request: ProviderRequest in [
            .drop(leg, .normalClearing), .hold(leg), .answer(leg), .redirect(leg, Redirect(to: "1")), .accept(leg),
        ] {
            desk.request(request, from: Desk.other)
            #expect(desk.replies == [.failure(.noSuchCall(leg))])
        }
    }

    @Test func `a phone is watched and controlled, and asked to answer`() {
        var desk = Desk()
        desk.open("ivr")
        desk.request(.openDevice("phone"))
        desk.event(leg, "phone", .offered(SetUp(calling: Party(number: "1"), called: "2")))
        #expect(desk.events().count == 1)
        desk.request(.answer(leg))
        #expect(desk.callRequests() == [.answer(leg)])
        desk.request(.reject(leg, .rejected))
        #expect(desk.replies == [.failure(.wrongDeviceKind("phone", .phone))])
        desk.request(.drop(leg, .normalClearing))
        #expect(desk.callRequests() == [.drop(leg, .normalClearing)])
        desk.event(leg, "phone", .connectionCleared(.normalClearing))
        #expect(desk.manager.legCount == 0)
    }

    @Test func `an application has no more requests at call control than the limit`() {
        var desk = Desk { $0.parameters.maximumRequests = 1 }
        desk.open("ivr")
        desk.register("rp", .none)
        desk.offer(leg, at: "rp")
        desk.request(.drop(leg, .normalClearing))
        _ = desk.callRequests()
        desk.request(.drop(leg, .normalClearing))
        #expect(desk.replies == [.failure(.limitReached("requests in progress", 1))])
        desk.callControlSays(.success(.done))
        desk.request(.drop(leg, .normalClearing))
        #expect(desk.replies.isEmpty)
    }

    @Test func `data that changes is told`() {
        var desk = answered()
        var data = CallData()
        _ = data.set("customer", to: "4711")
        desk.send(.leg(leg, .update(Party(number: "1"), data)))
        #expect(desk.events() == [.data(leg, data)])
    }

    @Test func `the end of a call is told to those who had a part in it until then`() {
        var desk = answered()
        desk.event(leg, "rp", .connectionCleared(.normalClearing))
        desk.send(.event(CallEvent(call: CallID(7), leg: nil, device: nil, line: nil, kind: .callCleared(.normalClearing))))
        #expect(desk.events().count == 1)
        desk = answered()
        desk.event(leg, "rp", .diverted(to: "1004", .normalClearing))
        desk.send(.event(CallEvent(call: CallID(7), leg: nil, device: nil, line: nil, kind: .callCleared(.normalClearing))))
        #expect(desk.events().isEmpty)
    }

    @Test func `a call made for a port is answered by it as its media is registered`() {
        var desk = Desk()
        desk.open("ivr")
        desk.register("port", .fixed(Desk.address, .g711))
        desk.request(.makeCall("port", line: "6000", to: "1002", data: CallData()))
        #expect(desk.callRequests() == [.makeCall(from: "port", line: "6000", to: "1002", data: CallData())])
        desk.callControlSays(.success(.made(CallID(1), leg)))
        #expect(desk.replies == [.success(.made(CallID(1), leg))])
        desk.send(.leg(leg, .setUp(SetUp(calling: Party(number: "6000"), called: "1002"), to: "port")))
        #expect(desk.signals == [.leg(leg, .connected(.offer(MediaCapabilities.g711.offer(at: Desk.address))))])
        desk.send(.leg(leg, .media(.answer(.at(3, .inactive)))))
        desk.send(.leg(leg, .media(.offer(.at(9)))))
        guard case .mediaStarted(leg, let audio) = desk.events().first else {
            Issue.record("no media")
            return
        }
        #expect(audio.remote.port == 9)
    }

    @Test func `a call made for a port with dynamic media asks for the address first`() {
        var desk = Desk()
        desk.open("ivr")
        desk.register("port", .dynamic(.g711))
        desk.request(.makeCall("port", line: "6000", to: "1002", data: CallData()))
        _ = desk.callRequests()
        desk.callControlSays(.success(.made(CallID(1), leg)))
        desk.send(.leg(leg, .setUp(SetUp(calling: Party(number: "6000"), called: "1002"), to: "port")))
        #expect(desk.outputs == [.event(Desk.app, .mediaAddressNeeded(leg))])
        desk.request(.setMedia(leg, Desk.address))
        #expect(desk.replies == [.success(.done)])
        #expect(desk.signals == [.leg(leg, .connected(.offer(MediaCapabilities.g711.offer(at: Desk.address))))])
    }

    @Test func `no call is made for a device without media`() {
        var desk = Desk()
        desk.open("ivr")
        desk.register("port", .none)
        desk.request(.makeCall("port", line: "6000", to: "1002", data: CallData()))
        #expect(desk.replies == [.failure(.mediaNotRegistered("port"))])
        desk.request(.makeCall("rp", line: "6000", to: "1002", data: CallData()))
        #expect(desk.replies == [.failure(.deviceNotOpen("rp"))])
    }
}

struct FailureTests {
    private let leg = LegID(2)

    @Test func `an application that is cut off loses its devices, and its calls go to CFOF`() {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        desk.offer(LegID(4), at: "rp")
        desk.send(.disconnected(Desk.app))
        #expect(desk.signals == [.device("rp", available: false), .applicationFailed(leg), .applicationFailed(LegID(4))])
        #expect(desk.alarms == [.applicationFailed(user: "ivr", calls: 2)])
        #expect(desk.events().isEmpty)
        #expect(desk.manager.applicationCount == 0)
        #expect(desk.manager.nextDeadline == nil)
    }

    @Test func `a provider that is closed loses its calls in the same way, without an alarm`() {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        desk.request(.closeProvider)
        #expect(desk.signals == [.device("rp", available: false), .applicationFailed(leg)])
        #expect(desk.alarms.isEmpty)
        #expect(desk.replies == [.success(.done)])
        desk.open("ivr")
        #expect(desk.replies == [.success(.opened(heartbeat: .seconds(3600)))])
    }

    @Test func `while another application serves the route point, it keeps the calls that are not answered`() {
        var desk = Desk()
        desk.open("ivr")
        desk.open("second", Desk.other)
        desk.register("rp", .fixed(Desk.address, .g711))
        desk.register("rp", .fixed(Desk.address, .g711), Desk.other)
        desk.offer(leg, at: "rp")
        desk.request(.answer(leg))
        desk.offer(LegID(4), at: "rp")
        desk.send(.disconnected(Desk.app))
        #expect(desk.signals == [.applicationFailed(leg)])
        desk.request(.answer(LegID(4)), from: Desk.other)
        #expect(desk.replies == [.success(.done)])
    }

    @Test func `results and passwords for an application that is gone are dropped`() {
        var desk = Desk.offered()
        desk.request(.redirect(leg, Redirect(to: "1004")))
        _ = desk.callRequests()
        desk.send(.disconnected(Desk.app))
        desk.callControlSays(.success(.done))
        #expect(desk.outputs.isEmpty)
        desk.send(.passwordVerified(Desk.app, true))
        #expect(desk.outputs.isEmpty)
        desk.request(.heartbeat)
        #expect(desk.outputs.isEmpty)
    }
}
