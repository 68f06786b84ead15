import Flow
import StrictYAML
import Testing

@Suite struct CallFlowTests {
    private static let main = """
        start:
          - answer
          - call: { flow: Ask for a PIN, with: { wanted: "4711" }, into: pin }
          - if: pin.right == "yes"
            go: vault
          - hangup: declined
        vault:
          - redirect: 2001
        operator:
          - redirect: 2000
        """
    private static let pin = """
        flow: Ask for a PIN
        takes: wanted
        language: en-US
        steps:
          ask:
            - collect: { into: entered, prompt: enter-pin, digits: 4, secret: yes, attempts: 1 }
            - if: entered == wanted
              go: good
            - return: { right: "no" }
          good:
            - return: { right: "yes" }
        """

    private func story(_ main: String = CallFlowTests.main, _ callees: String...) throws -> Story {
        let flows = try (callees.isEmpty ? [CallFlowTests.pin] : callees).map { text in
            try #require(FlowChecker.check(text: text, file: "callee.yaml").flow)
        }
        return Story(try flow(main).linked(to: FlowLibrary(flows)))
    }

    @Test(arguments: [("4711", "redirect 2001"), ("4712", "hangup declined")])
    func `a called flow takes arguments, and what it returns decides in the flow that called it`(keys: String, end: String) throws {
        var story = try story()
        story.start()
        story.wait(.seconds(1))
        story.press(keys)
        #expect(story.told.last == end)
        #expect(story.steps.prefix(2) == ["start", "Ask for a PIN: ask"])
    }

    @Test func `a failure in a called flow takes its caller's way for failures`() throws {
        var story = try story()
        story.start()
        story.wait(.seconds(10))
        #expect(story.told.contains("redirect 2000") && story.steps.last == "operator")
    }

    @Test func `flows that call each other without end take the way for failures, and the reason names them`() throws {
        let loop =
            "flow: Ask for a PIN\ntakes: wanted\nlanguage: en-US\nsteps:\n  a:\n    - call: { flow: Ask for a PIN, with: { wanted: \"1\" } }\n    - return\n"
        var story = try story(CallFlowTests.main, loop)
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.contains { $0.contains("flows call each other more than 8 deep: T → Ask for a PIN → Ask for a PIN") })
        #expect(story.steps.last == "operator")
    }

    @Test(arguments: [
        ("call: Ask for a pin", "did you mean `Ask for a PIN`?"),
        ("call: Ask for a PIN", "`Ask for a PIN` also takes `wanted`; give it by `with:`"),
        ("call: { flow: Ask for a PIN, with: { wanted: 1, wnted: 2 } }", "`Ask for a PIN` takes no `wnted`"),
        ("return", "`return` leads back to a flow that called this one, and this one answers lines"),
    ])
    func `a call that does not fit the flow is told`(action: String, message: String) {
        let text = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n  a:\n    - answer\n    - \(action)\n    - hangup\n"
        let found = FlowChecker.check(text: text, file: "t.yaml", context: CheckContext(callableFlows: ["Ask for a PIN": ["wanted"]]))
        #expect(found.diagnostics.contains { $0.rendered.contains(message) }, "\(found.diagnostics.map(\.rendered))")
    }

    @Test func `an edited file is another version of its flow, and the same text the same`() throws {
        let flows = try [CallFlowTests.pin, CallFlowTests.pin, CallFlowTests.pin + " "].map {
            try #require(FlowChecker.check(text: $0, file: "f.yaml").flow)
        }
        #expect(flows[0].version == flows[1].version && flows[0].version != flows[2].version && flows[0].version.count == 8)
    }
}
