import Attendant
import CallControl
import Foundation
import Testing

@Suite struct RecordingsTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func `each recording has a file of its own, which nobody else may read`() throws {
        try withFolder { folder in
            let recordings = Recordings(folder.appendingPathComponent("recordings"))
            let files = try (0..<2).map { _ in try recordings.begin(CallID(7)).get() }
            #expect(files[0].path != files[1].path)
            #expect(files[0].name.hasPrefix("recordings/"))
            let attributes = try FileManager.default.attributesOfItem(atPath: files[0].path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test func `a folder that cannot be made is told`() throws {
        try withFolder { folder in
            try Data().write(to: folder)
            #expect(throws: VoiceFailure.self) { try Recordings(folder.appendingPathComponent("recordings")).begin(CallID(7)).get() }
        }
    }
}
