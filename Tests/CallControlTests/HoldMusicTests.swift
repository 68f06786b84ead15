import CallControl
import Kernel
import SDP
import Testing

/// Whoever is held or parked hears the site's music, where it has some.
struct HoldMusicTests {
    private static func bench(_ change: (inout NumberingPlan) -> Void = { _ in }) -> Bench {
        Bench {
            $0.hasMusic = true
            $0.park = ParkNumbers(numbers: ["7101"], reversion: .seconds(60))
            change(&$0)
        }
    }

    /// Phone 1002 holds its call with 1001, which has moved to the mixer.
    private static func held(_ change: (inout NumberingPlan) -> Void = { _ in }) -> (bench: Bench, customer: LegID, agent: LegID) {
        var bench = bench(change)
        let (customer, agent) = bench.answeredCall()
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        bench.signal(customer, .media(.answer(.at(1))))
        return (bench, customer, agent)
    }

    /// Phone 1002 consults 1004 while its caller moves to the mixer; `second` is its leg in the consultation.
    private static func consulting() throws -> (bench: Bench, customer: LegID, agent: LegID, second: LegID) {
        var bench = bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.consult(agent, to: "1004", data: CallData()))
        guard case .success(.made(_, let second))? = bench.results.first else { throw NoConsultation() }
        return (bench, customer, agent, second)
    }

    private struct NoConsultation: Error {}

    /// The consultation is answered at both ends.
    private static func connectExpert(to second: LegID, _ bench: inout Bench) {
        bench.signal(second, .connected(.offer(.at(22))))
        bench.signal(bench.offered.first?.leg ?? LegID(0), .connected(.answer(.at(4))))
        bench.signal(second, .media(.answer(.at(22))))
    }

    /// The description in the last offer to a leg.
    private func offer(to leg: LegID, _ bench: Bench) -> SessionDescription? {
        bench.commands(to: leg).reversed().lazy.compactMap { if case .media(.offer(let offer)) = $0 { offer } else { nil } }.first
    }

    @Test(arguments: [SessionDescription.at(2, .sendOnly), .at(2, .inactive), .zeros])
    func `a phone that holds is answered by the mixer, to which the other party moves`(hold: SessionDescription) throws {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.signal(agent, .media(.offer(hold)))
        guard case .media(.answer(let answer))? = bench.commands(to: agent).last else {
            Issue.record("\(bench.commands)")
            return
        }
        #expect(answer.media[0].port >= 9000, "a port of the mixer")
        let offered = try #require(offer(to: customer, bench))
        #expect(offered.media[0].port >= 9000)
        #expect(bench.mixed.contains(.change(agent, .away)))
        #expect(bench.events(of: agent) == [.held])
        bench.signal(customer, .media(.answer(.at(1))))
        #expect(bench.mixed.contains { if case .connect(customer, let audio) = $0 { audio.direction == .sendReceive } else { false } })
    }

    @Test func `when the phone takes the call back, the two talk directly, after one exchange`() {
        var (bench, customer, agent) = HoldMusicTests.held()
        bench.signal(agent, .media(.offer(.at(2))))
        #expect(bench.mixed == [.close(customer), .close(agent)])
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2)))])
        #expect(bench.commands(to: agent).isEmpty)
        bench.signal(customer, .media(.answer(.at(1))))
        #expect(bench.commands.map(\.leg) == [agent])
        #expect(bench.commands(to: agent) == [.media(.answer(.at(1)))])
        #expect(bench.events(of: agent) == [.retrieved])
    }

    @Test func `a phone may ask for an offer to take the call back`() {
        var (bench, customer, agent) = HoldMusicTests.held()
        bench.signal(agent, .media(.solicit))
        bench.signal(agent, .media(.answer(.at(2))))
        #expect(bench.events(of: agent).first == .retrieved)
        #expect(bench.mixed.contains(.close(customer)))
        for (leg, port) in [(customer, 1), (agent, 2)] as [(LegID, UInt16)] where offer(to: leg, bench) != nil {
            bench.signal(leg, .media(.answer(.at(port))))
        }
        bench.signal(agent, .released(.normalClearing))
        #expect(bench.control.legCount == 0)
    }

    @Test func `when both hold, whoever comes back first hears music`() {
        var (bench, customer, agent) = HoldMusicTests.held()
        bench.signal(customer, .media(.offer(.at(1, .inactive))))
        #expect(bench.mixed.last == .change(customer, .away))
        bench.signal(agent, .media(.offer(.at(2))))
        #expect(bench.mixed.last == .change(agent, .talker))
        #expect(bench.commands(to: customer).isEmpty)
        bench.signal(customer, .media(.offer(.at(1))))
        #expect(bench.commands(to: agent) == [.media(.offer(.at(1)))])
    }

    @Test func `a site without music has the hold pass from one to the other`() {
        var bench = Bench()
        let (customer, agent) = bench.answeredCall()
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2, .sendOnly)))])
        #expect(bench.mixed.isEmpty)
    }

    @Test func `an application is played nothing`() {
        var bench = HoldMusicTests.bench()
        let caller = bench.call("5000")
        let attendant = bench.offered[0].leg
        bench.signal(attendant, .connected(.answer(.at(2))))
        bench.signal(caller, .media(.offer(.at(1, .sendOnly))))
        #expect(bench.commands(to: attendant) == [.media(.offer(.at(1, .sendOnly)))])
        #expect(bench.mixed.isEmpty)
    }

    @Test func `two who protect their media between themselves are left alone`() {
        var bench = HoldMusicTests.bench {
            for name in ["phone-1001", "phone-1002"] as [DeviceName] { $0.devices[name]?.security = .none }
        }
        let caller = bench.call("1002", media: .offer(.secure(at: 1)))
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.answer(.secure(at: 2))))
        bench.signal(called, .media(.offer(SessionDescription.secure(at: 2).withDirection(.sendOnly))))
        #expect(bench.mixed.isEmpty)
        #expect(bench.commands(to: caller).count == 1)
    }

    @Test func `a mixer without ports lets the hold pass from one to the other`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.mixerWorks = false
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        #expect(offer(to: customer, bench) == .at(2, .sendOnly))
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        #expect(bench.commands(to: agent) == [.media(.answer(.at(1, .receiveOnly)))])
        #expect(bench.events(of: agent) == [.held])
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
    }

    @Test func `a party that does not follow to the mixer keeps its call`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        bench.signal(customer, .mediaRefused)
        #expect(bench.commands(to: customer).allSatisfy { if case .release = $0 { false } else { true } })
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
    }

    @Test func `an application that controls a phone holds and retrieves with music`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.hold(agent))
        #expect(bench.results == [.success(.done)])
        #expect(bench.mixed.contains { if case .open(agent, _, .away, _, _) = $0 { true } else { false } })
        for (leg, port) in [(customer, 1), (agent, 2)] as [(LegID, UInt16)] { bench.signal(leg, .media(.answer(.at(port)))) }
        bench.request(.retrieve(agent))
        #expect(bench.results == [.success(.done)])
        #expect(bench.events(of: agent).contains(.retrieved))
        #expect(bench.mixed.filter { if case .close = $0 { true } else { false } }.count == 2)
    }

    @Test func `a hold that an application asked for stays one when the mixer has no ports`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.mixerWorks = false
        bench.request(.hold(agent))
        #expect(bench.results == [.success(.done)])
        #expect(offer(to: customer, bench) == .at(2, .inactive))
        #expect(bench.events(of: agent) == [.held])
    }

    @Test(arguments: [true, false])
    func `a caller who heard music is transferred to whom the agent consulted, at once or when the mixer has settled`(settles: Bool) throws
    {
        var (bench, customer, agent, second) = try HoldMusicTests.consulting()
        if settles {
            for (leg, port) in [(customer, 1), (agent, 2)] as [(LegID, UInt16)] { bench.signal(leg, .media(.answer(.at(port)))) }
        }
        HoldMusicTests.connectExpert(to: second, &bench)
        bench.request(.transfer(agent, with: second))
        if !settles {
            #expect(bench.results.isEmpty)
            for (leg, port) in [(customer, 1), (agent, 2)] as [(LegID, UInt16)] { bench.signal(leg, .media(.answer(.at(port)))) }
        }
        #expect(bench.results == [.success(.done)])
        #expect(bench.events(of: customer).contains { if case .transferred = $0 { true } else { false } })
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
    }

    @Test func `a hold while another device is tried passes from one to the other`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.redirect(agent, Redirect(to: "1004", supervised: true)))
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        #expect(bench.mixed.isEmpty)
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2, .sendOnly)))])
    }

    @Test func `a party that does not come back from the mixer talks through it`() {
        var (bench, customer, agent) = HoldMusicTests.held()
        bench.signal(agent, .media(.offer(.at(2))))
        bench.signal(customer, .mediaRefused)
        #expect(bench.events(of: agent).contains(.retrieved))
        #expect(bench.mixed.contains { if case .open(agent, _, .talker, _, _) = $0 { true } else { false } })
        #expect(bench.commands(to: agent).contains { if case .media(.answer) = $0 { true } else { false } })
    }

    @Test func `when one of two does not follow to the mixer, the hold that was asked for is undone as soon as the other has answered`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.hold(agent))
        bench.signal(customer, .mediaRefused)
        #expect(bench.commands.isEmpty, "an offer to the other is out")
        bench.signal(agent, .media(.answer(.at(2))))
        #expect(offer(to: customer, bench) == .at(2, .inactive), "perhaps it takes the hold")
        bench.signal(customer, .mediaRefused)
        #expect(bench.events(of: agent) == [.retrieved])
        #expect(offer(to: agent, bench) == .at(1))
        bench.signal(agent, .media(.answer(.at(2))))
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
    }

    @Test func `a hold whose own port alone is missing is answered by the other party once that has settled`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.failing = [agent]
        bench.signal(agent, .media(.offer(.at(2, .sendOnly))))
        bench.signal(customer, .media(.answer(.at(1))))
        #expect(offer(to: customer, bench) == .at(2, .sendOnly))
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        #expect(bench.commands(to: agent) == [.media(.answer(.at(1, .receiveOnly)))])
        #expect(bench.events(of: agent) == [.held])
    }

    @Test func `while an application holds a phone, the other party cannot make it heard, and the phone itself can`() {
        var bench = Bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.hold(agent))
        bench.signal(customer, .media(.answer(.at(1, .inactive))))
        bench.signal(agent, .media(.answer(.at(2, .inactive))))
        bench.signal(customer, .media(.offer(.at(7))))
        #expect(bench.commands(to: agent) == [.media(.offer(.at(7, .inactive)))])
        bench.signal(agent, .media(.answer(.at(2, .inactive))))
        #expect(bench.commands(to: customer) == [.media(.answer(.at(2, .inactive)))])
        #expect(bench.events.isEmpty)
        bench.signal(agent, .media(.offer(.at(2))))
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2)))])
        bench.signal(customer, .media(.answer(.at(7))))
        #expect(bench.events(of: agent) == [.retrieved])
        #expect(bench.commands(to: agent) == [.media(.answer(.at(7)))])
    }

    @Test func `a call with video is held without the mixer`() {
        var bench = HoldMusicTests.bench()
        var both = SessionDescription.at(1)
        both.media.append(MediaDescription(kind: "video", port: 99, proto: "RTP/AVP", formats: ["99"]))
        let caller = bench.call("1002", media: .offer(both))
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.answer(both)))
        bench.signal(called, .media(.offer(both.withDirection(.sendOnly))))
        #expect(bench.mixed.isEmpty)
        #expect(bench.commands(to: caller).count == 1)
    }

    @Test func `a shared line takes over a call that is held with music`() {
        var bench = HoldMusicTests.bench()
        let customer = bench.call("1003")
        let offered = bench.offered
        let first = offered.first { $0.device == "phone-1003a" }?.leg ?? LegID(0)
        bench.signal(first, .connected(.answer(.at(3))))
        bench.signal(first, .media(.offer(.at(3, .sendOnly))))
        bench.signal(customer, .media(.answer(.at(1))))
        bench.request(.takeOver(first, by: "phone-1003b"))
        #expect(bench.mixed.isEmpty, "the music goes on")
        let second = bench.offered.first?.leg ?? LegID(0)
        bench.signal(second, .connected(.offer(.at(33))))
        #expect(bench.commands(to: first) == [.release(.answeredElsewhere)])
        #expect(offer(to: second, bench) == .at(1) || offer(to: customer, bench) == .at(33))
        #expect(bench.control.callCount == 1 && bench.control.legCount == 2)
    }

    @Test func `a consultation with music becomes a conference`() throws {
        var (bench, customer, agent, second) = try HoldMusicTests.consulting()
        for (leg, port) in [(customer, 1), (agent, 2)] as [(LegID, UInt16)] { bench.signal(leg, .media(.answer(.at(port)))) }
        HoldMusicTests.connectExpert(to: second, &bench)
        bench.request(.conference(agent, with: second))
        #expect(bench.results == [.success(.done)])
        #expect(bench.commands(to: agent) == [.release(.normalClearing)])
        #expect(bench.control.callCount == 1 && bench.control.legCount == 3)
    }

    @Test func `a redirect that fails leaves the caller with music`() {
        var (bench, customer, agent) = HoldMusicTests.held()
        bench.request(.redirect(agent, Redirect(to: "1004", supervised: true)))
        let tried = bench.offered.first?.leg ?? LegID(0)
        bench.signal(tried, .released(.userBusy))
        #expect(bench.mixed.contains { if case .open(customer, _, .talker, _, _) = $0 { true } else { false } })
        #expect(bench.mixed.contains { if case .open(agent, _, .away, _, _) = $0 { true } else { false } })
    }

    // MARK: Parked

    private static func parked() -> (bench: Bench, customer: LegID) {
        var bench = bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.park(agent, at: nil))
        return (bench, customer)
    }

    @Test func `a parked party hears music until somebody dials its number`() throws {
        var (bench, customer) = HoldMusicTests.parked()
        #expect(bench.mixed.contains { if case .open(customer, _, .waiting, _, _) = $0 { true } else { false } })
        #expect(try #require(offer(to: customer, bench)).media[0].port >= 9000)
        bench.signal(customer, .media(.answer(.at(1))))
        #expect(bench.mixed.contains { if case .connect(customer, _) = $0 { true } else { false } })
        let taker = bench.call("7101", from: "phone-1004", media: .offer(.at(9)))
        #expect(bench.mixed == [.close(customer)])
        #expect(bench.commands(to: customer).last == .media(.offer(.at(9))))
        #expect(bench.commands(to: taker) == [.connect(.answer(.at(9, .inactive)))])
    }

    @Test func `a parked party for whom the mixer has no port is held in silence`() {
        var bench = HoldMusicTests.bench()
        let (customer, agent) = bench.answeredCall()
        bench.mixerWorks = false
        bench.request(.park(agent, at: nil))
        #expect(offer(to: customer, bench) == .at(2, .sendOnly))
    }

    @Test func `whoever waits may be silent`() {
        var (parked, customer) = HoldMusicTests.parked()
        parked.signal(customer, .media(.answer(.at(1))))
        parked.send(.mixer(.silent(customer)))
        #expect(parked.outputs.isEmpty)
        var (held, other, agent) = HoldMusicTests.held()
        held.send(.mixer(.silent(other)))
        #expect(held.outputs.isEmpty)
        held.send(.mixer(.silent(agent)))
        #expect(held.commands(to: agent) == [.release(.timerExpired)])
    }

    @Test func `a call that goes back to who parked it leaves the mixer`() {
        var (bench, customer) = HoldMusicTests.parked()
        bench.signal(customer, .media(.answer(.at(1))))
        bench.wait(.seconds(60))
        #expect(bench.mixed == [.close(customer)])
        #expect(bench.offered.map(\.device) == ["phone-1002"])
    }
}
