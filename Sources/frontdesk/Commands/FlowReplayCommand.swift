import ArgumentParser
import Flow
import Foundation
import Node
import Stores

/// `frontdesk flow replay FILE --calls LOG`.
struct FlowReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Press what real callers pressed in an edited flow, and say which calls would end elsewhere.",
        discussion: "The exit code is 0 when all would end as they did, 1 when one would not.")

    @Argument(help: "The flow file.")
    var file: String

    @Option(help: "A file with a call a line, as `frontdesk calls history --json` prints them; `-` for standard input.")
    var calls: String

    @OptionGroup var site: SiteOption

    func run() async throws {
        let flow = try site.flow(file)
        let replay = FlowReplay(flow)
        let site = try site.read()
        let customers = try site.customerFile.map { try CustomerStore(path: $0.path, region: site.country) }
        var counts = (played: 0, other: 0, skipped: 0)
        for (number, line) in try lines().enumerated() {
            guard let record = try? JSONDecoder().decode(CallRecord.self, from: Data(line.utf8)) else {
                throw ValidationError(
                    "line \(number + 1) of \(calls) is no record of a call; `frontdesk calls history --json` prints such lines")
            }
            guard record.flow == flow.name else { continue }
            let customer = try? await customers?.record(for: record.caller)
            switch replay.play(record, customer: customer ?? nil) {
            case .same: counts.played += 1
            case .skipped(let reason):
                counts.skipped += 1
                print("call \(record.call): left out, \(reason)")
            case .other(let before, let now):
                counts.played += 1
                counts.other += 1
                print("call \(record.call), \(record.caller): ended with \(before), would end with \(now)")
            }
        }
        print("\(counts.played) calls of \(flow.name): \(counts.other) would end elsewhere, \(counts.skipped) left out")
        if counts.other > 0 { throw ExitCode(1) }
    }

    private func lines() throws -> [Substring] {
        let data = calls == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(fileURLWithPath: calls))
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }
}
