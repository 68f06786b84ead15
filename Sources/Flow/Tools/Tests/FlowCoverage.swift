/// Which steps of a flow, and which ways between them, its tests have gone through.
///
/// A way is told by the steps at its ends: two keys of a menu that lead to the same step are one way.
public struct FlowCoverage: Sendable {
    private let map: FlowMap
    private var entered: Set<String> = []
    private var taken: Set<[String]> = []

    /// Nothing is covered yet.
    public init(_ flow: Flow) {
        map = FlowMap(flow)
    }

    /// Adds the steps that a test went through.
    public mutating func add(_ steps: [String]) {
        entered.formUnion(steps)
        for (from, to) in zip(steps, steps.dropFirst()) { taken.insert([from, to]) }
    }

    private var ways: [(from: String, to: String, label: String)] {
        map.steps.flatMap { step in step.ways.map { (step.name, map.steps[$0.to].name, $0.label) } }
    }

    /// The steps that no test entered.
    public var missedSteps: [String] { map.steps.map(\.name).filter { !entered.contains($0) } }

    /// The ways that no test took, such as `menu → sales (key 1)`.
    public var missedWays: [String] {
        ways.filter { !taken.contains([$0.from, $0.to]) }.map { "\($0.from) → \($0.to)\($0.label.isEmpty ? "" : " (\($0.label))")" }
    }

    /// A line with the numbers, and a line for each step and way that was missed.
    public var report: [String] {
        let (steps, ways) = (map.steps.count, ways.count)
        return ["\(map.name): \(steps - missedSteps.count) of \(steps) steps, \(ways - missedWays.count) of \(ways) ways"]
            + missedSteps.map { "  never entered: \($0)" } + missedWays.map { "  never taken: \($0)" }
    }
}
