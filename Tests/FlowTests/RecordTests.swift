import Flow
import Kernel
import Testing

private let complaint = """
    start:
      - answer
      - record:
          into: complaint
          prompt: tell-us
          longest: 60s
          silence: 4s
          at-least: 1s
          no-input: silent
          too-short: short
          failed: broken
      - say: "{complaint.file}, {complaint.seconds} seconds"
      - hangup
    silent:
      - hangup: declined
    short:
      - hangup: busy
    broken:
      - hangup: unavailable
    """

@Suite struct RecordTests {
    private func recording(_ outcome: RecordingOutcome) throws -> Story {
        var story = Story(try flow(complaint))
        story.recording = outcome
        story.start()
        story.wait(.seconds(10))
        story.press("#")
        story.wait(.seconds(3))
        return story
    }

    @Test func `the caller is recorded after the tone, until the key that ends it; name and length are variables`() throws {
        let story = try recording(.complete(name: "recordings/a.wav", length: .milliseconds(5900), spoken: .seconds(4)))
        #expect(
            story.told == [
                "answer", "play tell-us", "play beep", "record until 4 s of silence", "stop recording",
                "play \"recordings/a.wav, 5 seconds\"",
                "hangup normal",
            ])
    }

    @Test func `it ends by itself after its longest time`() throws {
        var story = Story(try flow(complaint))
        story.start()
        story.wait(.seconds(70))
        #expect(story.heard.contains("64.0 stop recording"), "two prompts of 2 s, then 60 s")
        #expect(story.told.last == "hangup normal")
    }

    @Test func `it ends when the recorder hears silence`() throws {
        var story = Story(try flow(complaint))
        story.start()
        story.wait(.seconds(20))
        story.give(.recorded(.complete(name: "recordings/b.wav", length: .seconds(15), spoken: .seconds(9))))
        #expect(story.told.last == "play \"recordings/b.wav, 15 seconds\"")
    }

    @Test(arguments: [
        (RecordingOutcome.complete(name: "a", length: .seconds(9), spoken: .zero), "hangup declined", true),
        (.complete(name: "a", length: .seconds(9), spoken: .milliseconds(900)), "hangup busy", true),
        (.failed("the disk is full"), "hangup unavailable", false),
    ])
    func `silence, too little and failure have ways of their own, and leave no file`(outcome: RecordingOutcome, end: String, discards: Bool)
        throws
    {
        let story = try recording(outcome)
        #expect(story.told.last == end)
        #expect(story.told.contains("discard") == discards)
    }

    @Test func `a failure that has no way of its own takes the flow's`() throws {
        var story = Story(try flow("start:\n  - answer\n  - record: note\n  - hangup\noperator:\n  - redirect: 2000"))
        story.recording = .failed("the disk is full")
        story.start()
        story.wait(.seconds(3))
        story.press("#")
        story.wait(.seconds(1))
        #expect(story.told.last == "redirect 2000")
    }

    @Test func `silence that has no way of its own leaves the variables empty, and the flow goes on`() throws {
        var story = Story(
            try flow(
                "start:\n  - answer\n  - record: note\n  - if: note.file == nothing\n    go: none\n  - hangup\nnone:\n  - hangup: busy"))
        story.recording = .complete(name: "a", length: .seconds(5), spoken: .zero)
        story.start()
        story.wait(.seconds(3))
        story.press("#")
        story.wait(.seconds(1))
        #expect(story.told.last == "hangup busy")
    }

    @Test func `what was recorded can be played, and nothing else that a variable names`() throws {
        let steps = """
            start:
              - answer
              - record: note
              - play: [you-said, recording: "{note.file}", recording: "{data.file}"]
              - hangup
            """
        var story = Story(try flow(steps), data: ["file": "voicemail/2001/secret.wav"])
        story.start()
        story.wait(.seconds(3))
        story.press("#")
        story.wait(.seconds(1))
        #expect(story.told.last == "play you-said, recording recordings/a.wav")
    }

    @Test func `the key that ends it also ends the prompt before it, for callers who know it`() throws {
        var story = Story(try flow(complaint))
        story.start()
        story.wait(.seconds(1))
        story.press("1#")
        #expect(story.told.suffix(2) == ["stop", "play beep"])
    }

    @Test func `a file that is never completed does not hold the caller`() throws {
        var story = Story(try flow(complaint))
        story.start()
        story.wait(.seconds(5))
        story.give(.key(try #require(DTMFKey("#"))))
        story.forgetPending()
        story.wait(.seconds(6))
        #expect(story.told.last == "hangup unavailable")
    }
}

@Suite struct MusicTests {
    @Test func `music goes on until the next action that plays, or for a time`() throws {
        var story = Story(
            try flow("start:\n  - answer\n  - music: { sound: waltz, for: 10s }\n  - music: tango\n  - say: Here we are.\n  - hangup"))
        story.start()
        story.wait(.seconds(20))
        #expect(
            story.heard == [
                "0.0 [start]", "0.0 answer", "0.0 music waltz", "10.0 music ends", "10.0 music tango", "10.0 play \"Here we are.\"",
                "12.0 hangup normal",
            ])
    }

    @Test func `on hold the site's music, or a sound of one's own, is heard until the call is retrieved`() throws {
        var story = Story(
            try flow("start:\n  - answer\n  - hold\n  - lookup: customer\n  - retrieve\n  - hold: waltz\n  - retrieve\n  - hangup"))
        story.start()
        story.wait(.seconds(1))
        #expect(
            story.told == [
                "answer", "music music, on hold", "look up customer +4930111", "log lookup of customer: not-found", "music ends",
                "music waltz, on hold", "music ends",
                "hangup normal",
            ])
    }

    @Test func `keys that are pressed on hold count for nothing`() throws {
        var story = Story(
            try flow(
                "start:\n  - answer\n  - hold\n  - lookup: customer\n  - retrieve\n  - menu: { prompt: main, keys: { 1: one } }\none:\n  - hangup"
            ))
        story.lookupTime = .milliseconds(500)
        story.start()
        story.wait(.milliseconds(100))
        story.press("1")
        story.wait(.seconds(1))
        #expect(story.told.last == "play main")
    }
}
