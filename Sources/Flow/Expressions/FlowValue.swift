/// A value of a variable or an expression.
public enum FlowValue: Equatable, Sendable {
    /// Text. What comes from a caller or a store is text, even when it looks like a number.
    case text(String)
    /// A number that stands in an expression.
    case number(Double)
    /// Yes or no.
    case yesNo(Bool)
    /// A list.
    case list([FlowValue])
    /// Nothing: a variable that was never set.
    case nothing
    /// A PIN, a card: it can be compared and looked up, and is never shown.
    case secret(Secret)

    /// The kind of the value, in plain words.
    var kind: ValueKind {
        switch self {
        case .text: .text
        case .number: .number
        case .yesNo: .yesNo
        case .list: .list
        case .nothing: .nothing
        case .secret: .text
        }
    }

    /// The value as text, as a caller or an agent would see it; a secret gives nothing away.
    var shown: String {
        switch self {
        case .text(let text): text
        case .number(let number): FlowValue.spell(number)
        case .yesNo(let yes): yes ? "yes" : "no"
        case .list(let members): members.map(\.shown).joined(separator: ", ")
        case .nothing, .secret: ""
        }
    }

    private static func spell(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }

    /// The value as a number: a number, or text that spells one plainly.
    var asNumber: Double? {
        switch self {
        case .number(let number): return number
        case .text(let text): return FlowValue.plainNumber(text)
        case .secret(let secret): return FlowValue.plainNumber(secret.revealed)
        case .yesNo, .list, .nothing: return nil
        }
    }

    /// The value as text, a secret included; only for comparing.
    var comparedText: String? {
        switch self {
        case .text(let text): text
        case .secret(let secret): secret.revealed
        case .number, .yesNo, .list, .nothing: nil
        }
    }

    /// The value as a condition; nothing counts as no, and stores spell yes and no as text. `nil` for what is neither.
    var asCondition: Bool? {
        switch self {
        case .yesNo(let yes): return yes
        case .nothing: return false
        case .text(let text):
            switch text.lowercased() {
            case "yes", "true": return true
            case "no", "false", "": return false
            default: return nil
            }
        case .number, .list, .secret: return nil
        }
    }

    private static func plainNumber(_ text: String) -> Double? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 || $0 == 45 }), text != "-",
            text != "."
        else { return nil }
        return Double(text)
    }
}

/// Text that never shows itself: printing, logging or dumping it gives dots.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let revealed: String

    /// Hides a text.
    public init(_ text: String) {
        revealed = text
    }

    /// Whether a check takes it. A check must not keep what it is given.
    public func isAccepted(by check: (String) throws -> Bool) rethrows -> Bool { try check(revealed) }

    /// Dots.
    public var description: String { "•••" }
    /// Dots.
    public var debugDescription: String { "•••" }
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Kinds of values, as authors know them.
enum ValueKind: String, Sendable {
    case text
    case number = "a number"
    case yesNo = "yes or no"
    case list = "a list"
    case nothing
    /// Not known before the call.
    case unknown = "something"
}
