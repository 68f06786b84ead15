import Yams

/// Turns what Yams reads into our tree, and its errors into plain words.
struct TreeBuilder {
    private var text: String
    private let problems: Diagnostics
    private let lineCount: Int
    /// Keys that were given another name for Yams, because it gives up at the first duplicate.
    private var renamed: [Mark: String] = [:]
    private var nodes = 0

    private static let mostDuplicates = 20

    init(text: String, problems: Diagnostics) {
        // Yams keeps a pointer to the text; short strings have no storage to point to.
        self.text = text + String(repeating: "\n", count: 32)
        self.problems = problems
        lineCount = text.split(omittingEmptySubsequences: false) { $0.isNewline }.count
    }

    mutating func build() -> YAMLNode? {
        for _ in 0...Self.mostDuplicates {
            do {
                text.makeContiguousUTF8()
                guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else { return nil }
                return convert(root, depth: 0)
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                let mark = Mark(line: context.mark.line, column: context.mark.column)
                guard let key = duplicates.first, rename(key, at: mark) else {
                    problems.error("this key stands twice in the same group", at: mark)
                    return nil
                }
            } catch {
                report(error)
                return nil
            }
        }
        problems.error("more than \(Self.mostDuplicates) keys stand twice in the same group", at: nil)
        return nil
    }

    /// Replaces the first letter of a key by a letter that can't stand in a file; the key gets its name back in `convert`.
    private mutating func rename(_ key: String, at mark: Mark) -> Bool {
        guard !key.isEmpty, let stand = UnicodeScalar(UInt32(TrapScanner.standIns.lowerBound) + 16 + UInt32(renamed.count)) else {
            return false
        }
        var view = text.unicodeScalars
        var index = view.startIndex
        var place = Mark(line: 1, column: 1)
        while index < view.endIndex, place < mark {
            place = view[index] == "\n" ? Mark(line: place.line + 1, column: 1) : Mark(line: place.line, column: place.column + 1)
            index = view.index(after: index)
        }
        guard place == mark, index < view.endIndex else { return false }
        if view[index] == "\"" || view[index] == "'" { index = view.index(after: index) }
        guard index < view.endIndex, view[index] != "\n" else { return false }
        view.replaceSubrange(index...index, with: [stand])
        text = String(view)
        return renamed.updateValue(key, forKey: mark) == nil
    }

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
        let mark = node.mark.map { Mark(line: min($0.line, lineCount), column: $0.column) } ?? Mark(line: 1, column: 1)
        nodes += 1
        guard depth <= StrictYAML.maximumDepth else {
            problems.error("this is nested more than \(StrictYAML.maximumDepth) deep", at: mark)
            return nil
        }
        guard nodes <= StrictYAML.maximumNodes else {
            problems.error("the file holds more than \(StrictYAML.maximumNodes) values", at: mark)
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let quoted = scalar.style != .plain && scalar.style != .any
            return YAMLNode(.scalar(TrapScanner.restore(scalar.string), quoted: quoted), mark: mark)
        case .sequence(let sequence):
            return YAMLNode(.list(sequence.compactMap { convert($0, depth: depth + 1) }), mark: mark)
        case .mapping(let mapping):
            return YAMLNode(.mapping(pairs(of: mapping, depth: depth)), mark: mark)
        case .alias:
            problems.error("aliases (`*name`) are not used here", at: mark)
            return nil
        }
    }

    private mutating func pairs(of mapping: Node.Mapping, depth: Int) -> [YAMLPair] {
        var pairs: [YAMLPair] = []
        var lines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping {
            guard let key = convert(keyNode, depth: depth + 1), let value = convert(valueNode, depth: depth + 1) else { continue }
            guard case .scalar(let written, let quoted) = key.kind else {
                problems.error("a key must be a word, not \(key.spoken)", at: key.mark)
                continue
            }
            let name = renamed[key.mark].map(TrapScanner.restore) ?? written
            if let first = lines[name] {
                problems.error("`\(name)` stands twice in the same group; it is already on line \(first)", at: key.mark)
                continue
            }
            lines[name] = key.mark.line
            pairs.append(YAMLPair(key: name, quoted: quoted, mark: key.mark, value: value))
        }
        return pairs
    }

    private func report(_ error: any Error) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            let line = min(mark.line, lineCount)
            problems.error(PlainWords.of(problem), at: Mark(line: line, column: line == mark.line ? mark.column : 1))
        case YamlError.reader(let problem, _, _, _):
            problems.error("the file can't be read: \(problem)", at: nil)
        default:
            problems.error("the file can't be read as YAML", at: nil)
        }
    }
}

/// What the YAML reader's complaints mean to somebody who writes a file.
enum PlainWords {
    static func of(_ problem: String) -> String {
        for (part, words) in table where problem.contains(part) { return words }
        return "this can't be read: \(problem)"
    }

    private static let table = [
        ("mapping values are not allowed", "a `:` can't stand here; if it belongs to the text, put the text in quotes"),
        ("could not find expected ':'", "the line above or this one lacks a `:` after its key"),
        ("did not find expected key", "this line doesn't fit the lines above; look at its indentation"),
        ("did not find expected '-' indicator", "this line doesn't fit the list above; look at its indentation and at the `-`"),
        ("block sequence entries are not allowed", "a list can't begin here; begin it on a line of its own"),
        ("did not find expected ',' or ']'", "a list in brackets isn't closed: a `,` or `]` is missing before this"),
        ("did not find expected ',' or '}'", "a group in braces isn't closed: a `,` or `}` is missing before this"),
        ("found unexpected end of stream", "quotes are opened but never closed"),
        ("found unexpected document indicator", "quotes are opened but never closed"),
        (
            "found unknown escape character",
            "after a backslash in double quotes only \\\", \\\\, \\n and the like can stand; use single quotes"
        ),
        ("cannot start any token", "a value can't begin with this character; put it in quotes"),
        ("found another document", "a second document begins here (`---`); a file holds one"),
        ("did not find expected node content", "a value is missing here"),
        ("nesting level", "this is nested too deep"),
    ]
}
