import Foundation
import Testing

/// What remains of calls through the built server.
@Suite(.realPrograms)
struct CallRecordCalls {
    @Test("a call's record tells each step, what was heard and pressed, and how it ended; and it can be replayed")
    func record() throws {
        let site = try Site()
        let agent = try site.phone("2001")
        let caller = try Program(
            Site.binary,
            [
                "call", "5000", "--from", "03023125010", "--digits", ",1", "--hang-up-after", "4s", "--transcript", "--server",
                "127.0.0.1:\(site.port)",
            ], in: site.directory)
        try site.explaining(caller) {
            let code = try caller.exitCode()
            let agentCode = try agent.exitCode()
            #expect(code == 0 && agentCode == 0)
        }
        let deadline = Date(timeIntervalSinceNow: 10)
        var shown = ""
        while !shown.contains("End after"), Date() < deadline {
            let show = try Program(Site.binary, ["calls", "show", "1"], in: site.directory)
            _ = try show.exitCode()
            shown = show.output
        }
        for part in [
            "03023125010 called 5000", "Flow Test line, version", "— welcome", "♪ main-menu", "presses 1", "redirect 2001", "packets heard",
        ] {
            #expect(shown.contains(part), "\(part) is not in \(shown)")
        }
        #expect(shown.contains(": redirect 2001\nAudio:"), "\(shown)")
        let history = try Program(Site.binary, ["calls", "history", "--json"], in: site.directory)
        #expect(try history.exitCode() == 0)
        try history.output.write(to: site.directory.appendingPathComponent("calls.jsonl"), atomically: true, encoding: .utf8)
        let replay = try Program(Site.binary, ["flow", "replay", "Flows/main.yaml", "--calls", "calls.jsonl"], in: site.directory)
        #expect(try replay.exitCode() == 0, "\(replay.output)")
        #expect(replay.output.contains("1 calls of Test line: 0 would end elsewhere"), "\(replay.output)")
    }
}
