import Flow
import Testing

@Suite struct GermanSpeechTests {
    @Test(arguments: [
        ("0", "null"), ("1", "eins"), ("12", "zwölf"), ("16", "sechzehn"), ("17", "siebzehn"), ("20", "zwanzig"), ("21", "einundzwanzig"),
        ("30", "dreißig"), ("67", "siebenundsechzig"), ("100", "einhundert"), ("101", "einhunderteins"), ("121", "einhunderteinundzwanzig"),
        ("1000", "eintausend"), ("1001", "eintausendeins"), ("1234", "eintausendzweihundertvierunddreißig"),
        ("21000", "einundzwanzigtausend"), ("101000", "einhunderteintausend"),
        ("999999", "neunhundertneunundneunzigtausendneunhundertneunundneunzig"), ("1000000", "eine Million"),
        ("2000001", "zwei Millionen eins"), ("21000000", "einundzwanzig Millionen"), ("101000000", "einhunderteine Millionen"),
        ("3000000000", "drei Milliarden"), ("1000000000000", "eine Billion"), ("-7", "minus sieben"), ("3.14", "drei Komma eins vier"),
        ("0.50", "null Komma fünf null"),
    ])
    func `units come before tens, and a number is one word`(text: String, words: String) {
        #expect(spoken(.number, text, "de-DE") == words)
    }

    @Test(arguments: [
        ("1 EUR", "ein Euro"), ("21 EUR", "einundzwanzig Euro"), ("101 EUR", "einhundertein Euro"),
        ("12.50 EUR", "zwölf Euro und fünfzig Cent"), ("0.01 EUR", "ein Cent"), ("0.99€", "neunundneunzig Cent"),
        ("1.01 GBP", "ein Pfund und ein Penny"),
        ("3.05 CHF", "drei Franken und fünf Rappen"), ("-5 EUR", "minus fünf Euro"), ("1500 JPY", "eintausendfünfhundert Yen"),
        ("1000000 EUR", "eine Million Euro"), ("7.50 SEK", "sieben Komma fünf null SEK"),
    ])
    func `money`(text: String, words: String) { #expect(spoken(.money, text, "de-AT") == words) }

    @Test(arguments: [
        ("2026-12-25", "der fünfundzwanzigste Dezember zweitausendsechsundzwanzig"),
        ("2026-01-01", "der erste Januar zweitausendsechsundzwanzig"),
        ("1999-03-07", "der siebte März neunzehnhundertneunundneunzig"), ("2000-05-03", "der dritte Mai zweitausend"),
        ("1990-08-08 09:00", "der achte August neunzehnhundertneunzig"), ("2030-02-19", "der neunzehnte Februar zweitausenddreißig"),
        ("2030-02-20", "der zwanzigste Februar zweitausenddreißig"), ("2030-03-31", "der einunddreißigste März zweitausenddreißig"),
    ])
    func `days`(text: String, words: String) { #expect(spoken(.date, text, "de-DE") == words) }

    @Test(arguments: [
        ("17:30", nil, "siebzehn Uhr dreißig"), ("1:00", nil, "ein Uhr"), ("13:01", nil, "dreizehn Uhr eins"), ("00:00", nil, "null Uhr"),
        ("21:21", nil, "einundzwanzig Uhr einundzwanzig"), ("24:00", nil, "null Uhr"), ("2026-12-24 08:05", nil, "acht Uhr fünf"),
        ("17:30", SpokenClock.twelve, "fünf Uhr dreißig nachmittags"), ("00:15", .twelve, "zwölf Uhr fünfzehn nachts"),
        ("12:00", .twelve, "zwölf Uhr mittags"), ("07:00", .twelve, "sieben Uhr morgens"), ("20:00", .twelve, "acht Uhr abends"),
    ])
    func `times`(text: String, clock: SpokenClock?, words: String) { #expect(spoken(.time, text, "de-DE", clock) == words) }

    @Test func `digits and letters`() {
        #expect(spoken(.digits, "4711", "de-DE") == "vier sieben eins eins")
        #expect(spoken(.digits, "+49 (30) 12-3*#", "de-DE") == "plus vier neun drei null eins zwei drei Stern Raute")
        #expect(spoken(.spell, "ab-3ö@x.de", "de-DE") == "A B Bindestrich drei Ö Klammeraffe X Punkt D E")
    }
}

/// The value as the TTS program gets it.
func spoken(_ kind: SpokenValue.Kind, _ text: String, _ language: String, _ clock: SpokenClock? = nil) -> String {
    SpokenWord.text(of: SpokenValue(kind, clock: clock).words(for: text, in: language))
}
