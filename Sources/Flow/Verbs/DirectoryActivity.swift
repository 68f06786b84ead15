import Kernel

/// A search in the directory.
struct DirectoryActivity: FlowActivity {
    private enum State {
        case letters(String)
        case choosing([DirectoryEntry])
        case announcing(DirectoryEntry)
        case ringing
    }

    private let directory: Directory
    private var state = State.letters("")
    private var question: Question
    /// When letters that are entered stand as they are.
    private var pause: Instant?
    private var until: Instant?

    var takesKeys: Bool { true }
    var deadline: Instant { until ?? pause ?? question.deadline }

    init(_ directory: Directory, now: Instant) {
        self.directory = directory
        question = Question(tries: directory.tries, wait: directory.firstLetter, now: now)
    }

    mutating func ask(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        question.ask(directory.announcement, &run, into: &outputs)
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch state {
        case .ringing:
            switch input {
            case .redirectFailed(let outcome): return directory.outcomes.progress(outcome)
            case .deadline: return directory.outcomes.progress(.noAnswer)
            default: return .stay
            }
        case .announcing(let person):
            guard input == .played || input == .deadline else { return .stay }
            return connect(person, &run, into: &outputs)
        case .letters(let keys): return spell(input, keys, &run, into: &outputs)
        case .choosing(let people): return choose(input, people, &run, into: &outputs)
        }
    }

    // MARK: Letters

    private mutating func spell(_ input: FlowInput, _ keys: String, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        if pause != nil, input == .deadline {
            pause = nil
            return narrow(keys, isFinal: true, &run, into: &outputs)
        }
        switch question.receive(input, &run, into: &outputs) {
        case .waiting: return .stay
        case .silence: return miss(.noInput, directory.announcement, &run, into: &outputs)
        case .key(let key):
            if key.character == "#", !keys.isEmpty { return narrow(keys, isFinal: true, &run, into: &outputs) }
            guard ("2"..."9").contains(key.character) else { return nobody(&run, into: &outputs) }
            return narrow(keys + String(key.character), isFinal: false, &run, into: &outputs)
        }
    }

    /// Looks who fits. One person is connected at once; several wait for further letters, until the caller has no more.
    private mutating func narrow(_ keys: String, isFinal: Bool, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        pause = nil
        let fitting = directory.people.filter { $0.fits(keys, by: directory.by) }
        guard let first = fitting.first else { return nobody(&run, into: &outputs) }
        if fitting.count == 1 { return found(first, &run, into: &outputs) }
        state = .letters(keys)
        guard isFinal else {
            pause = run.now.advanced(by: directory.betweenLetters)
            return .stay
        }
        guard fitting.count <= Directory.mostChoices else {
            // The letters stand; more are added to them.
            question.ask(directory.phrases.moreLetters, &run, into: &outputs)
            return .stay
        }
        state = .choosing(fitting)
        question.ask(choices(fitting), &run, into: &outputs)
        return .stay
    }

    private mutating func nobody(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let again = Announcement(items: directory.phrases.noneFits.items + directory.announcement.items)
        return miss(.noMatch, again, &run, into: &outputs)
    }

    private mutating func miss(
        _ outcome: FlowOutcome, _ announcement: Announcement, _ run: inout FlowRun, into outputs: inout [FlowCommand]
    ) -> Progress {
        state = .letters("")
        pause = nil
        return question.miss(outcome, announcement, "the directory", &run, into: &outputs)
    }

    // MARK: Choices

    private func choices(_ people: [DirectoryEntry]) -> Announcement {
        Announcement(
            items: people.enumerated().map { number, person in
                let words = directory.phrases.press.byLanguage.map { phrase in
                    (phrase.fixed ?? "").replacing("NAME", with: person.name).replacing("KEY", with: "\(number + 1)")
                }
                return .speech(SpokenText(byLanguage: words.map { Template(parts: [.text($0)]) }))
            })
    }

    private mutating func choose(
        _ input: FlowInput, _ people: [DirectoryEntry], _ run: inout FlowRun, into outputs: inout [FlowCommand]
    ) -> Progress {
        switch question.receive(input, &run, into: &outputs) {
        case .waiting: return .stay
        case .silence: return question.miss(.noInput, choices(people), "the directory", &run, into: &outputs)
        case .key(let key):
            guard key.code >= 1, people.indices.contains(Int(key.code) - 1) else {
                return question.miss(.noMatch, choices(people), "the directory", &run, into: &outputs)
            }
            return found(people[Int(key.code) - 1], &run, into: &outputs)
        }
    }

    // MARK: The person

    private mutating func found(_ person: DirectoryEntry, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let name = Announcement.Item.speech(SpokenText(byLanguage: run.flow.languages.map { _ in Template(parts: [.text(person.name)]) }))
        outputs.append(.play(run.utterances(of: Announcement(items: directory.phrases.oneMoment.items + [name]))))
        state = .announcing(person)
        until = run.now.advanced(by: .seconds(30))
        return .stay
    }

    private mutating func connect(_ person: DirectoryEntry, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.forgetTypedAhead()
        outputs.append(.redirect(FlowRedirect(to: person.number, data: [], ring: directory.ring, showsCaller: true)))
        state = .ringing
        until = run.now.advanced(by: directory.ring + RedirectWays.grace)
        return .stay
    }
}
