import StrictYAML

/// English: `one hundred and one` in Britain, `one hundred one` in America.
struct EnglishSpeech: SpokenLanguage {
    let isAmerican: Bool

    var minus: SpokenWord { "minus" }
    var point: SpokenWord { "point" }
    var clock: SpokenClock { .twelve }

    private static let units = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let scales = [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")]
    private static let ordinals = [
        1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth", 20: "twentieth", 30: "thirtieth",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// 0 to 99.
    private static func small(_ number: Int) -> SpokenWord {
        if number < 20 { return SpokenWord(units[number]) }
        return SpokenWord(tens[number / 10] + (number % 10 == 0 ? "" : "-" + units[number % 10]))
    }

    private static func ordinal(_ number: Int) -> SpokenWord {
        if let ordinal = ordinals[number] { return SpokenWord(ordinal) }
        return SpokenWord(
            number < 20 ? units[number] + "th" : tens[number / 10] + "-" + (ordinals[number % 10] ?? units[number % 10] + "th"))
    }

    func digit(_ digit: Int) -> SpokenWord { Self.small(digit) }

    func cardinal(_ number: Int) -> [SpokenWord] {
        var words: [SpokenWord] = []
        var rest = number
        for (scale, name) in Self.scales where rest >= scale {
            words += belowThousand(rest / scale) + [SpokenWord(name)]
            rest %= scale
        }
        if rest == 0, !words.isEmpty { return words }
        if !words.isEmpty, rest < 100, !isAmerican { words.append("and") }
        return words + belowThousand(rest)
    }

    private func belowThousand(_ number: Int) -> [SpokenWord] {
        guard number >= 100 else { return [Self.small(number)] }
        let hundreds = [Self.small(number / 100), "hundred"]
        if number % 100 == 0 { return hundreds }
        return hundreds + (isAmerican ? [] : ["and"]) + [Self.small(number % 100)]
    }

    func money(_ money: MoneyAmount) -> [SpokenWord]? {
        let names: (one: SpokenWord, many: SpokenWord, cent: SpokenWord, cents: SpokenWord) =
            switch money.currency {
            case .euro: ("euro", "euros", "cent", "cents")
            case .dollar: ("dollar", "dollars", "cent", "cents")
            case .pound: ("pound", "pounds", "penny", "pence")
            case .franc: ("franc", "francs", "centime", "centimes")
            case .yen: ("yen", "yen", "sen", "sen")
            case .yuan: ("yuan", "yuan", "fen", "fen")
            }
        let whole = cardinal(money.whole) + [money.whole == 1 ? names.one : names.many]
        if money.cents == 0 { return whole }
        let cents = cardinal(money.cents) + [money.cents == 1 ? names.cent : names.cents]
        return money.whole == 0 ? cents : whole + ["and"] + cents
    }

    func date(_ date: CalendarDate) -> [SpokenWord] {
        let (day, month) = (Self.ordinal(date.day), SpokenWord(Self.months[date.month - 1]))
        return (isAmerican ? [month, day] : ["the", day, "of", month]) + year(date.year)
    }

    /// `nineteen oh five`, `two thousand five`, `twenty twenty-six`.
    private func year(_ year: Int) -> [SpokenWord] {
        let (century, rest) = (year / 100, year % 100)
        if year % 1000 < 10 { return cardinal(year) }
        if rest == 0 { return [Self.small(century), "hundred"] }
        return rest < 10 ? [Self.small(century), "oh", Self.small(rest)] : [Self.small(century), Self.small(rest)]
    }

    func time(hour: Int, minute: Int, clock: SpokenClock) -> [SpokenWord] {
        let minutes: [SpokenWord] = minute == 0 ? [] : (minute < 10 ? ["oh"] : []) + [Self.small(minute)]
        switch clock {
        case .twelve: return [Self.small(hour % 12 == 0 ? 12 : hour % 12)] + minutes + [hour < 12 ? "AM" : "PM"]
        case .twentyFour: return [Self.small(hour)] + (minute == 0 ? ["hundred"] : minutes)
        }
    }

    func sign(_ sign: Character) -> SpokenWord? {
        switch sign {
        case "@": "at"
        case ".": "dot"
        case "-": "dash"
        case "_": "underscore"
        case "/": "slash"
        case "+": "plus"
        case "*": "star"
        case "#": isAmerican ? "pound" : "hash"
        case "&": "and"
        case ":": "colon"
        default: nil
        }
    }
}
