import Kernel
import StrictYAML

/// `record`: what the caller says, into a file of the site's recordings; its name and length go into a group of variables.
struct Record: FlowVerb {
    static let name = "record"
    static let keys = [
        "record": ["into", "prompt", "beep", "longest", "no-input", "too-short", "failed"] + RecordingLimits.keys
    ]

    var into: String
    var announcement = Announcement()
    var beeps = true
    var limits = RecordingLimits()
    var noInput: Int?
    var tooShort: Int?
    var failed: Int?

    var needsAnswer: Bool { true }
    var effort: Effort { Effort(wait: limits.longest, heard: [announcement]) }
    var ways: [Way] {
        [Way(noInput, .silence, "no-input"), Way(tooShort, .silence, "too-short"), Way(failed, .free, "failed")].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Record? {
        let compiler = source.compiler
        if source.verb.value.mapping == nil {
            guard let into = source.required(compiler.groupName) else { return nil }
            compiler.symbols.setGroups.insert(into)
            return Record(into: into)
        }
        guard let reader = source.group() else { return nil }
        let into = reader.required("into", as: compiler.groupName)
        var record = Record(into: into ?? "")
        record.announcement = reader.optional("prompt", as: compiler.announcement) ?? Announcement()
        record.beeps = reader.yesNo("beep", default: true)
        record.limits = RecordingLimits(reader)
        record.noInput = reader.optional("no-input", as: compiler.step)
        record.tooShort = reader.optional("too-short", as: compiler.step)
        record.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        compiler.symbols.setGroups.insert(record.into)
        return into == nil ? nil : record
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.clear(group: into)
        run.forgetTypedAhead()
        var session = RecordingSession(limits, for: .file, beeps: beeps)
        session.begin(after: run.utterances(of: announcement), run, into: &outputs)
        return .wait(Recording(record: self, session: session))
    }
}

/// The wait for the end of a recording.
private struct Recording: FlowActivity {
    let record: Record
    var session: RecordingSession
    var deadline: Instant { session.deadline }
    var takesKeys: Bool { true }
    var awaitsSpeech: Bool { session.awaitsSpeech }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch session.receive(input, run, into: &outputs) {
        case nil: return .stay
        case .failed(let reason)?:
            outputs.append(.log("record: \(FlowOutcome.failed.rawValue): \(reason)"))
            return record.failed.map { .go($0) } ?? .failed(.failed, "the recording could not be made: \(reason)")
        case .complete(let name, let length, let spoken)?:
            guard spoken >= record.limits.atLeast else {
                outputs.append(.discardRecording)
                let isSilent = spoken <= .zero
                outputs.append(.log("record: \(isSilent ? FlowOutcome.noInput.rawValue : "too-short")"))
                return (isSilent ? record.noInput : record.tooShort ?? record.noInput).map { .go($0) } ?? .onward
            }
            run.fill(group: record.into, from: ["file": name, "seconds": String(length.components.seconds)])
            return .onward
        }
    }
}
