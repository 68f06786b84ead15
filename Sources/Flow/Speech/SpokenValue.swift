import StrictYAML

/// A value that is to be spoken by the grammar of a language: `number: "{queue.position}"`.
public struct SpokenValue: Equatable, Sendable {
    /// What the value is.
    public enum Kind: String, Sendable, CaseIterable {
        /// `1234`, `-3`, `12.5`.
        case number
        /// Digit by digit.
        case digits
        /// `12.50 EUR`.
        case money
        /// `2026-12-25`; a time behind it is not spoken.
        case date
        /// `17:30`; a day before it is not spoken.
        case time
        /// Letter by letter.
        case spell

        /// What is expected, for messages.
        var expected: String {
            switch self {
            case .number: "a number such as `1234` or `12.5`"
            case .digits: "digits such as `4711`"
            case .money: "an amount with its currency, such as `12.50 EUR`"
            case .date: "a day such as `2026-12-25`"
            case .time: "a time such as `17:30`"
            case .spell: "text to spell"
            }
        }
    }

    /// What it is.
    public var kind: Kind
    /// The clock of a time; `nil` for that of the language.
    public var clock: SpokenClock?

    /// No more characters of a value are spoken.
    public static let longest = 200

    /// Makes a value's kind.
    public init(_ kind: Kind, clock: SpokenClock? = nil) {
        self.kind = kind
        self.clock = clock
    }

    /// The words for `text` in a language such as `de-DE`. Text that is not of the kind, and any in a language that we have no grammar of, is one word: itself.
    public func words(for text: String, in language: String) -> [SpokenWord] {
        let text = String(text.prefix(Self.longest)).trimmingWhitespace
        guard !text.isEmpty else { return [] }
        guard let grammar = SpokenLanguages.grammar(of: language) else { return asWritten(text) }
        return words(text, grammar) ?? [SpokenWord(text)]
    }

    /// Whether a text is of the kind.
    func fits(_ text: String) -> Bool { words(text.trimmingWhitespace, EnglishSpeech(isAmerican: true)) != nil }

    private func words(_ text: String, _ grammar: any SpokenLanguage) -> [SpokenWord]? {
        switch kind {
        case .number: return DecimalNumber(text).map { grammar.number($0) }
        case .digits:
            guard text.allSatisfy({ $0.isASCII && ($0.isNumber || " -/().+*#".contains($0)) }) else { return nil }
            return grammar.spell(text.filter { $0.isNumber || "+*#".contains($0) })
        case .money:
            guard let (number, code) = MoneyAmount.parse(text) else { return nil }
            guard let money = MoneyAmount(number, code: code), let words = grammar.money(money) else {
                return grammar.number(number) + (code.isEmpty ? [] : [SpokenWord(code)])
            }
            return (number.isNegative ? [grammar.minus] : []) + words
        case .date: return CalendarDate(text.prefix { $0 != " " && $0 != "T" }.description).map { grammar.date($0) }
        case .time: return SpokenValue.time(text).map { grammar.time(hour: $0 / 60, minute: $0 % 60, clock: clock ?? grammar.clock) }
        case .spell: return grammar.spell(text)
        }
    }

    /// Minutes since midnight of `17:30`, `17:30:00`, `2026-12-24 17:30`, or `1730` as a caller enters it.
    private static func time(_ text: String) -> Int? {
        guard let last = text.split(whereSeparator: { $0 == " " || $0 == "T" }).last else { return nil }
        if last.utf8.count == 4, last.utf8.allSatisfy({ (48...57).contains($0) }) {
            return TimeOfDay("\(last.prefix(2)):\(last.suffix(2))").map { $0.minutes % 1440 }
        }
        let minutes = last.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(minutes.count) else { return nil }
        return TimeOfDay(minutes.prefix(2).joined(separator: ":")).map { $0.minutes % 1440 }
    }

    private func asWritten(_ text: String) -> [SpokenWord] {
        kind == .digits || kind == .spell ? text.filter { !$0.isWhitespace }.map { SpokenWord(String($0)) } : [SpokenWord(text)]
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
