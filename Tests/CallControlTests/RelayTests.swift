import CallControl
import Kernel
import SDP
import Testing

/// Parties who cannot talk directly talk through the mixer.
struct RelayTests {
    /// A description with Opus alone.
    private static func opus(_ port: UInt16) -> SessionDescription {
        MediaCapabilities(formats: [.opus]).offer(at: TransportAddress(ip: .v4(0x0A00_0002), port: port))
    }

    private static func v6(_ port: UInt16) -> SessionDescription {
        MediaCapabilities.g711.offer(at: TransportAddress(ip: .loopbackV6, port: port))
    }

    /// Phone 1001 calls 1002, which takes none of its codecs; it is called again, and answers with Opus.
    private static func relayed() -> (bench: Bench, caller: LegID, called: LegID) {
        var bench = Bench()
        let caller = bench.call("1002")
        let first = bench.offered.first?.leg ?? LegID(0)
        bench.signal(first, .released(.incompatibleMedia))
        let called = bench.offered.first?.leg ?? LegID(0)
        bench.signal(called, .connected(.offer(opus(2))))
        return (bench, caller, called)
    }

    @Test func `a device that takes none of the caller's codecs is called again without a description`() {
        var bench = Bench()
        let caller = bench.call("1002")
        let first = bench.offered[0].leg
        bench.signal(first, .released(.incompatibleMedia))
        #expect(bench.offered.map(\.device) == ["phone-1002"])
        #expect(bench.offered.first?.setUp.media == .solicit)
        #expect(bench.commands(to: caller).isEmpty, "the caller hears nothing of it")
        #expect(bench.control.legCount == 2)
    }

    @Test func `both are answered by the mixer, each in its own codec`() {
        let (bench, caller, called) = RelayTests.relayed()
        var formats: [LegID: String] = [:]
        for case .connect(let leg, let audio) in bench.mixed { formats[leg] = audio.format.name }
        #expect(formats == [caller: "PCMU", called: "opus"])
        guard case .connect(.answer)? = bench.commands(to: caller).first, case .media(.answer)? = bench.commands(to: called).first else {
            Issue.record("not both were answered: \(bench.commands)")
            return
        }
        #expect(bench.events(of: caller).contains { if case .established = $0 { true } else { false } })
    }

    @Test func `a device that demands SRTP and a caller who has none are relayed, each as it asks`() throws {
        var bench = Bench { $0.devices["phone-1002"]?.security = .required }
        let caller = bench.call("1002")
        // The endpoint does not as much as try a plain offer.
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.offer(.secure(at: 2))))
        var keys: [LegID: SRTPKeys?] = [:]
        for case .connect(let leg, let audio) in bench.mixed { keys[leg] = .some(audio.keys) }
        #expect(keys[caller] == .some(nil))
        #expect(keys[called].flatMap { $0 } != nil)
    }

    @Test func `a route point that demands SRTP refuses a caller who has none`() {
        var bench = Bench { $0.devices["rp"]?.security = .required }
        let caller = bench.call("5000")
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        #expect(bench.commands(to: caller) == [.release(.incompatibleMedia)])
    }

    @Test func `a device that refuses that, too, has the call end for its media`() {
        var bench = Bench()
        let caller = bench.call("1002")
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        #expect(bench.commands(to: caller) == [.release(.incompatibleMedia)])
        #expect(bench.control.callCount == 0)
    }

    @Test func `a caller with whom the mixer shares no codec either is not helped by it`() {
        var bench = Bench()
        let strange = MediaCapabilities(formats: [AudioFormat(name: "G729", clockRate: 8000, payloadType: 18)])
            .offer(at: TransportAddress(ip: .v4(0x0A00_0002), port: 9))
        let caller = bench.call("1002", media: .offer(strange))
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        #expect(bench.commands(to: caller) == [.release(.incompatibleMedia)])
    }

    @Test func `two with addresses of different kinds are relayed when one answers`() {
        var bench = Bench()
        let caller = bench.call("1002")
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.answer(RelayTests.v6(2))))
        let near = bench.mixed.compactMap { if case .open(_, _, _, let near, _) = $0 { near?.isV6 } else { nil } }
        #expect(near == [false, true])
        guard case .connect(.answer)? = bench.commands(to: caller).first, case .media(.offer)? = bench.commands(to: called).first else {
            Issue.record("\(bench.commands)")
            return
        }
    }

    @Test func `two who are relayed for their addresses alone speak the codec that they share`() {
        var bench = Bench()
        let here = TransportAddress(ip: .v4(0x0A00_0002), port: 1)
        let there = TransportAddress(ip: .loopbackV6, port: 2)
        let caller = bench.call("1002", media: .offer(MediaCapabilities(formats: [.pcmu, .opus, .g722]).offer(at: here)))
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.answer(MediaCapabilities(formats: [.g722, .pcma, .opus]).offer(at: there))))
        guard case .connect(.answer(let answer))? = bench.commands(to: caller).first,
            case .media(.offer(let offer))? = bench.commands(to: called).first
        else {
            Issue.record("\(bench.commands)")
            return
        }
        #expect(answer.media[0].formats.prefix(2) == ["9", "107"])
        #expect(offer.media[0].formats.prefix(3) == ["9", "107", "0"], "then as the mixer likes best")
    }

    @Test func `a caller who begins on hold is known by the address of its signalling`() {
        var bench = Bench()
        _ = bench.call("1002", media: .offer(.zeros), near: .loopbackV6)
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(2))))
        let near = bench.mixed.compactMap { if case .open(_, _, _, let near, _) = $0 { near } else { nil } }
        #expect(near == [.loopbackV6, .v4(0x0A00_0001)])
    }

    @Test func `a caller in a menu who is redirected to such a device is moved to the mixer when it answers`() {
        var bench = Bench()
        let (caller, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1002", supervised: true)))
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        #expect(bench.results.isEmpty, "the redirect waits")
        let agent = bench.offered[0].leg
        bench.signal(agent, .connected(.offer(RelayTests.opus(2))))
        #expect(bench.results == [.success(.done)])
        guard case .media(.offer)? = bench.commands(to: caller).last, case .media(.answer)? = bench.commands(to: agent).first else {
            Issue.record("\(bench.commands)")
            return
        }
        bench.signal(caller, .media(.answer(.at(1))))
        #expect(bench.mixed.count == 1)
        bench.signal(agent, .released(.normalClearing))
        #expect(bench.control.callCount == 0 && bench.control.legCount == 0)
    }

    @Test func `parties whom a transfer brings together go to the mixer when one cannot take the other's media`() {
        var bench = Bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.consult(agent, to: "1004", data: CallData()))
        bench.signal(customer, .media(.answer(.at(1, .inactive))))
        guard case .success(.made(_, let second))? = bench.results.first else {
            Issue.record("\(bench.results)")
            return
        }
        bench.signal(agent, .media(.answer(.at(2, .inactive))))
        bench.signal(second, .connected(.offer(.at(22))))
        let expert = bench.offered[0].leg
        bench.signal(expert, .connected(.answer(.at(4))))
        bench.signal(second, .media(.answer(.at(22))))
        bench.request(.transfer(agent, with: second))
        #expect(bench.results == [.success(.done)])
        guard let offered = bench.commands.first(where: { if case .media(.offer) = $0.command { true } else { false } }) else {
            Issue.record("\(bench.commands)")
            return
        }
        bench.signal(offered.leg, .mediaRefused)
        #expect(bench.mixed.count == 2, "two ports are opened: \(bench.outputs)")
        #expect(bench.control.callCount == 1)
    }

    @Test func `two who are relayed are not brought together directly, whoever comes and goes`() {
        var (bench, caller, called) = RelayTests.relayed()
        bench.request(.join(called, "phone-1004", line: "1004", .talker))
        let third = bench.offered[0].leg
        bench.signal(third, .connected(.offer(.at(4))))
        bench.signal(third, .released(.normalClearing))
        #expect(bench.commands(to: caller).isEmpty && bench.commands(to: called).isEmpty)
        #expect(bench.mixed == [.close(third)])
    }

    @Test func `a redirect out of a relay that fails leads back to the mixer`() {
        var (bench, caller, called) = RelayTests.relayed()
        bench.request(.redirect(called, Redirect(to: "1004", supervised: true)))
        let agent = bench.offered[0].leg
        #expect(bench.offered[0].setUp.media == .offer(.at(1)), "the caller's own description")
        bench.signal(agent, .released(.userBusy))
        #expect(bench.results == [.failure(.destinationFailed("1004", .userBusy))])
        #expect(bench.mixed.count == 2, "both have ports again: \(bench.outputs)")
        #expect(bench.commands.map(\.leg) == [caller, called])
    }

    @Test func `a request that is refused leaves two who are relayed where they are`() {
        var (bench, caller, called) = RelayTests.relayed()
        bench.request(.redirect(called, Redirect(to: "9999")))
        #expect(bench.results == [.failure(.invalidDestination("9999"))])
        for (leg, port) in [(caller, UInt16(1)), (called, 2)] {
            bench.signal(leg, .media(.answer(port == 1 ? .at(1) : RelayTests.opus(2))))
            #expect(bench.mixed.count == 1)
        }
        #expect(bench.control.legCount == 2)
    }

    @Test func `a caller who is silent about the other's media is not moved anywhere`() {
        var bench = Bench()
        let (caller, point) = bench.answeredCall(to: "5000")
        bench.request(.redirect(point, Redirect(to: "1002")))
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(2))))
        bench.wait(.seconds(40))
        #expect(bench.commands(to: caller) == [.release(.incompatibleMedia)])
        #expect(bench.control.callCount == 0)
    }

    @Test func `a party from whom nothing is heard any more ends the call`() {
        var (bench, caller, called) = RelayTests.relayed()
        bench.send(.mixer(.silent(caller)))
        for leg in [caller, called] { #expect(bench.commands(to: leg) == [.release(.timerExpired)]) }
        #expect(bench.control.callCount == 0 && bench.control.legCount == 0)
        bench.send(.mixer(.silent(called)))
        #expect(bench.outputs.isEmpty, "it is late")
    }

    @Test func `without a port the call ends`() {
        var bench = Bench()
        bench.mixerWorks = false
        let caller = bench.call("1002")
        bench.signal(bench.offered[0].leg, .released(.incompatibleMedia))
        bench.signal(bench.offered[0].leg, .connected(.offer(RelayTests.opus(2))))
        #expect(bench.commands(to: caller) == [.release(.resourceUnavailable)])
        #expect(bench.control.callCount == 0 && bench.control.legCount == 0)
    }
}
