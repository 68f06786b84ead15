import Kernel

/// Something that is asked and answered with one key: played until a key, then waited for. What a key means is for the verb that asks.
struct Question: Sendable {
    enum Heard {
        case waiting
        case key(DTMFKey)
        case silence
    }

    private(set) var deadline: Instant
    private let tries: Tries
    private let wait: Duration
    private var used = TriesUsed()
    private var isPlaying = false

    /// `wait` is how long a key is waited for once all is said.
    init(tries: Tries, wait: Duration, now: Instant) {
        self.tries = tries
        self.wait = wait
        deadline = now
    }

    mutating func ask(_ announcement: Announcement, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        let utterances = run.utterances(of: announcement)
        isPlaying = !utterances.isEmpty
        if isPlaying { outputs.append(.play(utterances)) }
        deadline = run.now.advanced(by: isPlaying ? FlowRun.longestPlay : wait)
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Heard {
        switch input {
        case .key(let key):
            if isPlaying { outputs.append(.stopPlaying) }
            isPlaying = false
            return .key(key)
        case .played where isPlaying, .deadline where isPlaying:
            isPlaying = false
            deadline = run.now.advanced(by: wait)
            return .waiting
        case .deadline: return .silence
        default: return .waiting
        }
    }

    /// Counts a try that failed, and asks again or gives up.
    mutating func miss(
        _ outcome: FlowOutcome, _ announcement: Announcement, _ name: String, _ run: inout FlowRun, into outputs: inout [FlowCommand]
    ) -> Progress {
        run.forgetTypedAhead()
        switch used.count(outcome, tries) {
        case .askAgain(let first):
            ask(Announcement(items: first.items + announcement.items), &run, into: &outputs)
            return .stay
        case .giveUp(let step?): return .go(step)
        case .giveUp(nil): return .failed(outcome, "\(name) was given up after \(outcome.rawValue)")
        }
    }
}
