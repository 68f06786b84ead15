/// An amount of money, without its sign.
struct MoneyAmount: Equatable, Sendable {
    /// The currencies that have names here; others are spoken as number and code.
    enum Currency: String, Sendable, CaseIterable {
        case euro = "EUR"
        case dollar = "USD"
        case pound = "GBP"
        case franc = "CHF"
        case yen = "JPY"
        case yuan = "CNY"

        /// Whether amounts have cents.
        var hasCents: Bool { self != .yen }
    }

    var currency: Currency
    var whole: Int
    /// Hundredths; 0 for a currency that has none.
    var cents: Int

    /// An amount and what it is of: `12.50 EUR`, `EUR 12.50`, `€12.50`, `5 $`. `code` is what stands beside the number.
    static func parse(_ text: String) -> (number: DecimalNumber, code: String)? {
        let compact = text.filter { !$0.isWhitespace && $0 != "," }
        let isAmount: (Character) -> Bool = { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
        let amount = compact.filter(isAmount)
        guard !amount.isEmpty, let range = compact.firstRange(of: amount), let number = DecimalNumber(amount) else { return nil }
        let code = compact[..<range.lowerBound] + compact[range.upperBound...]
        return code.count <= 8 ? (number, String(code)) : nil
    }

    /// An amount that can be said in whole units and cents.
    init?(_ number: DecimalNumber, code: String) {
        let signs: [String: Currency] = ["€": .euro, "$": .dollar, "US$": .dollar, "£": .pound, "¥": .yen, "元": .yuan]
        guard let currency = signs[code] ?? Currency(rawValue: code.uppercased()) else { return nil }
        let decimals = number.decimals
        guard decimals.dropFirst(2).allSatisfy({ $0 == 0 }) else { return nil }
        self.currency = currency
        whole = number.whole
        cents = (decimals.first ?? 0) * 10 + (decimals.count > 1 ? decimals[1] : 0)
        if !currency.hasCents, cents != 0 { return nil }
    }
}
