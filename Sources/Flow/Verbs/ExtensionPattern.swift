import Kernel
import StrictYAML

/// The shape of an extension: digits, with `x` for any digit, such as `20xx`.
struct ExtensionPattern: Equatable, Sendable, CustomStringConvertible {
    private let digits: [UInt8?]

    var count: Int { digits.count }

    var description: String { String(digits.map { $0.map { Character(UnicodeScalar($0 + 48)) } ?? "x" }) }

    init?(_ text: String) {
        guard (1...20).contains(text.utf8.count) else { return nil }
        var digits: [UInt8?] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57: digits.append(byte - 48)
            case UInt8(ascii: "x"), UInt8(ascii: "X"): digits.append(nil)
            default: return nil
            }
        }
        self.digits = digits
    }

    /// Whether the keys are a beginning of the extension, or all of it.
    func fits(_ keys: [DTMFKey]) -> Bool {
        keys.count <= digits.count && zip(keys, digits).allSatisfy { key, digit in key.code <= 9 && (digit == nil || digit == key.code) }
    }

    static var value: YAMLValue<ExtensionPattern> {
        YAMLValue("an extension such as `2001`, or `20xx` with x for any digit") { ExtensionPattern($0) }
    }
}

extension DTMFKey {
    /// A key by its name in flow files: its face, or `star`, `hash`, `pound`.
    init?(named name: String) {
        switch name.lowercased() {
        case "star": self.init("*")
        case "hash", "pound": self.init("#")
        default:
            guard name.unicodeScalars.count == 1, name.utf8.count == 1, let face = name.first else { return nil }
            self.init(face)
        }
    }
}
