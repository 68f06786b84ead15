import StrictYAML

/// A flow that checked out, ready to run. Runs share it; copying it costs nothing.
public struct Flow: Sendable {
    /// Its name.
    public let name: String
    /// The lines whose calls it answers.
    public let lines: [String]
    /// The languages that it can speak; the first is the one in which it begins.
    public let languages: [String]
    /// What it is to be given by a flow that calls it; `nil` for a flow that answers lines.
    public let takes: [String]?
    /// Which version of the file it is: the beginning of its SHA-256.
    public let version: String
    /// Its steps in the order of the file; a call begins in the first.
    public let steps: [String]
    /// The prompts that it may play, by language.
    public let promptNames: [String: [String]]
    /// What it may say that doesn't depend on a call, so that speech can be rendered before it is needed.
    public let speechTexts: [Utterance]

    let program: FlowProgram
    /// The flows that it may call.
    private(set) var library = FlowLibrary()

    /// Whether other flows call it.
    public var isCallable: Bool { takes != nil }

    /// The flow with those of a site that it may call.
    public func linked(to library: FlowLibrary) -> Flow {
        var flow = self
        flow.library = library
        return flow
    }

    /// The language in which it begins.
    public var language: String { languages.first ?? "en-US" }
}

/// What a run executes: steps and actions by number, variables by place.
final class FlowProgram: Sendable {
    struct Step: Sendable {
        let name: String
        let mark: Mark
        let actions: [Action]
    }

    struct Action: Sendable {
        let verb: any FlowVerb
        /// Where it stands in the file.
        let mark: Mark
        /// The action in a line, for pictures and reports: `redirect: 2001`.
        let summary: String
    }

    /// Where run-time errors go.
    enum FailedWay: Equatable, Sendable {
        case step(Int)
        case number(String)
        /// A spoken apology, then the end.
        case apology
    }

    let steps: [Step]
    let variables: VariableLayout
    let hours: OpeningHours?
    let failedWay: FailedWay
    let longestCall: Duration
    /// The recorded words of spoken values, by language.
    let recordings: [String: Set<String>]

    init(
        steps: [Step], variables: VariableLayout, hours: OpeningHours?, failedWay: FailedWay, longestCall: Duration,
        recordings: [String: Set<String>]
    ) {
        self.steps = steps
        self.variables = variables
        self.hours = hours
        self.failedWay = failedWay
        self.longestCall = longestCall
        self.recordings = recordings
    }

    func action(_ action: Int, of step: Int) -> (any FlowVerb)? { found(action, step)?.verb }

    func summary(_ action: Int, of step: Int) -> String { found(action, step)?.summary ?? "" }

    private func found(_ action: Int, _ step: Int) -> Action? {
        guard steps.indices.contains(step), steps[step].actions.indices.contains(action) else { return nil }
        return steps[step].actions[action]
    }
}

/// Where each variable stands in a run's table.
struct VariableLayout: Sendable {
    let count: Int
    /// The place of each name.
    let places: [String: Int]
    /// The variables that come with a call, with their places.
    let builtIns: [(name: String, place: Int)]
    /// The fields of each group (`customer`, `data`) that the flow uses, with their places.
    let groups: [String: [(field: String, place: Int)]]

    init(names: [String]) {
        count = names.count
        places = Dictionary(names.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        builtIns = names.enumerated().filter { SymbolTable.builtIns.contains($0.element) }.map { ($0.element, $0.offset) }
        var groups: [String: [(field: String, place: Int)]] = [:]
        for (place, name) in names.enumerated() {
            guard let dot = name.firstIndex(of: ".") else { continue }
            groups[String(name[..<dot]), default: []].append((String(name[name.index(after: dot)...]), place))
        }
        self.groups = groups
    }
}
