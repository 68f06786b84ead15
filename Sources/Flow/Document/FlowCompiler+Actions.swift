import Kernel
import StrictYAML

// Reading the actions of a step.
extension FlowCompiler {
    /// Reads a step with its actions.
    func step(_ step: YAMLPair) -> FlowProgram.Step {
        FlowProgram.Step(name: step.key, mark: step.mark, actions: actions(step))
    }

    private func actions(_ step: YAMLPair) -> [FlowProgram.Action] {
        guard let members = step.value.list else {
            problems.error(
                "the step `\(step.key)` needs a list of actions, each with its `-`, found \(step.value.spoken)",
                at: step.value.isNothing ? step.mark : step.value.mark,
                hint: step.value.mapping?.first.map { "put `- ` before each: `- \($0.key)`" })
            return []
        }
        if members.isEmpty { problems.error("the step `\(step.key)` does nothing", at: step.mark) }
        if members.count > Self.mostActions { problems.error("a step has at most \(Self.mostActions) actions", at: step.mark) }
        let before = problems.found.count
        var actions: [FlowProgram.Action] = []
        for (number, node) in members.prefix(Self.mostActions).enumerated() {
            guard let action = action(node) else { continue }
            actions.append(FlowProgram.Action(verb: action, mark: node.mark, summary: Self.summary(node)))
            if action.endsStep, number + 1 < members.count, problems.found.count == before {
                problems.warning("nothing from here on is ever done: the step ends before", at: members[number + 1].mark)
            }
        }
        // Whether a step falls off its end can't be told while parts of it are unread.
        if let last = actions.last, !last.verb.endsStep, actions.count == members.count {
            problems.error(
                "the step `\(step.key)` falls off its end; say where it goes (`go`, `menu`, `redirect`, `hangup`)",
                at: members.last?.mark ?? step.mark)
        }
        return actions
    }

    private func action(_ node: YAMLNode) -> (any FlowVerb)? {
        let pairs: [YAMLPair]
        switch node.kind {
        case .mapping(let given): pairs = given
        case .scalar(let text, let quoted):
            let word = String(text.prefix { $0 != " " })
            if word != text, FlowVerbs.byName[word] != nil {
                problems.error(
                    "`\(word)` needs a colon before what follows", at: node.mark,
                    hint: "did you mean `\(word): \(text.dropFirst(word.count + 1))`?")
                return nil
            }
            let nothing = YAMLNode(.scalar("", quoted: false), mark: node.mark)
            pairs = [YAMLPair(key: text, quoted: quoted, mark: node.mark, value: nothing)]
        case .list:
            problems.error("an action is a verb such as `play: welcome`, found a list", at: node.mark)
            return nil
        }
        guard let verb = pairs.first(where: { FlowVerbs.byName[$0.key] != nil }), let type = FlowVerbs.byName[verb.key] else {
            unknownVerb(pairs, node.mark)
            return nil
        }
        let reader = YAMLReader(pairs: pairs, "`\(verb.key)`", at: verb.mark, problems)
        reader.know([verb.key] + type.besides)
        for pair in pairs where pair.key != verb.key && FlowVerbs.byName[pair.key] != nil && !type.besides.contains(pair.key) {
            reader.know([pair.key])
            problems.error(
                "an action has one verb, and `\(verb.key)` is there already; begin `\(pair.key)` with its own `-`", at: pair.mark)
        }
        let action = type.read(ActionSource(verb: verb, action: reader, compiler: self))
        reportMisplaced(reader, verb, type)
        return action
    }

    /// The verb, with the value that says most about it: its own, or that of its first key.
    private static func summary(_ node: YAMLNode) -> String {
        guard let verb = node.mapping?.first else { return node.text ?? "" }
        let value = verb.value.mapping?.first?.value ?? verb.value
        let texts = value.list?.compactMap { $0.text ?? $0.mapping?.first?.value.text } ?? value.text.map { [$0] } ?? []
        let text = texts.joined(separator: ", ")
        return text.isEmpty ? verb.key : "\(verb.key): \(text.prefix(60))"
    }

    /// Keys that belong inside the verb but stand beside it are a matter of indentation.
    private func reportMisplaced(_ reader: YAMLReader, _ verb: YAMLPair, _ type: any FlowVerb.Type) {
        for pair in reader.pairs where !type.besides.contains(pair.key) && pair.key != verb.key {
            guard type.keys[verb.key]?.contains(pair.key) == true else { continue }
            reader.know([pair.key])
            problems.error("`\(pair.key)` stands beside `\(verb.key)`; indent it two spaces further to put it inside", at: pair.mark)
        }
        reader.finish()
    }

    private func unknownVerb(_ pairs: [YAMLPair], _ mark: Mark) {
        guard let first = pairs.first else { return problems.error("an action needs a verb", at: mark) }
        let near = NearestWord.find(first.key, among: FlowVerbs.names)
        if near == nil, let places = FlowVerbs.places[first.key] {
            let allowed = places.map { $0.contains(" ") ? $0 : "`\($0)`" }.joined(separator: ", ")
            return problems.error("`\(first.key)` is no verb; it belongs in \(allowed)", at: first.mark)
        }
        problems.error(
            "there is no verb `\(first.key)`", at: first.mark,
            hint: near.map { "did you mean `\($0)`?" } ?? "there are: \(FlowVerbs.names.map { "`\($0)`" }.joined(separator: ", "))")
    }
}
