import Dispatch
import Foundation
import Glibc
import Synchronization

/// Runs the text-to-speech program. Its text comes from a file and its complaints go to one: through pipes, a program that ends without reading or with much to
/// say could hold us up or worse.
struct SpeechProgram {
    let program: String
    let arguments: [String]
    let limit: Duration

    /// No more bytes of what the program says are told.
    private static let mostComplaint = 1000

    /// Runs it to its end.
    ///
    /// - Parameter draft: The file that it is to write; those beside it with other endings are used and removed.
    /// - Throws: `SpeechFailure` with the program's own words.
    func run(on text: String, draft: URL) async throws {
        let (input, errors) = (draft.appendingPathExtension("txt"), draft.appendingPathExtension("err"))
        defer { for file in [input, errors] { try? FileManager.default.removeItem(at: file) } }
        try Data(text.utf8).write(to: input)
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        let isLate = Mutex(false)
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: SpeechFailure(program: program, reason: "\(error)"))
                return
            }
            let identifier = process.processIdentifier
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
                guard process.isRunning else { return }
                isLate.withLock { $0 = true }
                kill(identifier, SIGKILL)
            }
        }
        guard !isLate.withLock({ $0 }) else { throw SpeechFailure(program: program, reason: "it took longer than \(limit)") }
        guard process.terminationStatus == 0, process.terminationReason == .exit else {
            let said = (try? Data(contentsOf: errors).prefix(Self.mostComplaint)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw SpeechFailure(program: program, reason: "it ended with \(process.terminationStatus): \(said)")
        }
    }
}
