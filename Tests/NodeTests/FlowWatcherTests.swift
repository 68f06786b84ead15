import Flow
import Foundation
import Logging
import Synchronization
import Testing

@testable import Node

@Suite struct FlowWatcherTests {
    /// A site in a folder of its own.
    private final class Folder: Sendable {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("frontdesk-\(UUID().uuidString)")

        init() throws {
            try write(
                "frontdesk.yaml",
                """
                site: { name: T, country: DE, language: en-US }
                devices: { main: { kind: route-point }, desk: { kind: phone, password: secret-1 } }
                lines: { 5000: { devices: [main] }, 2001: { devices: [desk] } }
                """)
            try flow("Morning")
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func write(_ path: String, _ text: String) throws {
            let file = url.appendingPathComponent(path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }

        func flow(_ name: String, to number: String = "2001") throws {
            try write("Flows/main.yaml", "flow: \(name)\nlines: [5000]\nlanguage: en-US\nsteps:\n  a:\n    - redirect: \(number)\n")
        }
    }

    private final class Served: Sendable {
        let names = Mutex<[[String]]>([])
    }

    @Test func `a saved flow that checks out is served, one that does not changes nothing and is told`() async throws {
        let folder = try Folder()
        let site = try SiteReader.read(directory: folder.url)
        let served = Served()
        let flows = SiteFlows(site)
        #expect(!flows.hasErrors, "\(flows.diagnostics)")
        let watcher = FlowWatcher(site, serving: flows, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })) {
            flows in
            served.names.withLock { $0.append(flows.flows.map(\.name)) }
        }
        await watcher.look()
        #expect(served.names.withLock { $0 }.isEmpty)
        #expect(watcher.status.flows == ["Morning"])

        try folder.flow("Evening")
        await watcher.look()
        await watcher.look()
        #expect(served.names.withLock { $0 } == [["Evening"]])
        #expect(watcher.status.flows == ["Evening"])

        try folder.flow("Night", to: "2010")
        await watcher.look()
        #expect(served.names.withLock { $0 }.count == 1)
        #expect(watcher.status.flows == ["Evening"])
        #expect(watcher.status.problems.map { $0.hasSuffix("no line has the number 2010, and no route leads to it") } == [true])

        try folder.flow("Midnight")
        await watcher.look()
        #expect(served.names.withLock { $0 } == [["Evening"], ["Midnight"]])
        #expect(watcher.status.problems.isEmpty)
    }

    @Test func `a new prompt is noticed, too`() async throws {
        let folder = try Folder()
        let site = try SiteReader.read(directory: folder.url)
        let served = Served()
        let watcher = FlowWatcher(site, serving: SiteFlows(site), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        { flows in
            served.names.withLock { $0.append(flows.flows.map(\.name)) }
        }
        try folder.write("Prompts/prompts.yaml", "welcome:\n  en-US: Welcome.\n")
        await watcher.look()
        try folder.write("Prompts/en-US/welcome.wav", "not a sound")
        await watcher.look()
        #expect(served.names.withLock { $0 }.count == 2)
    }
}
