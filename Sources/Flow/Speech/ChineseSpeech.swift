import StrictYAML

/// Mandarin: groups of four digits (万, 亿), 零 for what is left out between them, and 两 for two before a measure.
struct ChineseSpeech: SpokenLanguage {
    var minus: SpokenWord { Self.word("负") }
    var point: SpokenWord { Self.word("点") }
    var clock: SpokenClock { .twelve }

    private static let digits: [Character] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]

    private static func word(_ text: String) -> SpokenWord { SpokenWord(text, glued: true) }

    private static func words(_ text: some Sequence<Character>) -> [SpokenWord] { text.map { word(String($0)) } }

    func digit(_ digit: Int) -> SpokenWord { Self.word(String(Self.digits[digit])) }

    func cardinal(_ number: Int) -> [SpokenWord] { Self.words(Self.spelled(number)) }

    /// A number before a measure word: two is 两.
    private static func counted(_ number: Int) -> [SpokenWord] { words(number == 2 ? "两" : spelled(number)) }

    private static func spelled(_ number: Int) -> String {
        guard number > 0 else { return "零" }
        var text = ""
        var rest = number
        var isGap = false
        for (scale, name) in [(1_000_000_000_000, "万亿"), (100_000_000, "亿"), (10_000, "万"), (1, "")] {
            let group = rest / scale
            rest %= scale
            guard group > 0 else {
                isGap = isGap || !text.isEmpty
                continue
            }
            if isGap || (!text.isEmpty && group < 1000) { text += "零" }
            isGap = false
            text += (group == 2 && scale > 1 ? "两" : self.group(group, isFirst: text.isEmpty)) + name
        }
        return text
    }

    /// 1 to 9999. A number begins with 十, not with 一十; 百 and 千 take 两 where it begins with them, 千 everywhere.
    private static func group(_ number: Int, isFirst: Bool) -> String {
        var text = ""
        var isGap = false
        for (scale, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = number / scale % 10
            guard digit > 0 else {
                isGap = isGap || !text.isEmpty
                continue
            }
            if isGap { text += "零" }
            isGap = false
            let isStart = text.isEmpty && isFirst
            if scale == 10, digit == 1, isStart {
                text += name
            } else if digit == 2, scale == 1000 || scale == 100 && isStart {
                text += "两" + name
            } else {
                text += String(digits[digit]) + name
            }
        }
        return text
    }

    func money(_ money: MoneyAmount) -> [SpokenWord]? {
        if money.currency == .yuan { return Self.yuan(money) }
        let (name, cent) =
            switch money.currency {
            case .euro: ("欧元", "欧分")
            case .dollar: ("美元", "美分")
            case .pound: ("英镑", "便士")
            case .franc: ("瑞士法郎", "生丁")
            case .yen, .yuan: ("日元", "")
            }
        let whole = Self.counted(money.whole) + [Self.word(name)]
        if money.cents == 0 { return whole }
        let cents = Self.counted(money.cents) + [Self.word(cent)]
        return money.whole == 0 ? cents : whole + cents
    }

    /// 元, 角 and 分: `十二元五角`, `十二元零五分`.
    private static func yuan(_ money: MoneyAmount) -> [SpokenWord] {
        let (tenths, hundredths) = (money.cents / 10, money.cents % 10)
        var words: [SpokenWord] = []
        if money.whole > 0 || money.cents == 0 { words += counted(money.whole) + [word("元")] }
        if tenths > 0 { words += counted(tenths) + [word("角")] }
        if hundredths > 0 { words += (tenths == 0 && money.whole > 0 ? [word("零")] : []) + counted(hundredths) + [word("分")] }
        return words
    }

    func date(_ date: CalendarDate) -> [SpokenWord] {
        let year = String(date.year).compactMap(\.wholeNumberValue).map { digit($0) }
        return year + [Self.word("年")] + cardinal(date.month) + [Self.word("月")] + cardinal(date.day) + [Self.word("日")]
    }

    func time(hour: Int, minute: Int, clock: SpokenClock) -> [SpokenWord] {
        let spoken = clock == .twentyFour ? hour : (hour % 12 == 0 ? 12 : hour % 12)
        let hours = Self.counted(spoken) + [Self.word("点")]
        let minutes: [SpokenWord] =
            switch minute {
            case 0: []
            case 30 where clock == .twelve: [Self.word("半")]
            default: (minute < 10 ? [Self.word("零")] : []) + cardinal(minute) + [Self.word("分")]
            }
        return (clock == .twelve ? [Self.partOfDay(hour)] : []) + hours + minutes
    }

    private static func partOfDay(_ hour: Int) -> SpokenWord {
        switch hour {
        case ..<6: word("凌晨")
        case ..<12: word("上午")
        case 12: word("中午")
        case ..<18: word("下午")
        default: word("晚上")
        }
    }

    func sign(_ sign: Character) -> SpokenWord? {
        switch sign {
        case "@": Self.word("艾特")
        case ".": Self.word("点")
        case "-": Self.word("横杠")
        case "_": Self.word("下划线")
        case "/": Self.word("斜杠")
        case "+": Self.word("加号")
        case "*": Self.word("星号")
        case "#": Self.word("井号")
        case "&": Self.word("和")
        case ":": Self.word("冒号")
        default: nil
        }
    }
}
