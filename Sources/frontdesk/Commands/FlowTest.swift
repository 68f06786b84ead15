import ArgumentParser
import Flow
import Foundation
import Node
import StrictYAML

/// `frontdesk flow test [FILES]`.
struct FlowTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Play the tests beside the flows, in virtual time.",
        discussion: "The exit code is 0 when all passed, 1 when one failed or a file could not be read.")

    @Argument(help: "The files of tests; all in the site's Flows/Tests when none is named.")
    var files: [String] = []

    @Flag(help: "Say which steps and ways no test went through.")
    var coverage = false

    @Option(help: "Write the results to this file as JUnit XML.")
    var junit: String?

    @OptionGroup var site: SiteOption

    func run() throws {
        let site = try site.read()
        var tests = SiteTests(site, files: [])
        let time = ContinuousClock().measure {
            tests = SiteTests(site, files: files.isEmpty ? nil : files.map { URL(fileURLWithPath: $0) })
        }
        for diagnostic in tests.diagnostics { print(diagnostic.rendered) }
        var report = JUnitReport()
        for file in tests.files {
            report.add(file: file.file, results: file.results)
            for (scenario, result) in file.results where !result.problems.isEmpty {
                print("\(file.file):\(scenario.line): failed: \(scenario.name)")
                for problem in result.problems { print("    \(problem)") }
                print("  the call:")
                for line in result.transcript { print("    \(line)") }
            }
        }
        if let junit { try Data(report.xml.utf8).write(to: URL(fileURLWithPath: junit)) }
        if coverage {
            for (_, coverage) in tests.coverage.sorted(by: { $0.key < $1.key }) { coverage.report.forEach { print($0) } }
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = seconds > 0 ? ", \(Int(Double(tests.count) / seconds)) a second" : ""
        let microseconds = tests.playing / .microseconds(1) / Double(max(tests.actions, 1))
        let each = tests.actions > 0 ? ", \(String(format: "%.1f", microseconds)) µs an action" : ""
        print("\(tests.count) test\(tests.count == 1 ? "" : "s"), \(tests.failures) failed\(rate)\(each)")
        if tests.failures > 0 || tests.diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }
}
