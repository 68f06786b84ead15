/// `log`: a line in the call's record. Secrets are left out.
struct Log: FlowVerb {
    static let name = "log"
    let text: Template

    static func read(_ source: ActionSource) -> Log? {
        source.required(source.compiler.template).map { Log(text: $0) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.log(text.render(in: run)))
        return .onward
    }
}
