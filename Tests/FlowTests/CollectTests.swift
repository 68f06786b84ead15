import Flow
import Kernel
import Testing

private let collect = """
    start:
      - answer
      - collect:
          into: ticket
          prompt: [enter-ticket, then-hash]
          digits: 4-8
          finish: "#"
          first-digit: 5s
          between-digits: 3s
          attempts: 2
          failed: operator
      - say: "It is {ticket}."
      - menu: { keys: { "#": hash, 1: one } }
    hash:
      - hangup: busy
    one:
      - redirect: { to: 2001, with: { ticket: "{ticket}", empty: "{caller.name}" } }
    operator:
      - redirect: 2000
    """

@Suite struct CollectTests {
    @Test func `digits end with the finish key, at once`() throws {
        var story = Story(try flow(collect))
        story.start()
        story.wait(.seconds(1))
        story.press("12345#")
        #expect(story.heard == ["0.0 [start]", "0.0 answer", "0.0 play enter-ticket, then-hash", "1.0 stop", "1.0 play \"It is 12345.\""])
    }

    @Test func `the last possible digit ends it, and a finish key right after is not taken for an answer`() throws {
        var story = Story(try flow(collect))
        story.start()
        story.wait(.seconds(5))
        story.press("12345678")
        #expect(story.told.last == "play \"It is 12345678.\"")
        story.press("#")
        story.wait(.seconds(3))
        #expect(!story.run.isOver)
        story.press("1")
        #expect(story.told.last == "redirect 2001 ticket=12345678")
    }

    @Test func `a pause ends what is long enough and refuses what is too short`() throws {
        var story = Story(try flow(collect))
        story.start()
        story.wait(.seconds(4))
        story.press("123")
        story.wait(.seconds(3))
        #expect(story.heard.last == "7.0 play enter-ticket, then-hash")
        story.wait(.seconds(4))
        story.press("1234")
        story.wait(.milliseconds(2900))
        #expect(story.heard.last == "7.0 play enter-ticket, then-hash")
        story.wait(.milliseconds(200))
        #expect(story.heard.last == "14.0 play \"It is 1234.\"")
    }

    @Test func `silence twice takes the way for failures`() throws {
        var story = Story(try flow(collect))
        story.start()
        story.wait(.seconds(20))
        #expect(story.heard.suffix(3) == ["18.0 [operator]", "18.0 redirect 2000", "19.0 finished redirected"])
    }

    @Test func `digits typed ahead are taken without a word`() throws {
        let ahead = collect.replacing("- collect:", with: "- play: welcome\n  - collect:")
        var story = Story(try flow(ahead))
        story.start()
        story.wait(.seconds(1))
        story.press("4711#1")
        story.wait(.seconds(6))
        #expect(story.told == ["answer", "play welcome", "play \"It is 4711.\"", "redirect 2001 ticket=4711", "finished redirected"])
    }

    @Test func `a secret is compared and looked up, and shows nowhere`() throws {
        let secret = """
            start:
              - answer
              - collect: { into: pin, digits: 4, secret: yes }
              - set: { copy: "x{pin}", plain: "{pin}" }
              - log: "copy {copy} plain {plain}"
              - lookup: { store: vault, by: "{pin}", into: account, not-found: wrong }
              - if: pin ends with "34"
                go: right
              - go: wrong
            right:
              - redirect: { to: 2001, with: { copy: "{copy}", owner: "{account.owner}" } }
            wrong:
              - hangup
            """
        var story = Story(try flow(secret))
        story.records = ["1234": ["owner": "Ann"]]
        story.start()
        story.wait(.seconds(1))
        story.press("1234")
        let dumped = String(reflecting: story.run) + "\(story.run)"
        #expect(!dumped.contains("1234"))
        var mirrored = ""
        dump(story.run, to: &mirrored)
        #expect(!mirrored.contains("1234"))
        story.wait(.seconds(1))
        #expect(story.told.filter { $0 != "answer" && !$0.hasPrefix("look up") } == ["log copy  plain ", "redirect 2001 owner=Ann"])
    }
}
