import Kernel
import StrictYAML

/// A verb of flow files: how it is read, where it can lead, and what it does.
///
/// To add one, write a file beside this one and a line in `FlowVerbs.all`.
protocol FlowVerb: Sendable {
    /// The verb, as it is written.
    static var name: String { get }
    /// The keys of its groups, by group (the verb's own under its name), so that a misplaced key can be told where it belongs.
    static var keys: [String: [String]] { get }
    /// Keys that stand beside the verb, such as `go` beside `if`.
    static var besides: [String] { get }
    /// Reads the action; `nil` after errors.
    static func read(_ source: ActionSource) -> Self?

    /// The steps to which it can lead.
    var ways: [Way] { get }
    /// Whether nothing after it in its step is ever done.
    var endsStep: Bool { get }
    /// Whether the call can leave the flow here: to a person, or to its end.
    var leavesFlow: Bool { get }
    /// Whether the caller must have pressed keys before what follows it is done.
    var takesInput: Bool { get }
    /// What it can cost a caller at worst.
    var effort: Effort { get }
    /// Whether the call must have been answered before it.
    var needsAnswer: Bool { get }
    /// Whether the call is answered after it.
    var answers: Bool { get }

    /// Does it, or begins to.
    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress
}

extension FlowVerb {
    static var keys: [String: [String]] { [:] }
    static var besides: [String] { [] }
    var ways: [Way] { [] }
    var endsStep: Bool { false }
    var leavesFlow: Bool { endsStep }
    var takesInput: Bool { false }
    var effort: Effort { Effort() }
    var needsAnswer: Bool { false }
    var answers: Bool { false }
}

/// A step to which an action can lead.
struct Way: Equatable, Sendable {
    /// What takes it there.
    enum Cause: Equatable, Sendable {
        /// Nothing that the caller does.
        case free
        /// The caller stays silent, or presses what fits nothing.
        case silence
        /// The caller presses keys.
        case input
    }

    var step: Int
    var cause: Cause
    /// What the way is called in pictures and reports: `key 1`, `busy`, a condition.
    var name: String

    init?(_ step: Int?, _ cause: Cause, _ name: String = "") {
        guard let step else { return nil }
        self.step = step
        self.cause = cause
        self.name = name
    }
}

/// How a run goes on.
enum Progress {
    /// With the next action.
    case onward
    /// At the beginning of a step.
    case go(Int)
    /// At the beginning of the step in which it is.
    case again
    /// When something happens, with this activity.
    case wait(any FlowActivity)
    /// As before: the activity isn't done.
    case stay
    /// By the way for failures: what happened, and why.
    case failed(FlowOutcome, String)
    /// Not at all.
    case over
}

/// What a run is doing while it waits. Every wait has a deadline.
protocol FlowActivity: Sendable {
    /// When it receives `.deadline`.
    var deadline: Instant { get }
    /// Whether it takes keys; those that it doesn't are kept for the next menu.
    var takesKeys: Bool { get }
    /// Whether its keys are the caller's secret.
    var isSecret: Bool { get }
    /// Whether it waits for the caller to begin to speak.
    var awaitsSpeech: Bool { get }
    /// Takes an input.
    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress
}

extension FlowActivity {
    var takesKeys: Bool { false }
    var isSecret: Bool { false }
    var awaitsSpeech: Bool { false }
}
