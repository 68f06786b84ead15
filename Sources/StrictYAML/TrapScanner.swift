/// Looks through a text before Yams does, for what YAML would misread or choke on: anchors and aliases (with which a small file can keep a reader busy
/// for years), tags, directives, tabs, deep nesting, and a `#` or `*` without quotes. Such a `#` or `*` is reported and replaced by a stand-in letter,
/// so that the rest of the file can still be checked.
struct TrapScanner {
    struct Result {
        /// The text with stand-ins.
        var repaired: String
        /// Whether there is anything but comments.
        var hasContent: Bool
    }

    /// Letters of the private use area that no file may hold; they stand for what was repaired.
    static let standIns = 0xE000...0xE0FF
    static let star: UnicodeScalar = "\u{E000}"
    static let hash: UnicodeScalar = "\u{E001}"

    /// Gives a repaired text its own letters back.
    static func restore(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == star || $0 == hash }) else { return text }
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { view.append(scalar == star ? "*" : scalar == hash ? "#" : scalar) }
        return String(view)
    }

    /// Scans a text; `nil` when it can't be given to Yams. What is wrong is added to `problems`.
    static func scan(_ text: String, into problems: Diagnostics) -> Result? {
        var scanner = TrapScanner(text, problems)
        guard scanner.checkCharacters() else { return nil }
        while scanner.index < scanner.scalars.count, !scanner.gaveUp { scanner.line() }
        guard !scanner.gaveUp else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scanner.scalars)
        return Result(repaired: String(view), hasContent: scanner.tokens > 0)
    }

    var scalars: [UnicodeScalar]
    let problems: Diagnostics
    var index = 0
    var lineNumber = 1
    var lineStart = 0
    var gaveUp = false
    /// Values, keys and dashes seen.
    var tokens = 0
    /// The columns (from 0) at which block lists and mappings that are open began.
    var indents: [Int] = []
    /// Open brackets and braces.
    var flowDepth = 0

    private init(_ text: String, _ problems: Diagnostics) {
        scalars = Array(text.unicodeScalars)
        self.problems = problems
    }

    func mark(_ place: Int) -> Mark { Mark(line: lineNumber, column: place - lineStart + 1) }

    func peek(_ offset: Int = 0) -> UnicodeScalar? {
        let place = index + offset
        return place >= 0 && place < scalars.count ? scalars[place] : nil
    }

    /// Whether a token ends before `scalar`: white space or the end.
    func isGap(_ scalar: UnicodeScalar?) -> Bool {
        guard let scalar else { return true }
        return scalar == " " || scalar == "\n" || scalar == "\t"
    }

    mutating func giveUp(_ message: String, at place: Int) {
        problems.error(message, at: mark(place))
        gaveUp = true
    }

    /// Line ends become line feeds; control characters, odd line ends and stand-ins are refused.
    private mutating func checkCharacters() -> Bool {
        var clean: [UnicodeScalar] = []
        clean.reserveCapacity(scalars.count)
        var (line, column) = (1, 1)
        for (place, scalar) in scalars.enumerated() {
            if scalar == "\r", place + 1 < scalars.count, scalars[place + 1] == "\n" { continue }
            let value = Int(scalar.value)
            let isControl = (value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F...0x9F).contains(value)
            let isOddSpace = value == 0x2028 || value == 0x2029 || value == 0xFEFF || value == 0xFFFE || value == 0xFFFF
            if isControl || isOddSpace || Self.standIns.contains(value) {
                let code = String(value, radix: 16, uppercase: true)
                problems.error(
                    "the invisible character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code) can't stand here",
                    at: Mark(line: line, column: column))
                return false
            }
            clean.append(scalar)
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        scalars = clean
        return true
    }
}
