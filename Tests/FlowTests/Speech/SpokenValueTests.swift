import Flow
import StrictYAML
import Testing

private let steps = """
    start:
      - answer
      - set: { place: "21", due: "12.50 EUR" }
      - play: [you-are, number: "{place}", { money: "{due}" }, { time: "17:30", clock: 24h }, { spell: "{missing}" }]
      - hangup
    """

@Suite struct SpokenValueTests {
    @Test func `values are spoken in the flow's language, and what is nothing is left out`() throws {
        var story = Story(try flow(steps, head: "languages: [de-DE]"))
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.last == #"play you-are, "twenty-one", "twelve euros and fifty cents", "seventeen thirty""#)
    }

    @Test func `recordings speak a value when all of its words are recorded`() throws {
        let context = CheckContext(recordings: ["en-US": ["word-twenty-one", "word-twelve", "word-euros", "other"]])
        let flow = try flow(steps, context: context)
        var story = Story(flow)
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.last == #"play you-are, word-twenty-one, "twelve euros and fifty cents", "seventeen thirty""#)
        #expect(flow.promptNames["en-US"] == ["you-are", "word-euros", "word-twelve", "word-twenty-one"])
    }

    @Test(arguments: [
        (#"number: "1,5""#, "expected a number such as `1234` or `12.5`, found `1,5`"),
        (#"date: 2026-02-30"#, "expected a day such as `2026-12-25`, found `2026-02-30`"),
        (#"time: 17.30"#, "expected a time such as `17:30`, found `17.30`"),
        (#"money: ten"#, "expected an amount with its currency, such as `12.50 EUR`, found `ten`"),
        (#"digits: "12a""#, "expected digits such as `4711`, found `12a`"),
    ])
    func `a value that is written down must be right`(value: String, message: String) {
        let text = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n  a:\n    - answer\n    - play: [\(value)]\n    - hangup\n"
        let found = FlowChecker.check(text: text, file: "t.yaml").diagnostics
        #expect(found.map(\.message) == [message])
    }

    @Test(arguments: ["en-US", "en-GB", "de-DE", "es-ES", "es-MX", "zh-CN", "fr-FR"], SpokenValue.Kind.allCases)
    func `no text troubles a grammar, and every word can be the name of a recording`(language: String, kind: SpokenValue.Kind) {
        let numbers = (0...1100).map(String.init) + [99_999, 1_000_000, 999_999_999_999_999].map(String.init)
        let others = ["12.34 EUR", "0.01 USD", "1970-01-01", "9999-12-31", "23:59", "", "-", "+", ".", "::", "\u{0}é💥", "9.9.9", "-0.0"]
        for text in numbers + others {
            for word in SpokenValue(kind).words(for: text, in: language) where numbers.contains(text) {
                #expect(word.prompt.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" })
            }
        }
    }
}
