import Crypto
public import Foundation

/// Text to speech by any program that writes a sound file: each text is rendered once and kept on disk.
public struct SpeechRenderer: Sendable {
    /// The program, found on the path, and its arguments. `{language}` and `{file}` are replaced; the text comes on standard input.
    public var program: String
    /// The arguments of the program.
    public var arguments: [String]
    /// The folder of the rendered files.
    public var cache: URL
    /// How long a rendering may take.
    public var limit: Duration

    /// Makes a renderer; by default with espeak-ng.
    public init(
        program: String = "espeak-ng", arguments: [String] = ["-v", "{language}", "-s", "150", "-w", "{file}", "--stdin"], cache: URL,
        limit: Duration = .seconds(10)
    ) {
        self.program = program
        self.arguments = arguments
        self.cache = cache
        self.limit = limit
    }

    /// The file with `text` spoken in `language`, rendered now if it never was.
    ///
    /// - Throws: `SpeechFailure` with the program's own words when it fails, is missing, or takes longer than `limit`.
    public func file(for text: String, language: String) async throws -> URL {
        let file = place(of: text, language: language)
        if FileManager.default.fileExists(atPath: file.path) { return file }
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        // Rendered beside its place and moved there, so that nobody ever reads half a file.
        let draft = cache.appendingPathComponent("\(UUID().uuidString).part.wav")
        defer { try? FileManager.default.removeItem(at: draft) }
        try await render(text, language, to: draft)
        try? FileManager.default.moveItem(at: draft, to: file)
        return file
    }

    /// The file with `text` spoken in `language`, if it was rendered already.
    public func rendered(_ text: String, language: String) -> URL? {
        let file = place(of: text, language: language)
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    private func place(of text: String, language: String) -> URL {
        let recipe = ([program] + arguments + [language, text]).joined(separator: "\u{0}")
        let name = SHA256.hash(data: Data(recipe.utf8)).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return cache.appendingPathComponent("\(name).wav")
    }

    private func render(_ text: String, _ language: String, to draft: URL) async throws {
        let filled = arguments.map { $0.replacing("{language}", with: language).replacing("{file}", with: draft.path) }
        try await SpeechProgram(program: program, arguments: filled, limit: limit).run(on: text, draft: draft)
        guard FileManager.default.fileExists(atPath: draft.path) else {
            throw SpeechFailure(program: program, reason: "it wrote no file")
        }
    }
}

/// Why a text could not be spoken.
public struct SpeechFailure: Error, CustomStringConvertible {
    /// The program that was to speak.
    public var program: String
    /// What went wrong.
    public var reason: String

    /// One line for the log.
    public var description: String { "text to speech with \(program) failed: \(reason)" }
}
