import StrictYAML

/// One action of a file, for its verb to read.
struct ActionSource {
    /// The verb and its value.
    let verb: YAMLPair
    /// All keys of the action: the verb and what stands beside it.
    let action: YAMLReader
    let compiler: FlowCompiler

    var problems: Diagnostics { compiler.problems }

    /// The verb's value, read as a kind; an error when there is none.
    func required<Value>(_ kind: YAMLValue<Value>) -> Value? {
        guard !verb.value.isNothing else {
            missingValue()
            return nil
        }
        return kind.read(verb.value, problems)
    }

    /// The verb's value as a group of keys.
    func group() -> YAMLReader? {
        guard !verb.value.isNothing else {
            missingValue()
            return nil
        }
        return YAMLReader(verb.value, "`\(verb.key)`", at: verb.mark, problems)
    }

    /// The verb takes nothing.
    func expectNothing() {
        if !verb.value.isNothing { problems.error("`\(verb.key)` takes nothing, found \(verb.value.spoken)", at: verb.value.mark) }
    }

    private func missingValue() {
        if let beside = action.pairs.first(where: { $0.key != verb.key }) {
            action.know(action.pairs.map(\.key))
            problems.error("`\(beside.key)` stands beside `\(verb.key)`; indent it two spaces further to put it inside", at: beside.mark)
        } else {
            problems.error("`\(verb.key)` needs a value", at: verb.mark)
        }
    }
}
