import Attendant
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import Testing

/// The attendant with callers who wait: what it asks the CTIManager for, and what callers meet.
@Suite struct QueueStories {
    private static let flow = """
        flow: Test
        lines: [5000]
        language: en-US
        steps:
          welcome:
            - answer
            - queue: { group: support, keys: { 1: bye }, with: { reason: boats }, nobody-ready: bye, failed: bye }
          bye:
            - play: goodbye
            - hangup
        """

    private static func agent(_ state: AgentState) -> AgentSnapshot {
        AgentSnapshot(agent: "anna", settings: AgentSettings(name: "Anna", line: "2001", devices: ["desk"]), state: state, lasting: .zero)
    }

    /// An attendant that knows one agent, with a caller in the queue; what it wanted last stays to be looked at.
    private func waiting(_ state: AgentState) throws -> Reception {
        var group = QueueGroup(name: "support", members: ["anna"])
        group.wrapUp = .seconds(30)
        var reception = try Reception(QueueStories.flow, groups: [group])
        reception.give(.start)
        guard case .request(let provider, _)? = reception.take().first else { throw Missing() }
        reception.give(.reply(provider, .success(.opened(heartbeat: .seconds(60)))))
        for case .request(let id, .agentStates) in reception.take() {
            reception.give(.reply(id, .success(.agents([QueueStories.agent(state)]))))
        }
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        return reception
    }

    private struct Missing: Error {}

    @Test func `a caller is sent to a ready agent, who is reserved first`() throws {
        var reception = try waiting(.ready)
        let wanted = reception.take()
        guard case .request(let id, .reserveAgent("anna", wrapUp: .seconds(30), within: .seconds(25)))? = wanted.last(where: \.isRequest)
        else {
            return #expect(Bool(false), "\(wanted)")
        }
        reception.give(.reply(id, .success(.done)))
        var data = CallData()
        _ = data.set("reason", to: "boats")
        let redirects = reception.take().compactMap { if case .request(_, .redirect(_, let redirect)) = $0 { redirect } else { nil } }
        #expect(redirects == [Redirect(to: "2001", ring: .seconds(15), supervised: true, data: data)])
    }

    @Test func `an agent who does not answer is paused, and the caller waits on`() throws {
        var reception = try waiting(.ready)
        let redirect = try offer(&reception)
        reception.give(.reply(redirect, .failure(.callControl(.destinationFailed("2001", .noAnswer)))))
        #expect(reception.take().requests.contains(.setAgentState("anna", .notReady(reason: "no-answer"))))
        #expect(reception.machine.queueStates.map(\.waiting) == [0], "nobody is left, so the caller leaves")
    }

    @Test func `a caller who hangs up while the agent's phone rings gives the agent back`() throws {
        var reception = try waiting(.ready)
        _ = try offer(&reception)
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().requests.contains(.releaseAgent("anna")))
        #expect(reception.machine.queueStates.map(\.waiting) == [0])
    }

    @Test func `a caller waits for a busy agent and is offered when that one is ready`() throws {
        var reception = try waiting(.talking)
        #expect(reception.machine.queueStates.map(\.waiting) == [1])
        _ = reception.take()
        reception.give(.event(.agentState("anna", .ready)))
        #expect(reception.take().requests == [.reserveAgent("anna", wrapUp: .seconds(30), within: .seconds(25))])
    }

    @Test func `when nobody is there the caller takes the way for it`() throws {
        var reception = try waiting(.notReady(reason: "lunch"))
        #expect(reception.machine.queueStates.map(\.waiting) == [0])
        #expect(reception.take().contains { if case .note(let note) = $0 { note.text == "step bye" } else { false } })
    }

    @Test func `an agent who answers has the call, and nothing is left of it`() throws {
        var reception = try waiting(.ready)
        _ = try offer(&reception)
        reception.give(.event(.agentState("anna", .talking)))
        reception.give(.diverted(to: "2001", .normalClearing))
        reception.give(.connectionCleared(.normalClearing))
        #expect(!reception.take().requests.contains(.releaseAgent("anna")))
        #expect(reception.machine.queueStates.map(\.waiting) == [0])
        #expect(reception.machine.callCount == 0)
    }

    /// Reserves the agent; gives the redirect that follows.
    private func offer(_ reception: inout Reception) throws -> RequestID {
        for case .request(let id, .reserveAgent) in reception.take() { reception.give(.reply(id, .success(.done))) }
        for case .request(let id, .redirect) in reception.take() { return id }
        throw Missing()
    }
}

extension AttendantMachine.Output {
    fileprivate var isRequest: Bool { if case .request = self { true } else { false } }
}

extension [AttendantMachine.Output] {
    fileprivate var requests: [ProviderRequest] { compactMap { if case .request(_, let request) = $0 { request } else { nil } } }
}
