import Kernel
import StrictYAML

/// `queue`: the caller waits for an agent of a group, with music and announcements, and leaves by a key, after a time, or when nobody is there.
struct Queue: FlowVerb {
    static let name = "queue"
    static let keys = [
        "queue": ["group", "skills", "priority", "music", "announce", "every", "keys", "longest", "with", "show-caller"] + QueueWays.keys
    ]

    var wish: QueueWish
    var music: Announcement?
    var announcement = Announcement()
    var every: Duration = .seconds(45)
    /// Steps by event code of the key.
    var keys: [Int?] = Array(repeating: nil, count: 16)
    var longest: Duration = .seconds(15 * 60)
    var data: [(name: String, value: Template)] = []
    var showsCaller = true
    var outcomes = QueueWays()

    var endsStep: Bool { true }
    var needsAnswer: Bool { true }
    var effort: Effort { Effort(wait: longest, heard: [announcement]) }
    var ways: [Way] {
        keys.enumerated().compactMap { code, step in Way(step, .input, "key \(DTMFKey(code: UInt8(code))?.description ?? "")") }
            + outcomes.ways
    }

    static let longestWait: Duration = .seconds(4 * 3600)

    static func read(_ source: ActionSource) -> Queue? {
        let compiler = source.compiler
        compiler.symbols.setGroups.insert("queue")
        if source.verb.value.mapping == nil {
            return source.required(compiler.queueGroup).map { Queue(wish: QueueWish(group: $0)) }
        }
        guard let reader = source.group() else { return nil }
        let group = reader.required("group", as: compiler.queueGroup)
        var queue = Queue(wish: QueueWish(group: group ?? ""))
        queue.wish.skills = compiler.skills(reader)
        queue.wish.priority = reader.int("priority", in: 0...10, default: 0)
        queue.music = reader.optional("music", as: compiler.sound)
        queue.announcement = reader.optional("announce", as: compiler.announcement) ?? queue.announcement
        queue.every = reader.optional("every", as: .duration(.seconds(10) ... .seconds(3600))) ?? queue.every
        queue.readKeys(reader, compiler)
        queue.longest = reader.optional("longest", as: .duration(.seconds(5)...longestWait)) ?? queue.longest
        queue.data = compiler.travellingData(reader)
        queue.showsCaller = reader.optional("show-caller", as: .word(["original", "ours"])) != "ours"
        queue.outcomes = QueueWays(reader, compiler)
        queue.wish.leavesIfNobody = queue.outcomes.nobodyReady != nil
        reader.finish()
        return group == nil ? nil : queue
    }

    private mutating func readKeys(_ reader: YAMLReader, _ compiler: FlowCompiler) {
        guard let group = reader.group("keys") else { return }
        for pair in group.pairs {
            guard let key = compiler.key(pair) else { continue }
            keys[Int(key.code)] = compiler.step.read(pair.value, reader.problems)
        }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let sound = music.flatMap { run.utterances(of: $0).first } ?? Utterance(.holdMusic, language: run.language)
        outputs.append(.music(FlowMusic(sound, staysOn: true)))
        // Values that are nothing have nothing to tell an agent.
        let data = data.map { (name: $0.name, value: $0.value.render(in: run)) }.filter { !$0.value.isEmpty }
        outputs.append(.enterQueue(FlowQueue(wish, data: data, showsCaller: showsCaller)))
        return .wait(Queueing(self, now: run.now))
    }
}

/// Where a caller goes who waits no longer.
struct QueueWays: Equatable, Sendable {
    var timedOut: Int?
    var full: Int?
    var nobodyReady: Int?
    var failed: Int?

    static let keys = ["timed-out", "full", "nobody-ready", "failed"]

    init() {}

    init(_ reader: YAMLReader, _ compiler: FlowCompiler) {
        timedOut = reader.optional("timed-out", as: compiler.step)
        full = reader.optional("full", as: compiler.step)
        nobodyReady = reader.optional("nobody-ready", as: compiler.step)
        failed = reader.optional("failed", as: compiler.step)
    }

    /// Time passes before the first; the others may come at once.
    var ways: [Way] {
        [
            Way(timedOut, .silence, "timed-out"), Way(full, .free, "full"), Way(nobodyReady, .free, "nobody-ready"),
            Way(failed, .free, "failed"),
        ].compactMap { $0 }
    }

    /// `failed` also takes what has no way of its own.
    func progress(_ outcome: FlowOutcome) -> Progress {
        let step =
            switch outcome {
            case .timedOut: timedOut ?? failed
            case .full: full ?? failed
            case .nobodyReady: nobodyReady ?? failed
            default: failed
            }
        return step.map { .go($0) } ?? .failed(outcome, "the wait in the queue ended: \(outcome.rawValue)")
    }
}
