/// Results of tests as JUnit XML, which continuous integration reads.
public struct JUnitReport: Sendable {
    private var suites: [String] = []
    private var tests = 0
    private var failures = 0

    /// An empty report.
    public init() {}

    /// Adds the tests of a file with what was wrong with each, and how it went.
    public mutating func add(file: String, results: [(scenario: Scenario, result: ScenarioRun.Result)]) {
        let failed = results.count { !$0.result.problems.isEmpty }
        tests += results.count
        failures += failed
        let cases = results.map { scenario, result in
            let head =
                "    <testcase classname=\"\(escaped(file))\" name=\"\(escaped(scenario.name))\" file=\"\(escaped(file))\" line=\"\(scenario.line)\""
            guard let first = result.problems.first else { return head + "/>" }
            let details = (result.problems + [""] + result.transcript).joined(separator: "\n")
            return "\(head)>\n      <failure message=\"\(escaped(first))\">\(escaped(details))</failure>\n    </testcase>"
        }
        suites.append(
            "  <testsuite name=\"\(escaped(file))\" tests=\"\(results.count)\" failures=\"\(failed)\">\n\(cases.joined(separator: "\n"))\n  </testsuite>"
        )
    }

    /// The document.
    public var xml: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="\(tests)" failures="\(failures)">
        \(suites.joined(separator: "\n"))
        </testsuites>

        """
    }

    private func escaped(_ text: String) -> String {
        // Characters that XML 1.0 has no way to write are left out.
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }))
            .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
