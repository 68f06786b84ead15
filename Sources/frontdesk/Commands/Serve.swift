import ArgumentParser
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

    @Option(help: "How much is logged: debug, info, notice, warning or error.")
    var logLevel = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level takes debug, info, notice, warning or error, found \"\(logLevel)\"")
        }
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
            server = try await FrontdeskServer.start(site, flows: flows, logger: logger)
        } catch {
            print("cannot serve \(site.name): \(error)")
            throw ExitCode(1)
        }
        let places =
            server.listeners.map { "\($0.transport.rawValue.lowercased()) \($0.address)" } + server.linkAddresses.map { "cti ws://\($0)" }
        print("ready: \(site.name) at \(places.joined(separator: ", "))")
        await Serve.untilSignalled()
        await server.stop()
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
