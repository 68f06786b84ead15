import Kernel

/// Plays one test against the interpreter that answers real calls, in virtual time: an hour of a call takes less than a millisecond.
public struct ScenarioRun {
    /// What came of it.
    public struct Result: Sendable {
        /// How many actions were begun.
        public var actions = 0
        /// How the call ended; `nil` when it went on.
        public var end: ScenarioEnd?
        /// What was not as it must be; empty when the test passed.
        public var problems: [String] = []
        /// What happened, a line each, with seconds since the call began.
        public var transcript: [String] = []
        /// The steps in the order in which they were entered.
        public var steps: [String] = []
    }

    private let scenario: Scenario
    private var run: FlowRun
    private var now = Instant.zero
    private var result = Result()
    private var pending: [(at: Instant, input: FlowInput)] = []
    private var playedAt: Instant?
    /// What was heard and is not yet asked for by a `hear`.
    private var heard: [Utterance] = []
    private var end: ScenarioEnd?
    private var redirect: FlowRedirect?
    private var recorder = ScenarioRecorder()
    private var mailboxes: ScenarioMailboxes
    /// Whether the run waits for the caller to begin to speak.
    private var isListening = false
    private var events = 0
    private var queues: QueueRehearsal
    private var promise: FlowCallback?

    /// How long one prompt or text plays.
    public static let utterance: Duration = .seconds(2)
    /// How long somebody speaks before it is known.
    private static let firstWords: Duration = .milliseconds(200)
    private static let keyDistance: Duration = .milliseconds(200)
    private static let longestHear: Duration = .seconds(120)
    private static let longestCall: Duration = .seconds(1800)
    private static let longestTranscript = 500
    private static let mostEvents = 100_000

    private init(_ scenario: Scenario, _ flow: Flow) {
        self.scenario = scenario
        let world = scenario.world
        var facts = CallFacts(
            callerNumber: world.caller, callerName: world.callerName,
            calledNumber: world.called.isEmpty ? flow.lines.first ?? "" : world.called, redirectedFrom: world.redirectedFrom,
            callID: "test",
            data: world.data,
            startedAt: LocalMoment(world.at).map { flow.seconds(at: $0) } ?? 0)
        facts.waiting = world.waiting ?? QueueGroup.mostWaiting
        run = FlowRun(flow, facts: facts, at: .zero)
        queues = QueueRehearsal(world)
        mailboxes = ScenarioMailboxes(world.mailboxes, from: world.caller, at: facts.startedAt, world.at)
    }

    /// Plays a test.
    public static func play(_ scenario: Scenario, of flow: Flow) -> Result {
        var run = ScenarioRun(scenario, flow)
        run.give(.start)
        for moment in scenario.moments { run.play(moment) }
        run.pass(ScenarioRun.longestCall) { _ in false }
        run.result.end = run.end
        run.judge()
        return run.result
    }

    // MARK: The caller

    private mutating func play(_ moment: Scenario.Moment) {
        switch moment {
        case .hear(let what, let language):
            let before = heard.map(\.words)
            if pass(Self.longestHear, until: { $0.takeHeard(what, language) }) { return }
            let all = (before + heard.map(\.words).dropFirst(before.count)).map { "\"\($0)\"" }
            complain(
                "expected to hear \"\(what)\"\(language.map { " in \($0)" } ?? ""), heard \(all.isEmpty ? "nothing" : all.joined(separator: ", "))"
            )
        case .wait(let duration): pass(duration) { _ in false }
        case .speak(let duration):
            note("the caller speaks")
            recorder.speak(from: now, for: duration)
            heedSpeech()
            pass(duration) { _ in false }
        case .press(let keys):
            guard !run.isOver else { return complain("the call is over before \(keys.map(\.description).joined()) can be pressed") }
            for key in keys {
                note("the caller presses \(key)")
                give(.key(key))
                pass(Self.keyDistance) { _ in false }
            }
        case .hangUp:
            guard !run.isOver else { return }
            note("the caller hangs up")
            if callBack() { return }
            end = .callerHungUp
            give(.released)
            leaveMessage()
        }
    }

    /// Whether this was heard; what was heard before it counts as passed.
    private mutating func takeHeard(_ what: String, _ language: String?) -> Bool {
        let match = heard.firstIndex { $0.words == what && (language == nil || $0.language == language) }
        if let match { heard.removeSubrange(...match) }
        return match != nil
    }

    // MARK: Time

    /// Lets time pass until something is true; gives whether it came true.
    @discardableResult private mutating func pass(_ duration: Duration, until isTrue: (inout ScenarioRun) -> Bool) -> Bool {
        let limit = now.advanced(by: duration)
        while !isTrue(&self) {
            events += 1
            let next = [pending.first?.at, queues.next, playedAt, recorder.ends, run.nextDeadline].compactMap { $0 }.min()
            guard let next, next <= limit, !run.isOver, events < Self.mostEvents else {
                if !run.isOver { now = limit }
                return false
            }
            now = max(now, next)
            if let first = pending.first, first.at <= now {
                pending.removeFirst()
                give(first.input)
            } else if let next = queues.next, next <= now {
                passQueues()
            } else if let playedAt, playedAt <= now {
                self.playedAt = nil
                give(.played)
            } else if let ends = recorder.ends, ends <= now {
                give(.recorded(recorder.complete(at: now)))
            } else {
                give(.deadline)
            }
        }
        return true
    }

    private mutating func give(_ input: FlowInput) {
        var commands: [FlowCommand] = []
        run.receive(input, at: now, into: &commands)
        for command in commands { perform(command) }
    }

    private mutating func later(_ input: FlowInput, _ delay: Duration) {
        let at = now.advanced(by: delay)
        pending.insert((at, input), at: pending.firstIndex { $0.at > at } ?? pending.count)
    }

    // MARK: The world

    private mutating func perform(_ command: FlowCommand) {
        switch command {
        case .answer, .accept:
            note(command == .answer ? "answered" : "ringing")
            later(.done, .zero)
        case .play(let utterances):
            for utterance in utterances {
                note("heard: \(utterance.words)\(utterance.language == run.flow.language ? "" : " (\(utterance.language))")")
            }
            heard += utterances
            playedAt = now.advanced(by: Self.utterance * utterances.count)
        case .stopPlaying: playedAt = nil
        case .listen(let isOn):
            isListening = isOn
            heedSpeech()
        case .lookUp(let store, let key, _): lookUp(store, key)
        case .begin(let number, let task): begin(number, task)
        case .redirect(let redirect): ring(redirect)
        case .record(let order): record(order)
        case .stopRecording: recorder.stop(at: now)
        case .discardRecording:
            recorder.dispose()
            note("the recording is discarded")
        case .mailbox(let request): ask(request)
        case .music(let music): play(music)
        case .setAgent(let state): setAgent(state)
        case .callBack(let order): promiseCall(order)
        case .enterQueue(let order): enterQueue(order)
        case .leaveQueue:
            note("leaves the queue")
            queues.leave(at: now)
        case .began: result.actions += 1
        case .entered(let step):
            result.steps.append(step)
            note("step \(step)")
        case .log(let text): note("log: \(text)")
        case .count(let counter, let amount): note("count: \(counter) \(amount)")
        case .hangup(let cause): if !callBack() { over(.hangup(cause)) }
        case .reject(let cause): over(.reject(cause))
        case .finished(.redirected): over(redirect.map { .redirect($0.to) } ?? .callerHungUp)
        default: break
        }
    }

    private mutating func over(_ end: ScenarioEnd) {
        self.end = end
        leaveMessage()
        note("the end: \(end)")
    }

    /// Tells the run that the caller speaks, if it listens.
    private mutating func heedSpeech() {
        pending.removeAll { $0.input == .spoke }
        guard isListening, recorder.hearsSpeech(from: now, until: now.advanced(by: Self.firstWords)) else { return }
        isListening = false
        later(.spoke, Self.firstWords)
    }

    private mutating func lookUp(_ store: String, _ key: String) {
        switch scenario.world.stores[store] ?? .records([:]) {
        case .records(let records):
            let outcome: LookupOutcome = records[key].map { .found($0) } ?? .notFound
            note("lookup of \(key) in \(store): \(records[key] == nil ? "not-found" : "found")")
            later(.record(outcome), .milliseconds(10))
        case .down: later(.record(.failed("the store is down")), .milliseconds(10))
        case .slow: break
        }
    }

    private mutating func record(_ order: FlowRecording) {
        guard scenario.world.canRecord else { return later(.recorded(.failed("the disk is full")), .milliseconds(10)) }
        note("recording")
        recorder.begin(order, at: now)
    }

    private mutating func ask(_ request: MailboxRequest) {
        let reply = mailboxes.answer(request)
        switch request {
        case .deliver, .greet: recorder.dispose()
        case .visit, .enter, .keep, .delete: break
        }
        switch reply {
        case .entered(let messages): note("mailbox: \(messages.count) messages")
        default: note("mailbox: \(request.told): \(reply)")
        }
        later(.mailbox(reply), .milliseconds(10))
    }

    /// Who hangs up has left the message.
    private mutating func leaveMessage() {
        guard let mailbox = recorder.mailboxLeft(at: now) else { return }
        note("mailbox: a message for \(mailbox)")
        _ = mailboxes.answer(.deliver(mailbox))
    }

    private mutating func play(_ music: FlowMusic?) {
        guard let music else { return note("the music ends") }
        note("music: \(music.sound.words)")
        heard.append(music.sound)
    }

    private mutating func promiseCall(_ order: FlowCallback) {
        let outcome = scenario.world.callback
        let isPromised = outcome == .found || outcome == .noAnswer
        note("a call to \(order.number) is \(isPromised ? "promised" : "not promised")")
        if isPromised { promise = order }
        later(.callbackSet(isPromised ? .found : outcome), .milliseconds(10))
    }

    /// The call that was promised comes a minute after the first one has ended; gives whether there is one, and somebody answers.
    private mutating func callBack() -> Bool {
        guard let order = promise, scenario.world.callback == .found else { return false }
        promise = nil
        note("the call to \(order.number) is answered")
        run = run.calledBack(at: order.step)
        (pending, playedAt) = ([], nil)
        queues.leave(at: now)
        later(.start, .seconds(60))
        return true
    }

    private mutating func enterQueue(_ order: FlowQueue) {
        note("waits for \(order.wish.group)")
        redirect = FlowRedirect(to: order.wish.group, data: order.data, ring: .zero, showsCaller: order.showsCaller)
        queues.enter(order, in: scenario.world, at: now)
    }

    /// Lets happen in the queues what is due, and tells the flow.
    private mutating func passQueues() {
        for input in queues.pass(at: now) {
            if input == .queue(.offered), let line = queues.offeredTo {
                note("rings at \(line)")
                redirect?.to = line
            }
            give(input)
        }
    }

    private mutating func setAgent(_ state: FlowAgentState) {
        let isAgent = scenario.world.agents[scenario.world.caller] != nil
        note("agent: \(state == .ready ? "ready" : "not ready")\(isAgent ? "" : ", but nobody at this line is one")")
        later(.agentSet(isAgent ? .found : .notFound), .milliseconds(10))
    }

    private mutating func begin(_ number: Int, _ task: FlowTask) {
        note(task.summary)
        switch task {
        case .park(let place):
            if let place { redirect = FlowRedirect(to: place, data: [], ring: .zero, showsCaller: true) }
            later(.redirected, .milliseconds(10))
        case .web(let request):
            switch scenario.world.web[request.url] {
            case .records(let answers): later(.task(number, .ended(.found, answers[""] ?? [:])), .milliseconds(50))
            case .down: later(.task(number, .ended(.failed, reason: "the service is down")), .milliseconds(50))
            case .slow: later(.task(number, .ended(.timedOut, reason: "no answer")), request.deadline)
            case nil: later(.task(number, .ended(.notFound)), .milliseconds(50))
            }
        }
    }

    private mutating func ring(_ redirect: FlowRedirect) {
        self.redirect = redirect
        note("redirect to \(redirect.to)" + redirect.data.map { " \($0.name)=\($0.value)" }.joined())
        switch scenario.world.answers[redirect.to] {
        case nil: later(.redirected, .seconds(1))
        case .noAnswer: later(.redirectFailed(.noAnswer), redirect.ring)
        case let outcome?: later(.redirectFailed(outcome), .seconds(1))
        }
    }

    // MARK: The verdict

    private mutating func judge() {
        if let end, end != scenario.ends {
            complain("expected the call to end with \(scenario.ends), but it ended with \(end)")
        } else if end == nil {
            complain("expected the call to end with \(scenario.ends), but it went on")
        }
        for (name, value) in scenario.with.sorted(by: { $0.key < $1.key }) {
            let found = redirect?.data.first { $0.name == name }?.value
            if found != value {
                complain("expected \(name) \"\(value)\" to travel with the call, found \(found.map { "\"\($0)\"" } ?? "none")")
            }
        }
        for (number, count) in scenario.messages.sorted(by: { $0.key < $1.key }) where mailboxes.newMessages(number) != count {
            complain("expected \(count) new messages in mailbox \(number), found \(mailboxes.newMessages(number))")
        }
        var rest = result.steps[...]
        for step in scenario.steps {
            guard let index = rest.firstIndex(of: step) else {
                complain(
                    "expected the call to go through \(scenario.steps.joined(separator: ", ")), but it went through \(result.steps.joined(separator: ", "))"
                )
                break
            }
            rest = rest[(index + 1)...]
        }
    }

    private mutating func complain(_ text: String) {
        result.problems.append(text)
    }

    private mutating func note(_ text: String) {
        guard result.transcript.count < Self.longestTranscript else { return }
        let tenths = now.nanoseconds / 100_000_000
        result.transcript.append("\(tenths / 10).\(tenths % 10) \(text)")
    }
}

extension Utterance {
    /// The prompt's name, or what is spoken.
    public var words: String {
        switch content {
        case .prompt(let name): name
        case .speech(let text): text
        case .beep: "beep"
        case .recording(let name): "recording \(name)"
        case .holdMusic: "music"
        }
    }
}
