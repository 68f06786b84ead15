/// Agents who share a queue.
public struct QueueGroup: Equatable, Sendable {
    /// Who of the free agents gets the first caller.
    public enum Strategy: String, Sendable, CaseIterable {
        /// Who has waited longest for a call.
        case longestIdle = "longest-idle"
        /// One after the other, in the order of the configuration.
        case roundRobin = "round-robin"
        /// Everyone's phone rings; the first to answer has the call.
        case allAtOnce = "all-at-once"
        /// Who knows best what the caller needs; among equals who has waited longest.
        case mostSkilled = "most-skilled"
    }

    /// The name in the configuration.
    public var name: String
    /// The agents' names.
    public var members: [String]
    /// Who gets the first caller.
    public var strategy: Strategy = .longestIdle
    /// How long an agent's phone rings for a caller.
    public var ring: Duration = .seconds(15)
    /// How long an agent works after a call.
    public var wrapUp: Duration = .zero
    /// Whether an agent who does not answer takes no more calls (reason `no-answer`), so that callers do not ring there again and again.
    public var pausesAfterNoAnswer = true
    /// How many callers may wait.
    public var most = 100

    /// No group lets more callers wait.
    public static let mostWaiting = 1000
    /// At most so many phones ring for one caller.
    public static let mostRinging = 16

    /// Makes a group with the defaults.
    public init(name: String, members: [String]) {
        self.name = name
        self.members = members
    }
}

/// An agent as queues know one.
public struct QueueAgent: Equatable, Sendable {
    /// What an agent does, as far as it matters to queues.
    public enum Activity: Equatable, Sendable {
        /// Takes no calls.
        case away
        /// Waits for a call.
        case ready
        /// A call is on its way.
        case reserved
        /// Has a call, or work that one left.
        case busy
    }

    /// The name in the configuration.
    public var name: String
    /// The number that is called.
    public var line: String
    /// How well the agent knows each skill, from 1 to 10.
    public var skills: [String: Int]
    /// What the agent does.
    public var activity: Activity

    /// Makes an agent.
    public init(name: String, line: String, skills: [String: Int] = [:], activity: Activity) {
        self.name = name
        self.line = line
        self.skills = skills
        self.activity = activity
    }
}

/// Names a caller, present or called back later, in the queues of one process.
public struct QueueTicket: Hashable, Sendable {
    /// The number, used once.
    public let rawValue: UInt64

    /// Makes a ticket.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a caller who enters a queue needs.
public struct QueueWish: Equatable, Sendable {
    /// The group whose agents are wanted.
    public var group: String
    /// The skills that an agent needs, with the least level of each.
    public var skills: [String: Int] = [:]
    /// Callers with a higher priority come first.
    public var priority = 0
    /// Whether the caller leaves when no agent is there who could come free.
    public var leavesIfNobody = false
    /// How much longer than a phone rings an agent is kept for the caller, who is to be called first.
    public var keeps: Duration = .zero

    /// Makes a wish.
    public init(group: String) { self.group = group }
}

/// A place in a queue, by which somebody who left it can come back to where they were.
public struct QueuePlace: Equatable, Sendable {
    let group: String
    let order: UInt64
}
