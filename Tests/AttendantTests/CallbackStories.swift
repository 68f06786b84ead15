import Attendant
import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import Stores
import Testing

/// The attendant with callers who are called back.
@Suite struct CallbackStories {
    private static let flow = """
        flow: Test
        lines: [5000]
        language: en-US
        steps:
          welcome:
            - answer
            - callback: { group: support, answered: back, attempts: 2, every: 60s, full: bye, failed: bye }
            - hangup
          back:
            - menu: { prompt: press-one, keys: { 1: connect, 2: bye }, no-input: { after: 5s, attempts: 1, go: bye }, no-match: { go: bye } }
          connect:
            - queue: { group: support, failed: bye }
          bye:
            - hangup
        """

    private static let second = LegID(4)
    private static let secondSession = MediaSessionID(8)
    private struct Missing: Error {}

    /// A caller who was promised a call, and is still on the line; the agent is ready, or not.
    private func promised(_ state: AgentState = .ready) throws -> Reception {
        var reception = try Reception(CallbackStories.flow, groups: [QueueGroup(name: "support", members: ["anna"])])
        reception.give(.start)
        guard case .request(let provider, _)? = reception.take().first else { throw Missing() }
        reception.give(.reply(provider, .success(.opened(heartbeat: .seconds(60)))))
        let settings = AgentSettings(name: "Anna", line: "2001", devices: ["desk"])
        for case .request(let id, .agentStates) in reception.take() {
            let agent = AgentSnapshot(agent: "anna", settings: settings, state: state, lasting: .zero)
            reception.give(.reply(id, .success(.agents([agent]))))
        }
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        return reception
    }

    private func isReserving(_ output: AttendantMachine.Output) -> Bool {
        if case .request(_, .reserveAgent) = output { true } else { false }
    }

    /// The agent is reserved; gives the request by which the caller is called.
    private func dial(_ reception: inout Reception) throws -> RequestID {
        for case .request(let id, .reserveAgent) in reception.take() { reception.give(.reply(id, .success(.done))) }
        if reception.machine.callCount > 0 { reception.give(.connectionCleared(.normalClearing)) }
        for case .request(let id, .makeCall(let device, let line, let number, _, _)) in reception.take() {
            #expect(device == "main-line" && line == "5000" && number == "+493023125010")
            return id
        }
        throw Missing()
    }

    private func give(_ kind: CallEvent.Kind, to reception: inout Reception) {
        reception.give(.event(.call(CallEvent(call: CallID(2), leg: Self.second, device: "main-line", line: "5000", kind: kind))))
    }

    /// The number answers, and hears us.
    private func pickUp(_ reception: inout Reception, _ id: RequestID) {
        reception.give(.reply(id, .success(.made(CallID(2), Self.second))))
        reception.give(.event(.mediaAddressNeeded(Self.second)))
        reception.give(.mediaOpened(Self.second, .success(AttendantMachine.OpenedMedia(id: Self.secondSession, local: Reception.local))))
        reception.give(.event(.mediaStarted(Self.second, Reception.audio)))
        give(.established(with: Party(number: "+493023125010")), to: &reception)
        reception.give(.event(.mediaStarted(Self.second, Reception.audio)))
        reception.give(.media(.heard(Self.secondSession)))
    }

    @Test func `nobody is called who is still on the line`() throws {
        var reception = try promised()
        for case .request(let id, .reserveAgent) in reception.take() { reception.give(.reply(id, .success(.done))) }
        #expect(!reception.take().contains { if case .request(_, .makeCall) = $0 { true } else { false } })
    }

    @Test func `whoever picks up and presses the key is connected with the agent who was kept`() throws {
        var reception = try promised()
        let call = try dial(&reception)
        pickUp(&reception, call)
        #expect(reception.take().contains { if case .note(let note) = $0 { note.text == "step back" } else { false } })
        reception.give(.media(.key(Self.secondSession, DTMFKey("1")!)))
        let redirects = reception.take().compactMap {
            if case .request(_, .redirect(let leg, let redirect)) = $0 { (leg, redirect.to) } else { nil }
        }
        #expect(redirects.map(\.0) == [Self.second])
        #expect(redirects.map(\.1) == ["2001"])
        give(.diverted(to: "2001", .normalClearing), to: &reception)
        give(.connectionCleared(.normalClearing), to: &reception)
        reception.pass(.seconds(600))
        #expect(!reception.take().contains { if case .request = $0 { true } else { false } }, "nobody is called again")
        #expect(reception.machine.queueStates.map(\.waiting) == [0])
    }

    @Test func `a call that nobody takes is tried again, as often as the flow says, and the agent is given back meanwhile`() throws {
        var reception = try promised()
        for attempt in 1...2 {
            let call = try dial(&reception)
            reception.give(.reply(call, .success(.made(CallID(2), Self.second))))
            give(.connectionCleared(.userBusy), to: &reception)
            let wanted = reception.take()
            #expect(wanted.contains { if case .request(_, .releaseAgent("anna")) = $0 { true } else { false } })
            let isGivenUp = wanted.contains { if case .trouble = $0 { true } else { false } }
            #expect(isGivenUp == (attempt == 2))
            reception.give(.event(.agentState("anna", .reserved)))
            reception.give(.event(.agentState("anna", .ready)))
            reception.pass(.seconds(59))
            #expect(!reception.take().contains(where: isReserving))
            reception.pass(.seconds(1))
        }
        #expect(!reception.take().contains(where: isReserving))
    }

    @Test func `a machine that answers presses no key, so the number is called again`() throws {
        var reception = try promised()
        pickUp(&reception, try dial(&reception))
        for case .prepare(let id, _) in reception.take() { reception.give(.prepared(id, [], failed: [])) }
        reception.pass(.seconds(6))
        give(.connectionCleared(.normalClearing), to: &reception)
        _ = reception.take()
        reception.give(.event(.agentState("anna", .reserved)))
        reception.give(.event(.agentState("anna", .ready)))
        reception.pass(.seconds(60))
        #expect(reception.take().contains(where: isReserving))
    }

    @Test func `a machine that answers is left at once when it is known for one, and the number is called again`() throws {
        var reception = try promised()
        pickUp(&reception, try dial(&reception))
        #expect(reception.take().detectsAnswer == [true])
        reception.give(.media(.found(Self.secondSession, .answered(by: .machine))))
        let wanted = reception.take()
        #expect(wanted.detectsAnswer == [false])
        #expect(wanted.contains { if case .request(_, .drop(Self.second, .normalClearing)) = $0 { true } else { false } })
        give(.connectionCleared(.normalClearing), to: &reception)
        reception.give(.media(.closed(Self.secondSession, MediaStatistics())))
        let record = try #require(reception.take().record)
        #expect(record.end == "hangup")
        #expect(record.events.contains { $0.what == .note && $0.text == "answered by machine" })
        reception.give(.event(.agentState("anna", .reserved)))
        reception.give(.event(.agentState("anna", .ready)))
        reception.pass(.seconds(60))
        #expect(reception.take().contains(where: isReserving))
    }

    @Test func `when a machine answers every time, the log says so`() throws {
        var reception = try promised()
        for attempt in 1...2 {
            pickUp(&reception, try dial(&reception))
            reception.give(.media(.found(Self.secondSession, .answered(by: .machine))))
            give(.connectionCleared(.normalClearing), to: &reception)
            let troubles = reception.take().compactMap { if case .trouble(let text) = $0 { text } else { nil } }
            #expect(troubles.isEmpty == (attempt == 1))
            #expect(troubles.allSatisfy { $0.hasSuffix("a machine answered") })
            reception.give(.event(.agentState("anna", .reserved)))
            reception.give(.event(.agentState("anna", .ready)))
            reception.pass(.seconds(60))
        }
    }

    @Test(arguments: [Answerer.human, .silence])
    func `who is no machine goes on being asked, and the record says who it was`(answerer: Answerer) throws {
        var reception = try promised()
        pickUp(&reception, try dial(&reception))
        _ = reception.take()
        reception.give(.media(.found(Self.secondSession, .answered(by: answerer))))
        #expect(!reception.take().contains { if case .request = $0 { true } else { false } })
        reception.give(.media(.key(Self.secondSession, DTMFKey("1")!)))
        #expect(reception.take().contains { if case .request(_, .redirect(Self.second, _)) = $0 { true } else { false } })
        give(.connectionCleared(.normalClearing), to: &reception)
        reception.give(.media(.closed(Self.secondSession, MediaStatistics())))
        let record = try #require(reception.take().record)
        #expect(record.events.contains { $0.text == "answered by \(answerer.rawValue)" })
    }

    @Test func `who has pressed a key is no machine, whatever it sounds like`() throws {
        var reception = try promised()
        pickUp(&reception, try dial(&reception))
        reception.give(.media(.key(Self.secondSession, DTMFKey("1")!)))
        _ = reception.take()
        reception.give(.media(.found(Self.secondSession, .answered(by: .machine))))
        #expect(!reception.take().contains { if case .request = $0 { true } else { false } })
    }

    @Test func `a person who wants no call any more is not called again`() throws {
        var reception = try promised()
        pickUp(&reception, try dial(&reception))
        reception.give(.media(.key(Self.secondSession, DTMFKey("2")!)))
        give(.connectionCleared(.normalClearing), to: &reception)
        #expect(reception.take().contains { if case .request(_, .releaseAgent("anna")) = $0 { true } else { false } })
        reception.give(.event(.agentState("anna", .ready)))
        reception.pass(.seconds(600))
        #expect(!reception.take().contains(where: isReserving))
    }

    @Test func `a number that rings too long is left`() throws {
        var reception = try promised()
        let call = try dial(&reception)
        reception.give(.reply(call, .success(.made(CallID(2), Self.second))))
        reception.pass(.seconds(30))
        #expect(reception.take().contains { if case .request(_, .drop(Self.second, .noAnswer)) = $0 { true } else { false } })
    }

    @Test func `who is promised a call waits like the others`() throws {
        let reception = try promised(.talking)
        #expect(reception.machine.queueStates.map(\.waiting) == [1])
    }
}

extension [AttendantMachine.Output] {
    /// Whether each command about who answered begins to listen.
    fileprivate var detectsAnswer: [Bool] { media.compactMap { if case .detectAnswer(let isOn) = $0 { isOn } else { nil } } }
}
