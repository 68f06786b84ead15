import ArgumentParser
import Foundation
import Node
import Stores

/// `frontdesk calls show ID`: what happened in a call.
struct ShowCall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that happened in a call, step by step.",
        discussion: "Numbers begin anew with each start of the server; the newest call of that number is shown.")
    @Argument(help: "The call's number, as logs and `frontdesk calls history` name it.") var call: UInt64
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        guard let record = try await CallRecords.store(of: site).record(ofCall: call) else {
            print("There is no record of a call \(call).")
            throw ExitCode(1)
        }
        print(json ? try CallRecords.json(record) : CallTranscript(record).text)
    }
}

/// `frontdesk calls history`: calls that are over.
struct CallHistories: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the calls that flows have served, the newest last.",
        discussion: "With --json each call is a line, as `frontdesk flow replay` takes it.")
    @Option(help: "How many.") var last = 20
    @OptionGroup var site: SiteOption
    @Flag(help: "Print a line of JSON for each call, with all that happened in it.") var json = false

    func run() async throws {
        let records = try await CallRecords.store(of: site).latest(last)
        if json { return try records.forEach { print(try CallRecords.json($0)) } }
        let rows = records.map { record in
            [
                "\(record.call)", Date(timeIntervalSince1970: record.began).formatted(.iso8601),
                record.caller.isEmpty ? "withheld" : record.caller,
                record.called, record.flow, "\(Int(record.seconds)) s", record.end,
            ]
        }
        print(StateTable(columns: ["call", "began", "caller", "called", "flow", "with the flow", "end"], rows: rows).text)
    }
}

/// What commands about call records share.
enum CallRecords {
    static func store(of site: SiteOption) throws -> CallRecordStore {
        let site = try site.read()
        return CallRecordStore(path: site.callRecords.file.path, keeping: site.callRecords.keep)
    }

    static func json(_ record: CallRecord) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }
}

/// A record as somebody reads it.
struct CallTranscript {
    let text: String

    init(_ record: CallRecord) {
        let caller = record.caller.isEmpty ? "a withheld number" : record.caller
        var lines = [
            "Call \(record.call), \(Date(timeIntervalSince1970: record.began).formatted(.iso8601)): \(caller) called \(record.called)",
            "Flow \(record.flow), version \(record.version)", "",
        ]
        for event in record.events {
            let time = CallTranscript.padded(String(format: "%.1f", event.at))
            switch event.what {
            case .step: lines.append("\(time)  — \(event.text)")
            case .action: lines.append("\(time)    \(event.text)")
            case .heard: lines.append("\(time)      ♪ \(event.text)")
            case .pressed: lines.append("\(time)      presses \(event.text)")
            case .note: lines.append("\(time)      \(event.text)")
            }
        }
        lines += ["", "End after \(String(format: "%.1f", record.seconds)) s: \(record.end)"]
        if let media = record.media {
            var parts = ["\(media.received) packets heard, \(media.lost) lost", String(format: "jitter %.1f ms", media.jitter)]
            if let roundTrip = media.roundTrip { parts.append(String(format: "round trip %.0f ms", roundTrip)) }
            if let score = media.score { parts.append(String(format: "mean opinion score %.1f (estimated)", score)) }
            if let dropped = media.dropped { parts.append("\(dropped) packets not taken") }
            lines.append("Audio: " + parts.joined(separator: ", "))
            if let there = media.atCaller {
                lines.append("At the caller: \(there.lost) packets of ours lost, " + String(format: "jitter %.1f ms", there.jitter))
            }
        }
        text = lines.joined(separator: "\n")
    }

    private static func padded(_ text: String) -> String { String(repeating: " ", count: max(0, 7 - text.count)) + text }
}
