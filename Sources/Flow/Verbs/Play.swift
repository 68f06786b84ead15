import Kernel
import StrictYAML

/// `play`: prompts and speech, one after the other. With `barge-in: yes` beside it a key ends it, and is kept for the next menu;
/// with `barge-in: speech` so does a caller who begins to speak.
struct Play: FlowVerb {
    static let name = "play"
    static let keys = ["play": ["say", "recording", "clock"] + SpokenValue.Kind.allCases.map(\.rawValue)]
    static let besides = [BargeIn.key]
    let announcement: Announcement
    let bargeIn: BargeIn
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(heard: [announcement]) }

    static func read(_ source: ActionSource) -> Play? {
        let bargeIn = BargeIn(beside: source.action)
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
    static let besides = [BargeIn.key]
    let announcement: Announcement
    let bargeIn: BargeIn
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(heard: [announcement]) }

    static func read(_ source: ActionSource) -> Say? {
        let bargeIn = BargeIn(beside: source.action)
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

    fileprivate mutating func play(_ announcement: Announcement, bargeIn: BargeIn, into outputs: inout [FlowCommand]) -> Progress {
        if bargeIn != .nothing, !typeAhead.isEmpty { return .onward }
        let utterances = utterances(of: announcement)
        guard !utterances.isEmpty else { return .onward }
        outputs.append(.play(utterances))
        return .wait(Playing(deadline: now.advanced(by: FlowRun.longestPlay), bargeIn: bargeIn))
    }
}

/// The wait for the end of prompts.
private struct Playing: FlowActivity {
    let deadline: Instant
    let bargeIn: BargeIn
    var takesKeys: Bool { bargeIn != .nothing }
    var awaitsSpeech: Bool { bargeIn == .speech }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .played: return .onward
        case .key(let key):
            run.keep(key)
            outputs.append(.stopPlaying)
            return .onward
        case .spoke where awaitsSpeech, .deadline:
            outputs.append(.stopPlaying)
            return .onward
        default: return .stay
        }
    }
}
