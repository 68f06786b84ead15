import Flow
import Foundation
import StrictYAML
import Testing

@testable import Node

/// The sample site and every example: they check out without a word, their tests pass and go through every step and way, and their pictures are up to date.
///
/// `RECORD=1 swift test --filter ExampleTests` draws the pictures anew.
@Suite struct ExampleTests {
    static let examples = Sample.root.appendingPathComponent("Flows/Examples")

    static let sites: [URL] =
        [Sample.root]
        + ((try? FileManager.default.contentsOfDirectory(atPath: examples.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        .map { examples.appendingPathComponent($0) }

    @Test(arguments: sites)
    func `a site checks out without a word`(folder: URL) throws {
        let flows = SiteFlows(try SiteReader.read(directory: folder))
        #expect(flows.diagnostics.map(\.rendered) == [])
        #expect(!flows.flows.isEmpty)
    }

    @Test(arguments: sites)
    func `its tests pass and go through every step and way`(folder: URL) throws {
        let tests = SiteTests(try SiteReader.read(directory: folder))
        #expect(tests.diagnostics.map(\.rendered) == [])
        #expect(tests.count >= 10)
        for file in tests.files {
            for (scenario, result) in file.results {
                #expect(result.problems == [], "\(scenario.name): \(result.transcript.joined(separator: "\n"))")
            }
        }
        for coverage in tests.coverage.values { #expect(coverage.missedSteps + coverage.missedWays == []) }
    }

    @Test(arguments: sites)
    func `its picture shows the flow as it is`(folder: URL) throws {
        let main = folder.appendingPathComponent("Flows/main.yaml")
        let flow = try #require(SiteFlows(try SiteReader.read(directory: folder), files: [main]).flows.first)
        let svg = FlowPicture(FlowMap(flow)).svg
        let picture = folder.appendingPathComponent("Flows/main.svg")
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try svg.write(to: picture, atomically: true, encoding: .utf8) }
        #expect(svg == (try String(contentsOf: picture, encoding: .utf8)))
    }
}
