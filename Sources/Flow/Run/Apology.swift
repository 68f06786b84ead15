import Kernel

/// The last resort: a caller is told that something is wrong before the call ends.
struct Apology: FlowActivity {
    let deadline: Instant
    var takesKeys: Bool { true }

    static func text(in language: String) -> String { StandardPhrase.wentWrong.text(in: language) }

    /// Apologises and hangs up; a call that was not answered is rejected.
    static func begin(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard run.isAnswered else {
            outputs.append(.reject(.unavailable))
            return .over
        }
        outputs.append(.play([Utterance(.speech(text(in: run.language)), language: run.language)]))
        return .wait(Apology(deadline: run.now.advanced(by: .seconds(30))))
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard input == .played || input == .deadline else { return .stay }
        outputs.append(.hangup(.normal))
        return .over
    }
}
