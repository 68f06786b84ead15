import Foundation

/// SIPp with one of our scenarios: one call or several at once, bounded in time.
struct Sipp {
    let program: Program
    let scenario: String

    static let scenarios = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "Scenarios")

    /// Starts SIPp.
    ///
    /// - Parameters:
    ///   - scenario: The name of a file in `Scenarios`, without the extension.
    ///   - remote: The port of the server; `nil` for a scenario that waits for a call.
    ///   - local: Our own port.
    ///   - transport: `u1` for UDP, `t1` for TCP.
    ///   - calls: How many calls it makes or takes.
    ///   - secret: The digest password of the user `service`.
    ///   - keys: Keywords of the scenario.
    ///   - replacing: Words of the scenario to replace before it is run, where SIPp allows no keyword.
    init(
        _ scenario: String, service: String, remote: UInt16?, local: UInt16, transport: String = "u1", v6: Bool = false,
        secret: String? = nil, calls: Int = 1, keys: [String: String] = [:],
        replacing: [String: String] = [:], in directory: URL
    ) throws {
        self.scenario = scenario
        var text = try String(contentsOf: Sipp.scenarios.appendingPathComponent("\(scenario).xml"), encoding: .utf8)
        for (word, value) in replacing { text = text.replacingOccurrences(of: word, with: value) }
        let file = directory.appendingPathComponent("\(scenario)-\(UUID().uuidString).xml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let host = v6 ? "[::1]" : "127.0.0.1"
        var arguments = [
            "-sf", file.path, "-s", service, "-i", host, "-p", "\(local)", "-m", "\(calls)", "-r", "\(calls)", "-l", "\(calls)", "-t",
            transport, "-nostdin",
        ]
        arguments += [
            "-timeout", "30", "-timeout_error", "-trace_err", "-error_file", file.path + ".err", "-trace_logs", "-log_file",
            file.path + ".log",
        ]
        if let secret { arguments += ["-au", service, "-ap", secret] }
        for (key, value) in keys { arguments += ["-key", key, value] }
        if let remote { arguments.append("\(host):\(remote)") }
        program = try Program("/usr/bin/sipp", arguments, in: directory, environment: ["TERM": "dumb"])
        errors = URL(fileURLWithPath: file.path + ".err")
    }

    private let errors: URL

    /// Waits for the end; throws with what SIPp says when the call did not go as the scenario has it.
    func expectSuccess(within seconds: Double = 30) throws {
        let code = try program.exitCode(within: seconds)
        guard code == 0 else {
            let complaint = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            throw Unexpected("SIPp \(scenario) ended with \(code).\n\(complaint)\n\(program.output.suffix(1500))")
        }
    }

    /// A port that is free at the moment.
    static func freePort() throws -> UInt16 {
        let probe = try RTPPeer()
        defer { probe.stop() }
        return probe.port + 1
    }
}
