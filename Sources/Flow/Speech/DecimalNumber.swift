/// A number as digits: up to fifteen before the point, up to nine behind it.
struct DecimalNumber: Equatable, Sendable {
    var isNegative = false
    var whole: Int
    var decimals: [Int] = []

    /// Reads `1234`, `-3`, `+7` or `12.50`; `nil` for anything else.
    init?(_ text: some StringProtocol) {
        let isSigned = text.hasPrefix("-") || text.hasPrefix("+")
        isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isSigned ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            (1...15).contains(parts[0].utf8.count), let whole = Int(parts[0])
        else { return nil }
        self.whole = whole
        guard parts.count == 2 else { return }
        guard (1...9).contains(parts[1].utf8.count) else { return nil }
        decimals = parts[1].utf8.map { Int($0) - 48 }
    }

    init(_ whole: Int) {
        self.whole = whole
    }
}
