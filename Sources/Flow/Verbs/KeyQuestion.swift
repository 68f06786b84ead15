import Kernel

/// Something is heard, and keys are awaited: for verbs that lead a conversation of their own.
struct KeyQuestion: Sendable {
    /// What the caller did.
    enum Answer: Equatable {
        case keys([DTMFKey])
        case silence
    }

    private enum State {
        case playing(until: Instant)
        case waiting(until: Instant)
    }

    /// The most keys of an answer; `#` ends one that may have several.
    private let most: Int
    private var state: State
    private var keys: [DTMFKey] = []

    private static let first: Duration = .seconds(5)
    private static let between: Duration = .seconds(3)

    /// Asks. Keys that were pressed before it count: where they are an answer, nothing is heard.
    init(_ utterances: [Utterance], most: Int = 1, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        self.most = most
        var isComplete = false
        while !isComplete, let key = run.nextTypedAhead() {
            isComplete = most > 1 && key.character == "#"
            if !isComplete { keys.append(key) }
            isComplete = isComplete || keys.count == most
        }
        if isComplete {
            state = .waiting(until: run.now)
        } else if !keys.isEmpty {
            state = .waiting(until: run.now.advanced(by: Self.between))
        } else if utterances.isEmpty {
            state = .waiting(until: run.now.advanced(by: Self.first))
        } else {
            outputs.append(.play(utterances))
            state = .playing(until: run.now.advanced(by: FlowRun.longestPlay))
        }
    }

    var deadline: Instant {
        switch state {
        case .playing(let until), .waiting(let until): until
        }
    }

    /// Takes an input; gives the answer when there is one.
    mutating func receive(_ input: FlowInput, _ run: FlowRun, into outputs: inout [FlowCommand]) -> Answer? {
        switch (state, input) {
        case (.playing, .played), (.playing, .deadline): state = .waiting(until: run.now.advanced(by: Self.first))
        case (.waiting, .deadline): return keys.isEmpty ? .silence : .keys(keys)
        case (_, .key(let key)):
            if case .playing = state { outputs.append(.stopPlaying) }
            if most > 1, key.character == "#" { return .keys(keys) }
            keys.append(key)
            guard keys.count < most else { return .keys(keys) }
            state = .waiting(until: run.now.advanced(by: Self.between))
        default: break
        }
        return nil
    }
}

extension FlowRun {
    /// The prompts of a verb's own words, in the language of the moment.
    func prompts(_ names: [String]) -> [Utterance] { names.map { Utterance(.prompt($0), language: language) } }

    /// A value, spoken in the language of the moment.
    func spoken(_ kind: SpokenValue.Kind, _ text: String) -> [Utterance] {
        spoken(SpokenValue(kind).words(for: text, in: language), language)
    }
}
