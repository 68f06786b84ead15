import ArgumentParser
import CallControl
import Flow
import Foundation
import Node

/// `frontdesk flow explain FILE`.
struct FlowExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a flow means for its callers: the longest way to a person, and the ways that end without one.")

    @Argument(help: "The flow file.")
    var file: String

    @OptionGroup var site: SiteOption

    func run() throws {
        let site = try site.read()
        let flow = try self.site.flow(file)
        let explanation = FlowExplanation(flow, texts: SiteFlows(site, files: []).catalogue)
        if let longest = explanation.longest {
            print("The longest way to a person, at worst: \(longest.keys) keys and \(longest.seconds) seconds before the phone rings.")
            print("  \(longest.steps.joined(separator: " → "))")
            if explanation.isCutShort { print("  (There are too many ways to look at all of them; a longer one may exist.)") }
        } else {
            print("No way leads to a person.")
        }
        print(
            explanation.endings.isEmpty
                ? "No way ends without a person, unless the caller hangs up." : "Ways that end without a person, the shortest to each end:")
        for path in explanation.endings { print("  \(path.joined(separator: " → "))") }
        for number in flow.lines { fates(of: number, site).forEach { print($0) } }
    }

    /// Where callers go when nobody runs the flow: call control forwards on failure when the application has died or is slow, and on no answer when it is not
    /// there; one destination can stand for both.
    private func fates(of number: String, _ site: Site) -> [String] {
        let forwards = site.plan.lines.first { $0.number.text == number }?.forwards
        return [
            ("has died, is slow or has no port left", forwards?.failure ?? forwards?.noAnswer),
            ("is not registered", forwards?.noAnswer ?? forwards?.unregistered),
        ].map { reason, target in
            let fate = target.map { "goes to \($0.text)" } ?? "is turned away: `forward:` of the line names nobody"
            return "When the application \(reason), a caller of \(number) \(fate)."
        }
    }
}
