import Attendant
import CTI
import CallControl
import Flow
import Foundation
import Kernel
import MediaEngine
import Node
import Testing

struct SiteReaderTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Reads a configuration.
    private func site(_ text: String) throws -> Site {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try text.write(to: folder.appendingPathComponent("frontdesk.yaml"), atomically: true, encoding: .utf8)
        return try SiteReader.read(directory: folder)
    }

    /// Reads a configuration; gives the errors as they are printed.
    private func problems(_ text: String) throws -> String {
        do {
            _ = try site(text)
            return ""
        } catch let problems as SiteProblems {
            return problems.description
        }
    }

    @Test("the sample site reads without a complaint, with its lines, phones and users")
    func sampleSite() throws {
        let site = try SiteReader.read(directory: SiteReaderTests.root)
        #expect(site.country == "DE")
        #expect(site.plan.lines.map(\.number.text).contains("5000"))
        #expect(site.plan.lines.first { $0.number == "5000" }?.forwards.failure == "2000")
        #expect(site.phones.map(\.user).sorted() == ["2000", "2001", "2002", "2003", "2004"])
        #expect(site.cti.users["attendant"]?.groups == [.enabled, .srtpKeys])
        #expect(site.attendant?.devices == ["main-line"])
        let flows = SiteFlows(site)
        #expect(flows.diagnostics.isEmpty)
        #expect(site.mailboxes.map(\.number) == ["2000", "2001", "2002", "2003", "2004"])
        #expect(flows.flows.flatMap(\.lines) == ["*21", "*22", "5000", "5500"])
        #expect(site.cti.agents["support"] == AgentSettings(name: "Support", line: "2002", devices: ["desk-2002"], skills: ["english": 8]))
    }

    @Test(
        "what is wrong is named with its place and the nearest right word",
        arguments: [
            ("devices: { desk: { kind: phnoe } }", "1:26: error: expected", "did you mean `phone`?"),
            ("devices: { desk: { kind: phone, password: x, key-exchange: dlts } }", "expected", "did you mean `dtls`?"),
            ("agents: { anna: { line: 2009 } }", "1:25: error: there is no line 2009", ""),
            ("site: { name: X, country: DE, language: en-US, relm: y }", "has no key `relm`", "did you mean `realm`?"),
            (
                "devices: { desk: { kind: phone, password: x } }\nlines: { 2001: { devices: [desc] } }", "2:28: error: expected `desk`",
                "did you mean `desk`?"
            ),
            ("mailboxes: { sales: { pin: \"4711\" } }", "expected the number of a mailbox, such as `2001`, found `sales`", ""),
            ("mailboxes: { 2001: { pin: 12 } }", "expected a PIN of 4 to 20 digits, found `12`", ""),
            ("mailboxes: { 2001: { pin-hash: \"4711\" } }", "expected a hash as `frontdesk password` prints it", ""),
            ("mailboxes: { 2001: { webhook: mailto:a@example.com } }", "expected the address of a web service", ""),
            ("mailboxes: { 2001: { pni: \"4711\" } }", "has no key `pni`", "did you mean `pin`?"),
            ("media: { ports: 100-200 }", "expected a range of at least 2 ports from 1024", ""),
            ("media: { silence: { first: 30 } }", "a time span needs its unit", "did you mean `30s`?"),
            ("media: { silence: { first: 0s } }", "expected a time span from 1s to 24h, found `0s`", ""),
            ("media: { silence: { on-hole: 30m } }", "has no key `on-hole`", "did you mean `on-hold`?"),
            ("sip: { guests: nobody }", "there is no trunk `nobody`", ""),
            ("lines: { 2001: { devices: [], no-answer: 20 } }", "a time span needs its unit", "did you mean `20s`?"),
            ("devices: { desk: { kind: phone, password: x } }", "phone `desk` has no line", ""),
            ("users: { app: { groups: [Standard CTI Enabeld], password: x } }", "Standard CTI Enabled", "did you mean"),
        ])
    func errors(text: String, message: String, hint: String) throws {
        let site = text.contains("site:") ? "" : "\nsite: { name: X, country: DE, language: en-US }"
        let printed = try problems(text + site)
        #expect(printed.contains(message), "\(printed)")
        #expect(hint.isEmpty || printed.contains(hint), "\(printed)")
    }

    @Test("how long a caller may be silent is set in the site, each time on its own")
    func silence() throws {
        let general = "site: { name: X, country: DE, language: en-US }\n"
        #expect(try site(general).media.silence == MediaEngine.SilenceLimits())
        var expected = MediaEngine.SilenceLimits()
        (expected.first, expected.onHold) = (.seconds(5), .seconds(7200))
        #expect(try site(general + "media: { silence: { first: 5s, on-hold: 2h } }").media.silence == expected)
    }

    @Test("a folder without a configuration says what is missing")
    func missing() {
        #expect(throws: SiteProblems.self) { try SiteReader.read(directory: URL(fileURLWithPath: "/nonexistent")) }
    }
}
