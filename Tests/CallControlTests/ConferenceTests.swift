import Kernel
import SDP
import Testing

@testable import CallControl

/// A call of 1001 and 1002, in which 1002 may have consulted 1004.
private struct Meeting {
    var bench = Bench()
    let customer: LegID
    let agent: LegID
    var second = LegID(0)
    var expert = LegID(0)

    init(consults: Bool = true) {
        (customer, agent) = bench.answeredCall()
        guard consults else { return }
        bench.request(.consult(agent, to: "1004", data: CallData()))
        bench.signal(customer, .media(.answer(.at(1, .inactive))))
        if case .success(.made(_, let leg))? = bench.results.first { second = leg }
        bench.signal(agent, .media(.answer(.at(2, .inactive))))
        bench.signal(second, .connected(.offer(.at(22))))
        expert = bench.offered.first?.leg ?? expert
        bench.signal(expert, .connected(.answer(.at(4))))
        bench.signal(second, .media(.answer(.at(22))))
    }

    /// Brings all three together.
    static func conference() -> Meeting {
        var it = Meeting()
        it.bench.request(.conference(it.agent, with: it.second))
        for (leg, port) in [(it.customer, 1), (it.second, 22), (it.expert, 4)] as [(LegID, UInt16)] {
            it.bench.signal(leg, .media(.answer(.at(port))))
        }
        return it
    }
}

struct ConferenceTests {
    @Test func `two calls of a device become a conference, in which each has a port of the mixer`() {
        var it = Meeting()
        it.bench.request(.conference(it.agent, with: it.second))
        #expect(it.bench.results == [.success(.done)])
        #expect(it.bench.commands(to: it.agent) == [.release(.normalClearing)], "its first connection ends")
        for leg in [it.customer, it.second, it.expert] {
            #expect(it.bench.commands(to: leg).count == 1, "an offer of the mixer")
            #expect(it.bench.events(of: leg).last == .conferenced(["1002", "1004", "1001"].map(party)))
        }
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        guard case .connect(it.customer, let audio)? = it.bench.mixed.first else {
            Issue.record("the mixer was not told where the customer is")
            return
        }
        #expect(audio.remote.port == 1)
        #expect(it.bench.control.callCount == 1 && it.bench.control.legCount == 3)
    }

    private func party(_ number: String) -> Party {
        Party(number: DirectoryNumber(number), name: ["1001": "Ada", "1002": "Ben"][number])
    }

    @Test func `when one of three leaves, the two who stay talk directly`() {
        var it = Meeting.conference()
        it.bench.signal(it.second, .released(.normalClearing))
        #expect(it.bench.mixed.count { if case .close = $0 { true } else { false } } == 3)
        #expect(
            it.bench.commands(to: it.expert).last == .media(.offer(.at(1)))
                || it.bench.commands(to: it.customer).last == .media(.offer(.at(4))))
        it.bench.signal(it.expert, .media(.answer(.at(4))))
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        it.bench.signal(it.customer, .released(.normalClearing))
        #expect(it.bench.control.legCount == 0)
    }

    @Test func `a member can be held and taken back, and drop out`() {
        var it = Meeting.conference()
        it.bench.request(.hold(it.customer))
        #expect(it.bench.mixed == [.change(it.customer, .away)])
        #expect(it.bench.events(of: it.customer) == [.held])
        it.bench.request(.retrieve(it.customer))
        #expect(it.bench.mixed == [.change(it.customer, .talker)])
        it.bench.request(.drop(it.expert, .normalClearing))
        #expect(it.bench.commands(to: it.expert) == [.release(.normalClearing)])
    }

    @Test func `a phone that holds by itself is not heard until it comes back`() {
        var it = Meeting.conference()
        it.bench.signal(it.customer, .media(.offer(.at(1, .sendOnly))))
        #expect(it.bench.mixed.last == .change(it.customer, .away))
        it.bench.signal(it.customer, .media(.offer(.at(1))))
        #expect(it.bench.mixed.last == .change(it.customer, .talker))
    }

    @Test func `a member from whom nothing is heard any more is released, and the two others go on`() {
        var it = Meeting.conference()
        it.bench.send(.mixer(.silent(it.expert)))
        #expect(it.bench.commands(to: it.expert) == [.release(.timerExpired)])
        #expect(it.bench.control.callCount == 1 && it.bench.control.legCount == 2)
    }

    @Test func `a key that comes outside of the media goes to the others by the mixer`() throws {
        var it = Meeting.conference()
        let key = try #require(DTMFKey("7"))
        it.bench.signal(it.customer, .digit(key))
        #expect(it.bench.mixed == [.key(it.customer, key, to: [it.second, it.expert])])
        #expect(it.bench.commands.isEmpty)
    }

    @Test func `an application that takes part is told of such a key, and does not hear it as well`() throws {
        var bench = Bench()
        let caller = bench.call("5000")
        let attendant = bench.offered[0].leg
        bench.signal(attendant, .connected(.answer(.at(2))))
        bench.request(.record(attendant, .start))
        for (leg, port) in [(caller, 1), (attendant, 2)] as [(LegID, UInt16)] { bench.signal(leg, .media(.answer(.at(port)))) }
        let key = try #require(DTMFKey("7"))
        bench.signal(caller, .digit(key))
        #expect(bench.mixed == [.key(caller, key, to: [])])
        #expect(bench.events(of: attendant) == [.digit("7")])
    }

    @Test func `whoever listens silently may be silent`() {
        var it = Meeting(consults: false)
        it.bench.request(.join(it.agent, "phone-1004", line: "1004", .listener))
        let listener = it.bench.offered.first?.leg ?? LegID(0)
        it.bench.signal(listener, .connected(.offer(.at(4))))
        it.bench.send(.mixer(.silent(listener)))
        #expect(it.bench.outputs.isEmpty)
        #expect(it.bench.control.legCount == 3)
    }

    @Test func `a member of three cannot be redirected, transferred or parked`() {
        var it = Meeting.conference()
        for request in [
            CallRequest.redirect(it.customer, Redirect(to: "1003")), .park(it.customer, at: nil), .transfer(it.customer, with: it.expert),
        ] {
            it.bench.request(request)
            #expect(it.bench.results == [.failure(.wrongState(.connected))])
        }
    }

    @Test func `two who find no port in the mixer go on talking directly`() {
        var it = Meeting(consults: false)
        it.bench.mixerWorks = false
        it.bench.request(.record(it.agent, .start))
        #expect(it.bench.results == [.failure(.wrongState(.null))])
        #expect(it.bench.control.callCount == 1 && it.bench.control.legCount == 2)
        #expect(it.bench.commands.contains { if case .release = $0.command { true } else { false } } == false)
    }
}

/// Members whose devices ask for secrecy.
struct SecureConferenceTests {
    /// 1001 and 1002 are recorded; 1002 demands SRTP, 1001 is asked `callers`.
    private func recorded(_ callers: Device.Security = .bestEffort) -> (bench: Bench, caller: LegID, called: LegID) {
        var bench = Bench { plan in
            plan.devices["phone-1001"]?.security = callers
            plan.devices["phone-1002"]?.security = .required
        }
        let caller = bench.call("1002", media: .offer(.secure(at: 1)))
        let called = bench.offered.first?.leg ?? LegID(0)
        bench.signal(called, .connected(.answer(.secure(at: 2))))
        bench.request(.record(called, .start))
        return (bench, caller, called)
    }

    private func offer(_ bench: Bench, to leg: LegID) -> SessionDescription? {
        for case .media(.offer(let offer)) in bench.commands(to: leg) { return offer }
        return nil
    }

    @Test func `a device that demands SRTP is offered nothing else by the mixer, which hears it with the keys of both`() throws {
        var (bench, _, called) = recorded()
        #expect(offer(bench, to: called)?.isSecure == true)
        bench.signal(called, .media(.answer(.secure(at: 2))))
        guard case .connect(called, let audio)? = bench.mixed.first else {
            Issue.record("the mixer was not told where the member is")
            return
        }
        let keys = try #require(audio.keys)
        #expect(Bench.keys.contains(keys.send) && keys.receive != keys.send)
    }

    @Test func `a device that demands SRTP and answers plain is expelled`() {
        var (bench, _, called) = recorded()
        bench.signal(called, .media(.answer(.at(2))))
        #expect(bench.commands(to: called) == [.release(.incompatibleMedia)])
    }

    @Test(arguments: [(Device.Security.none, false, 0), (.bestEffort, true, 4), (.required, true, 4)])
    func `a device is offered what it asks for`(security: Device.Security, isSecure: Bool, keys: Int) {
        let (bench, caller, _) = recorded(security)
        let offer = offer(bench, to: caller)
        #expect(offer?.isSecure == isSecure, "its media was secure, and stays so if it may be")
        #expect(offer?.media.first?.keyLines.count == keys)
    }

    @Test func `one who is plain and one who must not be stay in the mixer when they are alone there`() {
        var bench = Bench { $0.devices["phone-1002"]?.security = .required }
        let (caller, called) = bench.answeredCall()
        bench.request(.record(called, .start))
        bench.signal(caller, .media(.answer(.at(1))))
        bench.signal(called, .media(.answer(.secure(at: 2))))
        bench.request(.record(called, .stop))
        #expect(bench.mixed == [.stopRecording(CallID(1))])
        #expect(bench.control.conferences.count == 1)
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.control.legCount == 0)
    }
}

extension SessionDescription {
    /// Secure audio at a port that tells whose it is.
    static func secure(at port: UInt16) -> SessionDescription {
        var random = SeededRandom(seed: UInt64(port))
        let keys = [SRTPKey(suite: .aesGCM128, using: &random)]
        return MediaCapabilities.g711.offer(
            at: TransportAddress(ip: .v4(0x0A00_0001), port: port), protection: MediaProtection(isRequired: true, keys: keys))
    }
}

struct MonitoringTests {
    @Test func `somebody who listens silently is called, gets the mixer's media, and nobody is told`() {
        var it = Meeting(consults: false)
        it.bench.request(.join(it.agent, "phone-1004", line: "1004", .listener))
        guard case .success(.made(CallID(1), let listener))? = it.bench.results.first else {
            Issue.record("nobody joined: \(it.bench.results)")
            return
        }
        #expect(it.bench.offered.first?.leg == listener)
        #expect(it.bench.offered.first?.setUp.answersItself == true)
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        it.bench.signal(it.agent, .media(.answer(.at(2))))
        it.bench.signal(listener, .connected(.offer(.at(4))))
        #expect(it.bench.commands(to: listener).count == 1, "the mixer's answer")
        #expect(it.bench.events.allSatisfy { if case .conferenced = $0.kind { false } else { true } })
        it.bench.signal(listener, .released(.normalClearing))
        #expect(it.bench.mixed.count { if case .close = $0 { true } else { false } } == 3, "the two talk directly again")
        #expect(it.bench.control.legCount == 2)
    }

    @Test func `when the parties hang up, the listener's call ends as well`() {
        var it = Meeting(consults: false)
        it.bench.request(.join(it.agent, "phone-1004", line: "1004", .listener))
        it.bench.signal(it.agent, .released(.normalClearing))
        #expect(it.bench.control.legCount == 0 && it.bench.control.nextDeadline == nil)
    }
}

struct RecordingTests {
    private static func recorded() -> Meeting {
        var it = Meeting(consults: false)
        it.bench.request(.record(it.agent, .start))
        #expect(it.bench.results == [.success(.recording(file: "a.wav"))])
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        it.bench.signal(it.agent, .media(.answer(.at(2))))
        return it
    }

    @Test func `a recording can be paused, resumed and ended, after which the two talk directly again`() {
        var it = RecordingTests.recorded()
        it.bench.request(.record(it.agent, .pause))
        #expect(it.bench.mixed == [.pause(CallID(1), true)])
        it.bench.request(.record(it.agent, .pause))
        #expect(it.bench.results == [.failure(.noRecording)])
        it.bench.request(.record(it.agent, .resume))
        it.bench.request(.record(it.agent, .start))
        #expect(it.bench.results == [.failure(.limitReached("recordings of a call", 1))])
        it.bench.request(.record(it.agent, .stop))
        #expect(it.bench.results == [.success(.done)])
        #expect(it.bench.mixed.count == 3 && it.bench.control.conferences.isEmpty)
    }

    @Test func `a recorded call can be redirected, which ends the recording`() {
        var it = RecordingTests.recorded()
        it.bench.request(.redirect(it.agent, Redirect(to: "1004")))
        #expect(it.bench.results == [.success(.done)])
        #expect(it.bench.mixed.contains(.stopRecording(CallID(1))))
        #expect(it.bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `a recorded call can be transferred after a consultation`() {
        var it = RecordingTests.recorded()
        it.bench.request(.consult(it.agent, to: "1004", data: CallData()))
        #expect(it.bench.mixed == [.change(it.agent, .away)])
        guard case .success(.made(_, let second))? = it.bench.results.first else { return #expect(Bool(false)) }
        it.bench.signal(second, .connected(.offer(.at(22))))
        let expert = it.bench.offered[0].leg
        it.bench.signal(expert, .connected(.answer(.at(4))))
        it.bench.signal(second, .media(.answer(.at(22))))
        it.bench.request(.transfer(it.agent, with: second))
        #expect(it.bench.results.isEmpty, "it waits until the two have left the mixer")
        it.bench.signal(it.customer, .media(.answer(.at(1))))
        it.bench.signal(it.agent, .media(.answer(.at(2))))
        #expect(it.bench.results == [.success(.done)])
        #expect(it.bench.control.legCount == 2)
    }

    @Test func `an application that fails while its call is recorded has its caller sent on`() {
        var bench = Bench { $0.lines[5].forwards = Forwards(failure: "1004") }
        let caller = bench.call("6000")
        let port = bench.offered[0].leg
        bench.signal(port, .connected(.answer(.at(6))))
        bench.request(.record(port, .start))
        bench.signal(caller, .media(.answer(.at(1))))
        bench.signal(port, .media(.answer(.at(6))))
        bench.send(.applicationFailed(port))
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }
}
