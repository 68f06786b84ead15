import CLoad
import Measuring

/// What was seen in a while.
struct Report {
    let calls: Int
    /// Calls that were refused or ended by the server, since the beginning.
    let failed: Int
    /// The share of a core that the whole server took.
    let cpu: Double
    /// Resident memory without calls and now, in KB.
    let empty: Double
    let resident: Double
    let seen: load_result

    private static let widths = [4, 7, 11, 9, 10, 9, 8, 8, 9, 8, 8, 8, 6, 8, 11, 10, 8, 8]

    static let heading = Measuring.row(
        [
            "", "calls", "of a core", "MB", "KB a call", "gap p99.9", "max ms", "> 25 ms", "own p99.9", "max ms", "> 25 ms",
            "stalls", "lost", "failed", "keys", "to prompt", "p99", "max ms",
        ], widths: widths)

    func row(_ number: Int) -> String {
        Measuring.row(
            [
                "\(number)", "\(calls)", "\(figure(cpu * 100, 1)) %", figure(resident / 1024, 1),
                figure((resident - empty) / Double(max(calls, 1)), 1),
                figure(seen.gap(0.999), 2), figure(seen.longestGap, 1), "\(seen.late)",
                figure(seen.ownGap(0.999), 2), figure(seen.longestOwnGap, 1), "\(seen.own_late)", "\(seen.stalls)",
                "\(seen.out_of_order)", "\(failed)",
                "\(seen.answered)/\(seen.pressed)", figure(seen.answer(0.5), 1), figure(seen.answer(0.99), 1),
                figure(Double(seen.longest_answer) / 1e6, 1),
            ], widths: Report.widths)
    }
}

/// All reports of a run.
struct Totals {
    private var reports: [Report] = []

    mutating func add(_ report: Report) { reports.append(report) }

    var verdict: String {
        let late = reports.reduce(0) { $0 + $1.seen.late }
        let own = reports.reduce(0) { $0 + $1.seen.own_late }
        let stalls = reports.reduce(0) { $0 + $1.seen.stalls }
        let stalled = reports.reduce(0) { $0 + $1.seen.stalled }
        let packets = reports.reduce(0) { $0 + $1.seen.received }
        let lost = reports.reduce(0) { $0 + $1.seen.out_of_order }
        let unanswered = reports.reduce(0) { $0 + $1.seen.pressed } - reports.reduce(0) { $0 + $1.seen.answered }
        let prompts = reports.map { $0.seen.answer(0.99) }.max() ?? 0
        let met = late == 0 && lost == 0 && unanswered == 0 && prompts <= 40
        return """
            Of \(packets) packets \(late) came more than 25 ms after the one before, \(lost) were lost; \(unanswered) keys were not answered.
            The machine withheld the server's core \(stalls) times (0.5 ms or more), \(figure(Double(stalled) / 1e6, 0)) ms in all; without that time \(own) were late ("own").
            Wanted: none late or lost, p99 from a key to its prompt within 40 ms (counted from the key's first packet): \(met ? "met" : "NOT met").
            """
    }
}
