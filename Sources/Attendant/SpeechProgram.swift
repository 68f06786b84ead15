import Foundation

/// Runs the text-to-speech program: its text comes from a file and its complaints go to one.
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
        let ending = await OutsideProgram(words: [program] + arguments, limit: limit).run(
            input: try FileHandle(forReadingFrom: input), errors: try FileHandle(forWritingTo: errors))
        switch ending {
        case .exit(0): return
        case .late, .notStarted: throw SpeechFailure(program: program, reason: "it \(ending)")
        case .exit, .signal:
            let said = (try? Data(contentsOf: errors).prefix(Self.mostComplaint)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw SpeechFailure(program: program, reason: "it \(ending): \(said)")
        }
    }
}
