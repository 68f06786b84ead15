public import CallControl
import Kernel

/// Names an agent: somebody who takes calls that queues give.
public struct AgentID: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name in the configuration.
    public let text: String

    /// Makes a name.
    public init(_ text: String) { self.text = text }
    /// Makes a name.
    public init(stringLiteral value: String) { text = value }

    /// The name.
    public var description: String { text }

    /// Orders agents by name.
    public static func < (left: AgentID, right: AgentID) -> Bool { left.text < right.text }
}

/// An agent as configured.
public struct AgentSettings: Equatable, Sendable {
    /// What people call the agent.
    public var name: String
    /// The line on which the agent is called.
    public var line: DirectoryNumber
    /// The phones of that line. Who controls one of them controls the agent.
    public var devices: [DeviceName]
    /// How well the agent knows each skill, from 1 to 10.
    public var skills: [String: Int]

    /// Makes settings.
    public init(name: String, line: DirectoryNumber, devices: [DeviceName], skills: [String: Int] = [:]) {
        self.name = name
        self.line = line
        self.devices = devices
        self.skills = skills
    }
}

/// What an agent does at a moment (CSTA agent states: `talking` is its agentBusy, `wrapUp` its agentWorkingAfterCall).
public enum AgentState: Hashable, Sendable {
    /// Takes no calls of queues: why, such as `lunch`.
    case notReady(reason: String)
    /// Waits for a call.
    case ready
    /// A call is on its way: a queue keeps the agent for it, or the phone rings.
    case reserved
    /// There is a call on the agent's line.
    case talking
    /// Works on what a queue's call left to do.
    case wrapUp

    /// The reason of an agent who has not said anything yet.
    public static let loggedOut = AgentState.notReady(reason: "logged-out")

    /// The state in one word, as flow files, the CTI link and the console have it.
    public var word: String {
        switch self {
        case .notReady: "not-ready"
        case .ready: "ready"
        case .reserved: "reserved"
        case .talking: "talking"
        case .wrapUp: "wrap-up"
        }
    }

    /// Why the agent is not ready.
    public var reason: String? { if case .notReady(let reason) = self { reason } else { nil } }

    /// Reads a word and, for `not-ready`, the reason; `nil` for any other word.
    public init?(word: String, reason: String?) {
        switch word {
        case "not-ready": self = .notReady(reason: reason ?? "")
        case "ready": self = .ready
        case "reserved": self = .reserved
        case "talking": self = .talking
        case "wrap-up": self = .wrapUp
        default: return nil
        }
    }

    /// Every word.
    public static let words = ["not-ready", "ready", "reserved", "talking", "wrap-up"]
}

/// What an agent, or somebody for the agent, can ask for; the other states follow from calls.
public enum AgentWish: Equatable, Sendable {
    /// Calls are welcome.
    case ready
    /// No calls: why. At most `longestReason` bytes count.
    case notReady(reason: String)

    /// How long a reason may be, in bytes of UTF-8; the rest of a longer one is cut off.
    public static let longestReason = 64
}

/// An agent at a moment.
public struct AgentSnapshot: Equatable, Sendable {
    /// The agent.
    public var agent: AgentID
    /// The agent's settings.
    public var settings: AgentSettings
    /// What the agent does.
    public var state: AgentState
    /// For how long already.
    public var lasting: Duration

    /// Makes a snapshot.
    public init(agent: AgentID, settings: AgentSettings, state: AgentState, lasting: Duration) {
        self.agent = agent
        self.settings = settings
        self.state = state
        self.lasting = lasting
    }
}

/// What the CTIManager knows of an agent; the state follows from it and from the calls on the agent's line.
struct AgentRecord: Sendable {
    /// What the agent last asked for.
    var wish = AgentWish.notReady(reason: "logged-out")
    var duty = Duty.none
    /// The state that monitors were told last, and since when.
    var told = AgentState.loggedOut
    var since: Instant

    /// What the agent does for a queue.
    enum Duty: Equatable, Sendable {
        case none
        /// Kept for a call that is on its way.
        case reserved(by: ApplicationID, wrapUp: Duration)
        /// On a queue's call, after which there is wrap-up.
        case serving(wrapUp: Duration)
        case wrapUp
    }
}
