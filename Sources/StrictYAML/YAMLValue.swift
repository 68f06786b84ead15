import Kernel

/// A kind of value that a schema expects, with the way to read it. Schemas combine the ones below or make their own.
public struct YAMLValue<Output> {
    /// Reads a node, or says what is wrong with it and gives `nil`.
    public let read: (_ node: YAMLNode, _ problems: Diagnostics) -> Output?

    /// Makes a kind from a function that reports its own errors.
    public init(read: @escaping (_ node: YAMLNode, _ problems: Diagnostics) -> Output?) {
        self.read = read
    }

    /// Makes a kind of scalar: `parse` gives `nil` for text that doesn't fit, and then the error says `expected X, found Y`.
    public init(_ expected: String, parse: @escaping (_ text: String) -> Output?) {
        self.init { node, problems in
            if let text = node.text, !node.isNothing, let output = parse(text) { return output }
            problems.error("expected \(expected), found \(node.spoken)", at: node.mark)
            return nil
        }
    }

    /// The same kind of value, made into something else.
    public func map<Other>(_ transform: @escaping (Output) -> Other?) -> YAMLValue<Other> {
        YAMLValue<Other> { node, problems in self.read(node, problems).flatMap(transform) }
    }
}

extension YAMLValue where Output == String {
    /// Any text that isn't empty (empty text must be in quotes).
    public static var text: YAMLValue { YAMLValue("text") { $0 } }

    /// One of some words; `synonyms` are other spellings, in lower case, which no error suggests.
    public static func word(_ words: [String], synonyms: [String: String] = [:]) -> YAMLValue {
        YAMLValue { node, problems in
            if let text = node.text.map({ synonyms[$0.lowercased()] ?? $0 }), words.contains(text) { return text }
            problems.error(
                "expected \(words.map { "`\($0)`" }.joined(separator: ", ")), found \(node.spoken)", at: node.mark, word: node.text ?? "",
                among: words)
            return nil
        }
    }
}

extension YAMLValue where Output == Int {
    /// A whole number within a range.
    public static func int(_ range: ClosedRange<Int>) -> YAMLValue {
        YAMLValue("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }) else {
                return nil
            }
            return Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension YAMLValue where Output == Bool {
    /// Yes or no.
    public static var yesNo: YAMLValue {
        YAMLValue("`yes` or `no`") { text in
            switch text.lowercased() {
            case "yes", "true", "on": true
            case "no", "false", "off": false
            default: nil
            }
        }
    }
}

extension YAMLValue where Output == Duration {
    /// A time span with its unit: `5s`, `800ms`, `2m`, `4h`, `1.5s`; at most 30 days.
    public static var duration: YAMLValue { duration(.zero ... .seconds(30 * 86_400)) }

    /// A time span within a range.
    public static func duration(_ range: ClosedRange<Duration>) -> YAMLValue {
        YAMLValue { node, problems in
            guard let text = node.text, let (number, unit) = split(text) else {
                problems.error("expected a time span such as `5s`, `800ms`, `2m` or `4h`, found \(node.spoken)", at: node.mark)
                return nil
            }
            guard let unit else {
                problems.error(
                    "a time span needs its unit: `\(text)s` for seconds, or `ms`, `m`, `h`", at: node.mark, hint: "did you mean `\(text)s`?"
                )
                return nil
            }
            let duration = Duration.milliseconds(Int64((number * unit).rounded()))
            guard range.contains(duration) else {
                problems.error(
                    "expected a time span from \(spoken(range.lowerBound)) to \(spoken(range.upperBound)), found `\(text)`", at: node.mark)
                return nil
            }
            return duration
        }
    }

    /// The number and how many milliseconds its unit has (`nil` without a unit).
    private static func split(_ text: String) -> (Double, Double?)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard digits.count <= 9, digits.first?.isNumber == true, digits.last?.isNumber == true, let number = Double(digits) else {
            return nil
        }
        switch text.dropFirst(digits.count).drop(while: { $0 == " " }) {
        case "": return (number, nil)
        case "ms": return (number, 1)
        case "s": return (number, 1000)
        case "m": return (number, 60_000)
        case "h": return (number, 3_600_000)
        default: return nil
        }
    }

    private static func spoken(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        if milliseconds % 1000 != 0 { return "\(milliseconds)ms" }
        if milliseconds >= 3_600_000, milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
        if milliseconds >= 60_000, milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000)m" }
        return "\(milliseconds / 1000)s"
    }
}

extension YAMLValue {
    /// A list of values of one kind; members that don't fit are reported and left out.
    public static func list<Member>(of member: YAMLValue<Member>) -> YAMLValue where Output == [Member] {
        YAMLValue { node, problems in
            guard let members = node.list else {
                problems.error("expected a list, found \(node.spoken)", at: node.mark)
                return nil
            }
            return members.compactMap { member.read($0, problems) }
        }
    }

    /// One value, or a list of values of that kind.
    public static func oneOrMany<Member>(of member: YAMLValue<Member>) -> YAMLValue where Output == [Member] {
        YAMLValue { node, problems in
            if let members = node.list { return members.compactMap { member.read($0, problems) } }
            return member.read(node, problems).map { [$0] }
        }
    }

    /// A value together with where it stands.
    public static func marked<Member>(_ member: YAMLValue<Member>) -> YAMLValue where Output == Marked<Member> {
        YAMLValue { node, problems in member.read(node, problems).map { Marked($0, at: node.mark) } }
    }
}

/// A value with the place where it stands.
public struct Marked<Value> {
    /// The value.
    public var value: Value
    /// Its place.
    public var mark: Mark

    /// Makes a marked value.
    public init(_ value: Value, at mark: Mark) {
        self.value = value
        self.mark = mark
    }
}

extension Marked: Sendable where Value: Sendable {}
extension Marked: Equatable where Value: Equatable {}
