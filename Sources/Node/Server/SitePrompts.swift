import Attendant
import Audio
import Flow
import Foundation

/// Every prompt of a site in every language: whether it is recorded, rendered by the TTS program or missing, how long and how loud it is.
public struct SitePrompts: Sendable {
    /// Where a prompt comes from.
    public enum Source: String, Sendable {
        /// A recording of the folder.
        case recording
        /// Rendered by the TTS program from the catalogue's text.
        case rendered
        /// In the catalogue, and not rendered yet: `frontdesk prompts build` does.
        case text
        /// A flow plays it, and there is neither recording nor text.
        case missing
    }

    /// One prompt in one language.
    public struct Prompt: Sendable {
        /// Its name.
        public var name: String
        /// The language.
        public var language: String
        /// Where it comes from.
        public var source: Source
        /// How long it plays; `nil` when there is no sound yet.
        public var duration: Duration?
        /// Its level in dB below full scale.
        public var level: Double?
        /// What is wrong with it, in plain English.
        public var warnings: [String] = []
    }

    /// The prompts, by language and name.
    public private(set) var prompts: [Prompt] = []

    /// A level that is further from the others of its language is warned of, in dB.
    public static let mostDeviation = 6.0

    private let site: Site
    private let catalogue: PromptCatalogue
    private let flows: [Flow]

    /// Looks through the site.
    public init(_ site: Site, _ flows: SiteFlows) {
        self.site = site
        catalogue = flows.catalogue
        self.flows = flows.flows
        survey()
    }

    /// Renders what has no recording, and what the flows say; looks through the site again.
    ///
    /// - Returns: how many files were rendered, and what could not be.
    public mutating func build() async -> (rendered: Int, failures: [String]) {
        var texts = prompts.filter { $0.source == .text }.compactMap { prompt in
            catalogue.text(of: prompt.name, in: prompt.language).map { (text: $0, language: prompt.language) }
        }
        for utterance in flows.flatMap(\.speechTexts) {
            let isNew = site.speech.rendered(utterance.words, language: utterance.language) == nil
            if isNew, !texts.contains(where: { $0 == (utterance.words, utterance.language) }) {
                texts.append((utterance.words, utterance.language))
            }
        }
        var rendered = 0
        var failures: [String] = []
        for (text, language) in texts {
            do {
                _ = try await site.speech.file(for: text, language: language)
                rendered += 1
            } catch {
                failures.append("\(language): \"\(text)\": \(error)")
            }
        }
        survey()
        return (rendered, failures)
    }

    private mutating func survey() {
        let folder = PromptFolder(site.promptFolder)
        var names: [String: Set<String>] = catalogue.texts.mapValues { Set($0.keys) }
        for language in folder.languages { names[language, default: []].formUnion(folder.names(in: language)) }
        for (language, used) in flows.flatMap(\.promptNames) { names[language, default: []].formUnion(used) }
        prompts = names.sorted { $0.key < $1.key }.flatMap { language, names in
            names.sorted().map { prompt($0, language, folder) }
        }
        for language in names.keys { compare(language) }
    }

    private func prompt(_ name: String, _ language: String, _ folder: PromptFolder) -> Prompt {
        if let file = folder.file(of: name, language: language) {
            return measured(Prompt(name: name, language: language, source: .recording), file)
        }
        guard let text = catalogue.text(of: name, in: language) else {
            return Prompt(
                name: name, language: language, source: .missing, warnings: ["a flow plays it, and there is neither a recording nor a text"]
            )
        }
        guard let file = site.speech.rendered(text, language: language) else {
            return Prompt(name: name, language: language, source: .text)
        }
        return measured(Prompt(name: name, language: language, source: .rendered), file)
    }

    private func measured(_ prompt: Prompt, _ file: URL) -> Prompt {
        var prompt = prompt
        do throws(AudioFailure) {
            let sound = try Sound.read(path: file.path)
            prompt.duration = .milliseconds(sound.samples.count * 1000 / max(sound.rate, 1))
            prompt.level = sound.loudness
            if sound.loudness == nil { prompt.warnings.append("it is silent") }
            if sound.clippings > 0 {
                prompt.warnings.append("it clips in \(sound.clippings) place\(sound.clippings == 1 ? "" : "s"); record it again, less loud")
            }
        } catch {
            prompt.warnings.append("\(error)")
        }
        return prompt
    }

    /// Warns of levels far from the middle one of the language.
    private mutating func compare(_ language: String) {
        let levels = prompts.filter { $0.language == language }.compactMap(\.level).sorted()
        guard levels.count > 2 else { return }
        let middle = levels[levels.count / 2]
        for index in prompts.indices where prompts[index].language == language {
            guard let level = prompts[index].level, abs(level - middle) > Self.mostDeviation else { continue }
            let difference = Int(abs(level - middle).rounded())
            prompts[index].warnings.append(
                "it is \(difference) dB \(level > middle ? "louder" : "fainter") than the others; it is evened out when played")
        }
    }
}
