import Foundation
import Stores
import Testing

struct CallRecordStoreTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("calls-\(UUID().uuidString)/calls.sqlite").path

    private func record(_ call: UInt64, flow: String = "Main") -> CallRecord {
        var record = CallRecord(call: call, began: 1000 + Double(call), caller: "7", called: "5000", flow: flow, version: "abc")
        record.add(.pressed, "1", at: 1.5)
        return record
    }

    @Test func `a record comes back as it was, and the newest of a number that was used again`() async throws {
        let store = CallRecordStore(path: path, keeping: 10)
        try await store.add([record(1, flow: "Old"), record(2), record(1)])
        #expect(try await store.record(ofCall: 1) == record(1))
        #expect(try await store.latest(2).map(\.call) == [2, 1])
        #expect(try await CallRecordStore(path: path, keeping: 10).record(ofCall: 2) == record(2))
    }

    @Test func `a store that nobody wrote to yet has no records`() async throws {
        #expect(try await CallRecordStore(path: path, keeping: 10).record(ofCall: 1) == nil)
    }

    @Test func `the oldest records go when there are more than are kept`() async throws {
        let store = CallRecordStore(path: path, keeping: 50)
        try await store.add((0..<1000).map { record($0) })
        let kept = try await store.latest(2000)
        #expect(kept.count == 50 && kept.first?.call == 950)
    }

    @Test func `a file that is no store is told, and nothing is lost of it`() async throws {
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data("no database, no database, no database, no database, no database, no database, no database, no database".utf8).write(
            to: URL(fileURLWithPath: path))
        await #expect(throws: StoreFailure.self) { try await CallRecordStore(path: path, keeping: 1).add([record(1)]) }
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("no database"))
    }

    @Test func `a record has a limit, and says that it was reached`() {
        var record = record(1)
        for number in 0..<2000 { record.add(.note, "\(number)", at: 2) }
        #expect(record.events.count == 1000 && record.events.last?.text == "more than 1000 events; the rest is left out")
    }
}
