/// Reads YAML without the traps of YAML.
///
/// Every scalar is text. Duplicate keys, anchors, aliases, tags, directives and several documents are errors, as is a `#` or `*` without quotes that
/// YAML would swallow. Size, depth and the number of values are limited. No text makes it crash or hang.
public enum StrictYAML {
    /// The largest file, in bytes.
    public static let maximumBytes = 1_048_576
    /// The deepest nesting of lists and mappings.
    public static let maximumDepth = 64
    /// The largest number of values, keys included.
    public static let maximumNodes = 50_000

    /// Reads a file's text. What is wrong is added to `problems`.
    ///
    /// - Returns: the tree, as far as it could be made out (`nil` when there is none), even when there are errors, so that a schema can report its own beside them.
    public static func read(_ text: String, into problems: Diagnostics) -> YAMLNode? {
        guard text.utf8.count <= maximumBytes else {
            problems.error("the file is larger than \(maximumBytes / 1024) KB, the most that is read", at: nil)
            return nil
        }
        guard let scan = TrapScanner.scan(text, into: problems) else { return nil }
        guard scan.hasContent else {
            problems.error("the file is empty", at: nil)
            return nil
        }
        var builder = TreeBuilder(text: scan.repaired, problems: problems)
        return builder.build()
    }

    /// Reads a file's bytes, which must be UTF-8; a byte order mark at the start is skipped.
    ///
    /// - Returns: the tree, if there is one, and the collector with what was wrong, for the schema to go on with.
    public static func read(bytes: some Collection<UInt8>, file: String) -> (root: YAMLNode?, problems: Diagnostics) {
        let decoded = decode(bytes)
        let problems = Diagnostics(file: file, text: decoded.text)
        if let complaint = decoded.complaint {
            problems.error(complaint.message, at: complaint.mark)
            return (nil, problems)
        }
        return (read(decoded.text, into: problems), problems)
    }

    /// Reads text; the same as for bytes.
    public static func read(text: String, file: String) -> (root: YAMLNode?, problems: Diagnostics) {
        read(bytes: text.utf8, file: file)
    }

    private static func decode(_ bytes: some Collection<UInt8>) -> (text: String, complaint: (message: String, mark: Mark?)?) {
        let bytes = Array(bytes.prefix(maximumBytes + 4))
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            return ("", ("the file is saved as UTF-16; save it as UTF-8", nil))
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return (text, nil) }
        guard bytes.count <= maximumBytes else {
            return ("", ("the file is larger than \(maximumBytes / 1024) KB, the most that is read", nil))
        }
        // The replacement character stands where the first wrong byte was.
        let repaired = String(decoding: body, as: UTF8.self)
        var mark = Mark(line: 1, column: 1)
        for scalar in repaired.unicodeScalars {
            if scalar == "\u{FFFD}" { break }
            mark = scalar == "\n" ? Mark(line: mark.line + 1, column: 1) : Mark(line: mark.line, column: mark.column + 1)
        }
        return (repaired, ("this is not UTF-8 text; save the file as UTF-8", mark))
    }
}
