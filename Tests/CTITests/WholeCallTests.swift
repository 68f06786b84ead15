import CTI
import CallControl
import Kernel
import SDP
import Testing

/// Calls through the CTIManager and call control together.
struct WholeCallTests {
    private let caller = LegID(1)
    private let point = LegID(2)

    private static var plan: NumberingPlan {
        NumberingPlan(
            devices: [
                "rp": Device(name: "rp", kind: .routePoint), "phone": Device(name: "phone", kind: .phone),
                "agent": Device(name: "agent", kind: .phone),
                "operator": Device(name: "operator", kind: .phone),
            ],
            lines: [
                Line(
                    number: "5000", devices: ["rp"], maximumCalls: 100, busyTrigger: 100,
                    forwards: Forwards(noAnswer: "2001", failure: "2000")),
                Line(number: "1001", devices: ["phone"]), Line(number: "2001", devices: ["agent"]),
                Line(number: "2000", devices: ["operator"]),
            ])
    }

    /// A site with an application at 5000, and a call from 1001 there.
    private func called(_ media: MediaRegistration = .fixed(Desk.address, .g711)) -> Exchange {
        var exchange = Exchange(
            plan: WholeCallTests.plan,
            CTIConfiguration(
                users: ["ivr": CTIUser(passwordHash: "", groups: [.enabled], controlledDevices: ["rp"])],
                devices: WholeCallTests.plan.devices))
        for device in ["phone", "agent", "operator"] as [DeviceName] { exchange.send(CallControl.Input.device(device, available: true)) }
        exchange.send(.connected(Desk.app, secure: false))
        exchange.send(.request(Desk.app, RequestID(1), .openProvider(user: "ivr", password: "", heartbeat: nil)))
        exchange.send(.passwordVerified(Desk.app, true))
        exchange.send(.request(Desk.app, RequestID(2), .openDevice("rp")))
        exchange.send(.request(Desk.app, RequestID(3), .registerMedia("rp", media)))
        call(&exchange)
        return exchange
    }

    private func call(_ exchange: inout Exchange) {
        exchange.signal(caller, .setUp(SetUp(calling: Party(number: "1001"), called: "5000", media: .offer(.at(1))), from: "phone"))
    }

    private func kinds(_ exchange: Exchange) -> [CallEvent.Kind] {
        exchange.events(for: Desk.app).compactMap { if case .call(let event) = $0 { event.kind } else { nil } }
    }

    @Test func `a caller is answered, and passed on to an agent under supervision`() throws {
        var exchange = called()
        exchange.send(.request(Desk.app, RequestID(4), .answer(point)))
        guard case .connect(.answer(let answer)) = exchange.commands(to: caller).first else {
            Issue.record("the caller hears nothing")
            return
        }
        #expect(answer.remote(of: answer.media[0]) == Desk.address)
        #expect(kinds(exchange) == [.established(with: Party(number: "1001"))])
        #expect(exchange.replies.map(\.request) == [RequestID(4)])

        exchange.send(.request(Desk.app, RequestID(5), .redirect(point, Redirect(to: "2001", supervised: true))))
        #expect(exchange.replies.isEmpty)
        guard case .setUp(let setUp, "agent") = exchange.commands.first?.command else {
            Issue.record("the agent does not ring")
            return
        }
        #expect(setUp.media == .offer(.at(1)))
        let agent = try #require(exchange.commands.first?.leg)
        exchange.signal(agent, .connected(.answer(.at(7))))
        #expect(exchange.replies.first?.result == .success(.done))
        #expect(exchange.commands(to: caller).last == .media(.offer(.at(7))))
        #expect(exchange.events(for: Desk.app).contains(.mediaStopped(point)))
        #expect(kinds(exchange) == [.diverted(to: "2001", .normalClearing), .connectionCleared(.normalClearing)])
        exchange.signal(caller, .media(.answer(.at(1))))
        exchange.signal(agent, .released(.normalClearing))
        #expect(exchange.commands(to: caller) == [.release(.normalClearing)])
        #expect(exchange.told.isEmpty)
        #expect(exchange.control.legCount == 0)
        #expect(exchange.manager.legCount == 0)
    }

    @Test func `an agent who is busy leaves the caller with the application, media untouched`() throws {
        var exchange = called()
        exchange.send(.request(Desk.app, RequestID(4), .answer(point)))
        exchange.send(.request(Desk.app, RequestID(5), .redirect(point, Redirect(to: "2001", supervised: true))))
        let agent = try #require(exchange.commands.first?.leg)
        exchange.signal(agent, .released(.userBusy))
        #expect(exchange.replies.first?.result == .failure(.callControl(.destinationFailed("2001", .userBusy))))
        #expect(exchange.commands.isEmpty)
        #expect(exchange.told.isEmpty)
        exchange.send(.request(Desk.app, RequestID(6), .drop(point, .normalClearing)))
        #expect(exchange.commands(to: caller) == [.release(.normalClearing)])
        #expect(exchange.manager.legCount == 0)
    }

    @Test func `an application that routes is told which of its numbers took the call, though the call has left the route point by then`()
        throws
    {
        var exchange = called(.routing)
        exchange.send(.request(Desk.app, RequestID(4), .routeSelect(point, ["2000", "2001"])))
        let first = try #require(exchange.commands.first?.leg)
        exchange.signal(first, .released(.userBusy))
        let second = try #require(exchange.commands.first?.leg)
        exchange.signal(second, .connected(.answer(.at(7))))
        let routing = exchange.events(for: Desk.app).filter { [.routeUsed(point, "2001"), .routeEnd(point)].contains($0) }
        #expect(routing == [.routeUsed(point, "2001"), .routeEnd(point)])
    }

    @Test func `an application that does not react sends the caller to CFOF`() {
        var exchange = called()
        exchange.wait(.seconds(4))
        guard case .setUp(_, "operator") = exchange.commands.first?.command else {
            Issue.record("the operator does not ring")
            return
        }
        #expect(kinds(exchange) == [.diverted(to: "2000", .temporaryFailure), .connectionCleared(.temporaryFailure)])
    }

    @Test func `an application that is cut off sends its caller to CFOF, and later callers to CFNA`() {
        var exchange = called()
        exchange.send(.request(Desk.app, RequestID(4), .answer(point)))
        exchange.send(.disconnected(Desk.app))
        guard case .setUp(_, "operator") = exchange.commands.first?.command else {
            Issue.record("the operator does not ring")
            return
        }
        exchange.signal(LegID(3), .setUp(SetUp(calling: Party(number: "1001"), called: "5000", media: .offer(.at(1))), from: "phone"))
        guard case .setUp(_, "agent") = exchange.commands.first?.command else {
            Issue.record("the agent does not ring")
            return
        }
    }

    @Test func `an application that accepts and then forgets the call sends the caller to CFNA`() {
        var exchange = called()
        exchange.send(.request(Desk.app, RequestID(4), .accept(point)))
        #expect(exchange.commands(to: caller) == [.alert(.none)])
        exchange.wait(.seconds(20))
        guard case .setUp(_, "agent") = exchange.commands.first?.command else {
            Issue.record("the agent does not ring")
            return
        }
    }

    @Test func `hold and retrieve change the direction of the application's media`() {
        var exchange = called()
        func directions() -> [MediaDirection] {
            exchange.events(for: Desk.app).compactMap { if case .mediaStarted(_, let audio) = $0 { audio.direction } else { nil } }
        }
        exchange.send(.request(Desk.app, RequestID(4), .answer(point)))
        #expect(directions() == [.sendReceive])
        exchange.send(.request(Desk.app, RequestID(5), .hold(point)))
        exchange.signal(caller, .media(.answer(.at(1, .receiveOnly))))
        #expect(directions() == [.sendOnly])
        #expect(kinds(exchange) == [.held])
        exchange.send(.request(Desk.app, RequestID(6), .retrieve(point)))
        exchange.signal(caller, .media(.answer(.at(1))))
        #expect(directions() == [.sendReceive])
        #expect(kinds(exchange) == [.retrieved])
    }
}
