import SimulatedWorld

/// What came of a run.
public struct Report: Sendable {
    /// The seed.
    public let seed: UInt64
    /// How many acts its schedule had.
    public let acts: Int
    /// How many calls there were.
    public let calls: Int
    /// How many phones still talked when everything was put right, and did so with somebody.
    public let conversations: Int
    /// How they ended, and how many so.
    public let outcomes: [(outcome: String, count: Int)]
    /// What is wrong; empty in a good run.
    public let findings: [String]
    /// A number that is the same whenever the seed is carried out.
    public let fingerprint: UInt64
    /// Every message, call event and act, if the run was traced.
    public let trace: [String]

    init(seed: UInt64, acts: Int, _ auditor: Auditor, _ world: SimulatedWorld) {
        self.seed = seed
        self.acts = acts
        calls = auditor.callCount
        conversations = auditor.conversations
        outcomes = auditor.outcomes.sorted { $0.key < $1.key }.map { ("\($0.key)", $0.value) }
        findings = auditor.findings
        fingerprint = world.fingerprint
        trace = world.trace
    }
}
