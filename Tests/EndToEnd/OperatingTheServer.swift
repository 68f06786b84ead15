import Foundation
import Testing

/// The administrator's commands against a running server.
@Suite(.serialized, .realPrograms)
struct OperatingTheServer {
    private static func run(_ arguments: [String], at folder: URL) throws -> (code: Int32, output: String) {
        let program = try Program(Site.binary, arguments + ["--site", "."], in: folder)
        let code = try program.exitCode()
        return (code, program.output)
    }

    @Test("the state of a running server is shown as tables, and its configuration is applied while a call goes on")
    func applies() throws {
        let site = try Site()
        let agent = try site.phone("2001")
        let caller = try Program(
            Site.binary, ["call", "2001", "--transcript", "--hang-up-after", "12s", "--server", "127.0.0.1:\(site.port)"],
            in: site.directory)
        try agent.wait(for: "hears audio from")
        let devices = try OperatingTheServer.run(["devices"], at: site.directory)
        #expect(devices.code == 0 && devices.output.contains("desk-2001    phone        in service      1"), "\(devices.output)")
        #expect(try OperatingTheServer.run(["providers"], at: site.directory).output.contains("attendant  this server  yes"))
        #expect(try OperatingTheServer.run(["calls", "--json"], at: site.directory).output.contains("2001 connected"))
        #expect(try OperatingTheServer.run(["lines"], at: site.directory).output.contains("failure 2000"))

        let file = site.directory.appendingPathComponent("frontdesk.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacingOccurrences(of: "2001: { devices: [desk-2001] }", with: "2001: { devices: [desk-2100] }")
            .write(to: file, atomically: true, encoding: .utf8)
        let refused = try OperatingTheServer.run(["apply"], at: site.directory)
        #expect(refused.code == 1 && refused.output.contains("desk-2100") && refused.output.contains("Nothing was changed."))
        try text.replacingOccurrences(
            of: "2001: { devices: [desk-2001] }", with: "2001: { devices: [desk-2001], name: Sales, forward: { all: 2000 } }"
        )
        .write(to: file, atomically: true, encoding: .utf8)
        let dry = try OperatingTheServer.run(["apply", "--dry-run"], at: site.directory)
        #expect(dry.output.contains("Would change:") && dry.output.contains("line 2001 in internal changed: at once"), "\(dry.output)")
        let applied = try OperatingTheServer.run(["apply"], at: site.directory)
        #expect(applied.code == 0 && applied.output.contains("calls in progress stay"), "\(applied.output)")
        #expect(try OperatingTheServer.run(["calls"], at: site.directory).output.contains("2001 connected"))
        #expect(try OperatingTheServer.run(["lines"], at: site.directory).output.contains("all 2000"))
        #expect(try OperatingTheServer.run(["apply"], at: site.directory).output.contains("already"))
        #expect(try caller.exitCode() == 0, "\(caller.output)")
        #expect(try agent.exitCode() == 0, "\(agent.output)")
    }

    @Test("renewed certificates are shown after apply, and such as do not fit change nothing")
    func certificates() throws {
        let site = try Site(tls: "")
        func isBelieved() throws -> Bool {
            let command = "openssl s_client -connect 127.0.0.1:\(site.tlsPort) -CAfile authority.pem -verify_return_error < /dev/null"
            let client = try Program("/bin/sh", ["-c", command], in: site.directory)
            return try client.exitCode() == 0
        }
        #expect(try isBelieved())
        try Certificates.make(in: site.directory)
        #expect(try !isBelieved(), "the server still shows the old one, which another authority signed")
        let applied = try OperatingTheServer.run(["apply"], at: site.directory)
        #expect(applied.code == 0, "\(applied.output)")
        #expect(try isBelieved())
        try FileManager.default.removeItem(at: site.directory.appendingPathComponent("server.key"))
        let refused = try OperatingTheServer.run(["apply"], at: site.directory)
        #expect(refused.code == 1 && refused.output.contains("server.key") && refused.output.contains("Nothing was changed."))
        #expect(try isBelieved())
    }

    @Test("without a server the commands say so, and fail")
    func nobody() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nobody-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let devices = try OperatingTheServer.run(["devices"], at: folder)
        #expect(devices.code == 1 && devices.output.contains("no server serves this site"), "\(devices.output)")
    }
}
