import StrictYAML

/// `switch`: on with the step that a value names, with `else` (or the next action) for all others.
struct Switch: FlowVerb {
    static let name = "switch"
    static let besides = ["cases", "else"]
    static let mostCases = 200

    let subject: Expression
    let text: String
    let cases: [(value: String, step: Int)]
    let otherwise: Int?
    var endsStep: Bool { otherwise != nil }
    var leavesFlow: Bool { false }
    var ways: [Way] {
        cases.compactMap { Way($0.step, .free, "\(text) is \($0.value)") } + [Way(otherwise, .free, "else")].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Switch? {
        let subject = source.required(source.compiler.expression)
        var cases: [(String, Int)] = []
        if let group = source.action.group("cases") {
            for pair in group.pairs {
                if let step = source.compiler.step.read(pair.value, source.problems) { cases.append((pair.key, step)) }
            }
            if group.pairs.isEmpty { source.problems.error("`cases` needs at least one value with its step", at: group.mark) }
            if group.pairs.count > mostCases { source.problems.error("a `switch` has at most \(mostCases) cases", at: group.mark) }
        } else if !source.action.has("cases") {
            source.problems.error("`switch` needs `cases`: `cases: { gold: vip, silver: sales }`", at: source.verb.mark)
        }
        let otherwise = source.action.optional("else", as: source.compiler.step)
        guard let subject else { return nil }
        return Switch(subject: subject, text: source.verb.value.text ?? "", cases: cases, otherwise: otherwise)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        do {
            let value = try subject.evaluate(in: run)
            let text = value.comparedText ?? value.shown
            return (cases.first { $0.value == text }?.step ?? otherwise).map { .go($0) } ?? .onward
        } catch {
            return .failed(.failed, "`switch`: \(error.message)")
        }
    }
}
