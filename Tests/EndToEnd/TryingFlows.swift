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

    @Test("an `s` is a caller who speaks over a prompt that lets itself be spoken over")
    func speaks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let long = String(repeating: "This goes on and on. ", count: 100)
        let flow =
            "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n  first:\n    - answer\n    - say: \(long)\n      barge-in: speech\n    - hangup\n"
        try flow.write(to: folder.appendingPathComponent("t.yaml"), atomically: true, encoding: .utf8)
        let keyboard = Pipe()
        let terminal = try Program(
            Site.binary, ["flow", "try", "t.yaml", "--site", Site.root.path], in: folder, keyboard: keyboard)
        try terminal.wait(for: "type s to speak over it", within: 20)
        keyboard.fileHandleForWriting.write(Data("s\n".utf8))
        #expect(try terminal.exitCode(within: 20) == 0, "\(terminal.output)")
        #expect(terminal.output.contains("you speak"))
    }
}
