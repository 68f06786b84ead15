import CTI
import CallControl
import Flow
import Kernel
import StrictYAML

/// Reads the group `agents`: who takes calls of queues, on which line, with which skills.
enum AgentReader {
    static func agents(_ root: YAMLReader, _ plan: NumberingPlan) -> [AgentID: AgentSettings] {
        var agents: [AgentID: AgentSettings] = [:]
        for pair in root.node("agents")?.mapping ?? [] {
            guard let reader = YAMLReader(pair.value, "agent `\(pair.key)`", at: pair.mark, root.problems) else { continue }
            let number = reader.required("line", as: .marked(.number))
            let name = reader.optionalText("name") ?? pair.key
            let skills = skills(reader)
            reader.finish()
            guard let number, let line = line(number, plan, root.problems) else { continue }
            if let other = agents.first(where: { $0.value.line == line.number }) {
                root.problems.error("agent `\(other.key)` has the line \(line.number) already", at: number.mark)
            }
            agents[AgentID(pair.key)] = AgentSettings(name: name, line: line.number, devices: line.devices, skills: skills)
        }
        return agents
    }

    /// The line of an agent, which phones have.
    private static func line(_ number: Marked<DirectoryNumber>, _ plan: NumberingPlan, _ problems: Diagnostics) -> Line? {
        guard let line = plan.lines.first(where: { $0.number == number.value }) else {
            let numbers = plan.lines.map(\.number.text).sorted()
            problems.error("there is no line \(number.value)", at: number.mark, word: number.value.text, among: numbers)
            return nil
        }
        guard line.devices.allSatisfy({ plan.devices[$0]?.kind == .phone }) else {
            problems.error("the line \(number.value) is not a phone's, so no agent can sit there", at: number.mark)
            return nil
        }
        return line
    }

    /// Skills with their levels.
    static func skills(_ reader: YAMLReader) -> [String: Int] {
        guard let group = reader.group("skills") else { return [:] }
        return Dictionary(group.pairs.compactMap { pair in group.optional(pair.key, as: .int(1...10)).map { (pair.key, $0) } }) {
            first, _ in
            first
        }
    }

    /// Reads the group `agent-groups`: agents who share a queue.
    static func groups(_ root: YAMLReader, _ agents: [AgentID: AgentSettings]) -> [QueueGroup] {
        var groups: [QueueGroup] = []
        for pair in root.node("agent-groups")?.mapping ?? [] {
            guard let reader = YAMLReader(pair.value, "agent group `\(pair.key)`", at: pair.mark, root.problems) else { continue }
            let members = reader.required("members", as: .list(of: .word(agents.keys.map(\.text).sorted()))) ?? []
            var group = QueueGroup(name: pair.key, members: members)
            let strategy = reader.optional("strategy", as: .word(QueueGroup.Strategy.allCases.map(\.rawValue)))
            group.strategy = strategy.flatMap { QueueGroup.Strategy(rawValue: $0) } ?? group.strategy
            group.ring = reader.optional("ring", as: .duration(.seconds(5) ... .seconds(120))) ?? group.ring
            group.wrapUp = reader.optional("wrap-up", as: .duration(.zero ... .seconds(3600))) ?? group.wrapUp
            group.pausesAfterNoAnswer = reader.optional("after-no-answer", as: .word(["not-ready", "ready"])) != "ready"
            group.most = reader.int("maximum", in: 1...QueueGroup.mostWaiting, default: group.most)
            reader.finish()
            groups.append(group)
        }
        return groups
    }

    /// The attendant gives calls only to agents whom its user controls.
    static func check(_ groups: [QueueGroup], _ cti: CTIConfiguration, _ attendant: AttendantSettings?, _ root: YAMLReader) {
        guard let attendant, let user = cti.users[attendant.user], !user.groups.contains(.controlAllDevices) else { return }
        for name in Set(groups.flatMap(\.members)).sorted() {
            guard let agent = cti.agents[AgentID(name)], user.controlledDevices.isDisjoint(with: agent.devices) else { continue }
            let device = agent.devices.first?.text ?? ""
            root.problems.error(
                "the attendant's user `\(attendant.user)` does not control the phone of agent `\(name)`, so no queue can give calls there",
                at: root.pair("agent-groups")?.mark ?? root.mark, hint: "add `\(device)` to its `controlled-devices`")
        }
    }
}
