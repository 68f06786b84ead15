import Kernel
import Testing

@Suite struct NearestWordTests {
    @Test(
        arguments: [("meun", "menu"), ("no_input", "no-input"), ("Menu", "menu"), ("x", nil), ("elephant", nil), ("redirct", "redirect")]
            as [(String, String?)])
    func `is the one probably meant, or none`(word: String, expected: String?) {
        #expect(NearestWord.find(word, among: ["menu", "no-input", "say", "redirect", "1", "2"]) == expected)
    }
}
