import CTI
import CallControl
import Flow
import Kernel
import Switchboard

// The tables of the state commands, made of what the switchboard says.
extension StateTable {
    init(_ request: ControlRequest, _ board: Switchboard, at now: Instant) {
        switch request {
        case .lines: self = .lines(board.lineStates())
        case .users: self = .users(board.users)
        case .providers: self = .providers(board.providerStates())
        case .calls: self = .calls(board.callStates())
        case .agents: self = .agents(board.agentStates(at: now))
        default: self = .devices(board.deviceStates())
        }
    }

    static func devices(_ states: [DeviceState]) -> StateTable {
        StateTable(
            columns: ["device", "kind", "state", "calls", "pool", "calling search space"],
            rows: states.map {
                [
                    $0.device.name.text, $0.device.kind.rawValue, $0.isAvailable ? "in service" : "out of service", "\($0.legs)",
                    $0.device.pool, $0.device.callingSearchSpace ?? "-",
                ]
            })
    }

    static func lines(_ states: [LineState]) -> StateTable {
        StateTable(
            columns: ["line", "partition", "name", "devices", "calls", "maximum", "forwards"],
            rows: states.map { state in
                [
                    state.line.number.text, state.line.partition, state.line.displayName ?? "-",
                    state.line.devices.map(\.text).joined(separator: ", "), "\(state.calls)", "\(state.line.maximumCalls)",
                    state.line.forwards.summary,
                ]
            })
    }

    static func users(_ users: [(name: String, user: CTIUser)]) -> StateTable {
        StateTable(
            columns: ["user", "groups", "controlled devices"],
            rows: users.map {
                [
                    $0.name, $0.user.groups.map(\.rawValue).sorted().joined(separator: ", "),
                    $0.user.controlledDevices.map(\.text).sorted().joined(separator: ", "),
                ]
            })
    }

    static func providers(_ states: [ProviderState]) -> StateTable {
        StateTable(
            columns: ["user", "from", "secure", "heartbeat", "devices"],
            rows: states.map {
                [
                    $0.user, $0.origin.map { "\($0)" } ?? "this server", $0.isSecure ? "yes" : "no",
                    $0.heartbeat.map { "\($0.components.seconds) s" } ?? "-", $0.devices.map(\.text).joined(separator: ", "),
                ]
            })
    }

    static func agents(_ states: [AgentSnapshot]) -> StateTable {
        StateTable(
            columns: ["agent", "name", "line", "state", "reason", "for", "skills"],
            rows: states.map { agent in
                [
                    agent.agent.text, agent.settings.name, agent.settings.line.text, agent.state.word, agent.state.reason ?? "-",
                    "\(agent.lasting.components.seconds) s",
                    agent.settings.skills.isEmpty
                        ? "-" : agent.settings.skills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
                ]
            })
    }

    static func queues(_ states: [QueueState]) -> StateTable {
        StateTable(
            columns: ["queue", "strategy", "waiting", "maximum", "ready", "busy", "a call takes", "agents"],
            rows: states.map { state in
                [
                    state.group.name, state.group.strategy.rawValue, "\(state.waiting)", "\(state.group.most)", "\(state.ready)",
                    "\(state.busy)", "\(state.serviceTime.components.seconds) s", state.group.members.joined(separator: ", "),
                ]
            })
    }

    static func calls(_ states: [CallState]) -> StateTable {
        StateTable(
            columns: ["call", "called", "parties", "media"],
            rows: states.map { state in
                [
                    "\(state.call.rawValue)", state.called.text,
                    state.parties.map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", "),
                    state.parkedAt.map { "parked at \($0)" } ?? (state.isMixed ? "mixed" : "direct"),
                ]
            })
    }
}

extension Forwards {
    /// The forwards that are set, in one text.
    var summary: String {
        let all: [(String, DirectoryNumber?)] = [
            ("all", all), ("busy", busy), ("no answer", noAnswer), ("failure", failure), ("unregistered", unregistered),
        ]
        let set = all.compactMap { name, number in number.map { "\(name) \($0)" } }
        return set.isEmpty ? "-" : set.joined(separator: ", ")
    }
}
