import Flow
import Testing

@Suite struct SpanishSpeechTests {
    @Test(arguments: [
        ("0", "cero"), ("1", "uno"), ("16", "dieciséis"), ("21", "veintiuno"), ("22", "veintidós"), ("26", "veintiséis"),
        ("31", "treinta y uno"),
        ("99", "noventa y nueve"), ("100", "cien"), ("101", "ciento uno"), ("500", "quinientos"), ("777", "setecientos setenta y siete"),
        ("1000", "mil"), ("1001", "mil uno"), ("2000", "dos mil"), ("21000", "veintiún mil"), ("31000", "treinta y un mil"),
        ("100000", "cien mil"), ("101000", "ciento un mil"), ("1000000", "un millón"), ("21000000", "veintiún millones"),
        ("1000000000", "mil millones"), ("1000000000000", "un billón"), ("-2", "menos dos"), ("3.5", "tres coma cinco"),
    ])
    func `numbers`(text: String, words: String) { #expect(spoken(.number, text, "es-ES") == words) }

    @Test(arguments: [
        ("1 EUR", "un euro"), ("21 EUR", "veintiún euros"), ("31 USD", "treinta y un dólares"), ("1 GBP", "una libra"),
        ("21 GBP", "veintiuna libras"),
        ("200 GBP", "doscientas libras"), ("201 GBP", "doscientas una libras"), ("201000 GBP", "doscientas un mil libras"),
        ("100 GBP", "cien libras"), ("120 GBP", "ciento veinte libras"), ("500 EUR", "quinientos euros"),
        ("1000000 EUR", "un millón de euros"),
        ("1000001 EUR", "un millón un euros"), ("12.50 EUR", "doce euros con cincuenta céntimos"), ("0.01 EUR", "un céntimo"),
        ("1.21 EUR", "un euro con veintiún céntimos"),
    ])
    func `money agrees with its currency`(text: String, words: String) { #expect(spoken(.money, text, "es-ES") == words) }

    @Test(arguments: [
        ("2026-12-25", "el veinticinco de diciembre de dos mil veintiséis", "el veinticinco de diciembre de dos mil veintiséis"),
        ("1999-01-01", "el uno de enero de mil novecientos noventa y nueve", "el primero de enero de mil novecientos noventa y nueve"),
    ])
    func `days`(text: String, european: String, american: String) {
        #expect(spoken(.date, text, "es-ES") == european)
        #expect(spoken(.date, text, "es-MX") == american)
    }

    @Test(arguments: [
        ("17:30", "las cinco y media de la tarde", "las diecisiete horas y treinta minutos"),
        ("1:00", "la una de la madrugada", "la una hora"), ("13:15", "la una y cuarto de la tarde", "las trece horas y quince minutos"),
        ("21:21", "las nueve y veintiuno de la noche", "las veintiuna horas y veintiún minutos"),
        ("12:00", "las doce del mediodía", "las doce horas"), ("09:01", "las nueve y uno de la mañana", "las nueve horas y un minuto"),
        ("00:00", "las doce de la madrugada", "las cero horas"),
    ])
    func `times by either clock`(text: String, twelve: String, twentyFour: String) {
        #expect(spoken(.time, text, "es-ES") == twelve)
        #expect(spoken(.time, text, "es-ES", .twentyFour) == twentyFour)
    }

    @Test func `digits and letters`() {
        #expect(spoken(.digits, "21", "es-MX") == "dos uno")
        #expect(spoken(.spell, "ñ_1", "es-ES") == "Ñ guion bajo uno")
    }
}
