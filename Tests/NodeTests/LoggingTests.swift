import Kernel
import Testing

@testable import Node

/// What strangers send may be quoted in the log, and must not write it.
struct LoggingTests {
    @Test("a message stays on its line, without control characters")
    func oneLine() {
        #expect(LineLogHandler.line("from `Eve\r\n2026 info: all well\u{1B}[2J`") == "from `Eve\\r\\n2026 info: all well\\u{1B}[2J`")
        #expect(LineLogHandler.line("Grüße, 灯台 \u{202E}") == "Grüße, 灯台 \\u{202E}")
    }

    @Test("a long message is cut off")
    func long() {
        #expect(LineLogHandler.line(String(repeating: "a", count: 1000)).count == 1000)
        #expect(LineLogHandler.line(String(repeating: "a", count: 50_000)) == String(repeating: "a", count: 1000) + "…")
    }

    @Test("of a flood of notices twenty a second are shown, and the number of the others")
    func flood() {
        var limit = NoticeLimit()
        let shown = (0..<500).count { limit.admit(at: Instant(nanoseconds: Int64($0) * 1_000_000)).isAdmitted }
        #expect(shown == 20)
        let next = limit.admit(at: Instant(nanoseconds: 1_000_000_000))
        #expect(next.isAdmitted && next.leftOut == 480)
        #expect(limit.admit(at: Instant(nanoseconds: 2_000_000_000)).leftOut == 0)
    }
}
