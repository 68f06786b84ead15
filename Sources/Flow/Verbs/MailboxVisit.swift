import Kernel

/// An owner among the messages: one after the other, with keys for each, and a greeting of one's own.
struct MailboxVisit: Sendable {
    private enum State {
        /// A message plays; its keys are awaited.
        case hearing(KeyQuestion)
        /// All are heard.
        case ending(KeyQuestion)
        case callingBack(until: Instant)
        case greeting(RecordingSession)
        case reviewing(KeyQuestion, recording: String)
        /// The greeting is being put in its place.
        case settling(until: Instant)
    }

    private let number: String
    private var messages: [VoiceMessage]
    private var current = 0
    private var state: State
    private var silences = 0
    private var rounds = 0

    private typealias Words = Mailbox.Words
    /// How long one's phone may ring who is called back.
    private static let ring: Duration = .seconds(30)
    /// A greeting is no longer than this.
    private static let longestGreeting: Duration = .seconds(60)
    /// So often the end is repeated to whoever presses keys there that mean nothing.
    private static let mostRounds = 20

    /// Begins with how many messages there are.
    init(_ number: String, _ messages: [VoiceMessage], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        self.number = number
        self.messages = messages
        state = .callingBack(until: run.now)
        next(after: MailboxVisit.counts(messages, run), &run, into: &outputs)
    }

    var deadline: Instant {
        switch state {
        case .hearing(let question), .ending(let question), .reviewing(let question, _): question.deadline
        case .callingBack(let until), .settling(let until): until
        case .greeting(let session): session.deadline
        }
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch state {
        case .hearing(var question):
            let answer = question.receive(input, run, into: &outputs)
            state = .hearing(question)
            if let answer { choose(answer, &run, into: &outputs) }
        case .ending(var question):
            let answer = question.receive(input, run, into: &outputs)
            state = .ending(question)
            if let answer { return chooseAtEnd(answer, &run, into: &outputs) }
        case .callingBack:
            switch input {
            case .redirectFailed, .deadline: hear(after: run.prompts([Words.notReached]), withAudio: false, &run, into: &outputs)
            default: break
            }
        case .greeting(var session):
            let outcome = session.receive(input, run, into: &outputs)
            state = .greeting(session)
            if let outcome { recorded(outcome, &run, into: &outputs) }
        case .reviewing(var question, let recording):
            let answer = question.receive(input, run, into: &outputs)
            state = .reviewing(question, recording: recording)
            if let answer { review(answer, recording, &run, into: &outputs) }
        case .settling:
            switch input {
            case .mailbox(.done): hear(after: run.prompts([Words.greetingKept]), withAudio: false, &run, into: &outputs)
            case .mailbox, .deadline: hear(after: run.prompts([Words.greetingUnchanged]), withAudio: false, &run, into: &outputs)
            default: break
            }
        }
        return .stay
    }

    // MARK: Messages

    private static func counts(_ messages: [VoiceMessage], _ run: FlowRun) -> [Utterance] {
        let new = messages.count { $0.isNew }
        let saved = messages.count - new
        if messages.isEmpty { return run.prompts([Words.none]) }
        return (new == 0 ? [] : run.prompts([Words.new]) + run.spoken(.number, String(new)))
            + (saved == 0 ? [] : run.prompts([Words.saved]) + run.spoken(.number, String(saved)))
    }

    /// On with the current message, or with the end behind the last.
    private mutating func next(after before: [Utterance], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        silences = 0
        guard messages.indices.contains(current) else { return end(after: before, &run, into: &outputs) }
        hear(after: before, withAudio: true, &run, into: &outputs)
    }

    private mutating func hear(after before: [Utterance], withAudio: Bool, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        guard messages.indices.contains(current) else { return end(after: before, &run, into: &outputs) }
        let all = before + (withAudio ? announcement(of: messages[current], run) : []) + run.prompts([Words.menu])
        state = .hearing(KeyQuestion(all, &run, into: &outputs))
    }

    /// Its place, who left it and when, and the message itself.
    private func announcement(of message: VoiceMessage, _ run: FlowRun) -> [Utterance] {
        let time = run.localTime(at: message.at) ?? message.localTime
        return run.prompts([Words.message]) + run.spoken(.number, String(current + 1))
            + (message.caller.isEmpty ? [] : run.prompts([Words.from]) + run.spoken(.digits, message.caller))
            + (time.isEmpty ? [] : run.prompts([Words.received]) + run.spoken(.date, time) + run.spoken(.time, time))
            + [Utterance(.recording(message.recording), language: run.language)]
    }

    private mutating func choose(_ answer: KeyQuestion.Answer, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        guard case .keys(let keys) = answer else {
            // A message that was heard to its end is no longer new.
            silences += 1
            return silences < 2 ? hear(after: [], withAudio: false, &run, into: &outputs) : keep(&run, into: &outputs)
        }
        silences = 0
        switch keys.first?.character {
        case "1": hear(after: [], withAudio: true, &run, into: &outputs)
        case "2": keep(&run, into: &outputs)
        case "3":
            outputs.append(.mailbox(.delete(number, message: messages[current].id)))
            messages.remove(at: current)
            next(after: run.prompts([Words.deleted]), &run, into: &outputs)
        case "5": callBack(&run, into: &outputs)
        case "*":
            current += 1
            next(after: [], &run, into: &outputs)
        case "0": recordGreeting(&run, into: &outputs)
        default: hear(after: [], withAudio: false, &run, into: &outputs)
        }
    }

    private mutating func markHeard(into outputs: inout [FlowCommand]) {
        guard messages.indices.contains(current), messages[current].isNew else { return }
        messages[current].isNew = false
        outputs.append(.mailbox(.keep(number, message: messages[current].id)))
    }

    private mutating func keep(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        markHeard(into: &outputs)
        current += 1
        next(after: run.prompts([Words.kept]), &run, into: &outputs)
    }

    private mutating func callBack(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        let caller = messages[current].caller
        guard !caller.isEmpty else { return hear(after: run.prompts([Words.notReached]), withAudio: false, &run, into: &outputs) }
        markHeard(into: &outputs)
        outputs.append(.redirect(FlowRedirect(to: caller, data: [], ring: Self.ring, showsCaller: true)))
        state = .callingBack(until: run.now.advanced(by: Self.ring + RedirectWays.grace))
    }

    private mutating func end(after before: [Utterance], _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        state = .ending(KeyQuestion(before + run.prompts([Words.end]), &run, into: &outputs))
    }

    private mutating func chooseAtEnd(_ answer: KeyQuestion.Answer, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        rounds += 1
        guard case .keys(let keys) = answer, rounds <= Self.mostRounds else { return .onward }
        switch keys.first?.character {
        case "0": recordGreeting(&run, into: &outputs)
        case "1" where !messages.isEmpty:
            current = 0
            next(after: [], &run, into: &outputs)
        case "*", "#": return .onward
        default: end(after: [], &run, into: &outputs)
        }
        return .stay
    }

    // MARK: The greeting

    private mutating func recordGreeting(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        var limits = RecordingLimits()
        limits.longest = Self.longestGreeting
        var session = RecordingSession(limits, for: .greeting(mailbox: number))
        session.begin(after: run.prompts([Words.greeting]), run, into: &outputs)
        state = .greeting(session)
    }

    private mutating func recorded(_ outcome: RecordingOutcome, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        guard case .complete(let name, _, let spoken) = outcome, spoken > .zero else {
            outputs.append(.discardRecording)
            return hear(after: run.prompts([Words.greetingUnchanged]), withAudio: false, &run, into: &outputs)
        }
        askReview([], name, &run, into: &outputs)
    }

    private mutating func askReview(_ before: [Utterance], _ recording: String, _ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        state = .reviewing(KeyQuestion(before + run.prompts([Words.greetingReview]), &run, into: &outputs), recording: recording)
    }

    private mutating func review(_ answer: KeyQuestion.Answer, _ recording: String, _ run: inout FlowRun, into outputs: inout [FlowCommand])
    {
        rounds += 1
        guard case .keys(let keys) = answer, rounds <= Self.mostRounds else {
            outputs.append(.discardRecording)
            return hear(after: run.prompts([Words.greetingUnchanged]), withAudio: false, &run, into: &outputs)
        }
        switch keys.first?.character {
        case "1":
            outputs.append(.mailbox(.greet(number)))
            state = .settling(until: run.now.advanced(by: VoicemailActivity.patience))
        case "2": askReview([Utterance(.recording(recording), language: run.language)], recording, &run, into: &outputs)
        case "3":
            outputs.append(.discardRecording)
            recordGreeting(&run, into: &outputs)
        default: askReview([], recording, &run, into: &outputs)
        }
    }
}
