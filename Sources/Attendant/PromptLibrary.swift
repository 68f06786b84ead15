public import Audio
public import Flow
public import Foundation

/// The prompts of a site: recordings in `Prompts/LANGUAGE/NAME.*` in any format that libsndfile reads, and spoken texts. Each is loaded and
/// encoded once and then kept, as long as all of them together stay below a limit.
public actor PromptLibrary {
    /// The most bytes of clips that are kept.
    public static let memoryLimit = 256 << 20

    private let folder: URL
    private let fallbackLanguage: String
    private var catalogue: PromptCatalogue
    private let renderer: SpeechRenderer
    private let voices: URL
    private let music: URL?
    private let beep = Result { try Clip(Tone.beep) }
    private var kept: [Utterance: Kept] = [:]
    private var bytes = 0
    private var clock: UInt64 = 0

    private struct Kept {
        let clip: Clip
        let file: URL
        let modified: Date?
        var used: UInt64
    }

    /// Makes the library of a folder. A prompt without a recording is spoken from the catalogue; one that a language has neither way comes from
    /// `fallbackLanguage`.
    ///
    /// - Parameters:
    ///   - voices: The folder below which the recordings of callers are found by their names.
    ///   - music: What callers on hold hear.
    public init(
        folder: URL, fallbackLanguage: String, catalogue: PromptCatalogue, renderer: SpeechRenderer, voices: URL, music: URL?
    ) {
        self.folder = folder
        self.fallbackLanguage = fallbackLanguage
        self.catalogue = catalogue
        self.renderer = renderer
        self.voices = voices
        self.music = music
    }

    /// From here on, prompts without a recording are spoken from this catalogue.
    public func adopt(_ catalogue: PromptCatalogue) {
        self.catalogue = catalogue
        for utterance in kept.keys {
            if case .prompt = utterance.content, let old = kept.removeValue(forKey: utterance) { bytes -= old.clip.byteCount }
        }
    }

    /// The clips of the utterances in order, each with the reason when it cannot be had.
    public func clips(for utterances: [Utterance]) async -> [Result<Clip, PromptFailure>] {
        var clips: [Result<Clip, PromptFailure>] = []
        for utterance in utterances {
            do {
                clips.append(.success(try await clip(for: utterance)))
            } catch {
                clips.append(.failure(PromptFailure(reason: "\(error)")))
            }
        }
        return clips
    }

    /// Loads the prompts ahead, so that the first caller does not wait for the disk; returns what failed.
    public func preload(_ utterances: [Utterance]) async -> [String] {
        await clips(for: utterances).compactMap { if case .failure(let failure) = $0 { failure.reason } else { nil } }
    }

    private func clip(for utterance: Utterance) async throws -> Clip {
        clock += 1
        if let found = kept[utterance], modificationDate(of: found.file) == found.modified {
            kept[utterance]?.used = clock
            return found.clip
        }
        if utterance.content == .beep { return try beep.get() }
        let file =
            switch utterance.content {
            case .prompt(let name): try await promptFile(name, utterance.language)
            case .speech(let text): try await renderer.file(for: text, language: utterance.language)
            case .recording(let name): try recording(name)
            case .holdMusic, .beep: try holdMusic()
            }
        let modified = modificationDate(of: file)
        let clip = try Clip(try Sound.read(path: file.path).evened())
        keep(Kept(clip: clip, file: file, modified: modified, used: clock), for: utterance)
        return clip
    }

    private func keep(_ new: Kept, for utterance: Utterance) {
        if let old = kept.updateValue(new, forKey: utterance) { bytes -= old.clip.byteCount }
        bytes += new.clip.byteCount
        while bytes > PromptLibrary.memoryLimit, kept.count > 1, let oldest = kept.min(by: { $0.value.used < $1.value.used }) {
            bytes -= oldest.value.clip.byteCount
            kept[oldest.key] = nil
        }
    }

    private func recording(_ name: String) throws -> URL {
        guard !name.split(separator: "/").contains("..") else { throw PromptFailure(reason: "no recording is called \(name)") }
        return voices.appendingPathComponent(name)
    }

    private func holdMusic() throws -> URL {
        guard let music else { throw PromptFailure(reason: "the site has no music for callers on hold (`media: { music: … }`)") }
        return music
    }

    private func promptFile(_ name: String, _ language: String) async throws -> URL {
        for language in [language, fallbackLanguage] {
            if let file = PromptFolder(folder).file(of: name, language: language) { return file }
            if let text = catalogue.text(of: name, in: language) { return try await renderer.file(for: text, language: language) }
        }
        throw MissingPrompt(name: name, language: language, folder: folder.path)
    }

    private func modificationDate(of file: URL) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
    }
}

/// Why an utterance cannot be heard.
public struct PromptFailure: Error, Sendable, CustomStringConvertible {
    /// What is missing or went wrong, in plain English.
    public var reason: String
    /// The reason.
    public var description: String { reason }
}

/// A prompt for which there is no file.
struct MissingPrompt: Error, CustomStringConvertible {
    let name: String
    let language: String
    let folder: String

    var description: String { "prompt \(name): there is no \(folder)/\(language)/\(name).* (any sound format)" }
}
