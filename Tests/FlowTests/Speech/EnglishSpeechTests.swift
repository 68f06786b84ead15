import Flow
import Testing

@Suite struct EnglishSpeechTests {
    @Test(arguments: [
        ("0", "zero", "zero"), ("13", "thirteen", "thirteen"), ("21", "twenty-one", "twenty-one"), ("40", "forty", "forty"),
        ("100", "one hundred", "one hundred"), ("101", "one hundred one", "one hundred and one"),
        ("1000", "one thousand", "one thousand"), ("1001", "one thousand one", "one thousand and one"),
        ("1234", "one thousand two hundred thirty-four", "one thousand two hundred and thirty-four"),
        ("100000", "one hundred thousand", "one hundred thousand"),
        ("1000017", "one million seventeen", "one million and seventeen"),
        ("2000000000000", "two trillion", "two trillion"), ("-5", "minus five", "minus five"),
        ("12.05", "twelve point zero five", "twelve point zero five"),
    ])
    func `numbers, with and in Britain`(text: String, american: String, british: String) {
        #expect(spoken(.number, text, "en-US") == american)
        #expect(spoken(.number, text, "en-GB") == british)
    }

    @Test(arguments: [
        ("1 USD", "one dollar"), ("$12.50", "twelve dollars and fifty cents"), ("0.01 USD", "one cent"),
        ("1.01 GBP", "one pound and one penny"),
        ("£3.20", "three pounds and twenty pence"), ("1,250 EUR", "one thousand two hundred fifty euros"), ("0 EUR", "zero euros"),
        ("-3 EUR", "minus three euros"), ("500 JPY", "five hundred yen"), ("1.255 EUR", "one point two five five EUR"), ("7", "seven"),
        ("9.5 XYZ", "nine point five XYZ"),
    ])
    func `money`(text: String, words: String) { #expect(spoken(.money, text, "en-US") == words) }

    @Test(arguments: [
        ("2026-12-25", "December twenty-fifth twenty twenty-six", "the twenty-fifth of December twenty twenty-six"),
        ("2005-01-01", "January first two thousand five", "the first of January two thousand five"),
        ("2000-02-22", "February twenty-second two thousand", "the twenty-second of February two thousand"),
        ("1999-03-12", "March twelfth nineteen ninety-nine", "the twelfth of March nineteen ninety-nine"),
        ("2010-04-30", "April thirtieth twenty ten", "the thirtieth of April twenty ten"),
        ("2100-05-03", "May third twenty-one hundred", "the third of May twenty-one hundred"),
        ("2101-05-15", "May fifteenth twenty-one oh one", "the fifteenth of May twenty-one oh one"),
    ])
    func `days`(text: String, american: String, british: String) {
        #expect(spoken(.date, text, "en-US") == american)
        #expect(spoken(.date, text, "en-IE") == british.replacing("two thousand five", with: "two thousand and five"))
    }

    @Test(arguments: [
        ("17:30", "five thirty PM", "seventeen thirty"), ("00:00", "twelve AM", "zero hundred"),
        ("12:05", "twelve oh five PM", "twelve oh five"),
        ("9:00", "nine AM", "nine hundred"), ("0730", "seven thirty AM", "seven thirty"),
        ("2026-12-24 11:59", "eleven fifty-nine AM", "eleven fifty-nine"),
    ])
    func `times by either clock`(text: String, twelve: String, twentyFour: String) {
        #expect(spoken(.time, text, "en-US") == twelve)
        #expect(spoken(.time, text, "en-US", .twentyFour) == twentyFour)
    }

    @Test func `what is no such value is left to the program as it is`() {
        #expect(spoken(.number, "a dozen", "en-US") == "a dozen")
        #expect(spoken(.date, "2026-02-30", "en-US") == "2026-02-30")
        #expect(spoken(.time, "25:00", "en-US") == "25:00")
        #expect(spoken(.money, "EUR", "en-US") == "EUR")
        #expect(spoken(.number, "9999999999999999", "en-US") == "9999999999999999")
        #expect(spoken(.number, " ", "en-US") == "")
    }

    @Test func `a language without a grammar of ours keeps values as they are written`() {
        #expect(spoken(.number, "1234.5", "fr-FR") == "1234.5")
        #expect(spoken(.date, "2026-12-25", "fr-FR") == "2026-12-25")
        #expect(spoken(.digits, "47 11", "fr-FR") == "4 7 1 1")
    }

    @Test func `digits and letters`() {
        #expect(spoken(.digits, "2001#", "en-US") == "two zero zero one pound")
        #expect(spoken(.spell, "Ab 1@c.io", "en-GB") == "A B one at C dot I O")
        #expect(SpokenValue(.spell).words(for: String(repeating: "a", count: 1000), in: "en-US").count == SpokenValue.longest)
    }
}
