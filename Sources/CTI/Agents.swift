import CallControl
public import Kernel

// Agents: what they ask for, what the calls on their lines make of it, and who is told.
extension CTIManager {
    /// The longest that an application may keep an agent without a call.
    static let longestReservation: Duration = .seconds(300)

    mutating func agentRequest(
        _ request: ProviderRequest, _ id: RequestID, _ application: ApplicationID, _ provider: Provider, at now: Instant,
        into outputs: inout [Output]
    ) {
        switch request {
        case .agentStates:
            let agents = configuration.agents.keys.sorted().filter { mayControl(agent: $0, provider.user) }
            succeed(application, id, .agents(agents.compactMap { snapshot(of: $0, at: now) }), into: &outputs)
        case .monitorAgents(let on):
            var provider = provider
            provider.monitorsAgents = on
            applications[application]?.state = .open(provider)
            succeed(application, id, into: &outputs)
        case .setAgentState(let agent, let wish):
            guard knows(agent, id, application, provider, into: &outputs) else { return }
            wishes(agent, wish, at: now)
            succeed(application, id, into: &outputs)
            settle(agent, at: now, into: &outputs)
        case .reserveAgent(let agent, let wrapUp, let within):
            guard knows(agent, id, application, provider, into: &outputs) else { return }
            let state = state(of: agent)
            guard state == .ready else { return refuse(application, id, .agentNotReady(agent, state), into: &outputs) }
            agents[agent]?.duty = .reserved(by: application, wrapUp: wrapUp)
            deadlines.set(.agent(agent), at: now.advanced(by: min(within, CTIManager.longestReservation)))
            succeed(application, id, into: &outputs)
            settle(agent, at: now, into: &outputs)
        case .releaseAgent(let agent):
            guard knows(agent, id, application, provider, into: &outputs) else { return }
            if case .reserved(application, _) = agents[agent]?.duty { relieve(agent) }
            succeed(application, id, into: &outputs)
            settle(agent, at: now, into: &outputs)
        default: break
        }
    }

    private func knows(
        _ agent: AgentID, _ id: RequestID, _ application: ApplicationID, _ provider: Provider, into outputs: inout [Output]
    ) -> Bool {
        guard configuration.agents[agent] != nil else {
            refuse(application, id, .noSuchAgent(agent), into: &outputs)
            return false
        }
        guard mayControl(agent: agent, provider.user) else {
            refuse(application, id, .agentNotControlled(user: provider.user, agent), into: &outputs)
            return false
        }
        return true
    }

    /// Who controls a phone of an agent's line controls the agent.
    private func mayControl(agent: AgentID, _ user: String) -> Bool {
        configuration.agents[agent]?.devices.contains { mayControl($0, user) } == true
    }

    private mutating func wishes(_ agent: AgentID, _ wish: AgentWish, at now: Instant) {
        switch wish {
        case .ready: agents[agent]?.wish = .ready
        case .notReady(let reason):
            agents[agent]?.wish = .notReady(reason: String(decoding: reason.utf8.prefix(AgentWish.longestReason), as: UTF8.self))
        }
        // A call goes on whatever the agent wishes; what is left to do after one is the agent's to end.
        if case .serving = agents[agent]?.duty { return }
        relieve(agent)
    }

    private mutating func relieve(_ agent: AgentID) {
        agents[agent]?.duty = .none
        deadlines.cancel(.agent(agent))
    }

    /// A reservation was not used in time, or wrap-up is over.
    mutating func agentTimeIsUp(_ agent: AgentID, at now: Instant, into outputs: inout [Output]) {
        relieve(agent)
        settle(agent, at: now, into: &outputs)
    }

    /// The agents whose line a device has were touched by a call there.
    mutating func settleAgents(at device: DeviceName, _ now: Instant, into outputs: inout [Output]) {
        for agent in agentsAt[device] ?? [] { settle(agent, at: now, into: &outputs) }
    }

    /// Reservations of an application that is gone are given back.
    mutating func releaseAgents(of application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        for (agent, record) in agents.sorted(by: { $0.key < $1.key }) {
            guard case .reserved(application, _) = record.duty else { continue }
            relieve(agent)
            settle(agent, at: now, into: &outputs)
        }
    }

    /// Takes over changed agents; those that stay keep their states.
    mutating func adoptAgents(at now: Instant) {
        agents = agents.filter { configuration.agents[$0.key] != nil }
        for agent in configuration.agents.keys where agents[agent] == nil { agents[agent] = AgentRecord(since: now) }
        agentsAt = [:]
        for (agent, settings) in configuration.agents.sorted(by: { $0.key < $1.key }) {
            for device in settings.devices { agentsAt[device, default: []].append(agent) }
        }
    }

    // MARK: States

    /// Brings the duty up to what the calls say, and tells of a state that changed.
    private mutating func settle(_ agent: AgentID, at now: Instant, into outputs: inout [Output]) {
        let calls = calls(of: agent)
        switch agents[agent]?.duty {
        case .reserved(_, let wrapUp) where calls == .talking:
            agents[agent]?.duty = .serving(wrapUp: wrapUp)
            deadlines.cancel(.agent(agent))
        case .serving(let wrapUp) where calls == .none:
            agents[agent]?.duty = wrapUp > .zero ? .wrapUp : .none
            if wrapUp > .zero { deadlines.set(.agent(agent), at: now.advanced(by: wrapUp)) }
        default: break
        }
        let state = state(of: agent)
        guard agents[agent]?.told != state else { return }
        agents[agent]?.told = state
        agents[agent]?.since = now
        for (application, known) in applications.sorted(by: { $0.key < $1.key }) {
            guard let provider = known.provider, provider.monitorsAgents, mayControl(agent: agent, provider.user) else { continue }
            outputs.append(.event(application, .agentState(agent, state)))
        }
    }

    private enum Calls { case none, ringing, talking }

    private func calls(of agent: AgentID) -> Calls {
        guard let settings = configuration.agents[agent] else { return .none }
        let states = settings.devices.flatMap { legsAt[$0] ?? [] }.compactMap { leg in
            legs[leg].flatMap { ($0.line ?? settings.line) == settings.line ? $0.state : nil }
        }.filter { $0 != .null && $0 != .fail }
        return states.isEmpty ? .none : states.allSatisfy { $0 == .alerting } ? .ringing : .talking
    }

    private func state(of agent: AgentID) -> AgentState {
        guard let record = agents[agent], let settings = configuration.agents[agent] else { return .loggedOut }
        switch (calls(of: agent), record.duty) {
        case (.talking, _): return .talking
        case (.ringing, _), (_, .reserved): return .reserved
        case (_, .wrapUp): return .wrapUp
        default: break
        }
        if !settings.devices.isEmpty, settings.devices.allSatisfy({ unreachable.contains($0) }) {
            return .notReady(reason: "unregistered")
        }
        switch record.wish {
        case .ready: return .ready
        case .notReady(let reason): return .notReady(reason: reason)
        }
    }

    private func snapshot(of agent: AgentID, at now: Instant) -> AgentSnapshot? {
        guard let settings = configuration.agents[agent], let record = agents[agent] else { return nil }
        return AgentSnapshot(agent: agent, settings: settings, state: record.told, lasting: record.since.duration(to: now))
    }

    /// All agents, for the administrator.
    public func agentStates(at now: Instant) -> [AgentSnapshot] {
        configuration.agents.keys.sorted().compactMap { snapshot(of: $0, at: now) }
    }
}
