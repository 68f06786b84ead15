import ArgumentParser
import Foundation
import Node
import StrictYAML

/// `frontdesk flow`: the tools around flow files.
struct FlowCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow", abstract: "Work with flow files.",
        subcommands: [
            Check.self, FlowTest.self, FlowTry.self, FlowGraphCommand.self, FlowSchemaCommand.self, FlowExplain.self,
            FlowReplayCommand.self,
        ])

    /// `frontdesk flow check [FILES]`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong with flow files: where, why, and what was probably meant.",
            discussion: "The exit code is 0 when the flows can be served, 1 when they cannot.")

        @Argument(help: "The files; all of the site's when none is named.")
        var files: [String] = []

        @OptionGroup var site: SiteOption

        func run() throws {
            let checked = SiteFlows(try site.read(), files: files.isEmpty ? nil : files.map { URL(fileURLWithPath: $0) })
            for diagnostic in checked.diagnostics { print(diagnostic.rendered) }
            guard !checked.hasErrors else { throw ExitCode(1) }
            print("\(checked.flows.count) flow\(checked.flows.count == 1 ? "" : "s") checked: nothing is wrong")
        }
    }
}
