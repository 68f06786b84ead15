import StrictYAML

/// German: units before tens, numbers below a million written as one word.
struct GermanSpeech: SpokenLanguage {
    var minus: SpokenWord { "minus" }
    var point: SpokenWord { "Komma" }
    var clock: SpokenClock { .twentyFour }

    private static let units = [
        "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn",
        "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
    ]
    private static let tens = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
    private static let months = [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
    ]

    /// How a final one is spoken: by itself, before what is counted, before a feminine noun.
    private enum One: String {
        case counting = "eins"
        case masculine = "ein"
        case feminine = "eine"
    }

    /// 0 to 99.
    private static func small(_ number: Int, _ one: One) -> String {
        if number == 1 { return one.rawValue }
        if number < 20 { return units[number] }
        let (ten, unit) = (tens[number / 10], number % 10)
        return unit == 0 ? ten : (unit == 1 ? "ein" : units[unit]) + "und" + ten
    }

    func digit(_ digit: Int) -> SpokenWord { SpokenWord(Self.units[digit]) }

    func cardinal(_ number: Int) -> [SpokenWord] { cardinal(number, .counting) }

    private func cardinal(_ number: Int, _ one: One) -> [SpokenWord] {
        var words: [SpokenWord] = []
        var rest = number
        for (scale, name, names) in [
            (1_000_000_000_000, "Billion", "Billionen"), (1_000_000_000, "Milliarde", "Milliarden"), (1_000_000, "Million", "Millionen"),
        ] where rest >= scale {
            words += belowMillion(rest / scale, .feminine) + [SpokenWord(rest / scale == 1 ? name : names)]
            rest %= scale
        }
        return rest == 0 && !words.isEmpty ? words : words + belowMillion(rest, one)
    }

    /// One written word, in the pieces that are recorded.
    private func belowMillion(_ number: Int, _ one: One) -> [SpokenWord] {
        var pieces: [String] = []
        var rest = number
        if rest >= 1000 {
            pieces += Self.hundreds(rest / 1000) + ["tausend"]
            rest %= 1000
        }
        if rest >= 100 {
            pieces += [Self.small(rest / 100, .masculine), "hundert"]
            rest %= 100
        }
        if rest > 0 || pieces.isEmpty { pieces.append(Self.small(rest, one)) }
        return Self.glued(pieces)
    }

    /// 1 to 999 before `tausend`.
    private static func hundreds(_ number: Int) -> [String] {
        guard number >= 100 else { return [small(number, .masculine)] }
        return [small(number / 100, .masculine), "hundert"] + (number % 100 == 0 ? [] : [small(number % 100, .masculine)])
    }

    private static func glued(_ pieces: [String]) -> [SpokenWord] {
        pieces.enumerated().map { SpokenWord($0.element, glued: $0.offset > 0) }
    }

    func money(_ money: MoneyAmount) -> [SpokenWord]? {
        let (name, cent, cents): (SpokenWord, SpokenWord, SpokenWord) =
            switch money.currency {
            case .euro: ("Euro", "Cent", "Cent")
            case .dollar: ("Dollar", "Cent", "Cent")
            case .pound: ("Pfund", "Penny", "Pence")
            case .franc: ("Franken", "Rappen", "Rappen")
            case .yen: ("Yen", "Sen", "Sen")
            case .yuan: ("Yuan", "Fen", "Fen")
            }
        let whole = cardinal(money.whole, .masculine) + [name]
        if money.cents == 0 { return whole }
        let part = cardinal(money.cents, .masculine) + [money.cents == 1 ? cent : cents]
        return money.whole == 0 ? part : whole + ["und"] + part
    }

    /// `der fünfundzwanzigste Dezember zweitausendsechsundzwanzig`.
    func date(_ date: CalendarDate) -> [SpokenWord] {
        ["der", Self.ordinal(date.day), SpokenWord(Self.months[date.month - 1])] + year(date.year)
    }

    private static func ordinal(_ number: Int) -> SpokenWord {
        switch number {
        case 1: "erste"
        case 3: "dritte"
        case 7: "siebte"
        case 8: "achte"
        default: SpokenWord(small(number, .counting) + (number < 20 ? "te" : "ste"))
        }
    }

    /// Until 1999 in hundreds: `neunzehnhundertfünf`.
    private func year(_ year: Int) -> [SpokenWord] {
        guard (1100..<2000).contains(year) else { return cardinal(year) }
        return Self.glued([Self.small(year / 100, .masculine), "hundert"] + (year % 100 == 0 ? [] : [Self.small(year % 100, .counting)]))
    }

    func time(hour: Int, minute: Int, clock: SpokenClock) -> [SpokenWord] {
        let minutes = minute == 0 ? [] : [SpokenWord(Self.small(minute, .counting))]
        let spoken = clock == .twentyFour ? hour : (hour % 12 == 0 ? 12 : hour % 12)
        let words = [SpokenWord(Self.small(spoken, .masculine)), "Uhr"] + minutes
        return clock == .twentyFour ? words : words + [Self.partOfDay(hour)]
    }

    private static func partOfDay(_ hour: Int) -> SpokenWord {
        switch hour {
        case 5..<11: "morgens"
        case 11..<14: "mittags"
        case 14..<18: "nachmittags"
        case 18..<23: "abends"
        default: "nachts"
        }
    }

    func sign(_ sign: Character) -> SpokenWord? {
        switch sign {
        case "@": "Klammeraffe"
        case ".": "Punkt"
        case "-": "Bindestrich"
        case "_": "Unterstrich"
        case "/": "Schrägstrich"
        case "+": "plus"
        case "*": "Stern"
        case "#": "Raute"
        case "&": "und"
        case ":": "Doppelpunkt"
        default: nil
        }
    }
}
