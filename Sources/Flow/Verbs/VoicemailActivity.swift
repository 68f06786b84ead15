import Kernel

/// A message that is being left.
struct VoicemailActivity: FlowActivity {
    private enum State {
        /// The mailbox is asked.
        case opening(until: Instant)
        case recording(RecordingSession)
        /// The caller chooses: send, listen, again.
        case reviewing(KeyQuestion, recording: String)
        case delivering(until: Instant)
        case thanking(until: Instant)
    }

    private let verb: Voicemail
    private let mailbox: String
    private var state: State
    private var rounds = 0

    var takesKeys: Bool { true }
    var awaitsSpeech: Bool { if case .recording(let session) = state { session.awaitsSpeech } else { false } }

    /// How long the mailboxes may take for an answer.
    static let patience: Duration = .seconds(5)
    /// After so many choices the message is delivered as it is.
    private static let mostRounds = 6

    init(_ verb: Voicemail, _ mailbox: String, _ run: FlowRun) {
        self.verb = verb
        self.mailbox = mailbox
        state = .opening(until: run.now.advanced(by: Self.patience))
    }

    var deadline: Instant {
        switch state {
        case .opening(let until), .delivering(let until), .thanking(let until): until
        case .recording(let session): session.deadline
        case .reviewing(let question, _): question.deadline
        }
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch (state, input) {
        case (.opening, .mailbox(.open(let greeting))):
            record(after: self.greeting(greeting, run), &run, into: &outputs)
        case (.opening, .mailbox(let reply)), (.delivering, .mailbox(let reply)):
            return replied(reply, &run, into: &outputs)
        case (.opening, .deadline), (.delivering, .deadline): return failed("the mailbox did not answer", into: &outputs)
        case (.thanking, .played), (.thanking, .deadline): return .onward
        case (.recording(var session), _):
            let outcome = session.receive(input, run, into: &outputs)
            state = .recording(session)
            if let outcome { return recorded(outcome, &run, into: &outputs) }
        case (.reviewing(var question, let recording), _):
            let answer = question.receive(input, run, into: &outputs)
            state = .reviewing(question, recording: recording)
            if let answer { choose(answer, recording, &run, into: &outputs) }
        default: break
        }
        return .stay
    }

    private func greeting(_ own: String?, _ run: FlowRun) -> [Utterance] {
        if let given = verb.greeting { return run.utterances(of: given) }
        if let own { return [Utterance(.recording(own), language: run.language)] }
        return run.prompts([Voicemail.Words.greeting])
    }

    private mutating func record(after utterances: [Utterance], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        var session = RecordingSession(verb.limits, for: .message(mailbox: mailbox))
        session.begin(after: utterances, run, into: &outputs)
        state = .recording(session)
    }

    private mutating func recorded(_ outcome: RecordingOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch outcome {
        case .failed(let reason): return failed(reason, into: &outputs)
        case .complete(let name, _, let spoken):
            guard spoken >= verb.limits.atLeast, spoken > .zero else {
                outputs.append(.discardRecording)
                let isSilent = spoken <= .zero
                outputs.append(.log("voicemail: \(isSilent ? FlowOutcome.noInput.rawValue : "too-short")"))
                return (isSilent ? verb.noInput : verb.tooShort ?? verb.noInput).map { .go($0) } ?? .onward
            }
            if verb.reviews { review([], name, &run, into: &outputs) } else { deliver(&run, into: &outputs) }
            return .stay
        }
    }

    // MARK: The choice

    private mutating func review(_ before: [Utterance], _ recording: String, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        rounds += 1
        guard rounds <= Self.mostRounds else { return deliver(&run, into: &outputs) }
        state = .reviewing(KeyQuestion(before + run.prompts([Voicemail.Words.review]), &run, into: &outputs), recording: recording)
    }

    private mutating func choose(_ answer: KeyQuestion.Answer, _ recording: String, _ run: inout FlowRun, into outputs: inout [FlowCommand])
    {
        guard case .keys(let keys) = answer else { return deliver(&run, into: &outputs) }
        switch keys.first?.character {
        case "1": deliver(&run, into: &outputs)
        case "2": review([Utterance(.recording(recording), language: run.language)], recording, &run, into: &outputs)
        case "3":
            outputs.append(.discardRecording)
            record(after: [], &run, into: &outputs)
        default: review([], recording, &run, into: &outputs)
        }
    }

    private mutating func deliver(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        outputs.append(.mailbox(.deliver(mailbox)))
        state = .delivering(until: run.now.advanced(by: Self.patience))
    }

    // MARK: What the mailbox says

    private mutating func replied(_ reply: MailboxReply, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch reply {
        case .done:
            outputs.append(.log("voicemail: a message for \(mailbox)"))
            outputs.append(.play(run.prompts([Voicemail.Words.thanks])))
            state = .thanking(until: run.now.advanced(by: FlowRun.longestPlay))
            return .stay
        case .full:
            outputs.append(.log("voicemail: the mailbox \(mailbox) is full"))
            return (verb.full ?? verb.failed).map { .go($0) } ?? .failed(.failed, "the mailbox \(mailbox) is full")
        case .noSuchMailbox: return failed("there is no mailbox \(mailbox)", into: &outputs)
        case .failed(let reason): return failed(reason, into: &outputs)
        case .open, .entered, .refused, .barred: return .stay
        }
    }

    private func failed(_ reason: String, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.log("voicemail: \(FlowOutcome.failed.rawValue): \(reason)"))
        return verb.failed.map { .go($0) } ?? .failed(.failed, "no message can be left: \(reason)")
    }
}
