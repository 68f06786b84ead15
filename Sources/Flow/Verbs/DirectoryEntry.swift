import Foundation

/// A person or office that callers can find by name.
public struct DirectoryEntry: Equatable, Hashable, Sendable {
    /// The name, as it is spoken: first name first.
    public var name: String
    /// The number.
    public var number: String

    /// Makes an entry.
    public init(name: String, number: String) {
        self.name = name
        self.number = number
    }

    /// By which part of a name somebody is found.
    public enum Part: String, Sendable, CaseIterable {
        /// The last word of the name.
        case last
        /// The first word.
        case first
        /// Any word.
        case any
    }

    /// Whether keys are the beginning of the name.
    func fits(_ keys: String, by part: Part) -> Bool {
        let words = name.split(whereSeparator: { $0.isWhitespace || $0 == "-" || $0 == "," }).map(String.init)
        let wanted: [String] =
            switch part {
            case .last: words.suffix(1)
            case .first: Array(words.prefix(1))
            case .any: words
            }
        return wanted.contains { word in DirectoryEntry.spellings(of: word).contains { $0.hasPrefix(keys) } }
    }

    /// The keys of a word: with ü as u, and as German and Scandinavian callers may spell it, as ue.
    private static func spellings(of word: String) -> Set<String> {
        let long = ["ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"]
        let lower = word.lowercased()
        let short = lower.replacing("ß", with: "ss").replacing("ø", with: "o").replacing("æ", with: "ae")
        return [keys(short), keys(lower.map { long[String($0)] ?? String($0) }.joined())]
    }

    private static func keys(_ word: String) -> String {
        let plain = word.applyingTransform(.stripDiacritics, reverse: false) ?? word
        return String(plain.lowercased().compactMap { keyOfLetter[$0] })
    }

    /// ITU-T E.161, table 1.
    private static let keyOfLetter: [Character: Character] = {
        var keys: [Character: Character] = [:]
        for (key, letters) in zip("23456789", ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]) {
            keys[key] = key
            for letter in letters { keys[letter] = key }
        }
        return keys
    }()
}
