import StrictYAML

/// The steps of a flow and how they lead to each other, for finding what can't be reached, what never ends, and what would be played to a caller who
/// was not answered.
struct FlowGraph {
    let steps: [FlowProgram.Step]
    let failedWay: FlowProgram.FailedWay
    /// Whether the call is answered before it comes here.
    let isAnswered: Bool

    /// Reports what is wrong with the ways.
    func check(_ problems: Diagnostics) {
        guard !steps.isEmpty else { return }
        // Steps that didn't read right have lost ways; what follows from that is no news.
        if !problems.hasErrors { checkReach(problems) }
        if !isAnswered { checkAnswered(problems) }
        checkLoops(problems, through: [.free]) { names in
            problems.error(
                "this goes round for ever without a key of the caller: \(names.joined(separator: " → "))", at: mark(of: names.first))
        }
        guard !problems.hasErrors else { return }
        checkExits(problems)
        checkLoops(problems, through: [.free, .silence]) { names in
            problems.warning(
                "a caller who presses nothing goes round until the call's longest time: \(names.joined(separator: " → "))",
                at: mark(of: names.first))
        }
    }

    private func mark(of step: String?) -> Mark? {
        steps.first { $0.name == step }?.mark
    }

    /// The ways out of a step. Behind an action that takes keys, every way needs keys.
    private func ways(of step: Int) -> [Way] {
        var ways: [Way] = []
        var hadInput = false
        for action in steps[step].actions {
            ways += action.verb.ways.compactMap { Way($0.step, hadInput ? .input : $0.cause, $0.name) }
            hadInput = hadInput || action.verb.takesInput
        }
        return ways.filter { steps.indices.contains($0.step) }
    }

    private func checkReach(_ problems: Diagnostics) {
        for (number, step) in steps.enumerated() where !reached.contains(number) {
            problems.warning("no step leads to `\(step.name)`", at: step.mark)
        }
    }

    /// The steps that a call can come to.
    private var reached: Set<Int> {
        var reached: Set<Int> = [0]
        var waiting = [0]
        if case .step(let failed) = failedWay, reached.insert(failed).inserted { waiting.append(failed) }
        while let step = waiting.popLast() {
            for way in ways(of: step) where reached.insert(way.step).inserted { waiting.append(way.step) }
        }
        return reached
    }

    /// Finds steps from which no way leads to a person or an end.
    private func checkExits(_ problems: Diagnostics) {
        var origins: [[Int]] = Array(repeating: [], count: steps.count)
        for step in steps.indices {
            for way in ways(of: step) { origins[way.step].append(step) }
        }
        var waiting = steps.indices.filter { steps[$0].actions.contains { $0.verb.leavesFlow } }
        var leaving = Set(waiting)
        while let step = waiting.popLast() {
            for origin in origins[step] where leaving.insert(origin).inserted { waiting.append(origin) }
        }
        let stuck = reached.subtracting(leaving).sorted().map { steps[$0] }
        guard let first = stuck.first else { return }
        problems.warning(
            "a dead end: from \(stuck.map { "`\($0.name)`" }.joined(separator: ", ")) no way leads to a person or an end; a caller can only hang up",
            at: first.mark)
    }

    /// Follows the ways that a call can take without having been answered.
    private func checkAnswered(_ problems: Diagnostics) {
        var seen: Set<Int> = [0]
        var waiting = [0]
        while let step = waiting.popLast() {
            for action in steps[step].actions {
                let (action, mark) = (action.verb, action.mark)
                if action.answers { break }
                if action.needsAnswer {
                    let verb = type(of: action).name
                    problems.error(
                        "a call can come to this `\(verb)` before it is answered; put `- answer` before it, or in front of what leads here",
                        at: mark)
                    break
                }
                for way in action.ways where steps.indices.contains(way.step) && seen.insert(way.step).inserted { waiting.append(way.step) }
            }
        }
    }

    /// Finds circles that use only ways of some causes, each reported once.
    private func checkLoops(_ problems: Diagnostics, through causes: [Way.Cause], report: ([String]) -> Void) {
        let next = steps.indices.map { step in ways(of: step).filter { causes.contains($0.cause) }.map(\.step) }
        var told: Set<[String]> = []
        // 0: not seen, 1: on the path, 2: done.
        var states = Array(repeating: 0, count: steps.count)
        for root in steps.indices where states[root] == 0 {
            var path: [(step: Int, way: Int)] = [(root, 0)]
            states[root] = 1
            while let (step, way) = path.last {
                guard way < next[step].count else {
                    states[step] = 2
                    path.removeLast()
                    continue
                }
                path[path.count - 1].way += 1
                let target = next[step][way]
                if states[target] == 0 {
                    states[target] = 1
                    path.append((target, 0))
                } else if states[target] == 1 {
                    let circle = path.drop { $0.step != target }.map { steps[$0.step].name }
                    if told.insert(circle).inserted { report(circle + [steps[target].name]) }
                }
            }
        }
    }
}
