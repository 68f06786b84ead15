import StrictYAML

/// `go`: on with another step.
struct Go: FlowVerb {
    static let name = "go"
    let step: Int
    var endsStep: Bool { true }
    var leavesFlow: Bool { false }
    var ways: [Way] { [Way(step, .free)].compactMap { $0 } }

    static func read(_ source: ActionSource) -> Go? {
        source.required(source.compiler.step).map { Go(step: $0) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress { .go(step) }
}

/// `if`: `go` to a step when a condition holds, to `else` (or on) when it doesn't.
struct If: FlowVerb {
    static let name = "if"
    static let besides = ["go", "else"]
    let condition: Expression
    let text: String
    let go: Int
    let otherwise: Int?
    var endsStep: Bool { otherwise != nil }
    var leavesFlow: Bool { false }
    var ways: [Way] { [Way(go, .free, text), Way(otherwise, .free, "else")].compactMap { $0 } }

    static func read(_ source: ActionSource) -> If? {
        let condition = source.required(source.compiler.condition)
        let go = source.action.required("go", as: source.compiler.step)
        let otherwise = source.action.optional("else", as: source.compiler.step)
        guard let condition, let go else { return nil }
        return If(condition: condition, text: source.verb.value.text ?? "", go: go, otherwise: otherwise)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        do {
            if try condition.condition(in: run) { return .go(go) }
            return otherwise.map { .go($0) } ?? .onward
        } catch {
            return .failed(.failed, "`if`: \(error.message)")
        }
    }
}
