import Kernel
import StrictYAML

/// `play`: prompts and speech, one after the other. With `barge-in: yes` beside it a key ends it, and is kept for the next menu.
struct Play: FlowVerb {
    static let name = "play"
    static let keys = ["play": ["say", "recording", "clock"] + SpokenValue.Kind.allCases.map(\.rawValue)]
    static let besides = ["barge-in"]
    let announcement: Announcement
    let bargeIn: Bool
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(heard: [announcement]) }

    static func read(_ source: ActionSource) -> Play? {
        let bargeIn = source.action.yesNo("barge-in", default: false)
        guard let announcement = source.required(source.compiler.announcement) else { return nil }
        return Play(announcement: announcement, bargeIn: bargeIn)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.play(announcement, bargeIn: bargeIn, into: &outputs)
    }
}

/// `say`: text to speech, the same for every language or a text for each.
struct Say: FlowVerb {
    static let name = "say"
    static let besides = ["barge-in"]
    let announcement: Announcement
    let bargeIn: Bool
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(heard: [announcement]) }

    static func read(_ source: ActionSource) -> Say? {
        let bargeIn = source.action.yesNo("barge-in", default: false)
        guard let text = source.required(source.compiler.spokenText) else { return nil }
        return Say(announcement: Announcement(items: [.speech(text)]), bargeIn: bargeIn)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.play(announcement, bargeIn: bargeIn, into: &outputs)
    }
}

extension FlowRun {
    /// The longest that a prompt may play before the run goes on without hearing of its end.
    static let longestPlay: Duration = .seconds(900)

    fileprivate mutating func play(_ announcement: Announcement, bargeIn: Bool, into outputs: inout [FlowCommand]) -> Progress {
        if bargeIn, !typeAhead.isEmpty { return .onward }
        let utterances = utterances(of: announcement)
        guard !utterances.isEmpty else { return .onward }
        outputs.append(.play(utterances))
        return .wait(Playing(deadline: now.advanced(by: FlowRun.longestPlay), takesKeys: bargeIn))
    }
}

/// The wait for the end of prompts.
private struct Playing: FlowActivity {
    let deadline: Instant
    let takesKeys: Bool

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .played: return .onward
        case .key(let key):
            run.keep(key)
            outputs.append(.stopPlaying)
            return .onward
        case .deadline:
            outputs.append(.stopPlaying)
            return .onward
        default: return .stay
        }
    }
}
