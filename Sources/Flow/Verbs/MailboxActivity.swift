import Kernel

/// Somebody at a mailbox: first the number and the PIN, then the messages (`MailboxVisit`).
struct MailboxActivity: FlowActivity {
    private enum State {
        case askingNumber(KeyQuestion)
        case askingPIN(KeyQuestion, number: String)
        /// The mailboxes are asked.
        case entering(number: String, until: Instant)
        case inside(MailboxVisit)
    }

    private let verb: Mailbox
    private var state: State
    private var refusals = 0
    private var silences = 0

    var takesKeys: Bool { true }
    /// Until the PIN is right, keys are not for the record.
    var isSecret: Bool { if case .inside = state { false } else { true } }

    private static let mostDigits = 20
    private static let mostTries = 3

    init(_ verb: Mailbox, _ run: FlowRun) {
        self.verb = verb
        state = .entering(number: "", until: run.now)
    }

    var deadline: Instant {
        switch state {
        case .askingNumber(let question), .askingPIN(let question, _): question.deadline
        case .entering(_, let until): until
        case .inside(let visit): visit.deadline
        }
    }

    mutating func begin(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        let number = verb.number.map { $0.render(in: run).filter { !$0.isWhitespace } } ?? ""
        if number.isEmpty { askNumber([], &run, into: &outputs) } else { identify(number, [], &run, into: &outputs) }
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch state {
        case .askingNumber(var question):
            let answer = question.receive(input, run, into: &outputs)
            state = .askingNumber(question)
            guard let answer else { return .stay }
            guard case .keys(let keys) = answer, !keys.isEmpty else { return silent(&run, into: &outputs) }
            identify(String(keys.map(\.character)), [], &run, into: &outputs)
            return .stay
        case .askingPIN(var question, let number):
            let answer = question.receive(input, run, into: &outputs)
            state = .askingPIN(question, number: number)
            guard let answer else { return .stay }
            guard case .keys(let keys) = answer else { return silent(&run, into: &outputs) }
            enter(number, Secret(String(keys.map(\.character))), &run, into: &outputs)
            return .stay
        case .entering(let number, _):
            if case .mailbox(let reply) = input { return replied(reply, number, &run, into: &outputs) }
            if case .key(let key) = input { run.keep(key) }
            return input == .deadline ? failed("the mailboxes did not answer", into: &outputs) : .stay
        case .inside(var visit):
            let progress = visit.receive(input, &run, into: &outputs)
            state = .inside(visit)
            return progress
        }
    }

    private mutating func askNumber(_ before: [String], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        let prompts = run.prompts(before + [Mailbox.Words.number])
        state = .askingNumber(KeyQuestion(prompts, most: Self.mostDigits, &run, into: &outputs))
    }

    private mutating func identify(_ number: String, _ before: [String], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        guard verb.asksPIN else { return enter(number, nil, &run, into: &outputs) }
        let prompts = run.prompts(before + [Mailbox.Words.pin])
        state = .askingPIN(KeyQuestion(prompts, most: Self.mostDigits, &run, into: &outputs), number: number)
    }

    private mutating func enter(_ number: String, _ pin: Secret?, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        outputs.append(.mailbox(.enter(number, pin: pin)))
        state = .entering(number: number, until: run.now.advanced(by: VoicemailActivity.patience))
    }

    private mutating func replied(
        _ reply: MailboxReply, _ number: String, _ run: inout FlowRun, into outputs: inout [FlowCommand]
    ) -> Progress {
        switch reply {
        case .entered(let messages):
            state = .inside(MailboxVisit(number, messages, &run, into: &outputs))
            return .stay
        case .refused, .noSuchMailbox:
            // Which of the two it was is not told: numbers could be tried out.
            refusals += 1
            outputs.append(.log("mailbox: \(FlowOutcome.noMatch.rawValue)"))
            guard refusals < Self.mostTries else { return giveUp(.noMatch, verb.noMatch) }
            if verb.number == nil {
                askNumber([Mailbox.Words.wrong], &run, into: &outputs)
            } else if verb.asksPIN {
                identify(number, [Mailbox.Words.wrong], &run, into: &outputs)
            } else {
                return failed("there is no mailbox \(number)", into: &outputs)
            }
            return .stay
        case .barred: return giveUp(.noMatch, verb.noMatch)
        case .failed(let reason): return failed(reason, into: &outputs)
        case .open, .done, .full: return .stay
        }
    }

    private mutating func silent(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        silences += 1
        guard silences < Self.mostTries else { return giveUp(.noInput, verb.noInput) }
        if case .askingPIN(_, let number) = state {
            identify(number, [], &run, into: &outputs)
        } else {
            askNumber([], &run, into: &outputs)
        }
        return .stay
    }

    private func giveUp(_ outcome: FlowOutcome, _ way: Int?) -> Progress {
        way.map { .go($0) } ?? .failed(outcome, "the mailbox was given up after \(outcome.rawValue)")
    }

    private func failed(_ reason: String, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.log("mailbox: \(FlowOutcome.failed.rawValue): \(reason)"))
        return verb.failed.map { .go($0) } ?? .failed(.failed, "the mailbox cannot be heard: \(reason)")
    }
}
