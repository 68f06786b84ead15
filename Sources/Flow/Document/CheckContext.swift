/// What a flow is checked against. What is `nil` is not checked.
public struct CheckContext: Sendable {
    /// The lines that exist.
    public var lines: Set<String>?
    /// The prompts that exist, as recordings or as texts to speak, by language.
    public var prompts: [String: Set<String>]?
    /// The prompts that are recorded, by language: words of spoken values are played where all of them are.
    public var recordings: [String: Set<String>]
    /// The stores that exist.
    public var stores: Set<String>?
    /// The numbers of the mailboxes that exist.
    public var mailboxes: Set<String>?
    /// The groups of agents that exist.
    public var agentGroups: Set<String>?
    /// The skills that at least one agent has.
    public var skills: Set<String>?
    /// What flows take that can be called, by their names.
    public var callableFlows: [String: [String]]?
    /// Who can be found by name.
    public var people: [DirectoryEntry]?
    /// The numbers that the site has, for the nearest right one; also what can be reached when `reaches` is `nil`.
    public var numbers: Set<String>?
    /// Whether a call can be sent to a number, where that is more than `numbers` (trunks, patterns).
    public var reaches: (@Sendable (String) -> Bool)?

    /// Makes a context.
    public init(
        lines: Set<String>? = nil, prompts: [String: Set<String>]? = nil, recordings: [String: Set<String>] = [:],
        stores: Set<String>? = nil, mailboxes: Set<String>? = nil, numbers: Set<String>? = nil, agentGroups: Set<String>? = nil,
        skills: Set<String>? = nil, callableFlows: [String: [String]]? = nil, people: [DirectoryEntry]? = nil,
        reaches: (@Sendable (String) -> Bool)? = nil
    ) {
        self.lines = lines
        self.prompts = prompts
        self.recordings = recordings
        self.stores = stores
        self.mailboxes = mailboxes
        self.callableFlows = callableFlows
        self.people = people
        self.numbers = numbers
        self.agentGroups = agentGroups
        self.skills = skills
        self.reaches = reaches
    }

    /// Whether a call can be sent to a number, as far as is known.
    func canReach(_ number: String) -> Bool {
        if let reaches { return reaches(number) }
        guard let numbers else { return true }
        return numbers.contains(number)
    }
}
