import Kernel

/// A menu in progress.
struct MenuActivity: FlowActivity {
    private enum State {
        case playing(until: Instant)
        case waiting(until: Instant)
        case entering([DTMFKey], until: Instant)
        case dialling(until: Instant)
    }

    private let menu: Menu
    private var state: State
    private var used = TriesUsed()

    var takesKeys: Bool { true }
    var awaitsSpeech: Bool { if case .playing = state { menu.heedsSpeech } else { false } }

    var deadline: Instant {
        switch state {
        case .playing(let until), .waiting(let until), .entering(_, let until), .dialling(let until): until
        }
    }

    init(_ menu: Menu, now: Instant) {
        self.menu = menu
        state = .waiting(until: now)
    }

    /// Takes the keys that were pressed before the menu began; asks only when there are none.
    mutating func begin(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard !run.typeAhead.isEmpty else { return ask(after: Announcement(), &run, into: &outputs) }
        while let key = run.nextTypedAhead() {
            let progress = press(key, &run, into: &outputs)
            guard case .stay = progress else { return progress }
        }
        return .stay
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch (state, input) {
        case (.dialling, .redirectFailed(let outcome)): return dialled(outcome, &run, into: &outputs)
        case (.dialling, .deadline): return dialled(.noAnswer, &run, into: &outputs)
        case (.dialling, _): return .stay
        case (.playing, .played), (.playing, .deadline):
            state = .waiting(until: run.now.advanced(by: menu.firstKey))
            return .stay
        case (.playing, .spoke) where menu.heedsSpeech:
            outputs.append(.stopPlaying)
            state = .waiting(until: run.now.advanced(by: menu.firstKey))
            return .stay
        case (.playing, .key(let key)):
            outputs.append(.stopPlaying)
            return press(key, &run, into: &outputs)
        case (_, .key(let key)): return press(key, &run, into: &outputs)
        case (.waiting, .deadline): return miss(.noInput, &run, into: &outputs)
        case (.entering(let keys, _), .deadline): return act(on: keys, &run, into: &outputs)
        default: return .stay
        }
    }

    private mutating func ask(after first: Announcement, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let utterances = run.utterances(of: first) + run.utterances(of: menu.announcement)
        if utterances.isEmpty {
            state = .waiting(until: run.now.advanced(by: menu.firstKey))
        } else {
            outputs.append(.play(utterances))
            state = .playing(until: run.now.advanced(by: FlowRun.longestPlay))
        }
        return .stay
    }

    private mutating func press(_ key: DTMFKey, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var keys: [DTMFKey] = []
        if case .entering(let earlier, _) = state { keys = earlier }
        keys.append(key)
        // A key that nothing can follow acts at once.
        guard menu.extensions.contains(where: { $0.count > keys.count && $0.fits(keys) }) else {
            return act(on: keys, &run, into: &outputs)
        }
        state = .entering(keys, until: run.now.advanced(by: menu.betweenKeys))
        return .stay
    }

    private mutating func act(on keys: [DTMFKey], _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        if menu.extensions.contains(where: { $0.count == keys.count && $0.fits(keys) }) {
            let number = String(keys.map(\.character))
            outputs.append(.redirect(FlowRedirect(to: number, data: [], ring: RedirectWays.defaultRing, showsCaller: true)))
            state = .dialling(until: run.now.advanced(by: RedirectWays.defaultRing + RedirectWays.grace))
            run.forgetTypedAhead()
            return .stay
        }
        if keys.count == 1, let step = menu.keys[Int(keys[0].code)] { return .go(step) }
        return miss(.noMatch, &run, into: &outputs)
    }

    private mutating func dialled(_ outcome: FlowOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        if let step = menu.extensionWays.step(for: outcome) { return .go(step) }
        // An extension that nobody has is a wrong key.
        if outcome == .unreachable { return miss(.noMatch, &run, into: &outputs) }
        return .failed(outcome, "the extension did not take the call: \(outcome.rawValue)")
    }

    private mutating func miss(_ outcome: FlowOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.forgetTypedAhead()
        switch used.count(outcome, menu.tries) {
        case .askAgain(let first): return ask(after: first, &run, into: &outputs)
        case .giveUp(let step?): return .go(step)
        case .giveUp(nil): return .failed(outcome, "the menu was given up after \(outcome.rawValue)")
        }
    }
}
