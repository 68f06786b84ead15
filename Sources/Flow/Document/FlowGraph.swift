import StrictYAML

/// The steps of a flow and how they lead to each other, for finding what can't be reached, what never ends, and what would be played to a caller who
/// was not answered.
struct FlowGraph {
    let steps: [FlowProgram.Step]
    let marks: [Mark]
    let failedWay: FlowProgram.FailedWay

    /// Reports what is wrong with the ways.
    func check(_ problems: Diagnostics) {
        guard !steps.isEmpty else { return }
        // Steps that didn't read right have lost ways; what follows from that is no news.
        if !problems.hasErrors { checkReach(problems) }
        checkAnswered(problems)
        checkLoops(problems, through: [.free]) { names in
            problems.error(
                "this goes round for ever without a key of the caller: \(names.joined(separator: " → "))", at: mark(of: names.first))
        }
        guard !problems.hasErrors else { return }
        checkLoops(problems, through: [.free, .silence]) { names in
            problems.warning(
                "a caller who presses nothing goes round until the call's longest time: \(names.joined(separator: " → "))",
                at: mark(of: names.first))
        }
    }

    private func mark(of step: String?) -> Mark? {
        steps.firstIndex { $0.name == step }.flatMap { marks.indices.contains($0) ? marks[$0] : nil }
    }

    /// The ways out of a step. Behind an action that takes keys, every way needs keys.
    private func ways(of step: Int) -> [Way] {
        var ways: [Way] = []
        var hadInput = false
        for action in steps[step].actions {
            ways += action.ways.compactMap { Way($0.step, hadInput ? .input : $0.cause) }
            hadInput = hadInput || action.takesInput
        }
        return ways.filter { steps.indices.contains($0.step) }
    }

    private func checkReach(_ problems: Diagnostics) {
        var reached: Set<Int> = [0]
        var waiting = [0]
        if case .step(let failed) = failedWay, reached.insert(failed).inserted { waiting.append(failed) }
        while let step = waiting.popLast() {
            for way in ways(of: step) where reached.insert(way.step).inserted { waiting.append(way.step) }
        }
        for (number, step) in steps.enumerated() where !reached.contains(number) {
            problems.warning("no step leads to `\(step.name)`", at: marks[number])
        }
    }

    /// Follows the ways that a call can take without having been answered.
    private func checkAnswered(_ problems: Diagnostics) {
        var seen: Set<Int> = [0]
        var waiting = [0]
        while let step = waiting.popLast() {
            for action in steps[step].actions {
                if action.answers { break }
                if action.needsAnswer {
                    problems.error(
                        "the step `\(steps[step].name)` wants to be heard before the call is answered; put `- answer` before it",
                        at: marks[step])
                    break
                }
                for way in action.ways where steps.indices.contains(way.step) && seen.insert(way.step).inserted { waiting.append(way.step) }
            }
        }
    }

    /// Finds circles that use only ways of some causes, each reported once.
    private func checkLoops(_ problems: Diagnostics, through causes: [Way.Cause], report: ([String]) -> Void) {
        let next = steps.indices.map { step in ways(of: step).filter { causes.contains($0.cause) }.map(\.step) }
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
                    report(circle + [steps[target].name])
                }
            }
        }
    }
}
