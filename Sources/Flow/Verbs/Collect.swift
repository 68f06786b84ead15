import Kernel
import StrictYAML

/// `collect`: several digits, into a variable.
struct Collect: FlowVerb {
    static let name = "collect"
    static let keys = [
        "collect": [
            "into", "prompt", "digits", "finish", "first-digit", "between-digits", "attempts", "failed", "secret", "no-input", "no-match",
        ]
    ].merging(Tries.keys) { first, _ in first }

    var place: Int
    var isSecret = false
    var announcement = Announcement()
    var digits: ClosedRange<Int> = 1...20
    var finish: DTMFKey?
    var firstDigit: Duration = .seconds(5)
    var betweenDigits: Duration = .seconds(3)
    var tries = Tries()

    var needsAnswer: Bool { true }
    var takesInput: Bool { true }
    var leavesFlow: Bool { tries.leaveFlow }
    var effort: Effort {
        let keys = digits.upperBound + (finish == nil ? 0 : 1)
        return tries.effort(question: announcement, keys: keys, first: firstDigit, between: betweenDigits)
    }
    var ways: [Way] { tries.ways }

    static let mostDigits = 32

    static func read(_ source: ActionSource) -> Collect? {
        guard let reader = source.group() else { return nil }
        let compiler = source.compiler
        let variable = reader.required("into", as: compiler.newVariable)
        var collect = Collect(place: variable ?? 0)
        collect.isSecret = reader.yesNo("secret", default: false)
        collect.announcement = reader.optional("prompt", as: compiler.announcement) ?? Announcement()
        collect.digits = reader.optional("digits", as: digitRange) ?? collect.digits
        collect.finish = reader.has("finish") ? reader.optional("finish", as: finishKey)?.key : DTMFKey("#")
        collect.firstDigit = reader.optional("first-digit", as: .duration(.milliseconds(500) ... .seconds(120))) ?? collect.firstDigit
        collect.betweenDigits =
            reader.optional("between-digits", as: .duration(.milliseconds(500) ... .seconds(60))) ?? collect.betweenDigits
        let attempts = reader.int("attempts", in: 1...Tries.hardTotal, default: 3)
        var after: Duration?
        collect.tries = compiler.tries(reader, attempts: attempts, go: reader.optional("failed", as: compiler.step), after: &after)
        if after != nil, let mark = reader.node("no-input")?.mark {
            reader.problems.error("in `collect` the time to the first digit is `first-digit`, not `after`", at: mark)
        }
        reader.finish()
        return variable == nil ? nil : collect
    }

    private static var digitRange: YAMLValue<ClosedRange<Int>> {
        YAMLValue("how many digits, such as `4` or `4-8`, at most \(mostDigits)") { text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low >= 1, low <= high, high <= mostDigits
            else { return nil }
            return low...high
        }
    }

    private struct Finish {
        var key: DTMFKey?
    }

    private static var finishKey: YAMLValue<Finish> {
        YAMLValue("the key that ends the entry, \"#\" or \"*\", or `none`") { text in
            if text == "none" { return Finish(key: nil) }
            return DTMFKey(named: text).flatMap { $0.code > 9 ? Finish(key: $0) : nil }
        }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var activity = CollectActivity(self, now: run.now)
        let progress = activity.begin(&run, into: &outputs)
        if case .stay = progress { return .wait(activity) }
        return progress
    }
}
