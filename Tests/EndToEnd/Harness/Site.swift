import Foundation
import Stores
import Synchronization

/// A site in a temporary folder with a running server: loopback only, ports chosen by the system.
final class Site {
    let directory: URL
    let server: Program
    let port: UInt16
    let v6Port: UInt16
    let linkPort: UInt16
    /// The port of the CTI link with TLS; 0 where there is none.
    let secureLinkPort: UInt16
    /// The port of SIP over TLS; 0 where there is none.
    let tlsPort: UInt16
    /// The ports of its media.
    let mediaPorts: ClosedRange<Int>
    /// The attendant, where it is a process of its own.
    let attendant: Program?

    private static let turn = Mutex(Int.random(in: 0..<50))

    /// The repository's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The built server.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["FRONTDESK_BINARY"] { return path }
        return root.appendingPathComponent(".build/debug/frontdesk").path
    }()

    /// Writes the site and starts the server; returns when it is ready to take calls.
    ///
    /// - Parameters:
    ///   - apart: Whether the attendant runs in a process of its own, over the CTI link.
    ///   - tls: What stands in `sip: tls:` beside the port and certificates, for a site with SIP over TLS.
    ///   - secureLink: Whether the CTI link has TLS, too, and users `attendant` and `ivr` must use it.
    ///   - flow: The flow.
    ///   - change: Changes the configuration before it is written.
    init(
        apart: Bool = false, tls: String? = nil, secureLink: Bool = false, flow: String = Site.flow, change: (String) -> String = { $0 }
    ) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("frontdesk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory.appendingPathComponent("Flows"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: directory.appendingPathComponent("Prompts"), withDestinationURL: Site.root.appendingPathComponent("Prompts"))
        // Sites that run side by side must not be taken for each other on the wire, nor for the soft client, whose ports begin at 40000.
        let firstPort =
            30_000
            + Site.turn.withLock { turn in
                turn += 1
                return turn % 50 * 200
            }
        mediaPorts = firstPort...(firstPort + 199)
        var configuration = Site.configuration(rtp: firstPort..<(firstPort + 200))
        if tls != nil || secureLink { try Certificates.make(in: directory) }
        if secureLink {
            configuration = configuration.replacingOccurrences(
                of: "cti-link: { port: 0 }", with: "cti-link: { port: 0, tls: { port: 0, certificate: server.pem, key: server.key } }"
            ).replacingOccurrences(
                of: "groups: [Standard CTI Enabled]", with: "groups: [Standard CTI Enabled, Standard CTI Secure Connection]")
        }
        if let tls {
            configuration = configuration.replacingOccurrences(
                of: "tcp: same,",
                with: "tcp: same, tls: { port: 0, certificate: server.pem, key: server.key, authority: authority.pem\(tls) },")
        }
        try change(configuration).write(
            to: directory.appendingPathComponent("frontdesk.yaml"), atomically: true, encoding: .utf8)
        try flow.write(to: directory.appendingPathComponent("Flows/main.yaml"), atomically: true, encoding: .utf8)
        let importer = try Program(
            Site.binary, ["customers", "import", Site.root.appendingPathComponent("Data/customers.csv").path, "--site", "."], in: directory)
        guard try importer.exitCode() == 0 else { throw Unexpected("customers import failed: \(importer.output)") }
        let roles = apart ? ["--role", "callmanager,ctimanager", "--log-level", "debug"] : []
        server = try Site.serve(roles, in: directory)
        port = try Site.port(of: "udp 127.0.0.1:", in: server.output)
        v6Port = try Site.port(of: "udp [::1]:", in: server.output)
        tlsPort = tls == nil ? 0 : try Site.port(of: "tls 127.0.0.1:", in: server.output)
        linkPort = try Site.port(of: "cti ws://127.0.0.1:", in: server.output)
        secureLinkPort = secureLink ? try Site.port(of: "cti wss://127.0.0.1:", in: server.output) : 0
        guard apart else {
            attendant = nil
            return
        }
        let link = secureLink ? "wss://127.0.0.1:\(secureLinkPort)" : "ws://127.0.0.1:\(linkPort)"
        let trust = secureLink ? ["--ctimanager-authority", "authority.pem"] : []
        attendant = try Program(
            Site.binary, ["serve", "--site", ".", "--role", "attendant", "--ctimanager", link] + trust, in: directory)
        try attendant?.wait(for: "ready", within: 20)
    }

    /// Starts the server. TCP takes the port that UDP got, which somebody else may have at that moment: then it tries again.
    private static func serve(_ roles: [String], in directory: URL) throws -> Program {
        for attempt in 1... {
            let server = try Program(binary, ["serve", "--site", "."] + roles, in: directory)
            do {
                try server.wait(for: "ready:", within: 20)
                return server
            } catch {
                guard attempt < 5, server.output.contains("Address already in use") else { throw error }
            }
        }
        throw Unexpected("the server does not start")
    }

    deinit {
        attendant?.stop()
        server.stop()
        try? FileManager.default.removeItem(at: directory)
    }

    /// A registered phone of the soft client, which takes one call and ends. `srtp` is what it wants of encryption.
    func phone(_ user: String, srtp: String = "none") throws -> Program {
        let phone = try Program(
            Site.binary,
            [
                "phone", "--user", user, "--password", "secret-\(user)", "--auto-answer", "--calls", "1", "--server", "127.0.0.1:\(port)",
                "--srtp", srtp,
            ], in: directory)
        try phone.wait(for: "registered")
        return phone
    }

    /// Does something, and says what the server and the caller printed when it fails.
    func explaining(_ caller: Program, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw Unexpected(
                "\(error)\nThe server printed:\n\(server.output.suffix(4000))\nThe caller printed:\n\(caller.output.suffix(3000))")
        }
    }

    /// All that happened in the first call, once it is over and written down: a line of JSON.
    func record(within seconds: Double = 10) throws -> CallRecord {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let history = try Program(Site.binary, ["calls", "history", "--json"], in: directory)
            _ = try history.exitCode()
            if let record = try? JSONDecoder().decode(CallRecord.self, from: Data(history.output.utf8)) { return record }
            guard Date() < deadline else { throw Unexpected("no call is written down: \(history.output)") }
        }
    }

    private static func port(of label: String, in output: String) throws -> UInt16 {
        guard let range = output.range(of: label), let port = UInt16(output[range.upperBound...].prefix { $0.isNumber }) else {
            throw Unexpected("the server does not say its port after \"\(label)\":\n\(output)")
        }
        return port
    }

    private static func configuration(rtp: Range<Int>) -> String {
        """
        site: { name: Test House, country: DE, language: en-US, realm: test.local }
        sip: { addresses: ["127.0.0.1", "::1"], udp: 0, tcp: same, guests: front-door }
        media: { ports: \(rtp.lowerBound)-\(rtp.upperBound - 1), threads: 1 }
        calling-search-spaces: { staff: [internal], callers: [internal] }
        device-pools: { default: { codecs: [PCMU, PCMA] } }
        devices:
          main-line: { kind: route-point, calling-search-space: staff }
          second-line: { kind: route-point, calling-search-space: staff }
          front-door: { kind: trunk, calling-search-space: callers }
          desk-2000: { kind: phone, calling-search-space: staff, password: secret-2000, digest: MD5 }
          desk-2001: { kind: phone, calling-search-space: staff, password: secret-2001, digest: MD5 }
        lines:
          5000: { devices: [main-line], maximum-calls: 100, busy-trigger: 100, forward: { no-answer: 2000, failure: 2000 } }
          5100: { devices: [second-line], maximum-calls: 100, busy-trigger: 100, forward: { no-answer: 2000, failure: 2000 } }
          2000: { devices: [desk-2000], maximum-calls: 100, busy-trigger: 100 }
          2001: { devices: [desk-2001] }
        users:
          attendant: { password: quay-side, groups: [Standard CTI Enabled, Standard CTI Allow Reception of SRTP Key Material], controlled-devices: [main-line] }
          ivr: { password: gangway, groups: [Standard CTI Enabled], controlled-devices: [second-line] }
        cti-link: { port: 0 }
        attendant: { user: attendant, password: quay-side, devices: [main-line] }
        customers: { file: customers.sqlite }
        """
    }

    /// One key leads to an agent, and everything that can go wrong there is told and hung up.
    static let flow = """
        flow: Test line
        lines: [5000]
        language: en-US
        steps:
          welcome:
            - answer
            - lookup: customer
            - menu:
                prompt: main-menu
                keys: { 1: sales }
                no-input: { after: 5s, attempts: 3, go: away }
                no-match: { attempts: 3, go: away }
          sales:
            - redirect:
                to: 2001
                with: { customer: "{customer.name}", reason: sales }
                ring: 2s
                busy: away
                no-answer: away
                unreachable: away
                failed: away
          away:
            - say: Please call again later.
            - hangup
        """
}
