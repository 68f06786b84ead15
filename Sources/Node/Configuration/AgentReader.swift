import CTI
import CallControl
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
}
