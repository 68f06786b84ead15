import Flow
import Kernel
import StrictYAML
import Testing

@Suite struct AgentVerbTests {
    private func run(_ action: String) throws -> (run: FlowRun, commands: [FlowCommand]) {
        let text = """
            flow: Codes
            lines: ["*21"]
            language: en-US
            steps:
              code:
                - \(action)
                - hangup
              nobody:
                - reject: declined
              broken:
                - reject: unavailable
            """
        let flow = try #require(FlowChecker.check(text: text, file: "t.yaml").flow)
        var run = FlowRun(flow, facts: CallFacts(callerNumber: "2001", calledNumber: "*21", callID: "1", startedAt: 0), at: .zero)
        var commands: [FlowCommand] = []
        run.receive(.start, at: .zero, into: &commands)
        return (run, commands)
    }

    @Test(arguments: [
        ("agent: ready", FlowAgentState.ready), ("agent: not-ready", .notReady(reason: "")),
        ("agent: { state: not-ready, reason: lunch }", .notReady(reason: "lunch")),
        ("agent: { state: not-ready, reason: \"call {call.id}\" }", .notReady(reason: "call 1")),
    ])
    func `asks for a state`(action: String, state: FlowAgentState) throws {
        #expect(try run(action).commands.last == .setAgent(state))
    }

    @Test(arguments: [
        (FlowInput.agentSet(.found), FlowCommand.hangup(.normal)), (.agentSet(.notFound), .reject(.declined)),
        (.agentSet(.failed), .reject(.unavailable)),
    ])
    func `each outcome has a way`(input: FlowInput, end: FlowCommand) throws {
        var (run, commands) = try run("agent: { state: ready, not-found: nobody, failed: broken }")
        run.receive(input, at: .zero, into: &commands)
        #expect(commands.last == end)
        #expect(run.isOver)
    }

    @Test func `an outcome that never comes takes the way for failures`() throws {
        var (run, commands) = try run("agent: { state: ready, not-found: nobody, failed: broken }")
        let due = try #require(run.nextDeadline)
        run.receive(.deadline, at: due, into: &commands)
        #expect(commands.last == .reject(.unavailable))
    }
}
