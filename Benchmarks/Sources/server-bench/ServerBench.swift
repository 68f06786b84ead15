import CLoad
import Glibc
import Measuring

/// Measures a running server by calls that it answers with a silent menu: their pacing, the time from a key to the prompt that it starts, CPU and memory.
///
/// `server-bench PORT PROCESS CALLS SECONDS [REPORTS [TURNOVER]]`: SIP port on loopback and process of the server, calls at a time, seconds to measure,
/// the number of reports (1), and how many calls a second end and begin anew (0). The peers have core 1.
@main @safe
struct ServerBench {
    let process: Int
    let count: Int
    let seconds: Int
    let turnover: Int
    let load: OpaquePointer
    var callers: Callers
    /// The next caller that presses a key, and the next that calls anew.
    private var (pressing, leaving) = (0, 0)

    /// Keys a second, over all calls.
    private static let keys = 50
    /// Calls that begin in a second.
    private static let rate = 200
    /// The length of a step, in which callers press keys and call.
    private static let step = 20

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count >= 4, let port = UInt16(exactly: numbers[0]) else {
            throw Invalid(description: "usage: server-bench PORT PROCESS CALLS SECONDS [REPORTS [TURNOVER]]")
        }
        load_pin(1)
        var bench = try ServerBench(
            port: port, process: numbers[1], count: numbers[2], seconds: numbers[3], turnover: numbers.count > 5 ? numbers[5] : 0)
        try bench.run(reports: numbers.count > 4 ? numbers[4] : 1)
    }

    init(port: UInt16, process: Int, count: Int, seconds: Int, turnover: Int) throws {
        guard let load = unsafe load_create(Int32(count)) else { throw Invalid(description: "no sockets for the peers: errno \(errno)") }
        (self.process, self.count, self.seconds, self.turnover) = (process, count, seconds, turnover)
        unsafe self.load = unsafe load
        callers = try unsafe Callers(count, server: port, load: load)
    }

    private mutating func run(reports: Int) throws {
        // The wall, before and after, while the server has nothing to do.
        print(barePacing(calls: count, seconds: seconds / reports))
        guard unsafe load_start(load, 1, 0) == 0 else { throw Invalid(description: "no thread for the peers") }
        try begin(10)  // what is loaded once is loaded
        try callers.work(milliseconds: 1000)
        let empty = Process.resident(process)
        try begin(count)
        try callers.work(milliseconds: 3000)
        print(Report.heading)
        var total = Totals()
        for number in 1...reports {
            let report = try measure(Double(seconds) / Double(reports), empty: empty)
            print(report.row(number))
            fflush(nil)
            total.add(report)
        }
        print(total.verdict)
        for caller in 0..<count {
            callers.end(caller)
            if caller % 20 == 19 { try callers.work(milliseconds: 100) }
        }
        try callers.work(milliseconds: 2000)
        print(
            "After the calls: \(callers.up) are left, \(callers.failed) failed, \(figure(Process.resident(process) / 1024, 1)) MB resident."
        )
        var result = load_result()
        unsafe load_finish(load, &result)
        print(barePacing(calls: count, seconds: seconds / reports))
    }

    private mutating func begin(_ wanted: Int) throws {
        for caller in 0..<wanted {
            callers.call(caller)
            if caller % (ServerBench.rate / 50) == 0 { try callers.work(milliseconds: 20) }
        }
        for _ in 0..<100 where callers.up < wanted { try callers.work(milliseconds: 100) }
        guard callers.up == wanted else {
            throw Invalid(description: "\(wanted) calls wanted, \(callers.up) answered, \(callers.failed) refused or ended")
        }
    }

    private mutating func measure(_ seconds: Double, empty: Double) throws -> Report {
        unsafe load_reset(load)
        let before = Process.time(of: process)
        let steps = Int(seconds * 1000) / ServerBench.step
        for step in 0..<steps {
            if step * ServerBench.step * ServerBench.keys % 1000 < ServerBench.step * ServerBench.keys { press() }
            for _ in ends(before: step)..<ends(before: step + 1) { turnOver() }
            for caller in 0..<(turnover > 0 ? count : 0) where callers.isIdle(caller) { callers.call(caller) }
            try callers.work(milliseconds: ServerBench.step)
        }
        try callers.work(milliseconds: 500)
        var seen = load_result()
        unsafe load_look(load, &seen)
        return Report(
            calls: callers.up, failed: callers.failed, cpu: (Process.time(of: process) - before) / (seconds + 0.5), empty: empty,
            resident: Process.resident(process), seen: seen)
    }

    /// The next call that is silent hears the key 1.
    private mutating func press() {
        for _ in 0..<count {
            pressing = (pressing + 1) % count
            if unsafe load_press(load, Int32(pressing)) != 0 { return }
        }
    }

    /// How many calls have ended anew before a step.
    private func ends(before step: Int) -> Int { step * ServerBench.step * turnover / 1000 }

    private mutating func turnOver() {
        leaving = (leaving + 1) % count
        callers.end(leaving)
    }
}
