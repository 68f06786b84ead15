import CTI
import CallControl
import Kernel
import SDP
import Testing

/// What only members of a group may do; each refusal names the user, the group, and the device.
struct RightsTests {
    private static let shown = Party(number: "0800", name: "Hotline")

    @Test(arguments: [
        ProviderRequest.redirect(LegID(2), Redirect(to: "2001", showCaller: .modified(shown))),
        .makeCall("rp", line: "5000", to: "2001", data: CallData(), Origination(calling: shown)),
        .consult(LegID(2), to: "2001", data: CallData(), Origination(calling: shown)),
    ])
    func `another calling number is for members only`(request: ProviderRequest) {
        for isMember in [true, false] {
            var desk = Desk { if isMember { $0.users["ivr"]?.groups.insert(.callingNumberModification) } }
            desk.open("ivr")
            desk.register("rp", .fixed(Desk.address, .g711))
            desk.offer(LegID(2), at: "rp")
            desk.request(request)
            let refusal = Refusal.missingGroup(user: "ivr", .callingNumberModification, device: "rp")
            #expect(desk.replies == (isMember ? [] : [.failure(refusal)]))
            #expect(desk.callRequests().count == (isMember ? 1 : 0))
        }
    }

    @Test(arguments: [
        (ProviderRequest.join(LegID(9), "port", line: "6000", .listener), AccessGroup.callMonitoring),
        (.record(LegID(9), .start), .callRecording),
    ])
    func `silent monitoring and recording are for members only`(request: ProviderRequest, group: AccessGroup) {
        for isMember in [true, false] {
            var desk = Desk { if isMember { $0.users["ivr"]?.groups.insert(group) } }
            desk.open("ivr")
            desk.request(.openDevice("phone"))
            desk.request(.openDevice("port"))
            desk.event(LegID(9), "phone", .established(with: Party(number: "1")))
            desk.request(request)
            #expect(desk.replies == (isMember ? [] : [.failure(.missingGroup(user: "ivr", group, device: "phone"))]))
            #expect(desk.callRequests().count == (isMember ? 1 : 0))
        }
    }

    @Test func `park monitors hear of every park number, and nobody else does`() {
        var desk = Desk { $0.users["second"]?.groups.insert(.parkMonitoring) }
        desk.open("ivr")
        desk.request(.monitorParks(true))
        #expect(desk.replies == [.failure(.missingGroup(user: "ivr", .parkMonitoring))])
        desk.open("second", Desk.other)
        desk.request(.monitorParks(true), from: Desk.other)
        #expect(desk.replies == [.success(.done)])
        desk.event(LegID(9), "phone", .parked(at: "7101"))
        #expect(desk.events(for: Desk.other).count == 1 && desk.events().isEmpty)
        desk.request(.monitorParks(false), from: Desk.other)
        desk.event(LegID(9), "phone", .unparked(from: "7101", .retrieved))
        #expect(desk.events(for: Desk.other).isEmpty)
    }
}

/// Passwords cannot be tried for ever.
struct GuessingTests {
    private static let thief = IPAddress.v4(0xC633_6407)

    private func tries(
        _ desk: inout Desk, _ application: ApplicationID, user: String = "ivr", from origin: IPAddress?, isRight: Bool = false
    ) {
        desk.send(.connected(application, secure: false, from: origin))
        desk.request(.openProvider(user: user, password: "secret", heartbeat: nil), from: application)
        guard desk.replies.isEmpty else { return }
        desk.send(.passwordVerified(application, isRight))
    }

    @Test func `after ten wrong passwords for a user an address is refused unheard for a while, and nobody else is`() {
        var desk = Desk()
        for attempt in 1...10 { tries(&desk, ApplicationID(UInt64(attempt)), from: GuessingTests.thief) }
        #expect(desk.alarms == [.passwordGuessing(user: "ivr", from: GuessingTests.thief)])
        tries(&desk, ApplicationID(11), from: GuessingTests.thief, isRight: true)
        #expect(desk.replies == [.failure(.tooManyFailures(user: "ivr"))])
        tries(&desk, ApplicationID(12), from: .v4(1), isRight: true)
        #expect(desk.replies == [.success(.opened(heartbeat: .seconds(3600)))])
        desk.wait(.seconds(61))
        tries(&desk, ApplicationID(13), from: GuessingTests.thief, isRight: true)
        #expect(desk.replies == [.success(.opened(heartbeat: .seconds(3600)))])
    }

    @Test func `an address that tries many users is refused for all of them`() {
        var desk = Desk()
        for attempt in 1...50 { tries(&desk, ApplicationID(UInt64(attempt)), user: "user-\(attempt)", from: GuessingTests.thief) }
        #expect(desk.alarms == [.passwordGuessing(user: nil, from: GuessingTests.thief)])
        tries(&desk, ApplicationID(51), from: GuessingTests.thief, isRight: true)
        #expect(desk.replies == [.failure(.tooManyFailures(user: "ivr"))])
    }
}

/// Calls that wait on a line know their place.
struct QueuePositionTests {
    @Test func `a call behind others is told its place, and told again when one ahead of it is taken`() {
        var desk = Desk.offered()
        desk.offer(LegID(4), at: "rp")
        #expect(positions(desk) == [4: 2])
        desk.offer(LegID(6), at: "rp")
        #expect(positions(desk) == [6: 3])
        desk.event(LegID(2), "rp", .established(with: Party(number: "1")))
        #expect(positions(desk) == [4: 1, 6: 2])
        desk.event(LegID(4), "rp", .connectionCleared(.normalClearing))
        #expect(positions(desk) == [6: 1])
        desk.request(.snapshot("rp"))
        guard case .success(.calls(let calls))? = desk.replies.first else { return #expect(Bool(false)) }
        #expect(calls.first { $0.leg == LegID(6) }?.position == 1)
    }

    private func positions(_ desk: Desk) -> [UInt64: Int] {
        var found: [UInt64: Int] = [:]
        for case .call(let event) in desk.events() {
            if case .queued(let position) = event.kind, let leg = event.leg { found[leg.rawValue] = position }
        }
        return found
    }
}
