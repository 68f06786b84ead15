import Flow
import Testing

@Suite struct ConfirmTests {
    private static let ticket = """
        ask:
          - answer
          - collect: { into: ticket, prompt: enter-ticket, digits: 3 }
          - confirm: { value: "{ticket}", before: you-entered, no-input: { attempts: 2, go: away } }
          - redirect: { to: 2001, with: { ticket: "{ticket}" } }
        away:
          - hangup
        """
    private static let question = "If this is right, press 1. To try again, press 2."

    private func asked() throws -> Story {
        var story = Story(try flow(ConfirmTests.ticket))
        story.start()
        story.wait(.seconds(1))
        story.press("471")
        return story
    }

    @Test func `a value is read back digit by digit, and 1 keeps it`() throws {
        var story = try asked()
        #expect(story.told.last == "play you-entered, \"four seven one\", \"\(ConfirmTests.question)\"")
        story.press("1")
        #expect(story.told.last == "redirect 2001 ticket=471")
    }

    @Test func `2 asks again from the beginning of the step`() throws {
        var story = try asked()
        story.press("2")
        #expect(story.told.last == "play enter-ticket" && story.steps == ["ask", "ask"])
    }

    @Test func `another key is asked about again, and silence has its way`() throws {
        var story = try asked()
        story.press("7")
        #expect(story.told.last == "play you-entered, \"four seven one\", \"\(ConfirmTests.question)\"")
        story.wait(.seconds(12))
        #expect(!story.run.isOver)
        story.wait(.seconds(12))
        #expect(story.told.last == "hangup normal")
    }

    @Test func `keys that were pressed before the value was heard confirm nothing`() throws {
        var story = Story(try flow(ConfirmTests.ticket.replacing("  - answer\n", with: "  - answer\n  - play: hello\n")))
        story.start()
        story.wait(.seconds(1))
        story.press("4711")
        story.wait(.seconds(2))
        #expect(story.told.last?.hasPrefix("play you-entered") == true)
    }
}
