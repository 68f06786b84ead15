import Audio
import Foundation
import Testing

/// Callers wait, agents say by feature codes that they are ready, and callers who hung up are called back: all phones are programs that speak SIP.
@Suite(.serialized, .realPrograms)
struct QueueCalls {
    private static let flow = """
        flow: Queue line
        lines: [5000, "*21"]
        language: en-US
        steps:
          welcome:
            - if: called.number == "*21"
              go: ready
            - answer
            - queue: { group: support, keys: { 1: back-later }, failed: away }
          ready:
            - agent: { state: ready, not-found: away }
            - answer
            - play: main-menu
            - hangup
          back-later:
            - callback: { group: support, answered: back, failed: away }
            - hangup
          back:
            - queue: { group: support, failed: away }
          away:
            - hangup: busy
        """

    private static func site(_ flow: String = flow) throws -> Site {
        try Site(flow: flow) { configuration in
            configuration.replacingOccurrences(of: "  2001: { devices", with: "  \"*21\": { devices: [main-line] }\n  2001: { devices")
                .replacingOccurrences(of: "controlled-devices: [main-line]", with: "controlled-devices: [main-line, desk-2001]")
                + "\nagents: { anna: { line: 2001, name: Anna } }\nagent-groups: { support: { members: [anna] } }\n"
        }
    }

    private static func phone(_ user: String, _ site: Site, _ more: [String] = []) throws -> Program {
        let phone = try Program(
            Site.binary,
            ["phone", "--user", user, "--password", "secret-\(user)", "--auto-answer", "--server", "127.0.0.1:\(site.port)"] + more,
            in: site.directory)
        try phone.wait(for: "registered")
        return phone
    }

    private static func call(_ number: String, from caller: String, _ more: [String] = [], _ site: Site) throws -> Program {
        try Program(
            Site.binary, ["call", number, "--from", caller, "--transcript", "--server", "127.0.0.1:\(site.port)"] + more,
            in: site.directory)
    }

    /// The agent at 2001 dials *21.
    private static func becomeReady(_ site: Site) throws {
        let code = try call("*21", from: "2001", ["--password", "secret-2001", "--hang-up-after", "1s"], site)
        try site.explaining(code) {
            let ended = try code.exitCode()
            #expect(ended == 0)
        }
    }

    private static func agents(_ site: Site) throws -> String {
        let agents = try Program(Site.binary, ["agents", "--site", "."], in: site.directory)
        let ended = try agents.exitCode()
        #expect(ended == 0)
        return agents.output
    }

    @Test("an agent who dials *21 gets the caller who has waited longest, and then the next one")
    func longestWaiting() throws {
        let site = try QueueCalls.site()
        let agent = try QueueCalls.phone("2001", site)
        let before = try QueueCalls.agents(site)
        #expect(before.contains("logged-out"))
        let first = try QueueCalls.call("5000", from: "03011111", ["--hang-up-after", "9s"], site)
        try site.server.wait(for: "waits for support")
        let second = try QueueCalls.call("5000", from: "03022222", [], site)
        try site.server.wait(for: "waits for support", count: 2)
        try QueueCalls.becomeReady(site)
        try site.explaining(first) {
            try agent.wait(for: "rings: 03011111")
            try agent.wait(for: "hears audio from")
            let during = try QueueCalls.agents(site)
            #expect(during.contains("talking"))
            #expect(!agent.output.contains("03022222"), "one caller at a time")
            let ended = try first.exitCode()
            #expect(ended == 0)
            try agent.wait(for: "rings: 03022222")
            try agent.wait(for: "hears audio from", count: 2)
        }
        second.stop()
    }

    @Test("a caller who is called back talks to the agent who was kept")
    func callback() throws {
        let site = try QueueCalls.site()
        let (agent, customer) = (try QueueCalls.phone("2001", site), try QueueCalls.phone("2000", site))
        let first = try QueueCalls.call(
            "5000", from: "2000", ["--password", "secret-2000", "--digits", ",1"], site)
        try site.explaining(first) {
            try site.server.wait(for: "is promised")
            let ended = try first.exitCode()
            #expect(ended == 0)
        }
        try QueueCalls.becomeReady(site)
        try site.explaining(customer) {
            try customer.wait(for: "rings: 5000")
            try agent.wait(for: "rings: 2000")
            try agent.wait(for: "hears audio from")
            // The customer sends to the agent by now; what came from the attendant before does not count.
            let lines = customer.output.components(separatedBy: "media goes to ")
            let place = lines.last?.prefix { $0 != "," } ?? ""
            try customer.wait(for: "hears audio from \(place)")
        }
    }

    @Test("a machine that answers a callback is left at once, and is in the record of the call")
    func machine() throws {
        let site = try QueueCalls.site(
            QueueCalls.flow.replacing(
                "back:\n    - queue: { group: support, failed: away }",
                with: """
                    back:
                        - menu: { prompt: main-menu, keys: { 1: meet }, no-input: { after: 60s, attempts: 1, go: away }, no-match: { go: away } }
                      meet:
                        - queue: { group: support, failed: away }
                    """))
        let greeting = site.directory.appendingPathComponent("greeting.wav")
        let words = try samplePrompt("not-valid")
        let writer = try WAVWriter(path: greeting.path, channels: 1)
        for _ in 0..<3 { try words.withUnsafeBufferPointer { try writer.append($0) } }
        writer.finish()
        let agent = try QueueCalls.phone("2001", site)
        let machine = try QueueCalls.phone("2000", site, ["--play", greeting.path])
        let first = try QueueCalls.call("5000", from: "2000", ["--password", "secret-2000", "--digits", ",1"], site)
        try site.explaining(first) {
            try site.server.wait(for: "is promised")
            #expect(try first.exitCode() == 0)
        }
        try QueueCalls.becomeReady(site)
        try site.explaining(machine) {
            try site.server.wait(for: "answered by machine")
            try machine.wait(for: "ended")
            try site.server.wait(for: "left the attendant", count: 3)
        }
        #expect(!agent.output.contains("rings: 2000"))
    }
}
