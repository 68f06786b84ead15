import Flow
import Kernel
import StrictYAML
import Testing

private let greeted = """
    start:
      - answer
      - play: welcome
        barge-in: speech
      - menu: { prompt: choose, barge-in: speech, keys: { 1: note }, no-input: { after: 4s, attempts: 1, go: note }, no-match: { go: note } }
    note:
      - record: { into: note, prompt: tell-us, barge-in: speech, silence: 4s }
      - hangup
    """

/// Callers who speak over what they hear.
@Suite struct BargeInTests {
    @Test func `who speaks over a prompt ends it, and the flow goes on`() throws {
        var story = Story(try flow(greeted))
        story.start()
        story.wait(.seconds(1))
        #expect(story.told == ["answer", "play welcome", "listen"])
        story.give(.spoke)
        #expect(story.told.suffix(3) == ["stop", "play choose", "listen"], "listening is over with the first words, and begins anew")
    }

    @Test func `who speaks over a menu ends its prompt, and is waited for as after it`() throws {
        var story = Story(try flow(greeted))
        story.start()
        story.wait(.seconds(3))
        story.give(.spoke)
        #expect(story.told.last == "stop")
        story.wait(.seconds(3))
        story.press("1")
        #expect(story.told.suffix(2) == ["play tell-us", "listen"])
    }

    @Test func `who speaks over what comes before a recording is recorded at once, without a tone`() throws {
        var story = Story(try flow(greeted))
        story.start()
        story.wait(.seconds(9))
        #expect(story.told.suffix(2) == ["play tell-us", "listen"])
        story.give(.spoke)
        #expect(story.told.suffix(2) == ["stop", "record until 4 s of silence"])
    }

    @Test func `a prompt that ends by itself ends listening`() throws {
        var story = Story(try flow(greeted))
        story.start()
        story.wait(.seconds(5))
        #expect(
            story.told == ["answer", "play welcome", "listen", "play choose", "listen no more"], "it goes on from one prompt to the next")
    }

    @Test func `words that come too late, or where nobody asked for them, change nothing`() throws {
        var story = Story(try flow(greeted.replacing("barge-in: speech", with: "barge-in: yes")))
        story.start()
        for _ in 0..<12 {
            story.wait(.seconds(1))
            story.give(.spoke)
        }
        #expect(!story.told.contains("stop") && !story.told.contains("listen"))
    }

    @Test func `a caller who leaves a message speaks over the greeting`() throws {
        var story = Story(try flow("start:\n  - answer\n  - voicemail: { mailbox: 2001, barge-in: speech }\n  - hangup"))
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.suffix(2) == ["play voicemail-greeting", "listen"])
        story.give(.spoke)
        #expect(story.told.suffix(2) == ["stop", "record until 5 s of silence"])
    }

    @Test(arguments: [
        ("play: hello\n    barge-in: maybe", "`no`, `yes`, `speech`"), ("record: { into: note, barge-in: no }", "`yes`, `speech`"),
    ])
    func `another word is told with those that there are`(action: String, words: String) {
        let text = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n start:\n  - answer\n  - \(action)\n  - hangup\n"
        let problems = FlowChecker.check(text: text, file: "t.yaml").diagnostics.map(\.rendered)
        #expect(problems.contains { $0.contains("expected \(words), found") }, "\(problems)")
    }

    @Test(arguments: [
        "call: [hear: welcome, speak: 3s, hear: choose, wait: 3s, press: 1, hear: tell-us], ends: hangup",
        "call: [hear: tell-us, wait: 1s, speak: 5s], ends: hangup",
        "call: [hear: welcome, speak: 100ms, press: 1, hear: tell-us, wait: 1s, hear: beep], ends: hangup",
    ])
    func `the caller of a test can speak over prompts`(test: String) throws {
        let (file, found) = ScenarioFile.read(bytes: Array("flow: t.yaml\ntests: { t: { \(test) } }\n".utf8), file: "tests.yaml")
        let scenario = try #require(file?.scenarios.first, "\(found.map(\.rendered))")
        #expect(ScenarioRun.play(scenario, of: try flow(greeted)).problems == [])
    }

    @Test func `in a test who speaks over a prompt is recorded without hearing the tone`() throws {
        let test = "call: [hear: tell-us, wait: 1s, speak: 5s], ends: hangup"
        let file = ScenarioFile.read(bytes: Array("flow: t.yaml\ntests: { t: { \(test) } }\n".utf8), file: "tests.yaml").file
        let result = ScenarioRun.play(try #require(file?.scenarios.first), of: try flow(greeted))
        #expect(result.transcript.contains { $0.hasSuffix("recording") } && !result.transcript.contains { $0.hasSuffix("heard: beep") })
    }
}
