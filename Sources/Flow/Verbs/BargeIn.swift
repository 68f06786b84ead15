import StrictYAML

/// What ends a prompt before its time.
enum BargeIn: Equatable, Sendable {
    case nothing
    /// A key.
    case keys
    /// A key, or a caller who begins to speak.
    case speech

    static let key = "barge-in"
    /// As yes and no are read elsewhere.
    private static let synonyms = ["true": "yes", "on": "yes", "false": "no", "off": "no"]

    /// Beside a verb that plays, where nothing ends a prompt unless said.
    init(beside action: YAMLReader) {
        switch action.optional(BargeIn.key, as: YAMLValue.word(["no", "yes", "speech"], synonyms: BargeIn.synonyms)) {
        case "yes": self = .keys
        case "speech": self = .speech
        default: self = .nothing
        }
    }

    /// In a group whose prompt keys end anyway: whether speech ends it, too.
    static func heedsSpeech(_ reader: YAMLReader) -> Bool {
        reader.optional(key, as: YAMLValue.word(["yes", "speech"], synonyms: synonyms)) == "speech"
    }
}
