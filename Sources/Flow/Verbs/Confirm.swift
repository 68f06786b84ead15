import Kernel
import StrictYAML

/// `confirm`: reads a value back; 1 keeps it, 2 asks again.
struct Confirm: FlowVerb {
    static let name = "confirm"
    static let keys = ["confirm": ["value", "as", "before", "question", "again", "no-input", "no-match"]].merging(Tries.keys) { first, _ in
        first
    }

    var value: Template
    /// How the value is spoken; digit by digit when it is made of digits, where nothing is said.
    var kind: SpokenValue.Kind?
    var before = Announcement()
    /// What is asked after the value; a standard question where nothing is said.
    var question: Announcement
    /// Where it is asked again; the beginning of the step in which it stands, where nothing is said.
    var again: Int?
    var tries = Tries()

    var needsAnswer: Bool { true }
    var takesInput: Bool { true }
    var leavesFlow: Bool { tries.leaveFlow }
    var effort: Effort {
        let heard = Announcement(items: before.items + [.value(SpokenValue(kind ?? .digits), value)] + question.items)
        return tries.effort(question: heard, keys: 1, first: .seconds(5), between: .zero)
    }
    var ways: [Way] { [Way(again, .input, "again")].compactMap { $0 } + tries.ways }

    static func read(_ source: ActionSource) -> Confirm? {
        let compiler = source.compiler
        let standard = compiler.phrase(.keepOrAgain)
        if source.verb.value.mapping == nil {
            return source.required(compiler.template).map { Confirm(value: $0, question: standard) }
        }
        guard let reader = source.group() else { return nil }
        let value = reader.required("value", as: compiler.template)
        var confirm = Confirm(value: value ?? Template(parts: []), question: standard)
        confirm.kind = reader.optional("as", as: .word(SpokenValue.Kind.allCases.map(\.rawValue))).flatMap {
            SpokenValue.Kind(rawValue: $0)
        }
        confirm.before = reader.optional("before", as: compiler.announcement) ?? Announcement()
        confirm.question = reader.optional("question", as: compiler.announcement) ?? standard
        confirm.again = reader.optional("again", as: compiler.step)
        var after: Duration?
        confirm.tries = compiler.tries(reader, after: &after)
        reader.finish()
        compiler.speaksValues = true
        return value == nil ? nil : confirm
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let text = value.render(in: run)
        guard !text.isEmpty else { return .failed(.failed, "`confirm` has nothing to read back") }
        let kind = self.kind ?? (text.allSatisfy { $0.isASCII && $0.isNumber } ? .digits : nil)
        let item: Announcement.Item =
            kind.map { .value(SpokenValue($0), value) } ?? .speech(SpokenText(byLanguage: run.flow.languages.map { _ in value }))
        var asking = Confirming(confirm: self, said: Announcement(items: before.items + [item] + question.items), now: run.now)
        let progress = asking.begin(&run, into: &outputs)
        if case .stay = progress { return .wait(asking) }
        return progress
    }
}

/// A confirmation in progress.
private struct Confirming: FlowActivity {
    let confirm: Confirm
    let said: Announcement
    var question: Question
    var deadline: Instant { question.deadline }
    var takesKeys: Bool { true }

    init(confirm: Confirm, said: Announcement, now: Instant) {
        self.confirm = confirm
        self.said = said
        question = Question(tries: confirm.tries, wait: .seconds(5), now: now)
    }

    mutating func begin(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        // What was pressed before the value was heard confirms nothing.
        run.forgetTypedAhead()
        question.ask(said, &run, into: &outputs)
        return .stay
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch question.receive(input, &run, into: &outputs) {
        case .waiting: return .stay
        case .key(let key) where key.character == "1": return .onward
        case .key(let key) where key.character == "2": return confirm.again.map { .go($0) } ?? .again
        case .key: return miss(.noMatch, &run, into: &outputs)
        case .silence: return miss(.noInput, &run, into: &outputs)
        }
    }

    private mutating func miss(_ outcome: FlowOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        question.miss(outcome, said, "the confirmation", &run, into: &outputs)
    }
}
