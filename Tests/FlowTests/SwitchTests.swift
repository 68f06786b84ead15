import Flow
import Testing

@Suite struct SwitchTests {
    private static let tiers = """
        start:
          - answer
          - lookup: customer
          - switch: customer.tier
            cases: { gold: vip, "2": second }
            else: rest
        vip:
          - hangup: busy
        second:
          - hangup: declined
        rest:
          - hangup
        """

    @Test(arguments: [("gold", "hangup busy"), ("2", "hangup declined"), ("Gold", "hangup normal"), ("", "hangup normal")])
    func `a switch goes to the step that the value names, and by else for all others`(tier: String, end: String) throws {
        var story = Story(try flow(SwitchTests.tiers))
        story.records = ["+4930111": ["tier": tier]]
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.last == end)
    }

    @Test func `without else a value that no case names goes on with the next action`() throws {
        var story = Story(
            try flow(
                """
                start:
                  - set: { colour: green }
                  - switch: colour
                    cases: { red: other }
                  - reject: busy
                other:
                  - reject
                """))
        story.start()
        #expect(story.told == ["reject busy"])
    }

    @Test func `a counter is counted by one, or by what is said`() throws {
        var story = Story(try flow("start:\n  - count: calls\n  - count: { name: orders, by: 3 }\n  - reject"))
        story.start()
        #expect(story.told == ["count calls 1", "count orders 3", "reject declined"])
    }
}
