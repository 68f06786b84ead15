import ArgumentParser
import Foundation
import Node
import StrictYAML

/// `frontdesk prompts`: what callers hear.
struct Prompts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after the prompts of a site.", subcommands: [List.self, Build.self])

    /// `frontdesk prompts list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which prompts are recorded, rendered or missing, with length and level, and what is wrong with them.",
            discussion: "The exit code is 1 when a prompt is missing.")

        @OptionGroup var site: SiteOption

        func run() throws {
            let prompts = try Prompts.survey(site).prompts
            for prompt in prompts {
                let length = prompt.duration.map {
                    "\(Prompts.tenths(Double($0.components.seconds) + Double($0.components.attoseconds) / 1e18)) s"
                }
                let level = prompt.level.map { "\(Prompts.tenths($0)) dB" }
                let columns = [
                    prompt.language.padded(to: 7), prompt.name.padded(to: 28), prompt.source.rawValue.padded(to: 10),
                    (length ?? "").padded(to: 8), level ?? "",
                ]
                print(columns.joined(separator: " ").trimmingCharacters(in: .whitespaces))
                for warning in prompt.warnings { print("        \(warning)") }
            }
            let counts = [SitePrompts.Source.recording, .rendered, .text, .missing].map { source in
                "\(prompts.count { $0.source == source }) \(source == .text ? "not rendered yet" : source == .recording ? "recorded" : source.rawValue)"
            }
            print(counts.joined(separator: ", "))
            if prompts.contains(where: { $0.source == .missing }) { throw ExitCode(1) }
        }
    }

    /// `frontdesk prompts build`.
    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Render every prompt that has a text and no recording, and what the flows say, with the text-to-speech program.")

        @OptionGroup var site: SiteOption

        func run() async throws {
            var prompts = try Prompts.survey(site)
            let (rendered, failures) = await prompts.build()
            for failure in failures { print(failure) }
            print("\(rendered) rendered, \(failures.count) failed")
            if !failures.isEmpty { throw ExitCode(1) }
        }
    }

    private static func survey(_ option: SiteOption) throws -> SitePrompts {
        let site = try option.read()
        let flows = SiteFlows(site)
        for diagnostic in flows.diagnostics where diagnostic.severity == .error { print(diagnostic.rendered) }
        return SitePrompts(site, flows)
    }

    private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
