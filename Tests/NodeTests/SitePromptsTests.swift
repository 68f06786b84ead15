import Foundation
import Testing

@testable import Node

@Suite struct SitePromptsTests {
    @Test func `prompts of the sample are recorded, alike in level, and none is missing`() throws {
        let site = try SiteReader.read(directory: Sample.root)
        let prompts = SitePrompts(site, SiteFlows(site)).prompts
        #expect(prompts.count >= 24)
        #expect(prompts.allSatisfy { $0.source == .recording && $0.warnings.isEmpty && $0.duration != nil })
        #expect(prompts.map(\.language) == prompts.map(\.language).sorted())
    }

    @Test func `what has a text only is rendered on request, and what has nothing is missing`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("frontdesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("Prompts"), withIntermediateDirectories: true)
        try Data("hello:\n  en-US: Hello.\n".utf8).write(to: folder.appendingPathComponent("Prompts/prompts.yaml"))
        let recording = Sample.root.appendingPathComponent("Prompts/en-US/welcome.flac").path
        try Data(
            """
            site: { name: T, country: DE, language: en-US }
            devices: { main: { kind: route-point } }
            lines: { 5000: { devices: [main] } }
            speech: { program: cp, arguments: ["\(recording)", "{file}"] }
            """.utf8
        ).write(to: folder.appendingPathComponent("frontdesk.yaml"))
        let site = try SiteReader.read(directory: folder)
        var prompts = SitePrompts(site, SiteFlows(site))
        #expect(prompts.prompts.map(\.source) == [.text])
        let (rendered, failures) = await prompts.build()
        #expect(rendered == 1)
        #expect(failures == [])
        #expect(prompts.prompts.map(\.source) == [.rendered])
        #expect(prompts.prompts.first?.level != nil)
    }
}

/// The sample site.
enum Sample {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
