import Flow
import Kernel
import Testing

@Suite struct HttpTests {
    private static let order = """
        ask:
          - answer
          - collect: { into: order, digits: 1-8 }
          - http:
              url: "https://shop.example/orders/{order}?from={caller.number}"
              headers: { Authorization: Bearer sesame }
              into: found
              meanwhile: one-moment
              not-found: unknown
              timed-out: later
          - say: "It is {found.order.status}."
          - hangup
        unknown:
          - hangup: busy
        later:
          - hangup: declined
        operator:
          - redirect: 2000
        """

    private func asked(_ reports: TaskReport...) throws -> Story {
        var story = Story(try flow(HttpTests.order))
        story.tasks = reports
        story.start()
        story.wait(.seconds(1))
        story.press("47#")
        story.wait(.seconds(10))
        return story
    }

    @Test func `the fields of the answer become variables, and the caller hears something meanwhile`() throws {
        let story = try asked(.ended(.found, ["order.status": "sent"]))
        #expect(
            story.told.suffix(5) == [
                "play one-moment", "GET https://shop.example/orders/47?from=%2B4930111", "stop", "play \"It is sent.\"", "hangup normal",
            ])
    }

    @Test(arguments: [
        (TaskReport.ended(.notFound), "hangup busy"), (.ended(.timedOut), "hangup declined"),
        (.ended(.failed, reason: "500"), "redirect 2000"),
    ])
    func `each outcome has its way, and what has none takes the way for failures`(report: TaskReport, end: String) throws {
        #expect(try asked(report).told.contains(end))
    }

    @Test func `a service that never answers is given up half a second after the deadline`() throws {
        var story = Story(try flow(HttpTests.order))
        story.start()
        story.wait(.seconds(1))
        story.press("47#")
        story.wait(.milliseconds(3400))
        #expect(!story.run.isOver)
        story.wait(.milliseconds(200))
        #expect(story.told.last == "hangup declined")
    }

    @Test func `what is sent is JSON, a secret included, and the record shows the address alone`() throws {
        let text = """
            ask:
              - answer
              - collect: { into: pin, digits: 4, secret: yes }
              - http: { url: "https://bank.example/check", body: { pin: "{pin}", caller: "{caller.number}" } }
              - hangup
            operator:
              - redirect: 2000
            """
        var run = FlowRun(try flow(text), facts: CallFacts(callerNumber: "7", calledNumber: "5000", callID: "1", startedAt: 0), at: .zero)
        var commands: [FlowCommand] = []
        run.receive(.start, at: .zero, into: &commands)
        run.receive(.done, at: .zero, into: &commands)
        for key in "4711" { run.receive(.key(try #require(.init(key))), at: .zero, into: &commands) }
        let request = WebRequest(
            method: "POST", url: "https://bank.example/check", body: #"{"caller":"7","pin":"4711"}"#, deadline: .seconds(3))
        #expect(commands.contains(.begin(1, .web(request))))
        #expect(FlowTask.web(request).summary == "POST https://bank.example/check")
        #expect(commands.filter { $0 == .pressed(nil) }.count == 4)
    }

    @Test func `what a caller enters cannot change the address`() throws {
        var story = Story(try flow("a:\n  - http: \"https://x.example/{data.way}\"\n  - reject"), data: ["way": "../admin?a=b#c"])
        story.tasks = [.ended(.found)]
        story.start()
        #expect(story.told.first == "GET https://x.example/..%2Fadmin%3Fa%3Db%23c")
    }
}
