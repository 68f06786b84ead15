import Attendant
import Flow
import Foundation
import Node
import Synchronization

/// Plays prompts through a program of the system.
final class LoudSpeaker: Sendable {
    /// The programs that will do, the best first, with what must stand before the file.
    static let programs: [(name: String, arguments: [String])] = [
        ("pw-play", []), ("paplay", []), ("play", ["-q"]), ("ffplay", ["-nodisp", "-autoexit", "-loglevel", "quiet"]), ("aplay", ["-q"]),
    ]

    private let program: URL
    private let arguments: [String]
    private let folder: PromptFolder
    private let renderer: SpeechRenderer
    private let work = Mutex<Task<Void, Never>?>(nil)
    private let sounding = Mutex(false)

    /// `nil` when the system has none of the programs.
    init?(_ site: Site) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = LoudSpeaker.programs.lazy.compactMap { candidate in
            folders.map { "\($0)/\(candidate.name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }.map {
                ($0, candidate.arguments)
            }
        }.first
        guard let found else { return nil }
        program = URL(fileURLWithPath: found.0)
        arguments = found.1
        folder = PromptFolder(site.promptFolder)
        renderer = site.speech
    }

    /// Whether something is being played.
    var isPlaying: Bool { sounding.withLock { $0 } }

    /// Plays the utterances one after the other.
    func play(_ utterances: [Utterance], _ catalogue: PromptCatalogue) {
        stop()
        sounding.withLock { $0 = true }
        let task = Task {
            for utterance in utterances where !Task.isCancelled {
                if let file = await file(of: utterance, catalogue) { await sound(file) }
            }
            if !Task.isCancelled { sounding.withLock { $0 = false } }
        }
        work.withLock { $0 = task }
    }

    /// Falls silent at once.
    func stop() {
        work.withLock { task in
            task?.cancel()
            task = nil
        }
        sounding.withLock { $0 = false }
    }

    private func file(of utterance: Utterance, _ catalogue: PromptCatalogue) async -> URL? {
        switch utterance.content {
        case .speech(let text): return try? await renderer.file(for: text, language: utterance.language)
        case .beep, .recording, .holdMusic: return nil
        case .prompt(let name):
            if let file = folder.file(of: name, language: utterance.language) { return file }
            guard let text = catalogue.text(of: name, in: utterance.language) else { return nil }
            return try? await renderer.file(for: text, language: utterance.language)
        }
    }

    private func sound(_ file: URL) async {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments + [file.path]
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                process.terminationHandler = { _ in continuation.resume() }
                do { try process.run() } catch { continuation.resume() }
            }
        } onCancel: {
            if process.isRunning { process.terminate() }
        }
    }
}
