import CTI
import CallControl
import Kernel

// Agents on the wire: methods, the event, and what replies say of them.

extension LinkMethod {
    static let agents: [LinkMethod] = [
        LinkMethod(
            name: "GetAgentStates", summary: "The agents of whose lines the user controls a phone, with what they do.", parameters: [],
            result: .record([
                "agents": .list(
                    .record([
                        "agent": .text, "name": .text, "line": .text, "devices": .list(.text),
                        "skills": .list(.record(["skill": .text, "level": .whole(1, 10)])), "state": .oneOf(AgentState.words),
                        "reason": .text, "lasting": ["type": "number", "minimum": 0],
                    ]))
            ])
        ) { _ in .agentStates },
        LinkMethod(
            name: "MonitorAgents", summary: "AgentState comes for every change of those agents.",
            parameters: [.optional("on", .flag, "Whether it is to come; true unless named.")], result: .nothing
        ) { arguments throws(LinkMistake) in .monitorAgents(try arguments.bool("on", otherwise: true)) },
        LinkMethod(
            name: "SetAgentState", summary: "What an agent asks for. It ends wrap-up; a call goes on.",
            parameters: [
                .agent, .required("state", .oneOf(["ready", "not-ready"]), "Whether calls of queues are welcome."),
                .optional("reason", .text, "Why the agent is not ready, such as lunch."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in
            switch try arguments.string("state") {
            case "ready": .setAgentState(try arguments.agent(), .ready)
            case "not-ready":
                .setAgentState(try arguments.agent(), .notReady(reason: try arguments.optionalString("reason") ?? ""))
            default: throw arguments.wrong("state", "ready or not-ready", arguments.json("state"))
            }
        },
        LinkMethod(
            name: "ReserveAgent", summary: "Keeps a ready agent for a call that is on its way.",
            parameters: [
                .agent, .required("within", .seconds, "How long at most until the call is answered; five minutes at the longest."),
                .optional("wrapUp", .seconds, "How long the agent works after the call; not at all unless named."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in
            .reserveAgent(
                try arguments.agent(), wrapUp: try arguments.optionalSeconds("wrapUp") ?? .zero,
                within: try arguments.optionalSeconds("within") ?? .zero)
        },
        LinkMethod(
            name: "ReleaseAgent", summary: "Gives back an agent whom this application keeps.", parameters: [.agent], result: .nothing
        ) { arguments throws(LinkMistake) in .releaseAgent(try arguments.agent()) },
    ]
}

extension LinkMethod.Parameter {
    fileprivate static let agent = required("agent", .text, "The configured name of the agent.")
}

extension LinkEvent {
    static let agents: [LinkEvent] = [
        LinkEvent(
            name: "AgentState", summary: "An agent does something else: \(AgentState.words.joined(separator: ", ")).",
            members: ["agent", "state", "reason"])
    ]
}

extension LinkArguments {
    func agent() throws(LinkMistake) -> AgentID { AgentID(try string("agent")) }

    func agentState() throws(LinkMistake) -> AgentState {
        guard let state = AgentState(word: try string("state"), reason: try optionalString("reason")) else {
            throw wrong("state", "one of \(AgentState.words.joined(separator: ", "))", json("state"))
        }
        return state
    }
}

extension AgentState {
    /// The state and its reason, beside other members.
    var json: [String: JSON?] { ["state": .string(word), "reason": reason.map { .string($0) }] }
}

extension AgentWish {
    var state: AgentState {
        switch self {
        case .ready: .ready
        case .notReady(let reason): .notReady(reason: reason)
        }
    }
}

extension AgentSnapshot {
    private static let members = ["agent", "name", "line", "devices", "skills", "state", "reason", "lasting"]

    var json: JSON {
        let skills = settings.skills.sorted { $0.key < $1.key }.map { (skill, level) -> JSON in
            ["skill": .string(skill), "level": .number(Double(level))]
        }
        let members: [String: JSON?] = [
            "agent": .string(agent.text), "name": .string(settings.name), "line": .string(settings.line.text),
            "devices": .array(settings.devices.map { .string($0.text) }), "skills": .array(skills), "lasting": .seconds(lasting),
        ]
        return .members(members.merging(state.json) { $1 })
    }

    /// Reads the agents of a reply.
    static func list(_ arguments: LinkArguments) throws(LinkMistake) -> [AgentSnapshot] {
        var agents: [AgentSnapshot] = []
        for entry in try arguments.list("agents") {
            let one = try LinkArguments(entry, at: "result.agents", allowed: members)
            var skills: [String: Int] = [:]
            for entry in try one.list("skills") {
                let skill = try LinkArguments(entry, at: "result.agents.skills", allowed: ["skill", "level"])
                skills[try skill.string("skill")] = try skill.whole("level", in: 1...10)
            }
            var devices: [DeviceName] = []
            for entry in try one.list("devices") {
                guard case .string(let text) = entry else { throw one.wrong("devices", "an array of strings", entry) }
                devices.append(DeviceName(text))
            }
            let settings = AgentSettings(
                name: try one.string("name"), line: try one.number("line"), devices: devices, skills: skills)
            guard case .number(let lasting)? = one.json("lasting"), lasting >= 0, lasting < 1e9 else {
                throw one.wrong("lasting", "seconds", one.json("lasting"))
            }
            agents.append(
                AgentSnapshot(
                    agent: try one.agent(), settings: settings, state: try one.agentState(),
                    lasting: .milliseconds(Int64(lasting * 1000))))
        }
        return agents
    }
}
