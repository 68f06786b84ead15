import ArgumentParser
import Flow
import Foundation
import Node
import StrictYAML

/// `frontdesk flow graph FILE`.
struct FlowGraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "graph", abstract: "Draw a flow: its steps and the ways between them.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case mermaid, dot, svg
    }

    @Argument(help: "The flow file.")
    var file: String

    @Option(help: "mermaid, dot or svg.")
    var format = Format.svg

    @OptionGroup var site: SiteOption

    func run() throws {
        let map = FlowMap(try site.flow(file))
        switch format {
        case .mermaid: print(map.mermaid, terminator: "")
        case .dot: print(map.dot, terminator: "")
        case .svg: print(FlowPicture(map).svg, terminator: "")
        }
    }
}

extension SiteOption {
    /// A flow file of the site, checked; everything wrong is printed.
    func flow(_ file: String) throws -> Flow {
        let checked = SiteFlows(try read(), files: [URL(fileURLWithPath: file)])
        for diagnostic in checked.diagnostics { FileHandle.standardError.write(Data((diagnostic.rendered + "\n").utf8)) }
        guard let flow = checked.flows.first, !checked.hasErrors else { throw ExitCode(1) }
        return flow
    }

    /// The site, or everything wrong with it printed.
    func read() throws -> Site {
        do throws(SiteProblems) {
            return try SiteReader.read(directory: URL(fileURLWithPath: site))
        } catch {
            print(error)
            throw ExitCode(1)
        }
    }
}
