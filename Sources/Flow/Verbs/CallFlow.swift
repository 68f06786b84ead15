import Kernel
import StrictYAML

/// `call`: another flow, with arguments; what it returns becomes a group of variables.
struct CallFlow: FlowVerb {
    static let name = "call"
    static let keys = ["call": ["flow", "with", "into"]]

    let flow: String
    let arguments: [(name: String, value: Template)]
    /// The group that takes what is returned.
    let into: String?
    var needsAnswer: Bool { true }

    static func read(_ source: ActionSource) -> CallFlow? {
        let compiler = source.compiler
        guard source.verb.value.mapping != nil else {
            guard let flow = source.required(compiler.callableFlow) else { return nil }
            compiler.checkArguments([], of: flow.value, at: flow.mark)
            return CallFlow(flow: flow.value, arguments: [], into: nil)
        }
        guard let reader = source.group() else { return nil }
        let flow = reader.required("flow", as: compiler.callableFlow)
        var arguments: [(String, Template)] = []
        var names: [Marked<String>] = []
        for pair in reader.group("with")?.pairs ?? [] {
            names.append(Marked(pair.key, at: pair.mark))
            if let value = compiler.hiddenTemplate.read(pair.value, source.problems) { arguments.append((pair.key, value)) }
        }
        let into = reader.optional("into", as: compiler.groupName)
        reader.finish()
        if let into { compiler.symbols.setGroups.insert(into) }
        guard let flow else { return nil }
        compiler.checkArguments(names, of: flow.value, at: flow.mark)
        return CallFlow(flow: flow.value, arguments: arguments, into: into)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.enter(flow, arguments.map { ($0.name, $0.value.value(in: run)) }, into: into)
    }
}

/// `return`: back to the flow that called this one, with results.
struct Return: FlowVerb {
    static let name = "return"
    let results: [(name: String, value: Template)]
    var endsStep: Bool { true }

    static func read(_ source: ActionSource) -> Return? {
        if !source.compiler.isCallable {
            source.problems.error(
                "`return` leads back to a flow that called this one, and this one answers lines; only a flow with `takes:` is called",
                at: source.verb.mark)
        }
        guard !source.verb.value.isNothing else { return Return(results: []) }
        guard let reader = source.group() else { return nil }
        var results: [(String, Template)] = []
        for pair in reader.pairs {
            guard SymbolTable.isName(pair.key), !pair.key.contains(".") else {
                source.problems.error("`\(pair.key)` can't be a result's name: letters, digits, `-` and `_`, a letter first", at: pair.mark)
                continue
            }
            if let value = source.compiler.hiddenTemplate.read(pair.value, source.problems) { results.append((pair.key, value)) }
        }
        return Return(results: results)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.leave(results.map { ($0.name, $0.value.value(in: run)) })
    }
}

extension FlowCompiler {
    /// The name of a flow that can be called.
    var callableFlow: YAMLValue<Marked<String>> {
        YAMLValue { node, problems in
            guard let name = YAMLValue.text.read(node, problems) else { return nil }
            if let flows = self.context.callableFlows, flows[name] == nil {
                problems.error(
                    "there is no flow `\(name)` that can be called; such a flow has `takes:` instead of `lines:`", at: node.mark,
                    word: name,
                    among: flows.keys.sorted())
                return nil
            }
            return Marked(name, at: node.mark)
        }
    }

    func checkArguments(_ given: [Marked<String>], of flow: String, at mark: Mark) {
        guard let wanted = context.callableFlows?[flow] else { return }
        for name in given where !wanted.contains(name.value) {
            problems.error("`\(flow)` takes no `\(name.value)`", at: name.mark, word: name.value, among: wanted)
        }
        let missing = wanted.filter { name in !given.contains { $0.value == name } }
        if !missing.isEmpty {
            problems.error("`\(flow)` also takes \(missing.map { "`\($0)`" }.joined(separator: ", ")); give it by `with:`", at: mark)
        }
    }
}
