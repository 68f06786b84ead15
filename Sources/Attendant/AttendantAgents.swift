import CTI
import CallControl
import Flow
import Kernel

// Agents, as far as the CTIManager lets the attendant see them.
extension AttendantMachine {
    /// Asks for all agents, and for every change from here on.
    mutating func watchAgents(into outputs: inout [Output]) {
        ask(.monitorAgents(true), .ignored, into: &outputs)
        ask(.agentStates, .agents, into: &outputs)
    }

    mutating func adoptAgents(_ result: Result<ProviderReply, Refusal>, at now: Instant, into outputs: inout [Output]) {
        guard case .success(.agents(let snapshots)) = result else { return }
        agents = Dictionary(snapshots.map { ($0.agent, $0) }) { first, _ in first }
        let known = snapshots.map { agent in
            QueueAgent(
                name: agent.agent.text, line: agent.settings.line.text, skills: agent.settings.skills, activity: agent.state.activity)
        }
        tellQueues(.agents(known), at: now, into: &outputs)
    }

    mutating func agentChanged(_ agent: AgentID, _ state: AgentState, at now: Instant, into outputs: inout [Output]) {
        agents[agent]?.state = state
        tellQueues(.agent(agent.text, state.activity), at: now, into: &outputs)
    }

    /// Says for the agent at the calling line what it asks for.
    mutating func setAgent(_ leg: LegID, _ wish: FlowAgentState, at now: Instant, into outputs: inout [Output]) {
        guard let number = calls[leg]?.setUp.calling.number,
            let agent = agents.values.filter({ $0.settings.line == number }).map(\.agent).min()
        else { return tell(leg, .agentSet(.notFound), at: now, into: &outputs) }
        note(leg, "agent \(agent): \(wish.text)", at: now, into: &outputs)
        ask(.setAgentState(agent, wish.wish), .call(leg, .setAgent), into: &outputs)
    }
}

extension FlowAgentState {
    fileprivate var wish: AgentWish {
        switch self {
        case .ready: .ready
        case .notReady(let reason): .notReady(reason: reason)
        }
    }

    fileprivate var text: String {
        switch self {
        case .ready: "ready"
        case .notReady(let reason): "not ready" + (reason.isEmpty ? "" : ", \(reason)")
        }
    }
}
