import Flow
import Kernel
import Testing

@Suite struct CallbackVerbTests {
    private static func steps(_ number: String = "") -> String {
        """
        a:
          - answer
          - callback: { group: support, answered: back, attempts: 2, every: 60s, ring: 20s\(number), full: full, failed: broken }
          - hangup
        back:
          - say: Hello again, {caller.number}.
          - queue: support
        full:
          - hangup: busy
        broken:
          - hangup: unavailable
        """
    }

    @Test func `the calling number is called unless another one is named`() throws {
        for (number, expected) in [("", "+4930111"), (", number: \"030 222\"", "030222")] {
            var story = Story(try flow(Self.steps(number)))
            story.start()
            story.wait(.seconds(1))
            #expect(story.told == ["answer", "call back \(expected) for support", "hangup normal"])
        }
    }

    @Test func `without a number there is no call`() throws {
        var story = Story(try flow(Self.steps()), caller: "")
        story.start()
        story.wait(.seconds(1))
        #expect(story.told == ["answer", "hangup unavailable"])
    }

    @Test(arguments: [(FlowInput.callbackSet(.full), "hangup busy"), (.callbackSet(.failed), "hangup unavailable")])
    func `each refusal has its way`(input: FlowInput, end: String) throws {
        var story = Story(try flow(Self.steps()))
        story.start()
        story.wait(.milliseconds(1))
        story.forgetPending()
        story.give(input)
        #expect(story.told.last == end)
    }

    @Test func `an outcome that never comes is a failure`() throws {
        var story = Story(try flow(Self.steps()))
        story.start()
        story.wait(.milliseconds(1))
        story.forgetPending()
        story.wait(.seconds(5))
        #expect(story.told.last == "hangup unavailable")
    }

    @Test func `the call back begins in its step, with all that the flow knew, and needs no answer`() throws {
        var story = Story(try flow(Self.steps()))
        story.start()
        story.wait(.seconds(1))
        var run = story.run.calledBack(at: 1)
        var commands: [FlowCommand] = []
        run.receive(.start, at: story.now.advanced(by: .seconds(3600)), into: &commands)
        #expect(commands.first == .entered(step: "back"))
        #expect(commands.last == .play([Utterance(.speech("Hello again, +4930111."), language: "en-US")]))
        #expect(!run.isOver)
    }
}
