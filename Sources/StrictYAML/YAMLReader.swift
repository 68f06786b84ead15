import Kernel

/// Reads the keys of one mapping for a schema, and reports what is missing, wrong or unknown.
///
/// ```swift
/// guard let reader = YAMLReader(root, "the configuration", problems) else { return nil }
/// let country = reader.required("country", as: .text)
/// let ring = reader.optional("ring", as: .duration) ?? .seconds(20)
/// if let sip = reader.group("sip") { …; sip.finish() }
/// reader.finish()
/// ```
public final class YAMLReader {
    /// What the mapping is called in messages.
    public let name: String
    /// Where the mapping belongs: its key, or its own beginning.
    public let mark: Mark
    /// The pairs, in the order of the file.
    public let pairs: [YAMLPair]
    /// Where errors go.
    public let problems: Diagnostics

    private var known: [String] = []
    private var isKnown: Set<String> = []

    /// No more unknown keys of one group are reported.
    private static let mostUnknown = 20

    /// Makes a reader of a node; reports an error and gives `nil` when the node is not a mapping.
    public convenience init?(_ node: YAMLNode, _ name: String, at mark: Mark? = nil, _ problems: Diagnostics) {
        guard let pairs = node.mapping else {
            problems.error("\(name) needs a group of keys, found \(node.spoken)", at: node.isNothing ? mark ?? node.mark : node.mark)
            return nil
        }
        self.init(pairs: pairs, name, at: mark ?? node.mark, problems)
    }

    /// Makes a reader of pairs.
    public init(pairs: [YAMLPair], _ name: String, at mark: Mark, _ problems: Diagnostics) {
        self.pairs = pairs
        self.name = name
        self.mark = mark
        self.problems = problems
    }

    /// The pair of a key, which becomes known.
    public func pair(_ key: String) -> YAMLPair? {
        know([key])
        return pairs.first { $0.key == key }
    }

    /// The node of a key, which becomes known.
    public func node(_ key: String) -> YAMLNode? { pair(key)?.value }

    /// Whether the mapping has a key, which becomes known.
    public func has(_ key: String) -> Bool { pair(key) != nil }

    /// Makes keys known that are read elsewhere.
    public func know(_ keys: [String]) {
        for key in keys where isKnown.insert(key).inserted { known.append(key) }
    }

    /// The value of a key that must be there. `nil` after an error.
    public func required<Value>(_ key: String, as kind: YAMLValue<Value>) -> Value? {
        guard has(key) else {
            problems.missing("\(name) needs `\(key)`", at: mark)
            return nil
        }
        return optional(key, as: kind)
    }

    /// The value of a key, if it is there and right.
    public func optional<Value>(_ key: String, as kind: YAMLValue<Value>) -> Value? {
        guard let pair = pair(key) else { return nil }
        guard !pair.value.isNothing else {
            problems.error("`\(key)` needs a value", at: pair.mark)
            return nil
        }
        return kind.read(pair.value, problems)
    }

    /// A reader of the mapping under a key, if there is one.
    public func group(_ key: String) -> YAMLReader? {
        guard let pair = pair(key) else { return nil }
        return YAMLReader(pair.value, "`\(key)`", at: pair.mark, problems)
    }

    /// Text that must be there.
    public func text(_ key: String) -> String? { required(key, as: .text) }

    /// Text that may be there.
    public func optionalText(_ key: String) -> String? { optional(key, as: .text) }

    /// A time span.
    public func duration(_ key: String, default value: Duration) -> Duration { optional(key, as: .duration) ?? value }

    /// A whole number.
    public func int(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int { optional(key, as: .int(range)) ?? value }

    /// Yes or no.
    public func yesNo(_ key: String, default value: Bool) -> Bool { optional(key, as: .yesNo) ?? value }

    /// A list of text, or a single text; empty when the key isn't there.
    public func texts(_ key: String) -> [String] { optional(key, as: .oneOrMany(of: .text)) ?? [] }

    /// Reports every key that was not asked for, with the nearest right word and where the key *is* allowed.
    public func finish() {
        let present = Set(pairs.map(\.key))
        let unused = known.filter { !present.contains($0) }
        for pair in pairs.lazy.filter({ !self.isKnown.contains($0.key) }).prefix(Self.mostUnknown) {
            let elsewhere = (problems.places[pair.key] ?? []).map { $0.contains(" ") ? $0 : "`\($0)`" }.filter { $0 != name }
            var message = "\(name) has no key `\(pair.key)`"
            if !elsewhere.isEmpty { message += "; it belongs in \(elsewhere.joined(separator: ", "))" }
            let near = NearestWord.find(pair.key, among: unused) ?? NearestWord.find(pair.key, among: known)
            var hint = near.map { "did you mean `\($0)`?" }
            if hint == nil, elsewhere.isEmpty, !known.isEmpty, known.count <= 12 {
                hint = "it has: \(known.map { "`\($0)`" }.joined(separator: ", "))"
            }
            problems.error(message, at: pair.mark, hint: hint)
        }
    }
}
