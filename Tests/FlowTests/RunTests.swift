import Flow
import Kernel
import Testing

private let lookup = """
    start:
      - answer
      - lookup: customer
      - say: "Hello {customer.name}!"
      - if: customer.tier == "gold" and not (customer.orders < 3)
        go: gold
      - hangup
    gold:
      - redirect: 2003
    operator:
      - redirect: 2000
    """

@Suite struct RunTests {
    @Test func `a customer is greeted by name`() throws {
        var story = Story(try flow(lookup), caller: "+4930222")
        story.records = ["+4930222": ["name": "Ann", "tier": "gold", "orders": "12"]]
        story.start()
        story.wait(.seconds(5))
        #expect(story.told == ["answer", "look up customer +4930222", "play \"Hello Ann!\"", "redirect 2003", "finished redirected"])
    }

    @Test func `a slow store holds nobody up`() throws {
        var story = Story(try flow(lookup))
        story.lookupTime = .seconds(3)
        story.records = ["+4930111": ["name": "Ann", "tier": "gold"]]
        story.start()
        story.wait(.milliseconds(900))
        #expect(story.heard.suffix(2) == ["0.8 log lookup of customer: timed-out", "0.8 play \"Hello !\""])
        story.wait(.seconds(9))
        #expect(story.told.last == "hangup normal")
    }

    @Test func `a failed store leaves nothing behind, or takes the way that is given`() throws {
        var run = FlowRun(try flow(lookup), facts: CallFacts(callerNumber: "1", calledNumber: "2", callID: "3", startedAt: 0), at: .zero)
        var outputs: [FlowCommand] = []
        for input in [FlowInput.start, .done, .record(.failed("disk"))] { run.receive(input, at: .zero, into: &outputs) }
        #expect(
            outputs.deeds.suffix(2) == [
                .log("lookup of customer: failed: disk"), .play([Utterance(.speech("Hello !"), language: "en-US")]),
            ])
        let withWay = lookup.replacing("lookup: customer", with: "lookup: { store: customer, failed: operator }")
        var second = Story(try flow(withWay))
        second.lookupTime = nil
        second.start()
        second.wait(.seconds(1))
        #expect(second.steps == ["start", "operator"])
    }

    @Test func `a withheld number is looked up nowhere`() throws {
        var story = Story(try flow(lookup), caller: "")
        story.start()
        #expect(!story.told.contains { $0.hasPrefix("look up") })
        #expect(story.heard.last == "0.0 answer")
    }

    @Test func `an error at run time takes the flow's way for failures`() throws {
        let wrong = """
            start:
              - answer
              - lookup: customer
              - if: customer.name
                go: gold
              - hangup
            gold:
              - hangup
            """
        var story = Story(try flow(wrong, head: "failed: 2000"))
        story.records = ["+4930111": ["name": "Ann"]]
        story.redirects = ["2000": .busy]
        story.start()
        story.wait(.seconds(10))
        #expect(
            story.told.suffix(5) == [
                "log step start: failed: `if`: expected yes or no, found text", "redirect 2000",
                "log step start: busy: the redirect did not succeed: busy",
                "play \"We are sorry, something went wrong. Please call again later.\"", "hangup normal",
            ])
    }

    @Test func `a failure of the way for failures ends with an apology`() throws {
        var story = Story(try flow("operator:\n  - answer\n  - redirect: 2000\n"))
        story.redirects = ["2000": .unreachable]
        story.start()
        story.wait(.seconds(10))
        #expect(story.told.suffix(2) == ["play \"We are sorry, something went wrong. Please call again later.\"", "hangup normal"])
    }

    @Test func `a call that can't be answered is rejected`() throws {
        var run = FlowRun(
            try flow("a:\n  - answer\n  - hangup\n"), facts: CallFacts(callerNumber: "1", calledNumber: "2", callID: "3", startedAt: 0),
            at: .zero)
        var outputs: [FlowCommand] = []
        run.receive(.start, at: .zero, into: &outputs)
        run.receive(.failed("no port left"), at: .zero, into: &outputs)
        #expect(outputs.last == .reject(.unavailable))
    }

    @Test func `a prompt that can't be played is noted, and the call goes on`() throws {
        var story = Story(try flow("a:\n  - answer\n  - play: [broken, fine]\n  - hangup\n"))
        story.broken = ["broken"]
        story.start()
        story.wait(.seconds(9))
        #expect(
            story.heard == [
                "0.0 [a]", "0.0 answer", "0.0 play broken, fine", "0.0 log a prompt could not be played: broken", "4.0 hangup normal",
            ])
    }

    @Test func `an end of playing that is never told is not waited for for ever`() throws {
        var run = FlowRun(
            try flow("a:\n  - answer\n  - play: x\n  - hangup\n"),
            facts: CallFacts(callerNumber: "1", calledNumber: "2", callID: "3", startedAt: 0), at: .zero)
        var outputs: [FlowCommand] = []
        run.receive(.start, at: .zero, into: &outputs)
        run.receive(.done, at: .zero, into: &outputs)
        let deadline = try #require(run.nextDeadline)
        run.receive(.deadline, at: deadline, into: &outputs)
        #expect(outputs.deeds.suffix(2) == [.stopPlaying, .hangup(.normal)])
    }

    @Test func `a round of steps without the caller is broken off`() throws {
        // Each half is right by itself; the lookup's way makes the round.
        let round = """
            start:
              - answer
              - go: ask
            ask:
              - menu: { keys: { 1: spin }, no-input: { attempts: 1, go: spin } }
            spin:
              - if: caller.number == "nobody"
                go: ask
              - play: x
              - go: ask
            """
        var story = Story(try flow(round))
        story.utterance = .milliseconds(1)
        story.start()
        story.wait(.seconds(3 * 3600))
        #expect(story.run.isOver)
        #expect(story.told.contains { $0.contains("1000 actions without a key of the caller") })
    }

    @Test func `the longest call is the longest call`() throws {
        var story = Story(try flow("a:\n  - answer\n  - menu: { prompt: p, keys: { 1: a } }\n", head: "longest-call: 1m"))
        story.start()
        for _ in 0..<40 {
            story.wait(.seconds(3))
            story.press("1")
        }
        #expect(story.heard.suffix(2) == ["60.0 log the call reached its longest time", "60.0 hangup normal"])
    }

    @Test func `languages change what is heard, and an unknown one changes nothing`() throws {
        let steps = """
            start:
              - answer
              - language: "{data.language}"
              - say: { en-US: Hello, de-DE: Hallo }
              - language: en-US
              - play: [bye, digits: "{caller.number}"]
              - hangup
            """
        let flow = try flow(steps, head: "languages: [de-DE]")
        #expect(flow.languages == ["en-US", "de-DE"])
        #expect(flow.promptNames == ["en-US": ["bye"], "de-DE": ["bye"]])
        #expect(
            flow.speechTexts.prefix(2) == [Utterance(.speech("Hello"), language: "en-US"), Utterance(.speech("Hallo"), language: "de-DE")])
        var story = Story(flow, caller: "123", data: ["language": "de-DE"])
        story.start()
        story.wait(.seconds(9))
        #expect(story.told == ["answer", "play \"Hallo\"(de-DE)", "play bye, \"one two three\"", "hangup normal"])
        var other = Story(flow, data: ["language": "fr-FR"])
        other.start()
        other.wait(.seconds(1))
        #expect(other.told.last == "play \"Hello\"")
    }

    @Test func `barge-in skips what is played, and keeps the key for the menu`() throws {
        let steps = """
            start:
              - answer
              - play: one
                barge-in: yes
              - play: two
                barge-in: yes
              - menu: { prompt: p, keys: { 1: end } }
            end:
              - hangup
            """
        var story = Story(try flow(steps))
        story.start()
        story.wait(.seconds(1))
        story.press("1")
        #expect(story.heard == ["0.0 [start]", "0.0 answer", "0.0 play one", "1.0 stop", "1.0 [end]", "1.0 hangup normal"])
    }

    @Test func `random inputs never harm a run, and it always waits or is over`() throws {
        let text = try Sample.text("Flows/main.yaml")
        let flow = try #require(FlowChecker.check(text: text, file: "main.yaml").flow)
        var random = SeededRandom(seed: 11)
        let inputs: [FlowInput] = [
            .start, .done, .failed("x"), .played, .promptFailed("p"), .record(.notFound), .record(.found(["tier": "gold", "name": "A"])),
            .record(.failed("f")),
            .redirectFailed(.busy), .redirectFailed(.noAnswer), .redirectFailed(.unreachable), .deadline, .deadline, .deadline, .released,
            .redirected, .spoke,
        ]
        for _ in 0..<2000 {
            var run = FlowRun(flow, facts: CallFacts(callerNumber: "1", calledNumber: "5000", callID: "c", startedAt: 1.8e9), at: .zero)
            var now = Instant.zero
            var outputs: [FlowCommand] = []
            run.receive(.start, at: now, into: &outputs)
            for _ in 0..<60 {
                now = now.advanced(by: .milliseconds(Int.random(in: 0...4000, using: &random)))
                if Bool.random(using: &random), let key = DTMFKey(code: UInt8.random(in: 0...15, using: &random)) {
                    run.receive(.key(key), at: now, into: &outputs)
                } else if let input = inputs[..<(Int.random(in: 0...20, using: &random) == 0 ? 16 : 14)].randomElement(using: &random) {
                    run.receive(input, at: now, into: &outputs)
                }
                #expect(run.isOver == (run.nextDeadline == nil))
            }
            #expect(outputs.count < 500)
        }
    }
}
