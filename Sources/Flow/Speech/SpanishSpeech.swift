import StrictYAML

/// Spanish: ones and hundreds agree with what is counted, and `uno` loses its end before a masculine noun.
struct SpanishSpeech: SpokenLanguage {
    /// The first of a month is `uno` in Spain and `primero` in America.
    let isEuropean: Bool

    var minus: SpokenWord { "menos" }
    var point: SpokenWord { isEuropean ? "coma" : "punto" }
    var clock: SpokenClock { .twelve }

    private enum Form {
        case counting
        case masculine
        case feminine
    }

    private static let units = [
        "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce",
        "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro",
        "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
    ]
    private static let tens = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
    private static let hundreds = [
        "", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos",
        "novecientos",
    ]
    private static let months = [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ]

    /// 0 to 99.
    private static func small(_ number: Int, _ form: Form) -> String {
        switch (number, form) {
        case (1, .masculine): return "un"
        case (1, .feminine): return "una"
        case (21, .masculine): return "veintiún"
        case (21, .feminine): return "veintiuna"
        case (..<30, _): return units[number]
        default: return tens[number / 10] + (number % 10 == 0 ? "" : " y " + small(number % 10, form))
        }
    }

    /// 1 to 999. Before `mil` the hundreds agree with the noun behind it, while ones are short: `doscientas un mil libras`.
    private static func belowThousand(_ number: Int, hundreds form: Form, ones: Form) -> [SpokenWord] {
        if number == 100 { return ["cien"] }
        guard number > 100 else { return [SpokenWord(small(number, ones))] }
        let name = hundreds[number / 100]
        let agreed = form == .feminine && number >= 200 ? name.dropLast(2) + "as" : name[...]
        return [SpokenWord(String(agreed))] + (number % 100 == 0 ? [] : [SpokenWord(small(number % 100, ones))])
    }

    private static func belowMillion(_ number: Int, _ form: Form) -> [SpokenWord] {
        let (thousands, rest) = (number / 1000, number % 1000)
        var words: [SpokenWord] = []
        if thousands > 1 { words += belowThousand(thousands, hundreds: form, ones: .masculine) }
        if thousands > 0 { words.append("mil") }
        return rest == 0 && !words.isEmpty ? words : words + belowThousand(rest, hundreds: form, ones: form)
    }

    func digit(_ digit: Int) -> SpokenWord { SpokenWord(Self.units[digit]) }

    func cardinal(_ number: Int) -> [SpokenWord] { cardinal(number, .counting) }

    private func cardinal(_ number: Int, _ form: Form) -> [SpokenWord] {
        var words: [SpokenWord] = []
        var rest = number
        for (scale, name, names) in [(1_000_000_000_000, "billón", "billones"), (1_000_000, "millón", "millones")] where rest >= scale {
            words += Self.belowMillion(rest / scale, .masculine) + [SpokenWord(rest / scale == 1 ? name : names)]
            rest %= scale
        }
        return rest == 0 && !words.isEmpty ? words : words + Self.belowMillion(rest, form)
    }

    func money(_ money: MoneyAmount) -> [SpokenWord]? {
        let names: (one: SpokenWord, many: SpokenWord, form: Form, cent: SpokenWord, cents: SpokenWord) =
            switch money.currency {
            case .euro: ("euro", "euros", .masculine, "céntimo", "céntimos")
            case .dollar: ("dólar", "dólares", .masculine, "centavo", "centavos")
            case .pound: ("libra", "libras", .feminine, "penique", "peniques")
            case .franc: ("franco", "francos", .masculine, "céntimo", "céntimos")
            case .yen: ("yen", "yenes", .masculine, "sen", "sen")
            case .yuan: ("yuan", "yuanes", .masculine, "fen", "fen")
            }
        // A round number of millions is a noun: `un millón de euros`.
        let isRound = money.whole >= 1_000_000 && money.whole % 1_000_000 == 0
        let whole = cardinal(money.whole, names.form) + (isRound ? ["de"] : []) + [money.whole == 1 ? names.one : names.many]
        if money.cents == 0 { return whole }
        let cents = cardinal(money.cents, .masculine) + [money.cents == 1 ? names.cent : names.cents]
        return money.whole == 0 ? cents : whole + ["con"] + cents
    }

    func date(_ date: CalendarDate) -> [SpokenWord] {
        let day: SpokenWord = date.day == 1 && !isEuropean ? "primero" : SpokenWord(Self.small(date.day, .counting))
        return ["el", day, "de", SpokenWord(Self.months[date.month - 1]), "de"] + cardinal(date.year)
    }

    func time(hour: Int, minute: Int, clock: SpokenClock) -> [SpokenWord] {
        let spoken = clock == .twentyFour ? hour : (hour % 12 == 0 ? 12 : hour % 12)
        let hours: [SpokenWord] = [spoken == 1 ? "la" : "las", SpokenWord(Self.small(spoken, .feminine))]
        guard clock == .twelve else {
            let minutes: [SpokenWord] =
                minute == 0 ? [] : ["y", SpokenWord(Self.small(minute, .masculine)), minute == 1 ? "minuto" : "minutos"]
            return hours + [spoken == 1 ? "hora" : "horas"] + minutes
        }
        let minutes: [SpokenWord] =
            switch minute {
            case 0: []
            case 15: ["y", "cuarto"]
            case 30: ["y", "media"]
            default: ["y", SpokenWord(Self.small(minute, .counting))]
            }
        return hours + minutes + Self.partOfDay(hour)
    }

    private static func partOfDay(_ hour: Int) -> [SpokenWord] {
        switch hour {
        case ..<6: ["de", "la", "madrugada"]
        case ..<12: ["de", "la", "mañana"]
        case 12: ["del", "mediodía"]
        case ..<20: ["de", "la", "tarde"]
        default: ["de", "la", "noche"]
        }
    }

    func sign(_ sign: Character) -> SpokenWord? {
        switch sign {
        case "@": "arroba"
        case ".": "punto"
        case "-": "guion"
        case "_": "guion bajo"
        case "/": "barra"
        case "+": "más"
        case "*": "asterisco"
        case "#": "almohadilla"
        case "&": "y"
        case ":": "dos puntos"
        default: nil
        }
    }
}
