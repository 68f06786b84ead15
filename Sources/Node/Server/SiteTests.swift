public import Flow
public import Foundation
public import StrictYAML

/// The tests beside the flows of a site (`Flows/Tests/*.yaml`), played in virtual time.
public struct SiteTests: Sendable {
    /// A file's tests with what came of each.
    public struct FileResult: Sendable {
        /// The file.
        public var file: String
        /// The tests, in the order of the file.
        public var results: [(scenario: Scenario, result: ScenarioRun.Result)]
    }

    /// What came of every file that could be read.
    public private(set) var files: [FileResult] = []
    /// What is wrong with files of tests, or with the flows that they name.
    public private(set) var diagnostics: [Diagnostic] = []
    /// What has been gone through, by the path of the flow.
    public private(set) var coverage: [String: FlowCoverage] = [:]

    private var flows: [String: Flow] = [:]

    /// Plays the files; all of the site's when none is named.
    public init(_ site: Site, files: [URL]? = nil) {
        for file in files ?? SiteTests.files(site) { play(file, site) }
    }

    /// How many tests failed.
    public var failures: Int { files.reduce(0) { $0 + $1.results.count { !$0.result.problems.isEmpty } } }

    /// How long the calls took, without reading and checking files.
    public private(set) var playing: Duration = .zero
    /// How many actions of flows they did.
    public var actions: Int { files.reduce(0) { $0 + $1.results.reduce(0) { $0 + $1.result.actions } } }

    /// How many tests there are.
    public var count: Int { files.reduce(0) { $0 + $1.results.count } }

    private static func files(_ site: Site) -> [URL] {
        let folder = site.flowFolder.appendingPathComponent("Tests")
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return entries.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { folder.appendingPathComponent($0) }
    }

    private mutating func play(_ file: URL, _ site: Site) {
        guard let data = try? Data(contentsOf: file) else {
            diagnostics.append(Diagnostic(.error, file: file.relativePath, message: "the file cannot be read"))
            return
        }
        let (tests, found) = ScenarioFile.read(bytes: data, file: file.relativePath)
        diagnostics += found
        guard let tests, let flow = flow(tests.flow, beside: file, site) else { return }
        let path = file.deletingLastPathComponent().appendingPathComponent(tests.flow).standardizedFileURL.path
        var results: [(Scenario, ScenarioRun.Result)] = []
        playing += ContinuousClock().measure { results = tests.scenarios.map { ($0, ScenarioRun.play($0, of: flow)) } }
        for (_, result) in results { coverage[path, default: FlowCoverage(flow)].add(result.steps) }
        files.append(FileResult(file: file.relativePath, results: results))
    }

    private mutating func flow(_ name: String, beside file: URL, _ site: Site) -> Flow? {
        let path = file.deletingLastPathComponent().appendingPathComponent(name).standardizedFileURL
        if let flow = flows[path.path] { return flow }
        let checked = SiteFlows(site, files: [path])
        diagnostics += checked.diagnostics.filter { $0.severity == .error }
        flows[path.path] = checked.flows.first
        return checked.flows.first
    }
}
