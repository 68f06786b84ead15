/// A value of a file: text, a list or a mapping. YAML's own ideas of types (`no`, `017`, `12:30`) have no say.
public struct YAMLNode: Equatable, Sendable {
    /// What a value is.
    public enum Kind: Equatable, Sendable {
        /// Text; `quoted` when it stood in quotes or in a block (`|`, `>`). Nothing at all is unquoted empty text.
        case scalar(String, quoted: Bool)
        /// A list.
        case list([YAMLNode])
        /// A mapping, in the order of the file. No key occurs twice.
        case mapping([YAMLPair])
    }

    /// What the value is.
    public var kind: Kind
    /// Where it begins.
    public var mark: Mark

    /// Makes a value.
    public init(_ kind: Kind, mark: Mark) {
        self.kind = kind
        self.mark = mark
    }

    /// The text of a scalar.
    public var text: String? {
        if case .scalar(let text, _) = kind { text } else { nil }
    }

    /// The members of a list.
    public var list: [YAMLNode]? {
        if case .list(let members) = kind { members } else { nil }
    }

    /// The pairs of a mapping.
    public var mapping: [YAMLPair]? {
        if case .mapping(let pairs) = kind { pairs } else { nil }
    }

    /// Whether nothing stands where the value belongs.
    public var isNothing: Bool { kind == .scalar("", quoted: false) }

    /// The value of a key of a mapping.
    public subscript(key: String) -> YAMLNode? {
        mapping?.first { $0.key == key }?.value
    }

    /// What it is, for messages: ``the text `5` ``, `a list`, `a mapping`, `nothing`.
    public var spoken: String {
        switch kind {
        case .scalar("", quoted: false): "nothing"
        case .scalar(let text, _): text.count > 40 ? "`\(text.prefix(40))…`" : "`\(text)`"
        case .list: "a list"
        case .mapping: "a group of keys"
        }
    }
}

/// A key with its value.
public struct YAMLPair: Equatable, Sendable {
    /// The key, read as text.
    public var key: String
    /// Whether the key stood in quotes.
    public var quoted: Bool
    /// Where the key begins.
    public var mark: Mark
    /// The value.
    public var value: YAMLNode

    /// Makes a pair.
    public init(key: String, quoted: Bool = false, mark: Mark, value: YAMLNode) {
        self.key = key
        self.quoted = quoted
        self.mark = mark
        self.value = value
    }
}
