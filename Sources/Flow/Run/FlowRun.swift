public import Kernel

/// One call's way through a flow, over virtual time: inputs in, commands out. It does nothing by itself and knows no clock.
///
/// Every wait has a deadline; errors at run time take the flow's way for failures, so that no caller is stuck or meets silence.
public struct FlowRun: Sendable {
    private enum Phase {
        case ready
        case waiting(any FlowActivity)
        case over
    }

    /// The flow of the moment: the one that answered, or one that was called.
    private(set) var flow: Flow
    let library: FlowLibrary
    private(set) var callers: [Caller] = []
    let facts: CallFacts
    private let began: Instant
    private var callLimit: Instant
    private var phase: Phase = .ready
    private var step = 0
    private var action = 0
    private var variables: [FlowValue]
    /// The language of the moment, as its place among the flow's.
    private(set) var languageIndex = 0
    /// The moment of the input that is being dealt with.
    private(set) var now: Instant
    /// Keys that were pressed before anything wanted them.
    private(set) var typeAhead: [DTMFKey] = []
    private var swallowed: (key: DTMFKey, until: Instant)?
    /// Whether the caller can hear us.
    var isAnswered = false
    /// Whether the caller is listened to for speech.
    private var isListening = false
    private var actionsWithoutInput = 0
    /// The number of the latest task; what earlier ones report comes too late.
    private(set) var task = 0
    private var failures = 0

    /// No more actions than this are done without a key of the caller.
    static let mostActionsWithoutInput = 1000
    /// After so many failures a run apologises and ends.
    static let mostFailures = 5
    static let mostTypedAhead = 32

    /// Makes a run that waits for `.start`.
    public init(_ flow: Flow, facts: CallFacts, at now: Instant) {
        self.flow = flow
        library = flow.library
        self.facts = facts
        self.now = now
        began = now
        callLimit = now.advanced(by: flow.program.longestCall)
        variables = []
        begin(flow)
    }

    /// Takes up a flow from its beginning, with the variables that come with the call.
    mutating func begin(_ flow: Flow) {
        self.flow = flow
        (step, action, languageIndex) = (0, 0, 0)
        variables = Array(repeating: .nothing, count: flow.program.variables.count)
        for (name, place) in flow.program.variables.builtIns { set(place, facts.value(of: name)) }
        fill(group: "data", from: facts.data)
    }

    /// Lets the flow wait for one that it calls.
    mutating func push(into group: String?) {
        callers.append(Caller(flow: flow, step: step, action: action, variables: variables, languageIndex: languageIndex, into: group))
    }

    /// Goes on with the flow that waits, if one does; gives where the results go.
    mutating func pop() -> (group: String?, Void)? {
        guard let caller = callers.popLast() else { return nil }
        (flow, step, action, variables, languageIndex) = (caller.flow, caller.step, caller.action, caller.variables, caller.languageIndex)
        return (caller.into, ())
    }

    /// When `.deadline` is due; `nil` before the start and after the end.
    public var nextDeadline: Instant? {
        if case .waiting(let activity) = phase { min(activity.deadline, callLimit) } else { nil }
    }

    /// Whether the run has come to its end.
    public var isOver: Bool { if case .over = phase { true } else { false } }

    /// The step that the call is in; that of a called flow has its name before it.
    public var currentStep: String {
        let name = flow.steps.indices.contains(step) ? flow.steps[step] : ""
        return callers.isEmpty ? name : "\(flow.name): \(name)"
    }

    /// The language of the moment.
    public var language: String { flow.languages.indices.contains(languageIndex) ? flow.languages[languageIndex] : flow.language }

    /// Takes one input and appends what is to be done about it. Inputs that fit nothing (a late outcome, say) are left alone.
    public mutating func receive(_ input: FlowInput, at now: Instant, into outputs: inout [FlowCommand]) {
        self.now = max(now, self.now)
        if input == .spoke { isListening = false }
        take(input, into: &outputs)
        listen(into: &outputs)
    }

    private mutating func take(_ input: FlowInput, into outputs: inout [FlowCommand]) {
        switch (phase, input) {
        case (.over, _): return
        case (_, .released): end(.finished(.hangup), into: &outputs)
        case (_, .redirected): end(.finished(.redirected), into: &outputs)
        case (.ready, .start):
            callLimit = self.now.advanced(by: flow.program.longestCall)
            outputs.append(.entered(step: currentStep))
            go(on: begin(into: &outputs), into: &outputs)
        case (.ready, _): return
        case (.waiting, .deadline) where self.now >= callLimit:
            outputs.append(.log("the call reached its longest time"))
            end(.hangup(.normal), into: &outputs)
        case (.waiting(let activity), _):
            if input == .deadline, self.now < activity.deadline { return }
            if case .task(let number, _) = input, number != task { return }
            if case .promptFailed(let reason) = input { return outputs.append(.log("a prompt could not be played: \(reason)")) }
            if case .key(let key) = input {
                actionsWithoutInput = 0
                outputs.append(.pressed(activity.isSecret ? nil : key))
                if isSwallowed(key) { return }
                if !activity.takesKeys { return keep(key) }
            }
            give(input, to: activity, into: &outputs)
        }
    }

    /// Listens as long as what is waited for heeds speech; the first words end it.
    private mutating func listen(into outputs: inout [FlowCommand]) {
        guard case .waiting(let activity) = phase, activity.awaitsSpeech != isListening else { return }
        isListening = activity.awaitsSpeech
        outputs.append(.listen(isListening))
    }

    /// This run with what it knows by now, about to begin in another step: for a call back to its caller.
    public func calledBack(at step: Int) -> FlowRun {
        var run = self
        (run.step, run.action, run.phase, run.isAnswered) = (step, 0, .ready, true)
        (run.typeAhead, run.actionsWithoutInput, run.failures, run.isListening) = ([], 0, 0, false)
        return run
    }

    private mutating func end(_ command: FlowCommand, into outputs: inout [FlowCommand]) {
        phase = .over
        typeAhead = []
        outputs.append(command)
    }

    private mutating func give(_ input: FlowInput, to activity: any FlowActivity, into outputs: inout [FlowCommand]) {
        var activity = activity
        let progress = activity.receive(input, &self, into: &outputs)
        if case .stay = progress {
            phase = .waiting(activity)
        } else {
            go(on: progress, into: &outputs)
        }
    }

    /// Goes on until something must be waited for.
    private mutating func go(on progress: Progress, into outputs: inout [FlowCommand]) {
        var progress = progress
        while true {
            switch progress {
            case .stay: return
            case .wait(let activity):
                phase = .waiting(activity)
                return
            case .over:
                phase = .over
                typeAhead = []
                return
            case .onward: action += 1
            case .again:
                action = 0
                outputs.append(.entered(step: currentStep))
            case .go(let target):
                (step, action) = (target, 0)
                outputs.append(.entered(step: currentStep))
            case .failed(let outcome, let reason):
                progress = fail(outcome, reason, into: &outputs)
                continue
            }
            progress = begin(into: &outputs)
        }
    }

    private mutating func begin(into outputs: inout [FlowCommand]) -> Progress {
        actionsWithoutInput += 1
        guard actionsWithoutInput <= Self.mostActionsWithoutInput else {
            actionsWithoutInput = 0
            return .failed(.failed, "\(Self.mostActionsWithoutInput) actions without a key of the caller")
        }
        guard let verb = flow.program.action(action, of: step) else { return .failed(.failed, "the step \(currentStep) fell off its end") }
        outputs.append(.began(action: flow.program.summary(action, of: step)))
        return verb.start(&self, into: &outputs)
    }

    /// Takes the flow's way for failures; a failure on that way itself is met with an apology.
    private mutating func fail(_ outcome: FlowOutcome, _ reason: String, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.log("step \(currentStep): \(outcome.rawValue): \(reason)"))
        forgetTypedAhead()
        failures += 1
        if failures <= Self.mostFailures {
            // A called flow that has no way of its own for failures takes that of its caller.
            while case .apology = flow.program.failedWay, pop() != nil {}
            switch flow.program.failedWay {
            case .step(let target) where target != step: return .go(target)
            case .number(let number) where failures == 1:
                let redirect = FlowRedirect(to: number, data: [], ring: RedirectWays.defaultRing, showsCaller: true)
                outputs.append(.redirect(redirect))
                return .wait(Redirecting(outcomes: RedirectWays(), deadline: now.advanced(by: redirect.ring + RedirectWays.grace)))
            default: break
            }
        }
        return Apology.begin(&self, into: &outputs)
    }

    /// Has the outside do something.
    mutating func begin(_ task: FlowTask, into outputs: inout [FlowCommand]) {
        self.task += 1
        outputs.append(.begin(self.task, task))
    }

    // MARK: Keys

    /// Keeps a key for the next menu.
    mutating func keep(_ key: DTMFKey) {
        if typeAhead.count < Self.mostTypedAhead { typeAhead.append(key) }
    }

    mutating func nextTypedAhead() -> DTMFKey? { typeAhead.isEmpty ? nil : typeAhead.removeFirst() }

    mutating func forgetTypedAhead() { typeAhead = [] }

    /// Lets one press of a key go unnoticed until a moment, if it comes next.
    mutating func swallow(_ key: DTMFKey, until: Instant) {
        if typeAhead.first == key {
            typeAhead.removeFirst()
        } else if typeAhead.isEmpty {
            swallowed = (key, until)
        }
    }

    private mutating func isSwallowed(_ key: DTMFKey) -> Bool {
        defer { swallowed = nil }
        guard let swallowed else { return false }
        return swallowed.key == key && now <= swallowed.until
    }

    // MARK: Variables

    mutating func set(_ place: Int, _ value: FlowValue) {
        if variables.indices.contains(place) { variables[place] = value }
    }

    /// Fills the variables of a group from a record; fields that it doesn't have become nothing.
    mutating func fill(group: String, from fields: [String: String]) {
        for (field, place) in flow.program.variables.groups[group] ?? [] { set(place, fields[field].map { .text($0) } ?? .nothing) }
    }

    mutating func set(_ name: String, _ value: FlowValue) {
        if let place = flow.program.variables.places[name] { set(place, value) }
    }

    mutating func clear(group: String) { fill(group: group, from: [:]) }

    /// Changes the language, if the flow speaks it.
    mutating func speak(_ language: String) {
        if let index = flow.languages.firstIndex(of: language) { languageIndex = index }
    }
}

extension FlowRun: ExpressionContext {
    func value(at place: Int) -> FlowValue { variables.indices.contains(place) ? variables[place] : .nothing }

    /// Seconds since 1970, at the moment of the input that is being dealt with.
    private var wallClock: Double { facts.startedAt + Double(began.duration(to: now).wholeNanoseconds) / 1e9 }

    var isOpen: Bool { flow.program.hours?.isOpen(at: wallClock) ?? true }

    var localTime: String {
        localTime(at: wallClock) ?? ""
    }

    /// The day and time at a moment where the flow's hours are; `nil` for a flow without hours.
    func localTime(at wallClock: Double) -> String? {
        guard let (date, _, minute) = flow.program.hours?.local(at: wallClock) else { return nil }
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(date.spelled) \(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}

extension FlowRun: CustomStringConvertible {
    /// The flow and the step; values of variables are left out, since some are secret.
    public var description: String { "flow \(flow.name), step \(currentStep)" }
}

extension CallFacts {
    func value(of name: String) -> FlowValue {
        let text =
            switch name {
            case "caller.number": callerNumber
            case "caller.name": callerName
            case "called.number": calledNumber
            case "redirected.from": redirectedFrom
            case "call.id": callID
            default: ""
            }
        if name == "queue.waiting" { return .number(Double(waiting)) }
        return text.isEmpty ? .nothing : .text(text)
    }
}
