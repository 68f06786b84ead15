import Kernel

/// Collects what is wrong with one file, so that its author learns everything at once.
///
/// Readers of parts of the file share one collector. It keeps at most `limit` diagnostics and one error for each place.
public final class Diagnostics {
    /// The file, as its user names it.
    public let file: String
    /// Where each key of the schema is allowed: `no-input` → `menu`. Told to an author who wrote the key elsewhere.
    public var places: [String: [String]] = [:]
    /// What has been found so far, in the order in which it was found.
    public private(set) var found: [Diagnostic] = []

    private let lines: [Substring]
    private var seen: Set<Mark> = []
    private static let limit = 200

    /// Makes an empty collector for a file with this text.
    public init(file: String, text: String) {
        self.file = file
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    }

    /// Whether there is at least one error.
    public var hasErrors: Bool { found.contains { $0.severity == .error } }

    /// What has been found, in the order of the file.
    public var sorted: [Diagnostic] {
        found.enumerated().sorted { left, right in
            let (first, second) = (left.element.mark ?? Mark(line: 0, column: 0), right.element.mark ?? Mark(line: 0, column: 0))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    /// Adds an error.
    public func error(_ message: String, at mark: Mark?, hint: String? = nil) {
        add(.error, message, at: mark, hint: hint)
    }

    /// Adds an error with the nearest right word as its hint, when there is one that is near.
    public func error(_ message: String, at mark: Mark?, word: String, among words: some Sequence<String>) {
        add(.error, message, at: mark, hint: NearestWord.find(word, among: words).map { "did you mean `\($0)`?" })
    }

    /// Adds an error about something that is missing; several things can be missing at one place.
    public func missing(_ message: String, at mark: Mark?) {
        add(.error, message, at: mark, hint: nil, isRepeatable: true)
    }

    /// Adds a warning.
    public func warning(_ message: String, at mark: Mark?, hint: String? = nil) {
        add(.warning, message, at: mark, hint: hint)
    }

    private func add(_ severity: Diagnostic.Severity, _ message: String, at mark: Mark?, hint: String?, isRepeatable: Bool = false) {
        guard found.count < Self.limit else { return }
        // The second error at one place is nearly always a consequence of the first.
        if severity == .error, !isRepeatable, let mark, !seen.insert(mark).inserted { return }
        var line = ""
        if let mark, mark.line >= 1, mark.line <= lines.count { line = String(lines[mark.line - 1]) }
        found.append(Diagnostic(severity, file: file, mark: mark, message: message, hint: hint, sourceLine: line))
    }
}
