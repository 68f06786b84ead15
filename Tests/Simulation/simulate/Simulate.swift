import ArgumentParser
import Foundation
import Simulation

/// Carries out many seeds, or shows one.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Places calls on random schedules in virtual time, and looks for what is left over.",
        discussion: "Exit codes: 0 all is well, 1 a seed failed, 2 wrong use.")

    @Option(help: "How many seeds to carry out.")
    var seeds: UInt64 = 1000

    @Option(help: "The first seed.")
    var first: UInt64 = 1

    @Option(help: "Carry out this seed only, and show all that happens in it.")
    var seed: UInt64?

    @Flag(help: "Lose up to four of ten datagrams and double three.")
    var storm = false

    @Flag(help: "Print the fingerprint of every seed.")
    var fingerprints = false

    func run() async throws {
        var manner = Run.Manner()
        manner.isStorm = storm
        if let seed {
            manner.isTraced = true
            let report = Run.carryOut(seed: seed, manner)
            print(report.trace.joined(separator: "\n"))
            show(report)
            if !report.findings.isEmpty { throw ExitCode(1) }
            return
        }
        let reports = await carryOut(first..<first + seeds, manner)
        let failed = reports.filter { !$0.findings.isEmpty }
        for report in failed { show(report) }
        if fingerprints { for report in reports { print("seed \(report.seed): \(report.calls) calls, fingerprint \(report.fingerprint)") } }
        summarise(reports, failed: failed.count)
        if !failed.isEmpty { throw ExitCode(1) }
    }

    /// Carries out seeds on every core.
    private func carryOut(_ seeds: Range<UInt64>, _ manner: Run.Manner) async -> [Report] {
        await withTaskGroup(of: Report.self) { group in
            var reports: [Report] = []
            var next = seeds.lowerBound
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount where next < seeds.upperBound {
                let seed = next
                group.addTask { Run.carryOut(seed: seed, manner) }
                next += 1
            }
            for await report in group {
                reports.append(report)
                guard next < seeds.upperBound else { continue }
                let seed = next
                group.addTask { Run.carryOut(seed: seed, manner) }
                next += 1
            }
            return reports.sorted { $0.seed < $1.seed }
        }
    }

    private func show(_ report: Report) {
        print("seed \(report.seed): \(report.calls) calls in \(report.acts) acts, \(report.findings.isEmpty ? "all is well" : "FAILED")")
        for finding in report.findings { print("    \(finding)") }
    }

    private func summarise(_ reports: [Report], failed: Int) {
        let (calls, conversations) = reports.reduce((0, 0)) { ($0.0 + $1.calls, $0.1 + $1.conversations) }
        print("\(reports.count) seeds, \(calls) calls, \(conversations) phones talking at the end, \(failed) seeds failed")
        var counts: [String: Int] = [:]
        for report in reports { for (outcome, count) in report.outcomes { counts[outcome, default: 0] += count } }
        for (outcome, count) in counts.sorted(by: { $0.value > $1.value }) { print("    \(count)\t\(outcome)") }
    }
}
