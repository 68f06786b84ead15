import Kernel
import StrictYAML

/// `redirect`: sends the call to a number, with data.
struct Redirect: FlowVerb {
    static let name = "redirect"
    static let keys = ["redirect": ["to", "with", "ring", "show-caller"] + RedirectWays.keys]

    var to: Template
    var data: [(name: String, value: Template)] = []
    var ring: Duration = RedirectWays.defaultRing
    var showsCaller = true
    var outcomes = RedirectWays()

    var endsStep: Bool { true }
    var effort: Effort { Effort(wait: ring) }
    var ways: [Way] { outcomes.ways(.free) }

    static func read(_ source: ActionSource) -> Redirect? {
        let compiler = source.compiler
        if source.verb.value.mapping == nil { return source.required(compiler.number).map { Redirect(to: $0) } }
        guard let reader = source.group() else { return nil }
        let to = reader.required("to", as: compiler.number)
        var redirect = Redirect(to: to ?? Template(parts: []))
        redirect.ring = reader.optional("ring", as: .duration(.seconds(1) ... .seconds(600))) ?? redirect.ring
        redirect.showsCaller = reader.optional("show-caller", as: .word(["original", "ours"])) != "ours"
        redirect.outcomes = RedirectWays(reader, compiler)
        redirect.data = compiler.travellingData(reader)
        reader.finish()
        return to == nil ? nil : redirect
    }

    /// Whether a value of that name can travel with a call.
    static func isDataName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_.".utf8.contains($0)
            }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let number = to.render(in: run).filter { !$0.isWhitespace }
        guard !number.isEmpty else { return outcomes.progress(.unreachable) }
        run.forgetTypedAhead()
        // Values that are nothing have nothing to tell an agent.
        let data = data.map { (name: $0.name, value: $0.value.render(in: run)) }.filter { !$0.value.isEmpty }
        outputs.append(.redirect(FlowRedirect(to: number, data: data, ring: ring, showsCaller: showsCaller)))
        return .wait(Redirecting(outcomes: outcomes, deadline: run.now.advanced(by: ring + RedirectWays.grace)))
    }
}

/// The wait for a redirect's outcome. Keys that are pressed while it rings mean nothing.
struct Redirecting: FlowActivity {
    let outcomes: RedirectWays
    let deadline: Instant
    var takesKeys: Bool { true }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .redirectFailed(let outcome): outcomes.progress(outcome)
        case .deadline: outcomes.progress(.noAnswer)
        default: .stay
        }
    }
}

/// Where a call goes when a redirect did not succeed; the flow's way for failures where nothing is said.
struct RedirectWays: Equatable, Sendable {
    var busy: Int?
    var noAnswer: Int?
    var unreachable: Int?
    var failed: Int?

    static let keys = ["busy", "no-answer", "unreachable", "failed"]
    static let defaultRing: Duration = .seconds(20)
    /// How long past the ringing time an outcome is awaited.
    static let grace: Duration = .seconds(10)

    init() {}

    init(_ reader: YAMLReader, _ compiler: FlowCompiler) {
        busy = reader.optional("busy", as: compiler.step)
        noAnswer = reader.optional("no-answer", as: compiler.step)
        unreachable = reader.optional("unreachable", as: compiler.step)
        failed = reader.optional("failed", as: compiler.step)
    }

    func ways(_ cause: Way.Cause) -> [Way] {
        zip([busy, noAnswer, unreachable, failed], Self.keys).compactMap { Way($0, cause, $1) }
    }

    /// The step for an outcome. `failed` also takes what has no way of its own.
    func step(for outcome: FlowOutcome) -> Int? {
        switch outcome {
        case .busy: busy ?? failed
        case .noAnswer: noAnswer ?? failed
        case .unreachable: unreachable ?? failed
        default: failed
        }
    }

    func progress(_ outcome: FlowOutcome) -> Progress {
        step(for: outcome).map { .go($0) } ?? .failed(outcome, "the redirect did not succeed: \(outcome.rawValue)")
    }
}
