import CTI
import CallControl
import Kernel
import SDP
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// A guest dials 5000, an application answers there and sends the call on.
struct RoutePointStories {
    @Test(
        "a guest dials 5000, the application answers with media of its own, and whoever hangs up ends the call", arguments: [true, false])
    func answered(callerHangsUp: Bool) throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        let audio = try #require(world.applications["attendant"]?.media[leg])
        #expect(audio.remote == world.call("caller")?.media)
        #expect(world.call("caller")?.sendsTo?.ip == .v4(0xC000_02C8))
        world.run(for: .milliseconds(100))
        if callerHangsUp {
            world.hangUp("caller")
        } else {
            world.ask("attendant", .drop(leg, .normalClearing))
        }
        world.run(for: .seconds(1))
        if !callerHangsUp { #expect(world.call("caller")?.state == .over(.byPeer(.normalClearing))) }
        #expect(world.applications["attendant"]?.media.isEmpty == true)
        #expect(world.applications["attendant"]?.calls.isEmpty == true)
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a call redirected to 2001 under supervision ends with both phones sending to each other, and its data in the agent's hands")
    func redirected() throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        var data = CallData()
        for (name, value) in [("customer", "Blue Heron; Köln"), ("reason", "sales")] { _ = data.set(name, to: value) }
        let asked = world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true, data: data)))
        let request = try #require(asked)
        world.run(for: .seconds(3))
        #expect(world.applications["attendant"]?.replies[request] == .success(.done))
        #expect(world.isTalking("caller", to: "2001"))
        #expect(world.call("caller")?.changes == 1)
        let invitation = try #require(world.call("2001")?.invitation)
        #expect(invitation.headers["X-Frontdesk-Data"] == "customer=Blue%20Heron%3B%20K%C3%B6ln;reason=sales")
        #expect(invitation.common.from.uri.user == "+493023125010")
        #expect(invitation.headers["Diversion"] == "<sip:5000@harbour.example>;reason=deflection")
        #expect(world.applications["attendant"]?.calls.isEmpty == true)
        world.hangUp("2001")
        world.run(for: .seconds(1))
        #expect(world.call("caller")?.state == .over(.byPeer(.normalClearing)))
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("the session's descriptions keep one origin, and its version grows by one with each change")
    func originStays() throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        let first = try #require(world.call("caller")?.heard?.origin)
        world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true)))
        world.run(for: .seconds(3))
        let second = try #require(world.call("caller")?.heard?.origin)
        #expect(second.sessionID == first.sessionID)
        #expect(second.address == first.address)
        #expect(second.version == first.version + 1)
    }

    @Test(
        "while the agent rings the caller stays with the application, which gets the call back when the agent cannot take it",
        arguments: [486, 603, 404])
    func redirectRefused(status: Int) throws {
        var world = House.staffedWorld()
        world.set("2001") { $0.reaction = .refuses(status) }
        let leg = try world.reachAttendant()
        let asked = world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true)))
        let request = try #require(asked)
        world.run(for: .seconds(2))
        let cause = Cause(status: status)
        #expect(world.applications["attendant"]?.replies[request] == .failure(.callControl(.destinationFailed("2001", cause))))
        #expect(world.applications["attendant"]?.calls == [leg])
        #expect(world.call("caller")?.state == .talking)
        #expect(world.call("caller")?.changes == 0)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("an agent who never answers lets the application have the call back after the time it gave")
    func redirectNotAnswered() throws {
        var world = House.staffedWorld()
        world.set("2001") { $0.reaction = .waits }
        let leg = try world.reachAttendant()
        let asked = world.ask("attendant", .redirect(leg, Redirect(to: "2001", ring: .seconds(5), supervised: true)))
        let request = try #require(asked)
        world.run(for: .seconds(4))
        #expect(world.call("2001")?.state == .ringing)
        #expect(world.applications["attendant"]?.replies[request] == nil)
        world.run(for: .seconds(2))
        #expect(world.applications["attendant"]?.replies[request] == .failure(.callControl(.destinationFailed("2001", .noAnswer))))
        #expect(world.call("2001")?.state == .over(.cancelled))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a call redirected before the answer rings at the agent's and is answered there alone")
    func redirectedUnanswered() throws {
        var habits = House.attendant
        habits.reaction = .redirects(Redirect(to: "2001"))
        var world = House.staffedWorld(habits)
        world.dial("5000", from: "caller")
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
        #expect(world.call("caller")?.changes == 0)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a rejected call ends with the status of its cause", arguments: [(Cause.userBusy, 486), (.rejected, 603), (.outOfOrder, 502)])
    func rejected(cause: Cause, status: Int) {
        var habits = House.attendant
        habits.reaction = .rejects(cause)
        var world = House.staffedWorld(habits)
        world.dial("5000", from: "caller")
        world.run(for: .seconds(3))
        // Busy and no answer are forwarded by the line, the others are told.
        if cause == .userBusy || cause == .rejected || cause == .outOfOrder {
            #expect(world.call("caller")?.state == .over(.refused(status)))
            #expect(world.call("caller")?.responses.last?.headers["Reason"] == cause.reason)
        }
    }

    @Test("a caller without an offer gets one from the application, and talks with it, and with the agent afterwards")
    func lateOffer() throws {
        var world = House.staffedWorld()
        world.dial("5000", from: "caller", lateOffer: true)
        world.run(for: .seconds(2))
        let leg = try #require(world.applications["attendant"]?.calls.last)
        #expect(world.applications["attendant"]?.media[leg]?.remote == world.call("caller")?.media)
        world.ask("attendant", .redirect(leg, Redirect(to: "2001", supervised: true)))
        world.run(for: .seconds(3))
        #expect(world.isTalking("caller", to: "2001"))
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("a caller may hold the application and take it up again")
    func heldByCaller() throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        world.reoffer("caller", .sendOnly)
        world.run(for: .seconds(1))
        #expect(world.applications["attendant"]?.media[leg]?.direction == .receiveOnly)
        world.reoffer("caller", .sendReceive)
        world.run(for: .seconds(1))
        #expect(world.applications["attendant"]?.media[leg]?.direction == .sendReceive)
        world.hangUp("caller")
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("an application learns an address of a caller who makes no offer: that of the signalling")
    func callerWithoutOffer() throws {
        var world = House.staffedWorld()
        world.dial("5000", from: "caller", lateOffer: true)
        world.run(for: .seconds(1))
        let addresses = (world.applications["attendant"]?.events ?? []).compactMap { event -> IPAddress? in
            guard case .call(let event) = event, case .offered(let setUp) = event.kind else { return nil }
            return setUp.near
        }
        #expect(addresses == [House.host(100).ip])
    }

    @Test("a caller who wants to hear us at an address that is no host's is refused with 488", arguments: ["239.1.1.1", "255.255.255.255"])
    func multicast(address: String) {
        var world = House.staffedWorld()
        let stranger = Stranger("stranger", at: House.host(200))
        world.openMailbox(at: stranger.address)
        let description = Stranger.description.replacing("c=IN IP4 192.0.2.200", with: "c=IN IP4 \(address)")
        let invite = stranger.request("INVITE", to: "5000", branch: "invite", body: description)
        world.post(invite, from: stranger.address, to: House.address)
        world.run(for: .seconds(2))
        #expect(world.emptyMailbox(at: stranger.address).statuses.last == 488)
    }

    @Test("a key sent by INFO reaches the application")
    func infoKey() throws {
        var world = House.staffedWorld()
        let leg = try world.reachAttendant()
        world.press(try #require(DTMFKey("5")), on: "caller")
        world.run(for: .seconds(1))
        let keys = (world.applications["attendant"]?.events ?? []).compactMap { event -> String? in
            guard case .call(let event) = event, event.leg == leg, case .digit(let key) = event.kind else { return nil }
            return key
        }
        #expect(keys == ["5"])
    }
}
