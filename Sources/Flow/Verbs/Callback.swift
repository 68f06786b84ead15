import Kernel
import StrictYAML

/// `callback`: keeps the caller's place. When it is the caller's turn an agent is kept, the number is called, and whoever answers comes into the step
/// `answered`, from which a `queue` of the same group leads to that agent.
struct Callback: FlowVerb {
    static let name = "callback"
    static let keys = [
        "callback": ["group", "skills", "priority", "number", "answered", "attempts", "every", "ring", "full", "failed"]
    ]

    var wish: QueueWish
    var number: Template
    var answered: Int
    var attempts = 3
    var every: Duration = .seconds(300)
    var ring: Duration = .seconds(30)
    var full: Int?
    var failed: Int?

    /// How long the outcome is awaited.
    static let patience: Duration = .seconds(3)

    var leavesFlow: Bool { full == nil || failed == nil }
    var ways: [Way] {
        [Way(answered, .input, "answered"), Way(full, .free, "full"), Way(failed, .free, "failed")].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Callback? {
        guard let reader = source.group() else { return nil }
        let compiler = source.compiler
        let group = reader.required("group", as: compiler.queueGroup)
        let answered = reader.required("answered", as: compiler.step)
        let byCaller = Template(parts: [.value(.variable(compiler.symbols.place(of: "caller.number")))])
        var callback = Callback(wish: QueueWish(group: group ?? ""), number: byCaller, answered: answered ?? 0)
        callback.wish.skills = compiler.skills(reader)
        callback.wish.priority = reader.int("priority", in: 0...10, default: 0)
        callback.number = reader.optional("number", as: compiler.template) ?? callback.number
        callback.attempts = reader.int("attempts", in: 1...10, default: callback.attempts)
        callback.every = reader.optional("every", as: .duration(.seconds(30) ... .seconds(4 * 3600))) ?? callback.every
        callback.ring = reader.optional("ring", as: .duration(.seconds(5) ... .seconds(120))) ?? callback.ring
        callback.wish.keeps = callback.ring + FlowCallback.hearing
        callback.full = reader.optional("full", as: compiler.step)
        callback.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        return group == nil || answered == nil ? nil : callback
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let value = number.render(in: run).filter { !$0.isWhitespace }
        let isNumber =
            !value.isEmpty && value.utf8.count <= 32 && value.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: "+") }
        guard isNumber else { return progress(.failed, "`callback`: there is no number to call") }
        outputs.append(
            .callBack(FlowCallback(number: value, wish: wish, attempts: attempts, every: every, ring: ring, step: answered)))
        return .wait(SettingCallback(callback: self, deadline: run.now.advanced(by: Self.patience)))
    }

    fileprivate func progress(_ outcome: FlowOutcome, _ reason: String) -> Progress {
        let step = outcome == .full ? full ?? failed : failed
        return step.map { .go($0) } ?? .failed(outcome, reason)
    }
}

private struct SettingCallback: FlowActivity {
    let callback: Callback
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .callbackSet(.found): .onward
        case .callbackSet(let outcome): callback.progress(outcome, "`callback`: it could not be promised: \(outcome.rawValue)")
        case .deadline: callback.progress(.timedOut, "`callback`: it could not be promised in time")
        default: .stay
        }
    }
}
