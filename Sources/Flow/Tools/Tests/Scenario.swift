public import Kernel

/// One test of a flow: who calls and when, what is pressed, what must be heard, and where the call must end.
public struct Scenario: Equatable, Sendable {
    /// What the caller does, or must meet, in order.
    public enum Moment: Equatable, Sendable {
        /// Time goes on until this begins to be heard: a prompt's name, or what is spoken; with a language, in that one.
        case hear(String, language: String?)
        /// Keys, a fifth of a second apart.
        case press([DTMFKey])
        /// The caller speaks for so long.
        case speak(Duration)
        /// Time passes.
        case wait(Duration)
        /// The caller is gone.
        case hangUp
    }

    /// What it shows, as a sentence.
    public var name: String
    /// The line of the file on which it begins.
    public var line: Int
    /// Who calls, and what stands ready.
    public var world: ScenarioWorld
    /// What happens, in order. Then the caller says and presses nothing more.
    public var moments: [Moment]
    /// How the call must end.
    public var ends: ScenarioEnd
    /// What must travel with it, by name.
    public var with: [String: String]
    /// How many messages nobody has heard must be in mailboxes in the end, by number.
    public var messages: [String: Int] = [:]
    /// Steps that it must go through, in this order, others between them.
    public var steps: [String]
}

extension Scenario {
    /// A caller who says and presses nothing; how the call must end is left open.
    public init(silentCallerIn world: ScenarioWorld) {
        self.init(name: "a silent caller", line: 0, world: world, moments: [], ends: .callerHungUp, with: [:], steps: [])
    }
}

/// How a call can end.
public enum ScenarioEnd: Equatable, Sendable, CustomStringConvertible {
    /// Somebody at this number has it.
    case redirect(String)
    /// The flow hung up.
    case hangup(FlowCause)
    /// The flow refused it.
    case reject(FlowCause)
    /// The caller hung up.
    case callerHungUp

    /// Reads `redirect 2001`, `hangup`, `hangup busy`, `reject busy`, `caller hangs up`.
    public init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("redirect", 2): self = .redirect(words[1])
        case ("hangup", 1): self = .hangup(.normal)
        case ("hangup", 2): if let cause = FlowCause(rawValue: words[1]) { self = .hangup(cause) } else { return nil }
        case ("reject", 1): self = .reject(.declined)
        case ("reject", 2): if let cause = FlowCause(rawValue: words[1]) { self = .reject(cause) } else { return nil }
        default:
            guard text == "caller hangs up" else { return nil }
            self = .callerHungUp
        }
    }

    /// The end as it is written in a test.
    public var description: String {
        switch self {
        case .redirect(let number): "redirect \(number)"
        case .hangup(let cause): cause == .normal ? "hangup" : "hangup \(cause.rawValue)"
        case .reject(let cause): cause == .declined ? "reject" : "reject \(cause.rawValue)"
        case .callerHungUp: "caller hangs up"
        }
    }
}

/// What an agent of a test's world does as the call begins.
enum ScenarioAgent: Equatable, Sendable {
    case ready
    case notReady
    /// On another call for so long.
    case talking(Duration)
}

/// Who calls, when, and what the world answers to the flow.
public struct ScenarioWorld: Equatable, Sendable {
    /// What a store does.
    public enum Store: Equatable, Sendable {
        /// It has these records, by key.
        case records([String: [String: String]])
        /// It says that it is down.
        case down
        /// It never answers.
        case slow
    }

    /// The calling number.
    public var caller = "+493055501"
    /// The calling name.
    public var callerName = ""
    /// The number that passed the call on.
    public var redirectedFrom = ""
    /// The number that is dialled; the flow's first line unless named.
    public var called = ""
    /// The local day and time, as `2026-11-23 12:00`.
    public var at = "2026-11-23 12:00"
    /// What travels with the call.
    public var data: [String: String] = [:]
    /// The stores by name; others are empty.
    public var stores: [String: Store] = [:]
    /// The mailboxes by number.
    public var mailboxes: [String: ScenarioMailbox] = [:]
    /// Whether callers can be recorded.
    var canRecord = true
    /// What agents do, by their lines.
    var agents: [String: ScenarioAgent] = [:]
    /// How many callers wait already when the caller enters a queue; `nil` for as many as may.
    var waiting: Int? = 0
    /// What web services answer, by the address that is asked (as the record of no key); others know nothing (404).
    public var web: [String: Store] = [:]
    /// What becomes of a call that is to be promised: `found` when somebody answers it; else it is not even promised, but for `no-answer`.
    var callback = FlowOutcome.found
    /// What becomes of a call to a number; others answer after a second.
    public var answers: [String: FlowOutcome] = [:]

    /// A world in which nothing stands ready.
    public init() {}
}
