import StrictYAML

/// Makes a program of a flow file, and reports what is wrong with the file.
final class FlowCompiler {
    let problems: Diagnostics
    let context: CheckContext
    private let version: String
    let symbols = SymbolTable()
    var languages: [String] = []
    var stepNames: [String] = []
    var stepNumbers: [String: Int] = [:]
    var promptUses: [Marked<String>] = []
    /// The prompts that verbs say by themselves, with the first place of the verb.
    var ownPrompts: [(verb: YAMLPair, names: [String])] = []
    var speeches: [SpokenText] = []
    var variableUses: [VariableUse] = []
    /// Whether a value is spoken somewhere, for which recorded words are wanted.
    var speaksValues = false
    /// Whether other flows call it, so that it has no lines.
    var isCallable = false
    /// Where `open` is first asked for.
    var usesOpen: Mark?

    static let mostSteps = 500
    static let mostActions = 200
    static let mostLines = 1000

    init(_ problems: Diagnostics, _ context: CheckContext, version: String) {
        self.problems = problems
        self.version = version
        self.context = context
    }

    /// Compiles a document; the result counts only when there are no errors.
    func compile(_ root: YAMLNode) -> Flow? {
        guard let reader = YAMLReader(root, "the flow", problems) else { return nil }
        let name = reader.text("flow") ?? ""
        let takes = readArguments(reader)
        let lines = isCallable ? [] : readLines(reader)
        readLanguages(reader)
        let hours = reader.group("hours").flatMap { OpeningHours.read($0) }
        let failed = reader.pair("failed")
        let longest = reader.optional("longest-call", as: .duration(.seconds(10) ... .seconds(86_400))) ?? .seconds(4 * 3600)
        let stepPairs = readStepNames(reader)
        reader.finish()
        let steps = stepPairs.map { step($0) }
        let failedWay = failedWay(failed)
        if hours == nil, !reader.has("hours") { checkOpenIsKnown() }
        checkVariables()
        checkPrompts()
        FlowGraph(steps: steps, failedWay: failedWay, isAnswered: isCallable).check(problems)
        if problems.hasErrors { return nil }
        let program = FlowProgram(
            steps: steps, variables: VariableLayout(names: symbols.names), hours: hours, failedWay: failedWay, longestCall: longest,
            recordings: recordedWords)
        return Flow(
            name: name, lines: lines, languages: languages, takes: takes, version: version, steps: stepNames, promptNames: promptNames(),
            speechTexts: speechTexts(failedWay), program: program)
    }

    /// What a flow takes that others call; `nil` for one that answers lines.
    private func readArguments(_ reader: YAMLReader) -> [String]? {
        guard let pair = reader.pair("takes") else { return nil }
        isCallable = true
        if let lines = reader.pair("lines") {
            problems.error("a flow with `takes` is called by other flows and answers no lines", at: lines.mark)
        }
        return (reader.optional("takes", as: .oneOrMany(of: newVariableName)) ?? []).map { name in
            _ = symbols.place(of: name)
            return name
        }.filter { _ in pair.value.list?.isEmpty != true }
    }

    private func readLines(_ reader: YAMLReader) -> [String] {
        let number = YAMLValue<String>("a number such as `5000`") { text in
            text.utf8.count <= 32 && text.utf8.allSatisfy { (48...57).contains($0) || "+*#".utf8.contains($0) } ? text : nil
        }
        let lines = reader.required("lines", as: .oneOrMany(of: .marked(number))) ?? []
        guard lines.count <= Self.mostLines else {
            problems.error("a flow answers at most \(Self.mostLines) lines", at: reader.pair("lines")?.mark)
            return []
        }
        for line in lines {
            if let known = context.lines, !known.contains(line.value) {
                problems.error("no device has the line \(line.value)", at: line.mark, word: line.value, among: known.sorted())
            }
            if lines.contains(where: { $0.mark < line.mark && $0.value == line.value }) {
                problems.error("the line \(line.value) stands twice", at: line.mark)
            }
        }
        return lines.map(\.value)
    }

    private func readStepNames(_ reader: YAMLReader) -> [YAMLPair] {
        guard let group = reader.group("steps") else {
            if !reader.has("steps") { problems.missing("the flow needs `steps`", at: reader.mark) }
            return []
        }
        if group.pairs.isEmpty { problems.error("`steps` needs at least one step", at: group.mark) }
        if group.pairs.count > Self.mostSteps { problems.error("a flow has at most \(Self.mostSteps) steps", at: group.mark) }
        let pairs = Array(group.pairs.prefix(Self.mostSteps))
        for (number, pair) in pairs.enumerated() { stepNumbers[pair.key] = number }
        stepNames = pairs.map(\.key)
        return pairs
    }

    private func failedWay(_ pair: YAMLPair?) -> FlowProgram.FailedWay {
        guard let pair else { return stepNumbers["operator"].map { .step($0) } ?? .apology }
        guard let text = pair.value.text, !pair.value.isNothing else {
            problems.error("`failed` needs a step or a number", at: pair.mark)
            return .apology
        }
        if let number = stepNumbers[text] { return .step(number) }
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "+") }) {
            checkNumber(text, at: pair.value.mark)
            return .number(text)
        }
        noStep(text, at: pair.value.mark)
        return .apology
    }

    private func speechTexts(_ failedWay: FlowProgram.FailedWay) -> [Utterance] {
        var result: [Utterance] = []
        for speech in speeches {
            for (template, language) in zip(speech.byLanguage, languages) {
                guard let text = template.fixed, !text.allSatisfy(\.isWhitespace) else { continue }
                let utterance = Utterance(.speech(text), language: language)
                if !result.contains(utterance) { result.append(utterance) }
            }
        }
        return result + languages.map { Utterance(.speech(Apology.text(in: $0)), language: $0) }
    }

    private func promptNames() -> [String: [String]] {
        var names: [String] = []
        for name in promptUses.map(\.value) + ownPrompts.flatMap(\.names) where !names.contains(name) { names.append(name) }
        return Dictionary(languages.map { ($0, names + (recordedWords[$0] ?? []).sorted()) }) { first, _ in first }
    }

    private var recordedWords: [String: Set<String>] {
        speaksValues ? context.recordings.filter { languages.contains($0.key) }.mapValues { $0.filter(SpokenWord.isPrompt) } : [:]
    }
}

/// A variable, where it is used.
struct VariableUse {
    let name: String
    let mark: Mark
    /// Whether it stands in a condition, where text that lacks its quotes looks the same.
    let isCompared: Bool
}
