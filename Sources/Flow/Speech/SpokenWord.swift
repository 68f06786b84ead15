/// One word of a spoken value: what the TTS program says, and the name of the recording that can stand for it.
public struct SpokenWord: Hashable, Sendable {
    /// The word, as it is written.
    public let text: String
    /// Whether it is written without a space behind the word before it, as in German numbers and in Chinese.
    let isGlued: Bool

    init(_ text: String, glued: Bool = false) {
        self.text = text
        isGlued = glued
    }

    /// The name of its recording: `word-twenty-one`, `word-veintiún`, `word-万`.
    public var prompt: String { Self.prefix + String(text.lowercased().map { $0 == " " ? "-" : $0 }) }

    private static let prefix = "word-"

    /// Whether a prompt is the recording of a word.
    static func isPrompt(_ name: String) -> Bool { name.hasPrefix(prefix) }

    /// The words as one text.
    public static func text(of words: [SpokenWord]) -> String {
        words.enumerated().reduce(into: "") { text, word in
            text += (word.offset == 0 || word.element.isGlued ? "" : " ") + word.element.text
        }
    }
}

extension SpokenWord: ExpressibleByStringLiteral {
    /// A word with a space before it.
    public init(stringLiteral text: String) { self.init(text) }
}
