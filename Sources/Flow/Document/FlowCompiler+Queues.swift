import Kernel
import StrictYAML

// What verbs for agents and queues share.
extension FlowCompiler {
    /// The name of a group of agents.
    var queueGroup: YAMLValue<String> {
        YAMLValue { node, problems in
            guard let name = YAMLValue("the name of a group of agents", parse: { $0.isEmpty ? nil : $0 }).read(node, problems) else {
                return nil
            }
            if let groups = self.context.agentGroups, !groups.contains(name) {
                problems.error("there is no group of agents `\(name)`", at: node.mark, word: name, among: groups.sorted())
            }
            return name
        }
    }

    /// Skills that an agent needs, with the least level of each.
    func skills(_ reader: YAMLReader) -> [String: Int] {
        guard let group = reader.group("skills") else { return [:] }
        var skills: [String: Int] = [:]
        for pair in group.pairs {
            guard let level = group.optional(pair.key, as: .int(1...10)) else { continue }
            skills[pair.key] = level
            if let known = context.skills, !known.contains(pair.key) {
                problems.error("no agent has the skill `\(pair.key)`", at: pair.mark, word: pair.key, among: known.sorted())
            }
        }
        return skills
    }

    /// A key of a telephone that is the key of a pair.
    func key(_ pair: YAMLPair) -> DTMFKey? {
        if let key = DTMFKey(named: pair.key) { return key }
        problems.error("`\(pair.key)` is no key of a telephone; there are 0 to 9, \"*\" (star), \"#\" (hash or pound)", at: pair.mark)
        return nil
    }

    /// `with`: what travels with a call.
    func travellingData(_ reader: YAMLReader) -> [(name: String, value: Template)] {
        guard let with = reader.group("with") else { return [] }
        var data: [(name: String, value: Template)] = []
        for pair in with.pairs {
            guard Redirect.isDataName(pair.key) else {
                problems.error(
                    "`\(pair.key)` can't travel with a call: its name may have letters, digits, `-`, `_` and `.`", at: pair.mark)
                continue
            }
            if let value = template.read(pair.value, problems) { data.append((pair.key, value)) }
        }
        if with.pairs.count > 32 { problems.error("at most 32 values travel with a call", at: with.mark) }
        return data
    }
}

extension FlowRun {
    /// What the caller's queue said last, for conditions and announcements; the wait in minutes.
    mutating func setQueue(position: Int, waiting: Int, wait: Duration) {
        set("queue.position", .number(Double(position)))
        set("queue.waiting", .number(Double(waiting)))
        set("queue.wait", .number(Double(wait.components.seconds / 60)))
    }
}
