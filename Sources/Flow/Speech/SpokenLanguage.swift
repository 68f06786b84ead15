import StrictYAML

/// How a language speaks numbers, money, days and times. One file a language; a language without one leaves values to the TTS program as they are written.
protocol SpokenLanguage: Sendable {
    /// A whole number, as in counting.
    func cardinal(_ number: Int) -> [SpokenWord]
    /// The sign of numbers below zero, and what stands between a number and its decimals.
    var minus: SpokenWord { get }
    var point: SpokenWord { get }
    /// A digit by itself.
    func digit(_ digit: Int) -> SpokenWord
    /// The name of a sign such as `@`, when something is spelled.
    func sign(_ sign: Character) -> SpokenWord?
    /// The amount, which is not below zero, of a currency that the language has a name for.
    func money(_ money: MoneyAmount) -> [SpokenWord]?
    func date(_ date: CalendarDate) -> [SpokenWord]
    /// The clock that the language's speakers go by.
    var clock: SpokenClock { get }
    func time(hour: Int, minute: Int, clock: SpokenClock) -> [SpokenWord]
}

/// Whether a day has twice twelve hours or twenty-four.
public enum SpokenClock: String, Sendable, CaseIterable {
    /// With the part of the day.
    case twelve = "12h"
    /// From 0 to 23.
    case twentyFour = "24h"
}

enum SpokenLanguages {
    /// The grammar of a language such as `de-AT`, if we have one.
    static func grammar(of language: String) -> (any SpokenLanguage)? {
        let parts = language.split(separator: "-")
        let region = parts.count > 1 ? parts.last : nil
        switch parts.first {
        case "en": return EnglishSpeech(isAmerican: region.map { ["US", "CA", "PH"].contains($0) } ?? true)
        case "de": return GermanSpeech()
        case "es": return SpanishSpeech(isEuropean: region == "ES")
        case "zh": return ChineseSpeech()
        default: return nil
        }
    }
}

extension SpokenLanguage {
    /// A number with its sign and decimals.
    func number(_ number: DecimalNumber) -> [SpokenWord] {
        (number.isNegative ? [minus] : []) + cardinal(number.whole)
            + (number.decimals.isEmpty ? [] : [point] + number.decimals.map { digit($0) })
    }

    /// Letter by letter; signs by their names.
    func spell(_ text: some Sequence<Character>) -> [SpokenWord] {
        text.compactMap { character in
            if let value = character.wholeNumberValue, character.isASCII { return digit(value) }
            return sign(character) ?? (character.isLetter ? SpokenWord(character.uppercased()) : nil)
        }
    }
}
