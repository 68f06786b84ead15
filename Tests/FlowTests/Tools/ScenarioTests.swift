import Flow
import Foundation
import StrictYAML
import Testing

private let steps = """
    start:
      - answer
      - lookup: { store: customer, not-found: stranger, failed: stranger }
      - menu: { prompt: choose, keys: { 1: sales, 2: stranger }, no-input: { go: stranger }, no-match: { go: sales } }
    sales:
      - redirect: { to: 2001, with: { who: "{customer.name}" }, busy: stranger, no-answer: start }
    stranger:
      - play: sorry
      - hangup: busy
    """

/// What comes of tests, written as in a file.
private func play(_ tests: String) throws -> [ScenarioRun.Result] {
    let (file, found) = ScenarioFile.read(bytes: Array("flow: t.yaml\n\(tests)".utf8), file: "tests.yaml")
    let scenarios = try #require(file, "\(found.map(\.rendered))").scenarios
    let flow = try flow(steps)
    return scenarios.map { ScenarioRun.play($0, of: flow) }
}

private let known = "stores: { customer: { \"+493055501\": { name: Ann } } }\ntests:\n  t:\n"

@Suite struct ScenarioTests {
    @Test(arguments: [
        ("    call: [hear: choose, press: 1]\n    ends: redirect 2001\n    with: { who: Ann }\n    steps: [start, sales]\n"),
        ("    call: [hear: choose, wait: 3s]\n    ends: hangup busy\n"),
        ("    call: [hear: choose, press: 9, hear: choose, press: 2, { hear: sorry, in: en-US }]\n    ends: hangup busy\n"),
        ("    answers: { 2001: busy }\n    call: [press: 1, hear: sorry]\n    ends: hangup busy\n"),
        ("    stores: { customer: slow }\n    ends: hangup busy\n"), ("    stores: { customer: down }\n    ends: hangup busy\n"),
        ("    caller: \"2004\"\n    ends: hangup busy\n"), ("    call: [hear: choose, hang-up]\n    ends: caller hangs up\n"),
        ("    answers: { 2001: no-answer }\n    call: [press: 1, wait: 25s, hear: choose, press: 2]\n    ends: hangup busy\n"),
    ])
    func `what is as it must be passes`(test: String) throws {
        #expect(try play(known + test).map(\.problems) == [[]])
    }

    @Test(arguments: [
        (
            "    call: [hear: welcome]\n    ends: hangup busy\n",
            ["expected to hear \"welcome\", heard \"choose\", \"choose\", \"choose\", \"sorry\""]
        ),
        (
            "    call: [hear: choose, press: 1]\n    ends: redirect 2002\n    with: { who: Bob, why: me }\n",
            [
                "expected the call to end with redirect 2002, but it ended with redirect 2001",
                "expected who \"Bob\" to travel with the call, found \"Ann\"", "expected why \"me\" to travel with the call, found none",
            ]
        ),
        (
            "    call: [{ hear: choose, in: de-DE }]\n    ends: hangup busy\n",
            ["expected to hear \"choose\" in de-DE, heard \"choose\", \"choose\", \"choose\", \"sorry\""]
        ),
        (
            "    call: [press: 2, wait: 10s, press: 1]\n    ends: hangup busy\n    steps: [sales]\n",
            ["the call is over before 1 can be pressed", "expected the call to go through sales, but it went through start, stranger"]
        ),
    ])
    func `what is not is told with what was instead`(test: String, problems: [String]) throws {
        let results = try play(known + test)
        #expect(results.map(\.problems) == [problems])
        #expect(results.first?.transcript.isEmpty == false)
    }

    @Test(arguments: [
        ("tests: {}\n", "the file needs `flow`"), ("flow: a\n", "the file needs `tests`"),
        ("flow: a\ntests: { t: { ends: hangup loudly } }\n", "expected `redirect NUMBER`"),
        ("flow: a\ntests: { t: { ends: hangup, call: [prss: 1] } }\n", "what happens"),
        ("flow: a\ntests: { t: { ends: hangup, call: [press: x] } }\n", "expected keys such as"),
        ("flow: a\ntests: { t: { ends: hangup, at: tomorrow } }\n", "expected a day and time"),
        ("flow: a\ntests: { t: { ends: hangup, answers: { 1: maybe } } }\n", "expected `busy`"),
        ("flow: a\ntests: { t: { call: [] } }\n", "the test needs `ends`"),
    ])
    func `a file of tests that is wrong says so`(text: String, message: String) {
        let (file, found) = ScenarioFile.read(bytes: Array(text.utf8), file: "tests.yaml")
        #expect(file == nil)
        #expect(found.contains { $0.message.contains(message) }, "\(found.map(\.message))")
    }

    @Test func `coverage names the steps and ways that no test went through`() throws {
        var coverage = FlowCoverage(try flow(steps))
        let (file, _) = ScenarioFile.read(
            bytes: Array("flow: t\ntests: { t: { call: [press: 1], ends: redirect 2001 } }\n".utf8), file: "tests.yaml")
        let result = ScenarioRun.play(try #require(file?.scenarios.first), of: try flow(steps))
        coverage.add(result.steps)
        #expect(
            coverage.report == [
                "T: 2 of 3 steps, 1 of 4 ways", "  never entered: sales", "  never taken: start → sales (key 1, no-match)",
                "  never taken: sales → stranger (busy)", "  never taken: sales → start (no-answer)",
            ])
    }

    @Test func `the report for continuous integration is well-formed`() throws {
        let (file, _) = ScenarioFile.read(
            bytes: Array("flow: t\ntests:\n  \"<a> & \\\"b\\\"\": { call: [hear: \"<x>\"], ends: reject }\n".utf8), file: "tests.yaml")
        let scenario = try #require(file?.scenarios.first)
        var report = JUnitReport()
        report.add(file: "Flows/Tests/a.yaml", results: [(scenario, ScenarioRun.play(scenario, of: try flow(steps)))])
        let parser = XMLishCheck(report.xml)
        #expect(parser.isBalanced)
        #expect(report.xml.contains("<testsuite name=\"Flows/Tests/a.yaml\" tests=\"1\" failures=\"1\">"))
        #expect(report.xml.contains("name=\"&lt;a&gt; &amp; &quot;b&quot;\""))
    }
}

/// Whether every element of a document is closed, in order, and nothing stands unescaped.
struct XMLishCheck {
    let isBalanced: Bool

    init(_ text: String) {
        var open: [Substring] = []
        for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = piece.firstIndex(of: ">") else {
                isBalanced = false
                return
            }
            let tag = piece[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter }
            if tag.hasPrefix("?") || tag.hasSuffix("/") { continue }
            if !tag.hasPrefix("/") {
                open.append(name)
            } else if open.popLast() != name {
                isBalanced = false
                return
            }
        }
        isBalanced = open.isEmpty
    }
}
