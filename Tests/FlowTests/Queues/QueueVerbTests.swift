import Flow
import Kernel
import StrictYAML
import Testing

@Suite struct QueueVerbTests {
    private static let steps = """
        a:
          - answer
          - queue:
              group: support
              skills: { german: 5 }
              music: waltz
              announce: [you-are-number, { number: "{queue.position}" }]
              every: 30s
              keys: { 1: callback-me }
              longest: 2m
              with: { reason: boats, nothing: "{data.none}" }
              timed-out: late
              full: full
              nobody-ready: nobody
              failed: broken
        callback-me:
          - hangup
        late:
          - hangup: busy
        full:
          - hangup: declined
        nobody:
          - hangup: unavailable
        broken:
          - redirect: 2000
        """

    private func story() throws -> Story {
        var story = Story(try flow(Self.steps))
        story.start()
        story.wait(.seconds(1))
        return story
    }

    @Test func `a caller hears music and the place, again and again`() throws {
        var story = try story()
        story.give(.queue(.place(position: 2, waiting: 3, wait: .seconds(120))))
        story.wait(.seconds(35))
        #expect(
            story.told == [
                "answer", "music waltz, on hold", "queue support reason=boats", "play you-are-number, \"two\"",
                "play you-are-number, \"two\"",
            ])
    }

    @Test(arguments: [
        (FlowOutcome.full, "hangup declined"), (.nobodyReady, "hangup unavailable"), (.failed, "redirect 2000"),
    ])
    func `each refusal has its way`(outcome: FlowOutcome, end: String) throws {
        var story = try story()
        story.give(.queue(.refused(outcome)))
        #expect(story.told.suffix(2) == ["music ends", end])
    }

    @Test func `a caller who has waited long enough leaves`() throws {
        var story = try story()
        story.wait(.seconds(121))
        #expect(story.told.suffix(3) == ["leave queue", "music ends", "hangup busy"])
    }

    @Test func `a key leaves the queue, and others do nothing`() throws {
        var story = try story()
        story.press("9")
        #expect(story.steps == ["a"])
        story.press("1")
        #expect(story.told.suffix(3) == ["leave queue", "music ends", "hangup normal"])
    }

    @Test func `a key that is pressed while an agent's phone rings counts when nobody answers`() throws {
        var story = try story()
        story.give(.queue(.offered))
        story.press("1")
        #expect(story.steps == ["a"])
        story.give(.queue(.offerFailed))
        #expect(story.steps == ["a", "callback-me"])
    }

    @Test func `while an agent's phone rings no time is up, and the agent who answers ends the flow`() throws {
        var story = try story()
        story.wait(.seconds(110))
        story.give(.queue(.offered))
        story.wait(.seconds(60))
        #expect(story.steps == ["a"])
        story.give(.redirected)
        #expect(story.told.last == "finished redirected")
    }

    @Test func `a wait that is up while a phone rings ends when nobody answers`() throws {
        var story = try story()
        story.wait(.seconds(110))
        story.give(.queue(.offered))
        story.wait(.seconds(60))
        story.give(.queue(.offerFailed))
        story.wait(.seconds(1))
        #expect(story.steps == ["a", "late"])
    }

    @Test func `how many wait can be asked before and after`() throws {
        let text = """
            a:
              - answer
              - if: queue.waiting < 5
                go: in
              - hangup: busy
            in:
              - queue: { group: support, keys: { 1: out } }
            out:
              - log: "{queue.position} of {queue.waiting}, {queue.wait} minutes"
              - hangup
            """
        var story = Story(try flow(text))
        story.start()
        story.wait(.seconds(1))
        story.give(.queue(.place(position: 2, waiting: 3, wait: .seconds(240))))
        story.press("1")
        #expect(story.told.suffix(2) == ["log 2 of 3, 4 minutes", "hangup normal"])
    }

    @Test func `a group and a skill that nobody has are told with the nearest right word`() throws {
        let text =
            "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n  a:\n    - answer\n    - queue: { group: suport, skills: { germn: 3 } }\n"
        let context = CheckContext(agentGroups: ["support"], skills: ["german"])
        let told = FlowChecker.check(text: text, file: "t.yaml", context: context).diagnostics.map(\.rendered).joined()
        #expect(told.contains("there is no group of agents `suport`") && told.contains("`support`?"))
        #expect(told.contains("no agent has the skill `germn`") && told.contains("`german`?"))
    }
}
