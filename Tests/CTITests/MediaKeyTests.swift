import CTI
import CallControl
import Kernel
import SDP
import Testing

/// Keys of media reach applications with the right, and no others.
struct MediaKeyTests {
    private let leg = LegID(2)

    /// A desk at which `keyed` may have keys and `ivr` may not, with the route point as secure as said, and a call offered there.
    private func desk(_ user: String, _ security: Device.Security, offer: SessionDescription) -> Desk {
        var desk = Desk { configuration in
            configuration.devices["rp"]?.security = security
            configuration.users["keyed"] = CTIUser(passwordHash: "hash", groups: [.enabled, .srtpKeys], controlledDevices: ["rp"])
        }
        desk.open(user)
        desk.register("rp", .fixed(Desk.address, .g711))
        desk.offer(leg, at: "rp", .offer(offer))
        return desk
    }

    private func caller(_ isRequired: Bool) -> (offer: SessionDescription, protection: MediaProtection) {
        var random = SeededRandom(seed: 1)
        let protection = MediaProtection(isRequired: isRequired, using: &random)
        return (MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0x0A00_0001), port: 1), protection: protection), protection)
    }

    private func started(_ desk: Desk) -> NegotiatedAudio? {
        desk.events().lazy.compactMap { if case .mediaStarted(_, let audio) = $0 { audio } else { nil } }.first
    }

    private func answer(_ desk: Desk) -> SessionDescription? {
        desk.signals.lazy.compactMap { if case .leg(_, .connected(.answer(let answer))) = $0 { answer } else { nil } }.first
    }

    @Test("an application with the right gets the keys that the caller's side has, mirrored", arguments: [false, true])
    func keysForMembers(isRequired: Bool) throws {
        let (offer, protection) = caller(isRequired)
        var desk = desk("keyed", .bestEffort, offer: offer)
        desk.request(.answer(leg))
        let keys = try #require(started(desk)?.keys)
        let theirs = try MediaCapabilities.g711.settle(offer: offer, answer: try #require(answer(desk)), protection: protection)
        #expect(theirs.keys == SRTPKeys(send: keys.receive, receive: keys.send))
    }

    @Test("an application without the right gets plain media where the caller leaves the choice, and no key")
    func plainForOthers() throws {
        let offer = caller(false).offer
        var desk = desk("ivr", .bestEffort, offer: offer)
        guard case .call(let event) = desk.events().first, case .offered(let setUp) = event.kind, case .offer(let seen) = setUp.media else {
            Issue.record("no call was offered")
            return
        }
        #expect(seen.media.allSatisfy { $0.keyLines.isEmpty })
        desk.request(.answer(leg))
        #expect(started(desk) != nil && started(desk)?.keys == nil)
        #expect(answer(desk)?.media[0].keyLines.isEmpty == true)
    }

    @Test("a call that takes SRTP only is not answered for an application without the right")
    func secureCallerForOthers() {
        var desk = desk("ivr", .bestEffort, offer: caller(true).offer)
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.callControl(.mediaRefused))])
        #expect(started(desk) == nil)
    }

    @Test("at a device that demands SRTP an application without the right cannot register media, and is told user, group and device")
    func refusal() {
        var desk = Desk { $0.devices["rp"]?.security = .required }
        desk.open("ivr")
        desk.register("rp", .dynamic(.g711))
        #expect(desk.replies == [.failure(.missingGroup(user: "ivr", .srtpKeys, device: "rp"))])
        desk.request(.registerMedia("rp", .none))
        #expect(desk.replies == [.success(.done)])
    }

    @Test("who loses the right after registering answers nothing plain at a device that demands SRTP")
    func rightLost() {
        var desk = desk("keyed", .required, offer: caller(false).offer)
        var changed = Desk.configuration
        changed.devices["rp"]?.security = .required
        changed.users["keyed"] = CTIUser(passwordHash: "hash", groups: [.enabled], controlledDevices: ["rp"])
        desk.send(.configuration(changed))
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.missingGroup(user: "keyed", .srtpKeys, device: "rp"))])
        #expect(desk.signals.isEmpty)
    }

    @Test("a device that demands SRTP refuses a plain caller")
    func plainCaller() {
        var desk = desk("keyed", .required, offer: .at(1))
        desk.request(.answer(leg))
        #expect(desk.replies == [.failure(.callControl(.mediaRefused))])
    }

    @Test("a device without security answers plain, whatever the application may")
    func noSecurity() {
        var desk = desk("keyed", .none, offer: caller(false).offer)
        desk.request(.answer(leg))
        #expect(started(desk) != nil && started(desk)?.keys == nil)
    }

    @Test("two calls never share a key, and a call keeps its own when media is settled anew")
    func freshKeys() throws {
        let (offer, _) = caller(false)
        var desk = desk("keyed", .bestEffort, offer: offer)
        desk.request(.answer(leg))
        let first = try #require(started(desk)?.keys)
        desk.send(.leg(leg, .media(.offer(offer.withDirection(.sendOnly)))))
        #expect(started(desk)?.keys == first)
        desk.offer(LegID(4), at: "rp", .offer(offer))
        desk.request(.answer(LegID(4)))
        let second = try #require(started(desk)?.keys)
        #expect(second.send != first.send)
    }
}
