import Kernel
import StrictYAML

/// When a recording begins and ends, and what is too little.
struct RecordingLimits: Equatable, Sendable {
    var longest: Duration = .seconds(120)
    var silence: Duration? = .seconds(5)
    var atLeast: Duration = .milliseconds(500)
    var finish = FinishKey.one("#")
    /// Whether a caller who speaks over what comes before is recorded at once.
    var heedsSpeech = false

    /// The key that ends a recording.
    enum FinishKey: Equatable, Sendable {
        case none
        case any
        case one(Character)

        func ends(_ key: DTMFKey) -> Bool {
            switch self {
            case .none: false
            case .any: true
            case .one(let character): key.character == character
            }
        }
    }

    static let keys = ["longest", "silence", "finish", "at-least", BargeIn.key]

    init() {}

    init(_ reader: YAMLReader) {
        longest = reader.optional("longest", as: .duration(.seconds(1) ... .seconds(3600))) ?? longest
        if let given = reader.optional("silence", as: Self.span) { silence = given.duration }
        atLeast = reader.optional("at-least", as: .duration(.zero ... .seconds(60))) ?? atLeast
        finish = reader.optional("finish", as: Self.finishKey) ?? finish
        heedsSpeech = BargeIn.heedsSpeech(reader)
    }

    private struct Span {
        var duration: Duration?
    }

    private static var span: YAMLValue<Span> {
        YAMLValue { node, problems in
            if node.text == "none" { return Span(duration: nil) }
            if node.text?.first?.isNumber != true {
                problems.error("expected a time span such as `5s`, or `none`, found \(node.spoken)", at: node.mark)
                return nil
            }
            return YAMLValue.duration(.seconds(1) ... .seconds(60)).read(node, problems).map { Span(duration: $0) }
        }
    }

    private static var finishKey: YAMLValue<FinishKey> {
        YAMLValue("the key that ends the recording, such as \"#\", or `any`, or `none`") { text in
            switch text {
            case "none": return FinishKey.none
            case "any": return .any
            default: return DTMFKey(named: text).map { .one($0.character) }
            }
        }
    }
}

/// A recording in progress, with what is heard before it: for every verb that records.
struct RecordingSession: Sendable {
    private enum State {
        case announcing(until: Instant)
        case beeping(until: Instant)
        case recording(until: Instant)
        case ending(until: Instant)
    }

    private let limits: RecordingLimits
    private let purpose: FlowRecording.Purpose
    private let beeps: Bool
    private var state: State

    /// How long the tone may play, and the file may take to be completed.
    private static let grace: Duration = .seconds(5)

    init(_ limits: RecordingLimits, for purpose: FlowRecording.Purpose, beeps: Bool = true) {
        self.limits = limits
        self.beeps = beeps
        self.purpose = purpose
        state = .announcing(until: .zero)
    }

    var deadline: Instant {
        switch state {
        case .announcing(let until), .beeping(let until), .recording(let until), .ending(let until): until
        }
    }

    var awaitsSpeech: Bool { if case .announcing = state { limits.heedsSpeech } else { false } }

    /// Plays what comes before, beeps, and records. The key that ends a recording also ends what comes before, for callers who know it.
    mutating func begin(after utterances: [Utterance], _ run: FlowRun, into outputs: inout [FlowCommand]) {
        guard !utterances.isEmpty else { return beep(run, into: &outputs) }
        outputs.append(.play(utterances))
        state = .announcing(until: run.now.advanced(by: FlowRun.longestPlay))
    }

    /// Takes an input; gives the outcome when there is one.
    mutating func receive(_ input: FlowInput, _ run: FlowRun, into outputs: inout [FlowCommand]) -> RecordingOutcome? {
        switch (state, input) {
        case (.announcing, .played), (.announcing, .deadline): beep(run, into: &outputs)
        case (.announcing, .key(let key)) where limits.finish.ends(key):
            outputs.append(.stopPlaying)
            beep(run, into: &outputs)
        case (.announcing, .spoke) where limits.heedsSpeech:
            outputs.append(.stopPlaying)
            record(run, into: &outputs)
        case (.beeping, .played), (.beeping, .deadline): record(run, into: &outputs)
        case (.recording, .key(let key)) where limits.finish.ends(key): end(run, into: &outputs)
        case (.recording, .deadline): end(run, into: &outputs)
        case (_, .recorded(let outcome)): return outcome
        case (.ending, .deadline): return .failed("the recording was not completed in time")
        default: break
        }
        return nil
    }

    private mutating func beep(_ run: FlowRun, into outputs: inout [FlowCommand]) {
        guard beeps else { return record(run, into: &outputs) }
        outputs.append(.play([Utterance(.beep, language: run.language)]))
        state = .beeping(until: run.now.advanced(by: Self.grace))
    }

    private mutating func record(_ run: FlowRun, into outputs: inout [FlowCommand]) {
        outputs.append(.record(FlowRecording(purpose, silence: limits.silence, atLeast: limits.atLeast)))
        state = .recording(until: run.now.advanced(by: limits.longest))
    }

    private mutating func end(_ run: FlowRun, into outputs: inout [FlowCommand]) {
        outputs.append(.stopRecording)
        state = .ending(until: run.now.advanced(by: Self.grace))
    }
}
