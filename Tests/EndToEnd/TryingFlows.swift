import Foundation
import Testing

/// `frontdesk flow try`: a flow in a terminal, without a server.
@Suite(.realPrograms)
struct TryingFlows {
    @Test("the call ends where the flow ends it, and so does the command")
    func ends() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let flow = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n  first:\n    - answer\n    - say: Hello.\n    - hangup\n"
        try flow.write(to: folder.appendingPathComponent("t.yaml"), atomically: true, encoding: .utf8)
        let terminal = try Program(Site.binary, ["flow", "try", "t.yaml", "--site", Site.root.path], in: folder)
        #expect(try terminal.exitCode(within: 20) == 0, "\(terminal.output)")
        for line in ["answered", "Hello.", "the flow hangs up"] {
            #expect(terminal.output.contains(line), "\(terminal.output)")
        }
    }
}
