import StrictYAML

/// `set`: gives variables values.
struct SetVariables: FlowVerb {
    static let name = "set"
    let values: [(place: Int, value: Template)]

    static func read(_ source: ActionSource) -> SetVariables? {
        guard let reader = source.group() else { return nil }
        var values: [(Int, Template)] = []
        for pair in reader.pairs {
            let name = YAMLNode(.scalar(pair.key, quoted: pair.quoted), mark: pair.mark)
            let place = source.compiler.newVariable.read(name, source.problems)
            let value = source.compiler.hiddenTemplate.read(pair.value, source.problems)
            if let place, let value { values.append((place, value)) }
        }
        if reader.pairs.isEmpty {
            source.problems.error("`set` needs a variable and its value: `set: { reason: support }`", at: source.verb.mark)
        }
        return SetVariables(values: values)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        for (place, value) in values { run.set(place, value.value(in: run)) }
        return .onward
    }
}
