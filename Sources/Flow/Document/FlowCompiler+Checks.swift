import Kernel
import StrictYAML

// What must be known of the whole file before its steps are read, and what can be told only afterwards.
extension FlowCompiler {
    /// Finds the languages of the flow and its secrets: verbs in any step can add to them.
    func readLanguages(_ reader: YAMLReader) {
        let kind = YAMLValue<String>("a language such as `en-US`") { FlowCompiler.isLanguage($0) ? $0 : nil }
        let first = reader.required("language", as: kind) ?? "en-US"
        languages = [first]
        for language in reader.optional("languages", as: .oneOrMany(of: kind)) ?? [] where !languages.contains(language) {
            languages.append(language)
        }
        guard let steps = reader.node("steps")?.mapping else { return }
        for action in steps.flatMap({ $0.value.list ?? [] }) {
            if let language = action["language"]?.text, Self.isLanguage(language), !languages.contains(language) {
                languages.append(language)
            }
            guard let collect = action["collect"], let name = collect["into"]?.text else { continue }
            if ["yes", "true", "on"].contains(collect["secret"]?.text?.lowercased()) { symbols.secretNames.insert(name) }
        }
        if languages.count > 20 { problems.error("a flow speaks at most 20 languages", at: reader.mark) }
    }

    /// Whether a text is a language tag with a country: `en-US`, or without: `eo`.
    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), parts.count <= 3 else { return false }
        return first.allSatisfy { $0.isASCII && $0.isLowercase }
            && parts.dropFirst().allSatisfy { (2...4).contains($0.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
    }

    /// `open` has a meaning only where there are hours.
    func checkOpenIsKnown() {
        guard let usesOpen else { return }
        problems.error("`open` needs `hours:` in this file", at: usesOpen)
    }

    /// A variable that nothing sets is most likely misspelled.
    func checkVariables() {
        let known = SymbolTable.builtIns + symbols.setNames.sorted()
        for use in variableUses where !symbols.isSet(use.name) {
            let near = (NearestWord.find(use.name, among: known) ?? nearGroup(use.name)).map { "did you mean `\($0)`?" }
            let quotes = use.isCompared && !use.name.contains(".") ? "if it is text, put it in quotes: \"\(use.name)\"" : nil
            problems.warning("nothing in this flow sets `\(use.name)`; it will always be nothing", at: use.mark, hint: near ?? quotes)
        }
        if symbols.names.count > SymbolTable.mostVariables {
            problems.error("a flow has at most \(SymbolTable.mostVariables) variables", at: nil)
        }
    }

    private func nearGroup(_ name: String) -> String? {
        guard let dot = name.firstIndex(of: "."), let group = NearestWord.find(String(name[..<dot]), among: symbols.setGroups.sorted())
        else { return nil }
        return group + name[dot...]
    }

    /// Notes the prompts that a verb says by itself, so that the site must have them.
    func says(_ names: [String], in verb: YAMLPair) {
        guard !ownPrompts.contains(where: { $0.verb.key == verb.key }) else { return }
        ownPrompts.append((verb, names))
    }

    private func checkOwnPrompts(_ prompts: [String: Set<String>]) {
        for (verb, names) in ownPrompts {
            for language in languages {
                let missing = names.filter { prompts[language]?.contains($0) != true }
                guard let first = missing.first else { continue }
                problems.error(
                    "`\(verb.key)` says prompts that are missing in \(language): \(missing.map { "`\($0)`" }.joined(separator: ", "))",
                    at: verb.mark, hint: "record Prompts/\(language)/\(first).wav, or add its text to Prompts/prompts.yaml")
            }
        }
    }

    /// Every prompt must exist in every language of the flow.
    func checkPrompts() {
        guard let prompts = context.prompts else { return }
        checkOwnPrompts(prompts)
        var reported: Set<String> = []
        for use in promptUses where !reported.contains(use.value) {
            let missing = languages.filter { prompts[$0]?.contains(use.value) != true }
            guard !missing.isEmpty else { continue }
            reported.insert(use.value)
            let all = Set(prompts.values.joined()).sorted()
            let message =
                missing.count == languages.count
                ? "there is no prompt `\(use.value)`"
                : "the prompt `\(use.value)` is missing in \(missing.joined(separator: ", "))"
            let near = missing.count == languages.count ? NearestWord.find(use.value, among: all) : nil
            let file = "Prompts/\(missing.first ?? "")/\(use.value).wav"
            problems.error(
                message, at: use.mark,
                hint: near.map { "did you mean `\($0)`?" } ?? "record \(file), or add its text to Prompts/prompts.yaml")
        }
    }
}
