import CTI
import CallControl
import Kernel
import SDP
import Testing

struct TerminalTests {
    private let leg = LegID(2)

    /// The description in the signal that answers the call.
    private func connected(_ desk: Desk) -> MediaStep? {
        desk.signals.lazy.compactMap { if case .leg(_, .connected(let step)) = $0 { step } else { nil } }.first
    }

    private func started(_ desk: Desk) -> NegotiatedAudio? {
        desk.events().lazy.compactMap { if case .mediaStarted(_, let audio) = $0 { audio } else { nil } }.first
    }

    @Test func `a call is told to the applications that have the device open`() {
        let desk = Desk.offered()
        guard case .call(let event) = desk.events().first, case .offered(let setUp) = event.kind else {
            Issue.record("no call was offered")
            return
        }
        #expect(event.leg == leg)
        #expect(setUp.calling.number == "1001")
    }

    @Test func `a call at a device that nobody has registered is released with cause 20`() {
        var desk = Desk()
        desk.open("ivr")
        desk.request(.openDevice("rp"))
        desk.offer(leg, at: "rp")
        #expect(desk.signals == [.leg(leg, .released(.subscriberAbsent))])
    }

    @Test func `a call that nobody reacts to for four seconds counts as failed`() {
        var desk = Desk.offered()
        desk.wait(.milliseconds(3999))
        #expect(desk.outputs.isEmpty)
        desk.wait(.milliseconds(1))
        #expect(desk.signals == [.applicationFailed(leg)])
        #expect(desk.manager.nextDeadline == nil)
    }

    @Test(arguments: [ProviderRequest.accept(LegID(2)), .answer(LegID(2)), .redirect(LegID(2), Redirect(to: "1004"))])
    func `accepting, answering and redirecting stop the new call accept timer`(request: ProviderRequest) {
        var desk = Desk.offered()
        desk.request(request)
        desk.wait(.seconds(60))
        #expect(desk.signals.isEmpty)
    }

    @Test func `accept lets the caller hear ringing`() {
        var desk = Desk.offered()
        desk.request(.accept(leg))
        #expect(desk.signals == [.leg(leg, .alerting(.none))])
        #expect(desk.replies == [.success(.done)])
    }

    @Test func `with a fixed address the answer is made at once`() throws {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        guard case .answer(let answer) = connected(desk) else {
            Issue.record("not answered")
            return
        }
        #expect(answer.remote(of: answer.media[0]) == Desk.address)
        let audio = try #require(started(desk))
        #expect(audio.remote.port == 1)
        #expect(audio.format == .pcmu)
        #expect(desk.replies == [.success(.done)])
    }

    @Test func `a caller without an offer is made one, and media starts with the caller's answer`() throws {
        var desk = Desk.offered(step: .solicit)
        desk.request(.answer(leg))
        #expect(connected(desk) == .offer(MediaCapabilities.g711.offer(at: Desk.address)))
        #expect(started(desk) == nil)
        desk.send(.leg(leg, .media(.answer(.at(9)))))
        #expect(try #require(started(desk)).remote.port == 9)
    }

    @Test func `with dynamic media the application is asked for the address of each call`() {
        var desk = Desk.offered(.dynamic(.g711))
        let answer = desk.request(.answer(leg))
        #expect(desk.outputs == [.event(Desk.app, .mediaAddressNeeded(leg))])
        let address = desk.request(.setMedia(leg, Desk.address))
        #expect(connected(desk) != nil)
        #expect(started(desk) != nil)
        let replies: [CTIManager.Output] = [.reply(Desk.app, address, .success(.done)), .reply(Desk.app, answer, .success(.done))]
        #expect(replies.allSatisfy(desk.outputs.contains))
    }

    @Test func `an application that gives no address in twelve seconds has failed the call`() {
        var desk = Desk.offered(.dynamic(.g711))
        desk.request(.answer(leg))
        desk.wait(.milliseconds(11_999))
        #expect(desk.outputs.isEmpty)
        desk.wait(.milliseconds(1))
        #expect(desk.signals == [.applicationFailed(leg)])
        #expect(desk.replies == [.failure(.noSuchCall(leg))])
    }

    @Test func `what is asked for before the address is given is refused`() {
        var desk = Desk.offered(.dynamic(.g711))
        desk.request(.answer(leg))
        for request: ProviderRequest in [.redirect(leg, Redirect(to: "1")), .hold(leg), .retrieve(leg), .answer(leg), .accept(leg)] {
            desk.request(request)
            #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
            #expect(desk.signals.isEmpty)
        }
    }

    @Test func `an address that nobody asked for is refused`() {
        var desk = Desk.offered(.dynamic(.g711))
        desk.request(.setMedia(leg, Desk.address))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
    }

    @Test func `without registered media a call can be redirected, not answered`() {
        var desk = Desk.offered(.none)
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.mediaNotRegistered("rp"))])
        desk.request(.redirect(leg, Redirect(to: "1004")))
        #expect(desk.callRequests() == [.redirect(leg, Redirect(to: "1004"))])
    }

    @Test func `an offer without a format in common ends the call with cause 65`() {
        var offer = SessionDescription.at(1)
        offer.media[0].formats = ["9"]
        offer.media[0].attributes = []
        var desk = Desk.offered(step: .offer(offer))
        desk.request(.answer(leg))
        #expect(desk.signals == [.leg(leg, .released(.incompatibleMedia))])
        #expect(desk.replies == [.failure(.callControl(.mediaRefused))])
    }

    @Test func `a re-offer is answered at the same address, and the application hears what changed`() throws {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        desk.send(.leg(leg, .media(.offer(.at(1, .sendOnly)))))
        guard case .leg(_, .media(.answer(let answer))) = desk.signals.first else {
            Issue.record("not answered")
            return
        }
        #expect(answer.remote(of: answer.media[0]) == Desk.address)
        #expect(answer.direction(of: answer.media[0]) == .receiveOnly)
        #expect(try #require(started(desk)).direction == .receiveOnly)
        desk.send(.leg(leg, .media(.offer(.at(1, .sendOnly)))))
        #expect(started(desk) == nil)
    }

    @Test func `a re-offer that does not fit is refused, and the call goes on`() {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        var offer = SessionDescription.at(1)
        offer.media[0].formats = ["9"]
        desk.send(.leg(leg, .media(.offer(offer))))
        #expect(desk.signals == [.leg(leg, .mediaRefused)])
    }

    @Test func `audio that is switched off in a call is off for the application, and comes back with the next offer`() throws {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        var offer = SessionDescription.at(1)
        offer.media[0].port = 0
        desk.send(.leg(leg, .media(.offer(offer))))
        guard case .leg(_, .media(.answer(let answer))) = desk.signals.first else {
            Issue.record("not answered")
            return
        }
        #expect(answer.media.map(\.port) == [0])
        #expect(try #require(started(desk)).direction == .inactive)
        desk.send(.leg(leg, .media(.offer(.at(1)))))
        #expect(try #require(started(desk)).direction == .sendReceive)
    }

    @Test func `a wish for an offer is met`() {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        desk.send(.leg(leg, .media(.solicit)))
        #expect(desk.signals == [.leg(leg, .media(.offer(MediaCapabilities.g711.offer(at: Desk.address))))])
    }

    @Test func `media stops when the leg is released`() {
        var desk = Desk.offered()
        desk.request(.answer(leg))
        desk.send(.leg(leg, .release(.normalClearing)))
        #expect(desk.outputs == [.event(Desk.app, .mediaStopped(leg))])
        desk.event(leg, "rp", .connectionCleared(.normalClearing))
        #expect(desk.manager.legCount == 0)
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.noSuchCall(leg))])
    }

    @Test func `reject ends a call that is not answered, with the cause`() {
        var desk = Desk.offered()
        desk.request(.reject(leg, .userBusy))
        #expect(desk.signals == [.leg(leg, .released(.userBusy))])
        desk = Desk.offered()
        desk.request(.answer(leg))
        desk.request(.reject(leg, .userBusy))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.connected)))])
    }

    @Test func `of several applications the first to answer has the media, and all hear of the call`() {
        var desk = Desk()
        desk.open("ivr")
        desk.open("second", Desk.other)
        desk.register("rp", .dynamic(.g711))
        desk.register("rp", .dynamic(.g711), Desk.other)
        desk.offer(leg, at: "rp")
        #expect(desk.events().count == 1)
        #expect(desk.events(for: Desk.other).count == 1)
        desk.request(.answer(leg), from: Desk.other)
        #expect(desk.events(for: Desk.other) == [.mediaAddressNeeded(leg)])
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
        desk.request(.setMedia(leg, Desk.address))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
        desk.request(.setMedia(leg, Desk.address), from: Desk.other)
        #expect(desk.events().isEmpty)
        #expect(desk.events(for: Desk.other).count == 1)
    }

    @Test func `a port talks on one call, and another one waits until the first is held`() {
        var desk = Desk.offered(at: "port")
        desk.request(.answer(leg))
        desk.event(leg, "port", .established(with: Party(number: "1001")))
        desk.offer(LegID(4), at: "port")
        desk.request(.answer(LegID(4)))
        #expect(desk.replies == [.failure(.callControl(.wrongState(.alerting)))])
        desk.event(leg, "port", .held)
        desk.request(.answer(LegID(4)))
        #expect(desk.replies == [.success(.done)])
    }

    @Test func `a route point talks on many calls`() {
        var desk = Desk.offered()
        for number in UInt64(2)...50 {
            desk.offer(LegID(number * 2), at: "rp")
            desk.request(.answer(LegID(number * 2)))
            #expect(desk.replies == [.success(.done)])
        }
    }

    @Test func `the end of a call is noticed at a device that is no longer configured`() {
        var desk = Desk()
        desk.open("ivr")
        desk.request(.openDevice("phone"))
        desk.event(LegID(4), "phone", .offered(SetUp(calling: Party(number: "1001"), called: "5000", media: .solicit)))
        #expect(desk.manager.legCount == 1)
        var configuration = Desk.configuration
        configuration.devices["phone"] = nil
        desk.send(.configuration(configuration))
        desk.event(LegID(4), "phone", .connectionCleared(.normalClearing))
        #expect(desk.manager.legCount == 0)
    }
}
