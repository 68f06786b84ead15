import CTI
import CallControl
import Kernel
import SDP
import Testing

/// CSTA routing: a call asks its application where it is to go.
struct RouteRequestTests {
    private static func asked() -> Desk {
        var desk = Desk()
        desk.open("ivr")
        desk.register("rp", .routing)
        desk.offer(LegID(2), at: "rp")
        return desk
    }

    @Test func `a call at a route point that is registered for routing asks where it is to go`() {
        let desk = RouteRequestTests.asked()
        guard case .routeRequest(LegID(2), let setUp)? = desk.events().first else { return #expect(Bool(false)) }
        #expect(setUp.called == "5000" && setUp.calling.number == "1001")
    }

    @Test func `the numbers of a selection are tried one after the other, and the one that takes the call is told`() {
        var desk = RouteRequestTests.asked()
        desk.request(.routeSelect(LegID(2), ["2001", "2002"]))
        #expect(desk.replies == [.success(.done)])
        #expect(desk.callRequests() == [.redirect(LegID(2), Redirect(to: "2001", supervised: true))])
        desk.callControlSays(.failure(.destinationFailed("2001", .userBusy)))
        #expect(desk.callRequests() == [.redirect(LegID(2), Redirect(to: "2002", supervised: true))])
        desk.callControlSays(.success(.done))
        #expect(desk.events() == [.routeUsed(LegID(2), "2002"), .routeEnd(LegID(2))])
    }

    @Test func `when no number takes the call the application is asked again, and may leave it to the line`() {
        var desk = RouteRequestTests.asked()
        desk.request(.routeSelect(LegID(2), ["2001"]))
        _ = desk.callRequests()
        desk.callControlSays(.failure(.destinationFailed("2001", .noAnswer)))
        #expect(desk.events() == [.reRoute(LegID(2), .noAnswer)])
        desk.request(.routeEnd(LegID(2)))
        #expect(desk.replies == [.success(.done)])
        #expect(desk.signals == [.applicationFailed(LegID(2))])
        #expect(desk.events() == [.routeEnd(LegID(2))])
    }

    @Test func `an application that selects nothing in five seconds has failed the call`() {
        var desk = RouteRequestTests.asked()
        desk.wait(.seconds(4))
        #expect(desk.signals.isEmpty)
        desk.wait(.seconds(1))
        #expect(desk.signals == [.applicationFailed(LegID(2))])
    }

    @Test func `a selection is refused to others, without numbers, and while one is being tried`() {
        var desk = RouteRequestTests.asked()
        desk.open("second", Desk.other)
        desk.request(.routeSelect(LegID(2), ["2001"]), from: Desk.other)
        #expect(desk.replies == [.failure(.noSuchCall(LegID(2)))])
        desk.request(.routeSelect(LegID(2), []))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
        desk.request(.routeSelect(LegID(2), Array(repeating: "2001", count: 17)))
        #expect(desk.replies == [.failure(.limitReached("destinations of a selection", 16))])
        desk.request(.routeSelect(LegID(2), ["2001"]))
        desk.request(.routeSelect(LegID(2), ["2002"]))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
    }

    @Test func `a caller who hangs up ends the routing`() {
        var desk = RouteRequestTests.asked()
        desk.send(.leg(LegID(2), .release(.normalClearing)))
        #expect(desk.events() == [.routeEnd(LegID(2))])
    }
}
