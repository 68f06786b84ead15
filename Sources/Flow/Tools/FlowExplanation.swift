/// What a flow means for its callers: how long it can take to reach a person, and how calls end that reach none.
public struct FlowExplanation: Sendable {
    /// A way through the flow.
    public struct Path: Equatable, Sendable {
        /// The steps, in order.
        public var steps: [String]
        /// How many keys a caller presses at worst.
        public var keys: Int
        /// How many seconds pass at worst, until the phone at its end rings.
        public var seconds: Int
    }

    /// The longest way to a person, no step taken twice; `nil` when there is none.
    public private(set) var longest: Path?
    /// For each step that ends the call without a person, the shortest way to it.
    public private(set) var endings: [[String]] = []
    /// Whether there were too many ways to look at all, so that a longer one may exist.
    public private(set) var isCutShort = false

    private let flow: Flow
    private let map: FlowMap
    private let costs: [(keys: Int, seconds: Double)]
    private var left = 200_000

    /// Goes through a flow; `texts` has the texts of prompts, by which their length is estimated.
    public init(_ flow: Flow, texts: PromptCatalogue) {
        self.flow = flow
        map = FlowMap(flow)
        costs = flow.program.steps.map { FlowExplanation.cost($0, flow, texts) }
        var path: [Int] = []
        look(from: 0, keys: 0, seconds: 0, &path)
        isCutShort = left <= 0
        for step in map.steps.indices where map.steps[step].role == .ends { shortest(to: step).map { endings.append($0) } }
    }

    /// Sixteen letters a second, as espeak-ng speaks at its usual speed; three seconds for a recording whose text is not known.
    private static func cost(_ step: FlowProgram.Step, _ flow: Flow, _ texts: PromptCatalogue) -> (keys: Int, seconds: Double) {
        var (keys, seconds) = (0, 0.0)
        for action in step.actions {
            let effort = action.verb.effort
            keys += effort.keys
            seconds += Double(effort.wait.components.seconds) + Double(effort.wait.components.attoseconds) / 1e18
            for item in effort.heard.flatMap(\.items) {
                switch item {
                case .prompt(let name): seconds += texts.text(of: name, in: flow.language).map { Double($0.count) / 16 } ?? 3
                case .speech(let text): seconds += Double(text.byLanguage.first?.parts.reduce(0) { $0 + $1.length } ?? 0) / 16
                case .value: seconds += 2
                case .recording: seconds += 10
                }
            }
        }
        return (keys, seconds)
    }

    private mutating func look(from step: Int, keys: Int, seconds: Double, _ path: inout [Int]) {
        left -= 1
        guard left > 0, map.steps.indices.contains(step) else { return }
        path.append(step)
        defer { path.removeLast() }
        // The ringing of the last phone is not counted: that phone may be answered.
        if map.steps[step].actions.contains(where: \.leadsToPerson), Int(seconds) > longest?.seconds ?? -1 {
            longest = Path(steps: path.map { map.steps[$0].name }, keys: keys, seconds: Int(seconds.rounded()))
        }
        for way in map.steps[step].ways where !path.contains(way.to) {
            look(from: way.to, keys: keys + costs[step].keys, seconds: seconds + costs[step].seconds, &path)
        }
    }

    private func shortest(to end: Int) -> [String]? {
        var origin: [Int: Int] = [:]
        var waiting = [0]
        var next = 0
        while next < waiting.count {
            let step = waiting[next]
            next += 1
            if step == end {
                var path = [step]
                while let last = path.last, last != 0, let before = origin[last] { path.append(before) }
                return path.reversed().map { map.steps[$0].name }
            }
            for way in map.steps[step].ways where way.to != 0 && origin[way.to] == nil {
                origin[way.to] = step
                waiting.append(way.to)
            }
        }
        return nil
    }
}

extension Template.Part {
    fileprivate var length: Int {
        switch self {
        case .text(let text): text.count
        case .value: 10
        }
    }
}

extension String {
    /// Whether an action of this summary hands the call to a person.
    fileprivate var leadsToPerson: Bool { ["redirect", "queue", "directory"].contains { hasPrefix($0) } }
}
