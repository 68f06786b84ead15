import Attendant
import Foundation
import Testing

@Suite struct SpeechRendererTests {
    private func renderer(_ script: String, limit: Duration = .seconds(20)) -> SpeechRenderer {
        let cache = FileManager.default.temporaryDirectory.appendingPathComponent("speech-\(UUID().uuidString)")
        return SpeechRenderer(program: "sh", arguments: ["-c", script, "sh", "{file}", "{language}"], cache: cache, limit: limit)
    }

    @Test func `a text is rendered once, and then at hand`() async throws {
        let renderer = renderer("cat - > \"$1\"; echo \"$2\" >> \"$1\"")
        defer { try? FileManager.default.removeItem(at: renderer.cache) }
        #expect(renderer.rendered("Hello", language: "en-US") == nil)
        let file = try await renderer.file(for: "Hello", language: "en-US")
        #expect(try String(contentsOf: file, encoding: .utf8) == "Helloen-US\n")
        #expect(renderer.rendered("Hello", language: "en-US") == file)
        #expect(renderer.rendered("Hello", language: "de-DE") == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: renderer.cache.path).count == 1)
    }

    @Test(arguments: [
        ("exit 3", "it ended with 3"), ("echo 'no such voice' >&2; exit 1", "no such voice"), ("true", "it wrote no file"),
        ("exec sleep 30", "it took longer than"), ("kill -9 $$", "it was ended by signal 9"),
    ])
    func `a program that fails, whether it has read its text or not, is quoted and harms nothing`(script: String, says: String) async throws
    {
        let renderer = renderer(script, limit: .seconds(2))
        defer { try? FileManager.default.removeItem(at: renderer.cache) }
        // A long text fills any pipe.
        let failure = await #expect(throws: SpeechFailure.self) {
            try await renderer.file(for: String(repeating: "Hello ", count: 100_000), language: "en-US")
        }
        #expect(failure.map { "\($0)".contains(says) } == true, "\(String(describing: failure))")
        #expect(try FileManager.default.contentsOfDirectory(atPath: renderer.cache.path) == [])
    }

    @Test func `a program that does not exist is named`() async throws {
        let cache = FileManager.default.temporaryDirectory.appendingPathComponent("speech-\(UUID().uuidString)")
        let renderer = SpeechRenderer(program: "no-such-program", arguments: [], cache: cache)
        defer { try? FileManager.default.removeItem(at: cache) }
        let failure = await #expect(throws: SpeechFailure.self) { try await renderer.file(for: "Hello", language: "en-US") }
        #expect(failure.map { "\($0)".contains("no-such-program") } == true)
    }
}
