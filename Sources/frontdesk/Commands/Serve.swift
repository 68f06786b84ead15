import ArgumentParser
import CTILink
import Foundation
import Glibc
import Logging
import Node
import SIP
import StrictYAML

/// `frontdesk serve`: serves a site until it is told to end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve a site: answer its lines and register its phones.")

    @OptionGroup var site: SiteOption

    @Option(help: "What runs in this process: callmanager, ctimanager and attendant, separated by commas. All unless named.")
    var role = "callmanager,ctimanager,attendant"

    @Option(
        help:
            "Of the attendant alone: a CTIManager to connect to, such as ws://192.0.2.1:2748, or wss:// with TLS. Named again: its backup.")
    var ctimanager: [String] = []

    @Option(help: "The certificates in PEM by which a CTIManager with TLS is trusted; the system's unless named.")
    var ctimanagerAuthority: String?

    @Option(help: "How much is logged: debug, info, notice, warning or error.")
    var logLevel = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level takes debug, info, notice, warning or error, found \"\(logLevel)\"")
        }
        let part = try part()
        var logger = Logger(label: "frontdesk", factory: LineLogHandler.init)
        logger.logLevel = level
        let site: Site
        do throws(SiteProblems) {
            site = try SiteReader.read(directory: URL(fileURLWithPath: self.site.site))
        } catch {
            print(error)
            throw ExitCode(1)
        }
        let flows = SiteFlows(site)
        for diagnostic in flows.diagnostics { print(diagnostic.rendered) }
        guard !flows.hasErrors else { throw ExitCode(1) }
        let server: FrontdeskServer
        do {
            server = try await FrontdeskServer.start(site, flows: flows, part: part, logger: logger)
        } catch {
            print("cannot serve \(site.name): \(error)")
            throw ExitCode(1)
        }
        let places =
            server.listeners.map { "\($0.transport.rawValue.lowercased()) \($0.address)" } + server.linkAddresses.map { "cti \($0)" }
        print("ready: \(site.name)\(places.isEmpty ? "" : " at ")\(places.joined(separator: ", "))")
        await Serve.untilSignalled()
        await server.stop()
    }

    private func part() throws -> FrontdeskServer.Part {
        let servers = try ctimanager.map { text in
            guard let server = LinkAddress(text) else {
                throw ValidationError("--ctimanager takes a URL such as ws://192.0.2.1:2748, found \"\(text)\"")
            }
            return server
        }
        let roles = Set(role.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        switch (roles, servers.isEmpty) {
        case (["callmanager", "ctimanager", "attendant"], true): return .whole
        case (["callmanager", "ctimanager"], true): return .managers
        case (["attendant"], false): return .attendant(servers, authority: ctimanagerAuthority.map { URL(fileURLWithPath: $0) })
        case (["attendant"], true): throw ValidationError("an attendant by itself needs --ctimanager")
        case (_, false): throw ValidationError("--ctimanager goes with --role attendant alone")
        default:
            throw ValidationError(
                "--role takes \"callmanager,ctimanager\", \"attendant\" or all three, found \"\(role)\": callmanager and ctimanager run together"
            )
        }
    }

    /// Waits for SIGTERM or SIGINT.
    private static func untilSignalled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        for await _ in stream { break }
        sources.forEach { $0.cancel() }
    }
}
