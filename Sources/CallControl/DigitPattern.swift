/// A route pattern, ready to be matched: literal characters, `x` for one digit, a trailing `!` for one or more characters.
struct DigitPattern: Sendable {
    private let head: [UInt8]
    private let isOpenEnded: Bool

    private static let anyDigit = UInt8(ascii: "x")

    init(_ text: String) {
        let bytes = Array(text.utf8)
        isOpenEnded = bytes.last == UInt8(ascii: "!")
        head = (isOpenEnded ? Array(bytes.dropLast()) : bytes).map { $0 == UInt8(ascii: "X") ? DigitPattern.anyDigit : $0 }
    }

    /// How narrow the pattern is: those of fixed length before open-ended ones, then more literal characters, then more characters.
    var narrowness: (Int, Int, Int) {
        (isOpenEnded ? 0 : 1, head.count { $0 != DigitPattern.anyDigit }, head.count)
    }

    func matches(_ number: DirectoryNumber) -> Bool {
        var rest = number.text.utf8[...]
        for expected in head {
            guard let found = rest.popFirst() else { return false }
            guard found == expected || (expected == DigitPattern.anyDigit && (48...57).contains(found)) else { return false }
        }
        return isOpenEnded ? !rest.isEmpty : rest.isEmpty
    }
}

extension RoutePattern {
    /// Whether a number fits the pattern.
    public func matches(_ number: DirectoryNumber) -> Bool {
        DigitPattern(pattern).matches(number)
    }
}
