import Kernel

/// A collect in progress.
struct CollectActivity: FlowActivity {
    private enum State {
        case playing(until: Instant)
        case waiting(until: Instant)
        case entering([DTMFKey], until: Instant)
    }

    private let collect: Collect
    private var state: State
    private var used = TriesUsed()

    var takesKeys: Bool { true }
    var isSecret: Bool { collect.isSecret }

    var deadline: Instant {
        switch state {
        case .playing(let until), .waiting(let until), .entering(_, let until): until
        }
    }

    init(_ collect: Collect, now: Instant) {
        self.collect = collect
        state = .waiting(until: now)
    }

    mutating func begin(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.set(collect.place, .nothing)
        guard !run.typeAhead.isEmpty else { return ask(after: Announcement(), &run, into: &outputs) }
        while let key = run.nextTypedAhead() {
            let progress = press(key, &run, into: &outputs)
            guard case .stay = progress else { return progress }
        }
        return .stay
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch (state, input) {
        case (.playing, .played), (.playing, .deadline):
            state = .waiting(until: run.now.advanced(by: collect.firstDigit))
            return .stay
        case (.playing, .key(let key)):
            outputs.append(.stopPlaying)
            return press(key, &run, into: &outputs)
        case (_, .key(let key)): return press(key, &run, into: &outputs)
        case (.waiting, .deadline): return miss(.noInput, &run, into: &outputs)
        case (.entering(let keys, _), .deadline): return finish(keys, &run, into: &outputs)
        default: return .stay
        }
    }

    private mutating func ask(after first: Announcement, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let utterances = run.utterances(of: first) + run.utterances(of: collect.announcement)
        if utterances.isEmpty {
            state = .waiting(until: run.now.advanced(by: collect.firstDigit))
        } else {
            outputs.append(.play(utterances))
            state = .playing(until: run.now.advanced(by: FlowRun.longestPlay))
        }
        return .stay
    }

    private mutating func press(_ key: DTMFKey, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var keys: [DTMFKey] = []
        if case .entering(let earlier, _) = state { keys = earlier }
        if key == collect.finish { return finish(keys, &run, into: &outputs) }
        guard key.code <= 9 else { return miss(.noMatch, &run, into: &outputs) }
        keys.append(key)
        guard keys.count < collect.digits.upperBound else {
            // The answer is complete and doesn't wait; many callers press the finish key all the same.
            if let finish = collect.finish { run.swallow(finish, until: run.now.advanced(by: collect.betweenDigits)) }
            return finish(keys, &run, into: &outputs)
        }
        state = .entering(keys, until: run.now.advanced(by: collect.betweenDigits))
        return .stay
    }

    private mutating func finish(_ keys: [DTMFKey], _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard collect.digits.contains(keys.count) else { return miss(.noMatch, &run, into: &outputs) }
        let text = String(keys.map(\.character))
        run.set(collect.place, collect.isSecret ? .secret(Secret(text)) : .text(text))
        return .onward
    }

    private mutating func miss(_ outcome: FlowOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.forgetTypedAhead()
        switch used.count(outcome, collect.tries) {
        case .askAgain(let first): return ask(after: first, &run, into: &outputs)
        case .giveUp(let step?): return .go(step)
        case .giveUp(nil): return .failed(outcome, "collecting digits was given up after \(outcome.rawValue)")
        }
    }
}
