import Stores
import Testing

@Suite("telephone numbers in any spelling")
struct PhoneNumberTests {
    @Test(
        "a number of Berlin is the same number in every spelling",
        arguments: [
            "+49 30 23125 010", "+493023125010", "030 23125010", "(030) 23125-010", "030/23125-010", "0049 30 23125 010", "00493023125010",
            "+49 (0)30 23125-010", "493023125010", "49 30 23125 010", "+49.30.23125.010", "tel:+49-30-23125-010",
            "  030\u{a0}23125\u{2011}010 ",
            "０３０２３１２５０１０",
        ])
    func spellingsOfOneNumber(_ spelling: String) {
        #expect(PhoneNumber.e164(spelling, region: "DE") == "+493023125010")
    }

    @Test(
        "an international number keeps its country, with plus, prefix or neither",
        arguments: [
            ("+44 20 7946 0018", "DE", "+442079460018"), ("0044 20 7946 0018", "DE", "+442079460018"),
            ("011 44 20 7946 0018", "US", "+442079460018"),
            ("12025550119", "DE", "+12025550119"), ("1 202 555 0119", "US", "+12025550119"), ("(202) 555-0119", "US", "+12025550119"),
            ("020 7946 0018", "GB", "+442079460018"), ("442079460018", "GB", "+442079460018"), ("45 12 34 56", "DK", "+4545123456"),
            ("01 99 00 12 34", "FR", "+33199001234"), ("06 698 12345", "IT", "+390669812345"),
        ])
    func internationalNumbers(_ spelling: String, _ region: String, _ expected: String) {
        #expect(PhoneNumber.e164(spelling, region: region) == expected)
    }

    @Test(
        "what is no number has no E.164 form",
        arguments: [
            "", "anonymous", "+", "+49", "1", "sip:2001@frontdesk.local", "++49", "\0", "+999 123456789",
            String(repeating: "1", count: 300),
        ])
    func notNumbers(_ text: String) {
        #expect(PhoneNumber.e164(text, region: "DE") == nil)
    }

    @Test("an unknown region knows only international numbers")
    func unknownRegion() {
        #expect(PhoneNumber.e164("030 23125010", region: "XX") == nil)
        #expect(PhoneNumber.e164("+49 30 23125010", region: "XX") == "+493023125010")
    }
}
