import StrictYAML

/// `language`: what comes from here on is heard in that language. A language that the flow doesn't speak (out of a record, say) changes nothing.
struct Language: FlowVerb {
    static let name = "language"
    let language: Template

    static func read(_ source: ActionSource) -> Language? {
        guard let template = source.required(source.compiler.template) else { return nil }
        if let fixed = template.fixed, !source.compiler.languages.contains(fixed) {
            source.problems.error(
                "`\(fixed)` is no language such as `en-US`", at: source.verb.value.mark, word: fixed, among: source.compiler.languages)
        }
        return Language(language: template)
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.speak(language.render(in: run))
        return .onward
    }
}
