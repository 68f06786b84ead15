import Flow
import Kernel
import Testing

private let menu = """
    start:
      - answer
      - play: welcome
      - go: menu
    menu:
      - menu:
          prompt: choose
          keys: { 1: sales, 3: other, "*": other, hash: other }
          extensions: 3xx
          between-digits: 2s
          no-input: { after: 4s, attempts: 3, prompt: hello, go: operator }
          no-match: { prompt: wrong, attempts: 2, go: other }
    sales:
      - redirect: { to: 2001, ring: 15s, busy: busy, no-answer: other }
    busy:
      - play: busy
      - go: menu
    other:
      - hangup: busy
    operator:
      - redirect: 2000
    """

@Suite struct MenuTests {
    @Test func `a key during the prompt stops it and acts at once`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(3))
        story.press("1")
        story.wait(.seconds(5))
        #expect(
            story.heard == [
                "0.0 [start]", "0.0 answer", "0.0 play welcome", "2.0 [menu]", "2.0 play choose", "3.0 stop", "3.0 [sales]",
                "3.0 redirect 2001",
                "4.0 finished redirected",
            ])
        #expect(story.run.isOver)
        #expect(story.run.nextDeadline == nil)
    }

    @Test func `a key pressed before the menu is honoured, and the menu not heard`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(1))
        story.press("1")
        story.wait(.seconds(5))
        #expect(story.told == ["answer", "play welcome", "redirect 2001", "finished redirected"])
    }

    @Test func `an extension is dialled at its last digit`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(5))
        story.press("345")
        #expect(story.told.last == "redirect 345")
    }

    @Test func `a key that an extension can follow waits, and acts alone when nothing follows`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(5))
        story.press("3")
        story.wait(.milliseconds(1900))
        #expect(story.told.last == "play choose")
        story.wait(.milliseconds(200))
        #expect(story.heard.suffix(2) == ["7.0 [other]", "7.0 hangup busy"])
    }

    @Test(arguments: ["*", "#"]) func `star and hash are keys`(key: String) throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(3))
        story.press(key)
        #expect(story.told.last == "hangup busy")
    }

    @Test func `three times silence leads to the operator`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(60))
        // The welcome ends at 2 s, the menu at 4 s; 4 s of silence; two prompts of 2 s; and so on.
        #expect(
            story.heard.suffix(7) == [
                "2.0 [menu]", "2.0 play choose", "8.0 play hello, choose", "16.0 play hello, choose", "24.0 [operator]",
                "24.0 redirect 2000",
                "25.0 finished redirected",
            ])
    }

    @Test func `wrong keys are counted apart from silence, and drop what was typed ahead`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.press("71")
        story.wait(.seconds(13))
        // The wrong key at 2 s, then silence once; a second wrong key is one too many, a second silence would not have been.
        #expect(story.told == ["answer", "play welcome", "play wrong, choose", "play hello, choose"])
        story.press("8")
        #expect(story.told.suffix(2) == ["stop", "hangup busy"])
    }

    @Test func `however a caller mixes silence and wrong keys, there is an end`() throws {
        let patient = menu.replacing("attempts: 3", with: "attempts: 6").replacing("attempts: 2", with: "attempts: 6")
        var story = Story(try flow(patient))
        story.start()
        for _ in 0..<3 {
            story.wait(.seconds(20))
            story.press("9")
        }
        story.wait(.seconds(60))
        #expect(story.run.isOver)
        #expect(story.told.filter { $0.hasPrefix("play ") && $0.contains("choose") }.count == 6)
    }

    @Test func `a busy agent's way is taken, and keys pressed while it rang mean nothing`() throws {
        var story = Story(try flow(menu))
        story.redirects = ["2001": .busy]
        story.start()
        story.wait(.seconds(3))
        story.press("1")
        story.press("1")
        story.wait(.seconds(4))
        #expect(story.told.suffix(4) == ["stop", "redirect 2001", "play busy", "play choose"])
    }

    @Test func `an agent who is never heard of counts as no answer`() throws {
        var story = Story(try flow(menu))
        story.start()
        story.wait(.seconds(3))
        story.give(.key(try #require(DTMFKey("1"))))
        var silent = story.run
        var outputs: [FlowCommand] = []
        silent.receive(.deadline, at: story.now.advanced(by: .seconds(24)), into: &outputs)
        #expect(outputs.deeds == [])
        silent.receive(.deadline, at: story.now.advanced(by: .seconds(25)), into: &outputs)
        #expect(outputs.deeds == [.entered(step: "other"), .hangup(.busy)])
    }

    @Test func `an extension that nobody has is a wrong key`() throws {
        var story = Story(try flow(menu))
        story.redirects = ["399": .unreachable]
        story.start()
        story.wait(.seconds(3))
        story.press("399")
        story.wait(.seconds(2))
        #expect(story.told.suffix(2) == ["redirect 399", "play wrong, choose"])
    }

    @Test func `a caller who hangs up ends it wherever it is`() throws {
        for seconds in 0..<30 {
            var story = Story(try flow(menu))
            story.start()
            story.wait(.seconds(seconds))
            if story.run.isOver { continue }
            story.give(.released)
            #expect(story.told.last == "finished hangup")
            let count = story.heard.count
            story.wait(.seconds(100))
            story.press("1")
            #expect(story.heard.count == count)
        }
    }
}
