import Attendant
import Audio
import CTI
import CallControl
import Flow
import Foundation
import Kernel
import MediaEngine
import SDP
import Stores
import Testing

struct AttendantStories {
    @Test("it opens its provider, its devices and their media")
    func start() throws {
        var reception = try Reception()
        reception.give(.start)
        #expect(reception.requests() == [.openProvider(user: "attendant", password: "secret", heartbeat: nil)])
        #expect(!reception.outputs.tellsConnected)
        #expect(
            reception.requests() == [
                .monitorAgents(true), .agentStates, .openDevice("main-line"), .registerMedia("main-line", .dynamic(.g711)),
            ])
        #expect(reception.outputs.tellsConnected, "calls may come now, and not before")
    }

    @Test("when a call is over, its record tells all that happened, with the quality of the caller's audio")
    func record() throws {
        var reception = try Reception()
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        _ = try reception.ready()
        reception.pass(.seconds(2))
        reception.give(.media(.key(reception.session, .init(code: 1)!)))
        reception.give(.diverted(to: "2001", .normalClearing))
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().record == nil, "the packets are not counted yet")
        var statistics = MediaStatistics()
        (statistics.received, statistics.lost, statistics.jitterMilliseconds) = (100, 2, 1.5)
        (statistics.dropped, statistics.atPeer) = (3, .init(lost: 7, jitterMilliseconds: 2.5))
        reception.give(.media(.closed(reception.session, statistics)))
        let record = try #require(reception.take().record)
        #expect(record.caller == "+493023125010" && record.called == "5000" && record.flow == "Test" && record.version.count == 8)
        #expect(record.began == 1_800_000_000 && record.seconds == 2)
        let media = CallRecord.Media(
            received: 100, lost: 2, jitter: 1.5, roundTrip: nil, score: nil, dropped: 3, atCaller: .init(lost: 7, jitter: 2.5))
        #expect(record.media == media)
        #expect(record.events.first == CallRecord.Event(at: 0, what: .note, text: "+493023125010 calls 5000, flow Test"))
        #expect(record.events.contains(CallRecord.Event(at: 0, what: .heard, text: "hello")))
        #expect(record.events.contains { $0.what == .pressed && $0.text == "1" && $0.at == 2 })
    }

    @Test("the port for a caller is opened where the caller's device reaches it, offer or none")
    func port() throws {
        var reception = try Reception()
        var setUp = SetUp(calling: Party(number: nil), called: "5000")
        setUp.near = .loopbackV6
        reception.give(.offered(setUp))
        _ = reception.take()
        reception.give(.event(.mediaAddressNeeded(reception.leg)))
        guard case .openMedia(reception.leg, toward: .loopbackV6)? = reception.take().first else { throw Missing() }
    }

    @Test("what the CTIManager refuses is told to the administrator")
    func refused() throws {
        var reception = try Reception()
        reception.give(.start)
        guard case .request(let id, _) = reception.take().first else { throw Missing() }
        reception.give(.reply(id, .failure(.badCredentials(user: "attendant"))))
        #expect(reception.outputs.tellsConnected, "who waits for the attendant is not left waiting")
        let troubles = reception.take().filter { if case .trouble = $0 { true } else { false } }
        #expect(troubles.count == 1)
    }

    @Test("when the CTIManager is out of reach its calls are over, and it begins anew when it is told to")
    func lost() throws {
        var reception = try Reception()
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.lost)
        let closes = reception.take().contains { if case .media(reception.session, .close) = $0 { true } else { false } }
        #expect(closes, "the media session of the call is given back")
        #expect(reception.machine.callCount == 0)
        reception.give(.start)
        #expect(reception.requests() == [.openProvider(user: "attendant", password: "secret", heartbeat: nil)])
    }

    @Test("the first prompt waits for the caller's first packet, and for no more than 300 ms", arguments: [true, false])
    func firstPrompt(packetComes: Bool) throws {
        var reception = try Reception()
        try reception.bringCaller()
        #expect(reception.take().media.count == 1)
        reception.pass(.milliseconds(100))
        #expect(try reception.ready().isEmpty)
        if packetComes { reception.give(.media(.heard(reception.session))) } else { reception.pass(.milliseconds(200)) }
        #expect(try reception.ready() == [Utterance(.prompt("hello"), language: "en-US")])
        #expect(reception.take().play != nil)
    }

    @Test("a key in the menu redirects the caller with data, and the caller hears ringing until the agent answers")
    func redirect() throws {
        var reception = try Reception()
        try atMenu(&reception)
        let play = reception.take().play
        #expect(play != nil)
        reception.give(.media(.key(reception.session, try #require(DTMFKey("1")))))
        let wanted = reception.take()
        #expect(wanted.stopsPlaying)
        let redirect = wanted.compactMap { output -> Redirect? in
            if case .request(_, .redirect(_, let redirect)) = output { redirect } else { nil }
        }.first
        #expect(redirect?.to == "2001")
        #expect(redirect?.data["reason"] == "sales")
        #expect(redirect?.ring == .seconds(10))
        let ringing = try #require(wanted.play)
        reception.give(.media(.played(reception.session, ringing, stopped: false)))
        #expect(reception.take().play != nil, "the ringing tone goes on")
        reception.give(.diverted(to: "2001", .normalClearing))
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().isClosing)
        #expect(reception.machine.callCount == 0)
        #expect(reception.machine.nextDeadline == nil)
    }

    @Test("a key that comes in media and in SIP INFO is pressed once")
    func keyInTwoWays() throws {
        let second =
            "menu: { prompt: choose, keys: { 1: bye }, no-input: { after: 5s, attempts: 1, go: bye }, no-match: { attempts: 1, go: bye } }"
        let flow = Reception.flow.replacingOccurrences(of: "keys: { 1: sales }", with: "keys: { 1: sales, 2: second }")
            .replacingOccurrences(of: "  sales:", with: "  second:\n    - \(second)\n  sales:")
        var reception = try Reception(flow)
        try atMenu(&reception)
        _ = reception.take()
        reception.give(.media(.key(reception.session, try #require(DTMFKey("2")))))
        #expect(try reception.ready() == [Utterance(.prompt("choose"), language: "en-US")])
        _ = reception.take()
        reception.give(.digit("2"))
        #expect(try reception.ready().isEmpty, "it would be no key of the second menu")
        reception.give(.digit("1"))
        #expect(try reception.ready() == [Utterance(.prompt("goodbye"), language: "en-US")])
    }

    @Test("a busy agent brings the caller back to the flow's way, without the ringing tone")
    func busyAgent() throws {
        var reception = try Reception()
        try atMenu(&reception)
        reception.give(.media(.key(reception.session, try #require(DTMFKey("1")))))
        let asked = reception.take().compactMap { output -> RequestID? in
            if case .request(let id, .redirect) = output { id } else { nil }
        }.first
        reception.give(.reply(try #require(asked), .failure(.callControl(.destinationFailed("2001", .userBusy)))))
        #expect(reception.outputs.stopsPlaying)
        #expect(try reception.ready() == [Utterance(.prompt("goodbye"), language: "en-US")])
        let play = try #require(reception.take().play)
        reception.give(.media(.played(reception.session, play, stopped: false)))
        #expect(reception.requests() == [.drop(reception.leg, .normalClearing)])
    }

    private static func parting(_ cause: FlowCause) throws -> Reception {
        let tone = try Clip(Sound(samples: Array(repeating: 0, count: 6400), rate: 8000))
        let steps = "steps:\n  a:\n    - answer\n    - hangup: \(cause.rawValue)\n"
        var reception = try Reception(
            "flow: T\nlines: [5000]\nlanguage: en-US\n" + steps, farewells: [.busy: tone, .unavailable: tone])
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.media(.heard(reception.session)))
        return reception
    }

    @Test(
        "who hears us hears why the call ends, for three seconds and whole periods of the tone, and is then hung up on",
        arguments: [(FlowCause.busy, Cause.userBusy), (.unavailable, .subscriberAbsent)])
    func farewell(cause: FlowCause, dropped: Cause) throws {
        var reception = try AttendantStories.parting(cause)
        let played = reception.take().media.compactMap { if case .play(_, let clips) = $0 { clips.count } else { nil } }
        #expect(played == [4])
        reception.give(.media(.key(reception.session, try #require(DTMFKey("1")))))
        reception.pass(.milliseconds(3199))
        #expect(reception.take().isEmpty, "not yet")
        reception.pass(.milliseconds(1))
        #expect(reception.requests() == [.drop(reception.leg, dropped)])
        #expect(reception.machine.nextDeadline == nil)
    }

    @Test("a cause without a tone ends the call at once", arguments: [(FlowCause.normal, Cause.normalClearing), (.declined, .rejected)])
    func noFarewell(cause: FlowCause, dropped: Cause) throws {
        var reception = try AttendantStories.parting(cause)
        #expect(reception.requests() == [.drop(reception.leg, dropped)])
    }

    @Test("a caller who does not wait for the end of the tone leaves nothing behind")
    func farewellCutShort() throws {
        var reception = try AttendantStories.parting(.busy)
        _ = reception.take()
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().isClosing)
        #expect(reception.machine.callCount == 0 && reception.machine.nextDeadline == nil)
    }

    @Test("when every media thread is as busy as it can be, a new caller is refused and may try again")
    func overloaded() throws {
        var reception = try Reception()
        reception.give(.offered(SetUp(calling: Party(number: "1"), called: "5000")))
        _ = reception.requests()
        reception.give(.event(.mediaAddressNeeded(reception.leg)))
        reception.give(.mediaOpened(reception.leg, .failure(.overloaded)))
        #expect(reception.requests() == [.reject(reception.leg, .channelUnavailable)])
        reception.give(.connectionCleared(.channelUnavailable))
        #expect(reception.take().record?.end == "reject busy")
        #expect(reception.machine.callCount == 0)
    }

    @Test("without a port for media the call takes the flow's failed way instead of silence")
    func noPort() throws {
        var reception = try Reception()
        reception.give(.offered(SetUp(calling: Party(number: nil), called: "5000")))
        _ = reception.requests()
        reception.give(.event(.mediaAddressNeeded(reception.leg)))
        reception.give(.mediaOpened(reception.leg, .failure(.portsExhausted(first: 16384, last: 16386))))
        #expect(try reception.ready() == [Utterance(.prompt("goodbye"), language: "en-US")])
        #expect(reception.requests() == [.drop(reception.leg, .normalClearing)])
    }

    @Test("a prompt that cannot be had does not stop the flow")
    func missingPrompt() throws {
        var reception = try Reception()
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        #expect(try reception.ready(failed: ["hello: no such file"]) == [Utterance(.prompt("hello"), language: "en-US")])
        #expect(try reception.ready() == [Utterance(.prompt("choose"), language: "en-US")])
    }

    @Test("a caller who hangs up at any moment leaves nothing behind", arguments: 0...4)
    func hangUp(moment: Int) throws {
        var reception = try Reception()
        reception.give(.offered(SetUp(calling: Party(number: nil), called: "5000")))
        if moment >= 1 { reception.give(.event(.mediaAddressNeeded(reception.leg))) }
        if moment >= 2 {
            reception.give(
                .mediaOpened(reception.leg, .success(AttendantMachine.OpenedMedia(id: reception.session, local: Reception.local))))
        }
        if moment >= 3 {
            reception.give(.established(with: Party(number: nil)))
            reception.give(.event(.mediaStarted(reception.leg, Reception.audio)))
        }
        if moment >= 4 { reception.give(.media(.heard(reception.session))) }
        _ = reception.take()
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.machine.callCount == 0)
        #expect(reception.machine.nextDeadline == nil)
        #expect(reception.take().isClosing == (moment >= 2))
        if moment == 1 {
            reception.give(
                .mediaOpened(reception.leg, .success(AttendantMachine.OpenedMedia(id: reception.session, local: Reception.local))))
            #expect(reception.take().isClosing, "a session that opened too late is closed")
        }
    }

    @Test("a line that no flow answers is rejected, and the administrator told")
    func noFlow() throws {
        var reception = try Reception()
        reception.give(.flows([]))
        reception.give(.offered(SetUp(calling: Party(number: nil), called: "5000")))
        #expect(reception.outputs.contains { if case .trouble = $0 { true } else { false } })
        #expect(reception.requests() == [.reject(reception.leg, .outOfOrder)])
    }

    private func atMenu(_ reception: inout Reception) throws {
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        _ = try reception.ready()
        let play = try #require(reception.take().play)
        reception.give(.media(.played(reception.session, play, stopped: false)))
        #expect(try reception.ready() == [Utterance(.prompt("choose"), language: "en-US")])
    }

    private struct Missing: Error {}
}
