import Flow
import Foundation
import StrictYAML
import Testing

/// The mistakes that are made most, each a file with the exact words of the checker beside it: what an author reads is part of the product.
///
/// `RECORD=1 swift test --filter MistakeTests` writes the words down anew.
@Suite struct MistakeTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Mistakes")

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

    @Test func `there are more than twenty`() { #expect(Self.names.count > 20) }

    @Test(arguments: names)
    func `a mistake is told in these words`(name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        let golden = file.deletingPathExtension().appendingPathExtension("txt")
        let found = FlowChecker.check(bytes: try Data(contentsOf: file), file: "Flows/main.yaml", context: try Sample.context()).diagnostics
        let told = found.map { $0.rendered + "\n" }.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try told.write(to: golden, atomically: true, encoding: .utf8) }
        #expect(told == (try String(contentsOf: golden, encoding: .utf8)))
        #expect(!told.isEmpty)
    }
}
