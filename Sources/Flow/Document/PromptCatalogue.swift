public import StrictYAML

/// The texts of prompts, by prompt and language: what is recorded, and what is spoken by the TTS program where no recording is.
///
/// ```yaml
/// welcome:
///   en-US: Welcome.
///   de-DE: Willkommen.
/// ```
public struct PromptCatalogue: Equatable, Sendable {
    /// Texts by language, then by prompt.
    public private(set) var texts: [String: [String: String]] = [:]

    /// Makes an empty catalogue.
    public init() {}

    /// The text of a prompt in a language.
    public func text(of prompt: String, in language: String) -> String? { texts[language]?[prompt] }

    /// Reads a catalogue.
    ///
    /// - Returns: the texts that could be read, and what is wrong with the file.
    public static func read(text: String, file: String) -> (catalogue: PromptCatalogue, diagnostics: [Diagnostic]) {
        let (root, problems) = StrictYAML.read(text: text, file: file)
        var catalogue = PromptCatalogue()
        guard let root, let reader = YAMLReader(root, "the catalogue", problems) else { return (catalogue, problems.sorted) }
        for pair in reader.pairs {
            guard let languages = YAMLReader(pair.value, "`\(pair.key)`", at: pair.mark, problems) else { continue }
            for language in languages.pairs {
                guard let text = languages.optional(language.key, as: .text) else { continue }
                catalogue.texts[language.key, default: [:]][pair.key] = text
            }
        }
        return (catalogue, problems.sorted)
    }
}
