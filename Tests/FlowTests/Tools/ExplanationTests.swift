import Flow
import StrictYAML
import Testing

@Suite struct ExplanationTests {
    @Test func `the longest way to a person counts keys and seconds at worst, no step twice`() throws {
        let steps = """
            start:
              - answer
              - menu: { prompt: choose, keys: { 1: sales, 2: ticket, 3: end }, no-input: { attempts: 2, go: sales }, no-match: { attempts: 1, go: end } }
            ticket:
              - collect: { into: t, digits: 4, attempts: 1, first-digit: 5s, between-digits: 3s, failed: start }
              - redirect: { to: 2002, ring: 20s, busy: sales, no-answer: sales, unreachable: start }
            sales:
              - redirect: { to: 2001, busy: end }
            end:
              - hangup
            """
        let (texts, _) = PromptCatalogue.read(text: "choose: { en-US: 1234567890123456 }", file: "p")
        let explanation = FlowExplanation(try flow(steps), texts: texts)
        let longest = try #require(explanation.longest)
        #expect(longest.steps == ["start", "ticket", "sales"])
        // A key for the menu, four digits and the finish key.
        #expect(longest.keys == 6)
        // Twice the question (1 s) and its silence (5 s); 5 s and 4 times 3 s for the digits; 20 s of ringing.
        #expect(longest.seconds == 49)
        #expect(explanation.endings == [["start", "end"]])
    }

    @Test func `a flow without a person says so, and a tangle is cut short`() throws {
        #expect(FlowExplanation(try flow("a:\n  - hangup"), texts: PromptCatalogue()).longest == nil)
        let all = (0..<12).map { "k\($0)" }
        let tangle = all.map { name in
            let keys = all.prefix(10).enumerated().map { "\($0): \($1)" }.joined(separator: ", ")
            return "\(name):\n  - answer\n  - menu: { keys: { \(keys), \"*\": k10, \"#\": k11 } }"
        }
        let explanation = FlowExplanation(try flow(tangle.joined(separator: "\n") + "\nz:\n  - redirect: 2001"), texts: PromptCatalogue())
        #expect(explanation.isCutShort)
    }
}
