import Kernel
import StrictYAML

/// How often a caller is asked again: silence and wrong keys are counted apart, under one hard total.
struct Tries: Equatable, Sendable {
    struct Rule: Equatable, Sendable {
        /// How many times in all.
        var attempts = 3
        /// What is heard before the question is asked again.
        var announcement = Announcement()
        /// Where it goes in the end; the flow's way for failures otherwise.
        var go: Int?
    }

    var noInput = Rule()
    var noMatch = Rule()

    /// However the two are mixed, a caller is not asked more often than this.
    static let hardTotal = 6
    static let keys = ["no-input": ["attempts", "prompt", "go", "after"], "no-match": ["attempts", "prompt", "go"]]

    /// Whether giving up takes the flow's way for failures.
    var leaveFlow: Bool { noInput.go == nil || noMatch.go == nil }

    var ways: [Way] { [Way(noInput.go, .silence, "no-input"), Way(noMatch.go, .silence, "no-match")].compactMap { $0 } }
}

/// How many tries a caller has used up.
struct TriesUsed: Equatable, Sendable {
    private var noInput = 0
    private var noMatch = 0

    /// What comes after a try that failed.
    enum Next: Equatable {
        case askAgain(after: Announcement)
        case giveUp(Int?)
    }

    /// Counts a try that failed with `noInput` or `noMatch`.
    mutating func count(_ outcome: FlowOutcome, _ tries: Tries) -> Next {
        let isSilence = outcome == .noInput
        if isSilence { noInput += 1 } else { noMatch += 1 }
        let rule = isSilence ? tries.noInput : tries.noMatch
        let used = isSilence ? noInput : noMatch
        if used >= rule.attempts || noInput + noMatch >= Tries.hardTotal { return .giveUp(rule.go) }
        return .askAgain(after: rule.announcement)
    }
}

extension FlowCompiler {
    /// Reads `no-input` and `no-match` of a menu or collect; `attempts` and `go` are those of the verb itself. `after` is allowed in a menu's `no-input`.
    func tries(_ reader: YAMLReader, attempts: Int = 3, go: Int? = nil, after: inout Duration?) -> Tries {
        var tries = Tries()
        for key in ["no-input", "no-match"] {
            var rule = Tries.Rule(attempts: attempts, go: go)
            if let group = reader.group(key) {
                rule.attempts = group.int("attempts", in: 1...Tries.hardTotal, default: attempts)
                rule.announcement = group.optional("prompt", as: announcement) ?? Announcement()
                rule.go = group.optional("go", as: step) ?? go
                if key == "no-input", let given = group.optional("after", as: .duration(.milliseconds(500) ... .seconds(120))) {
                    after = given
                }
                group.finish()
            }
            if key == "no-input" { tries.noInput = rule } else { tries.noMatch = rule }
        }
        return tries
    }
}
