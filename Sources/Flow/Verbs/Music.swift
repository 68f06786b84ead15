import Kernel
import StrictYAML

/// `music`: a sound in a loop, until the next action that plays something, or for a time.
struct Music: FlowVerb {
    static let name = "music"
    static let keys = ["music": ["sound", "for"]]
    let sound: Announcement
    let time: Duration?
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(wait: time ?? .zero) }

    static func read(_ source: ActionSource) -> Music? {
        let compiler = source.compiler
        if source.verb.value.mapping == nil {
            return source.required(compiler.sound).map { Music(sound: $0, time: nil) }
        }
        guard let reader = source.group() else { return nil }
        let sound = reader.required("sound", as: compiler.sound)
        let time = reader.optional("for", as: .duration(.seconds(1) ... .seconds(3600)))
        reader.finish()
        return sound.map { Music(sound: $0, time: time) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard let first = run.utterances(of: sound).first else { return .onward }
        outputs.append(.music(FlowMusic(first, staysOn: false)))
        return time.map { .wait(Listening(deadline: run.now.advanced(by: $0))) } ?? .onward
    }
}

/// Music for a time. Keys wait for the next menu, as they do behind `play`.
private struct Listening: FlowActivity {
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard input == .deadline else { return .stay }
        outputs.append(.music(nil))
        return .onward
    }
}

/// `hold`: from here on the caller hears music whenever nothing else is heard (a lookup that takes its time, say), until `retrieve`.
struct Hold: FlowVerb {
    static let name = "hold"
    let sound: Announcement?
    var needsAnswer: Bool { true }

    static func read(_ source: ActionSource) -> Hold? {
        if source.verb.value.isNothing { return Hold(sound: nil) }
        return source.required(source.compiler.sound).map { Hold(sound: $0) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let given = sound.flatMap { run.utterances(of: $0).first }
        outputs.append(.music(FlowMusic(given ?? Utterance(.holdMusic, language: run.language), staysOn: true)))
        return .onward
    }
}

/// `retrieve`: ends the music of `hold`. Keys that were pressed meanwhile count for nothing.
struct Retrieve: FlowVerb {
    static let name = "retrieve"
    var needsAnswer: Bool { true }

    static func read(_ source: ActionSource) -> Retrieve? {
        source.expectNothing()
        return Retrieve()
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.forgetTypedAhead()
        outputs.append(.music(nil))
        return .onward
    }
}

extension FlowCompiler {
    /// A single prompt, to be heard in a loop.
    var sound: YAMLValue<Announcement> {
        YAMLValue { node, problems in
            guard node.text != nil, !node.isNothing else {
                problems.error("expected the name of a prompt, found \(node.spoken)", at: node.mark)
                return nil
            }
            return self.announcement.read(node, problems)
        }
    }
}
