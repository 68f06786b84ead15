import Kernel
import StrictYAML

/// `agent`: says whether the agent at the calling line takes calls of queues. It needs no answer, so a feature code can do it and hang up.
struct Agent: FlowVerb {
    static let name = "agent"
    static let keys = ["agent": ["state", "reason", "not-found", "failed"]]

    var isReady: Bool
    var reason = Template(parts: [])
    var notFound: Int?
    var failed: Int?

    /// How long the outcome is awaited.
    static let patience: Duration = .seconds(3)

    var leavesFlow: Bool { notFound == nil || failed == nil }
    var effort: Effort { Effort(wait: Self.patience) }
    var ways: [Way] { [Way(notFound, .free, "not-found"), Way(failed, .free, "failed")].compactMap { $0 } }

    static func read(_ source: ActionSource) -> Agent? {
        let word = YAMLValue<String>.word(["ready", "not-ready"])
        if source.verb.value.mapping == nil { return source.required(word).map { Agent(isReady: $0 == "ready") } }
        guard let reader = source.group() else { return nil }
        let state = reader.required("state", as: word)
        var agent = Agent(isReady: state == "ready")
        if let reason = reader.optional("reason", as: source.compiler.template) {
            agent.reason = reason
            if agent.isReady, let mark = reader.pair("reason")?.mark {
                reader.problems.error("only an agent who is not ready has a reason", at: mark)
            }
        }
        agent.notFound = reader.optional("not-found", as: source.compiler.step)
        agent.failed = reader.optional("failed", as: source.compiler.step)
        reader.finish()
        return state == nil ? nil : agent
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.setAgent(isReady ? .ready : .notReady(reason: reason.render(in: run))))
        return .wait(SettingAgent(agent: self, deadline: run.now.advanced(by: Self.patience)))
    }
}

private struct SettingAgent: FlowActivity {
    let agent: Agent
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .agentSet(.found): .onward
        case .agentSet(.notFound):
            agent.notFound.map { .go($0) } ?? .failed(.notFound, "`agent`: no agent has the line that calls")
        case .agentSet(let outcome): fail(outcome)
        case .deadline: fail(.timedOut)
        default: .stay
        }
    }

    private func fail(_ outcome: FlowOutcome) -> Progress {
        agent.failed.map { .go($0) } ?? .failed(outcome, "`agent`: the agent's state could not be set")
    }
}
