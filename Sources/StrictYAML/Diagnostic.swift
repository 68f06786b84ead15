/// A place in a file: both numbers count from 1, columns in Unicode scalars.
public struct Mark: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The line.
    public var line: Int
    /// The column.
    public var column: Int

    /// Makes a place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`.
    public var description: String { "\(line):\(column)" }

    /// Earlier in the file is less.
    public static func < (left: Mark, right: Mark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Something wrong, or odd, at a place of a file.
public struct Diagnostic: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The file can't be used.
        case error
        /// The file works, but perhaps not as meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The file, as its user names it.
    public var file: String
    /// The place in the file; `nil` when the whole file is meant.
    public var mark: Mark?
    /// What is wrong and why.
    public var message: String
    /// What would be right, as a sentence such as ``did you mean `menu`?``
    public var hint: String?
    /// The line of the file that is meant, for showing; empty when unknown.
    public var sourceLine: String

    /// Makes a diagnostic.
    public init(_ severity: Severity, file: String, mark: Mark? = nil, message: String, hint: String? = nil, sourceLine: String = "") {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.message = message
        self.hint = hint
        self.sourceLine = sourceLine
    }

    /// The diagnostic as people read it: `file:line:column: error: message`, then the line of the file with a caret under the place, then the hint.
    public var rendered: String {
        var lines = ["\(file)\(mark.map { ":\($0)" } ?? ""): \(severity.rawValue): \(message)"]
        if let mark, !sourceLine.isEmpty {
            let shown = sourceLine.unicodeScalars.prefix(Self.widestLine)
            lines.append(String(String.UnicodeScalarView(shown)))
            if mark.column <= shown.count + 1 {
                let indent = shown.prefix(mark.column - 1).map { $0 == "\t" ? Character("\t") : " " }
                lines.append(String(indent) + "^")
            }
        }
        if let hint { lines.append(hint) }
        return lines.joined(separator: "\n")
    }

    /// No more than this many characters of a line are shown.
    private static let widestLine = 200
}

extension Diagnostic: CustomStringConvertible {
    /// The same as `rendered`.
    public var description: String { rendered }
}
