import ArgumentParser
import CallControl
import Flow
import Foundation
import Node
import StrictYAML

/// `frontdesk who-answers NUMBER "2026-12-26 17:31"`.
struct WhoAnswers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-answers", abstract: "Say what a caller of a number would meet at a moment.",
        discussion:
            "The caller says and presses nothing. With --year: every time of the year that no schedule covers, and when clocks change.")

    @Argument(help: "The number that is called.")
    var number: String

    @Argument(help: "The local day and time, such as \"2026-12-26 17:31\".")
    var moment: String?

    @Option(help: "The year to go through.")
    var year: Int?

    @Option(help: "The calling number.")
    var caller = "+493055501"

    @OptionGroup var site: SiteOption

    func run() throws {
        let site = try site.read()
        let checked = SiteFlows(site)
        guard let flow = checked.flows.first(where: { $0.lines.contains(number) }) else { return try answerByPhone(site) }
        if let year { return try list(flow, year) }
        guard let moment else { throw ValidationError("a day and time is needed, such as \"2026-12-26 17:31\", or --year") }
        guard LocalMoment(moment) != nil else {
            throw ValidationError("expected a day and time such as \"2026-12-26 17:31\", found \"\(moment)\"")
        }
        var world = ScenarioWorld()
        (world.at, world.caller) = (moment, caller)
        let result = ScenarioRun.play(Scenario(silentCallerIn: world), of: flow)
        print("\(number) is answered by the flow \(flow.name). A caller who presses nothing meets:")
        for line in result.transcript { print("  \(line)") }
    }

    private func answerByPhone(_ site: Site) throws {
        guard let line = site.plan.lines.first(where: { $0.number.text == number }) else {
            print("no line has the number \(number)")
            throw ExitCode(1)
        }
        print("\(number) rings at \(line.devices.map(\.text).joined(separator: ", ")), at any time; no flow answers it")
    }

    private func list(_ flow: Flow, _ year: Int) throws {
        guard let hours = YearOfHours(flow, year: year) else {
            print("the flow \(flow.name) has no hours: it treats every minute alike")
            return
        }
        for closed in hours.closed { print("closed  \(closed.from) to \(closed.to.map { "\($0)" } ?? "the end of the year")") }
        for change in hours.clockChanges {
            print("clocks  \(change.date) are set \(change.minutes > 0 ? "forward" : "back") by \(abs(change.minutes)) minutes")
        }
    }
}
