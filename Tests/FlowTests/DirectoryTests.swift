import Flow
import Testing

@Suite struct DirectoryTests {
    private static let people = [
        DirectoryEntry(name: "Anna Miller", number: "2001"), DirectoryEntry(name: "Jane Miller", number: "2002"),
        DirectoryEntry(name: "Jörg Müller-Lüdenscheidt", number: "2003"), DirectoryEntry(name: "Town Clerk", number: "2004"),
    ]

    private func story(by part: String = "last") throws -> Story {
        let steps = """
            find:
              - answer
              - directory: { by: \(part), busy: away, no-input: { attempts: 1, go: away }, no-match: { attempts: 2, go: away } }
            away:
              - hangup
            """
        var story = Story(try flow(steps, context: CheckContext(people: DirectoryTests.people)))
        story.start()
        story.wait(.seconds(1))
        return story
    }

    @Test func `letters that only one person has act at once, without a pause`() throws {
        var story = try story()
        story.press("25")
        #expect(story.told.last == "play \"Connecting you to\", \"Town Clerk\"")
        story.wait(.seconds(4))
        #expect(story.told.last == "redirect 2004")
    }

    @Test func `with several who fit the caller chooses`() throws {
        var story = try story()
        story.press("645")
        story.wait(.seconds(4))
        #expect(story.told.last == "play \"For Anna Miller, press 1.\", \"For Jane Miller, press 2.\"")
        story.press("2")
        story.wait(.seconds(4))
        #expect(story.told.last == "redirect 2002")
    }

    @Test(arguments: ["5836", "58336"])
    func `a name is found with its accents left out, or spelled as two letters`(keys: String) throws {
        var story = try story()
        story.press(keys)
        story.wait(.seconds(4))
        #expect(story.told.last == "redirect 2003")
    }

    @Test(arguments: [("first", "568", "redirect 2003"), ("any", "8", "redirect 2004")])
    func `people are found by the first name or any as well`(part: String, keys: String, end: String) throws {
        var story = try story(by: part)
        story.press(keys)
        story.wait(.seconds(8))
        #expect(story.told.contains(end))
    }

    @Test func `letters that nobody has are asked for again, and given up in the end`() throws {
        var story = try story()
        story.press("9")
        #expect(story.told.last == "play \"There is nobody of that name.\", \"Please enter the first letters of the name on your keypad.\"")
        story.press("9")
        #expect(story.told.last == "hangup normal")
    }

    @Test func `a person who is busy takes the way for it`() throws {
        var story = try story()
        story.redirects["2004"] = .busy
        story.press("25")
        story.wait(.seconds(8))
        #expect(story.told.last == "hangup normal")
    }

    @Test func `more than eight who fit are not read out`() throws {
        let people = (0..<9).map { DirectoryEntry(name: "A\($0) Smith", number: "30\($0)") }
        var story = Story(try flow("a:\n  - answer\n  - directory\noperator:\n  - redirect: 2000", context: CheckContext(people: people)))
        story.start()
        story.wait(.seconds(1))
        story.press("7#")
        #expect(story.told.last == "play \"Many names begin like that. Please enter more letters.\"")
    }
}
