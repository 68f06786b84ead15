import Foundation
import GRDB
import Testing

@testable import Stores

/// A folder of its own for each test, gone with it.
final class Scratch {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("frontdesk-stores-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    var database: String { folder.appendingPathComponent("var/customers.sqlite").path }

    func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }
}

@Suite("the customer store")
struct CustomerStoreTests {
    let scratch: Scratch
    let store: CustomerStore

    init() throws {
        scratch = try Scratch()
        store = try CustomerStore(path: scratch.database, region: "DE")
    }

    static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Data/customers.csv").path

    @Test("the sample holds twenty customers, and importing it again changes nothing")
    func sampleIsGood() async throws {
        #expect(try await store.importCSV(path: CustomerStoreTests.sample) == ImportReport(added: 20, changed: 0, unchanged: 0))
        let again = try await store.importCSV(path: CustomerStoreTests.sample)
        #expect(again.description == "20 customers: 0 added, 0 changed, 20 as before")
    }

    @Test(
        "a customer is found by his number in any spelling",
        arguments: ["+493023125010", "030 23125-010", "493023125010", "0049 30 23125010"])
    func foundByAnySpelling(_ spelling: String) async throws {
        _ = try await store.importCSV(path: CustomerStoreTests.sample)
        let record = try #require(try await store.record(for: spelling))
        #expect(record["name"] == "Blue Heron Books")
        #expect(record["tier"] == "standard")
        #expect(record["number"] == "+493023125010")
    }

    @Test("a number that is not there, and what is no number, find nothing", arguments: ["+49 30 23125 999", "anonymous", "", "2001"])
    func foundNothing(_ key: String) async throws {
        _ = try await store.importCSV(path: CustomerStoreTests.sample)
        #expect(try await store.record(for: key) == nil)
    }

    @Test("a customer with the same number takes the place of the one before")
    func importReplaces() async throws {
        _ = try await store.importCSV(path: scratch.file("one.csv", "number,name\n030 23125010,Old\n030 23125011,Other\n"))
        let report = try await store.importCSV(
            path: scratch.file("two.csv", "NUMBER, Name ,tier\n+493023125010,New,gold\n+493023125012,More,gold\n"))
        #expect(report == ImportReport(added: 1, changed: 1, unchanged: 0))
        #expect(try await store.record(for: "03023125010") == ["number": "+493023125010", "name": "New", "tier": "gold"])
        #expect(try await store.record(for: "03023125011")?["name"] == "Other")
    }

    @Test("a file with faults changes nothing, and every fault has its line")
    func faultyFile() async throws {
        let good = try scratch.file("good.csv", "number,name\n030 23125010,Before\n")
        _ = try await store.importCSV(path: good)
        let bad = try scratch.file("bad.csv", "number,name\n030 23125010,After\nnobody,X\n030 23125011\n+493023125010,Twice\n")
        let failure = await #expect(throws: ImportFailure.self) { try await store.importCSV(path: bad) }
        #expect(
            failure?.description == """
                \(bad):3: expected a telephone number in the column `number`, found `nobody`
                \(bad):4: expected 2 fields as in the header, found 1
                \(bad):5: +493023125010 is the number of line 2, too
                """)
        #expect(try await store.record(for: "03023125010")?["name"] == "Before")
    }

    @Test(
        "a header must name its columns, and one of them `number`",
        arguments: [
            ("", "1: expected a header with a column `number`, found an empty file"),
            ("phone,name\n", "1: expected a column `number` in the header, found `phone`, `name`"),
            ("number;name\n", "1: expected a column `number` in the header, found `number;name`"),
            ("number,name,Name\n", "1: the header has the column `name` twice"),
            ("number,\n", "1: expected a name for every column of the header"),
        ])
    func faultyHeader(_ text: String, _ expected: String) async throws {
        let path = try scratch.file("header.csv", text)
        let failure = await #expect(throws: ImportFailure.self) { try await store.importCSV(path: path) }
        #expect(failure?.description == "\(path):\(expected)")
        #expect(!FileManager.default.fileExists(atPath: scratch.database))
    }

    @Test("reading stops after twenty faults")
    func manyFaults() async throws {
        let path = try scratch.file("many.csv", "number\n" + String(repeating: "nobody\n", count: 500))
        let failure = await #expect(throws: ImportFailure.self) { try await store.importCSV(path: path) }
        #expect(failure?.problems.count == ImportFailure.limit)
    }

    @Test("a CSV file that is not there is named")
    func missingFile() async throws {
        let path = scratch.folder.appendingPathComponent("nowhere.csv").path
        let failure = await #expect(throws: ImportFailure.self) { try await store.importCSV(path: path) }
        #expect(failure?.description == "\(path): there is no such file")
    }

    @Test("a store that is not there says how it is made, makes no file, and is found once it is there")
    func missingStore() async throws {
        await #expect(throws: StoreFailure.missing(path: scratch.database)) { try await store.record(for: "+493023125010") }
        #expect(!FileManager.default.fileExists(atPath: scratch.database))
        _ = try await CustomerStore(path: scratch.database, region: "DE").importCSV(path: CustomerStoreTests.sample)
        #expect(try await store.record(for: "+493023125010")?["name"] == "Blue Heron Books")
    }

    @Test("a damaged store fails lookups, and is used again once a good one is in its place")
    func damagedStore() async throws {
        _ = try scratch.file("var/customers.sqlite", String(repeating: "This is no database. ", count: 500))
        let failure = await #expect(throws: StoreFailure.self) { try await store.record(for: "+493023125010") }
        guard case .damaged(scratch.database, _) = failure else {
            Issue.record("expected a damaged store, found \(String(describing: failure))")
            return
        }
        try FileManager.default.removeItem(atPath: scratch.database)
        _ = try await store.importCSV(path: CustomerStoreTests.sample)
        #expect(try await store.record(for: "+493023125010") != nil)
    }

    @Test("an SQLite file of something else is no customer store")
    func foreignStore() async throws {
        _ = try scratch.file("var/keep", "")
        let other = try DatabaseQueue(path: scratch.database)
        try await other.write { try $0.execute(sql: "CREATE TABLE boats (name TEXT)") }
        let failure = await #expect(throws: StoreFailure.self) { try await store.record(for: "+493023125010") }
        #expect(failure == .damaged(path: scratch.database, detail: "no such table: customers"))
    }

    /// A connection that may leave a transaction open, as another program would.
    private func otherProgram() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: scratch.database, configuration: configuration)
    }

    @Test("a locked store fails soon, and lookups go on while somebody imports")
    func lockedStore() async throws {
        _ = try await store.importCSV(path: CustomerStoreTests.sample)
        let other = try otherProgram()
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; DELETE FROM customers") }
        #expect(try await store.record(for: "+493023125010")?["name"] == "Blue Heron Books")
        await #expect(throws: StoreFailure.locked(path: scratch.database)) { try await store.importCSV(path: CustomerStoreTests.sample) }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    @Test("a store that another program keeps to itself fails soon")
    func exclusivelyLockedStore() async throws {
        _ = try scratch.file("var/keep", "")
        let other = try otherProgram()
        try await other.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE x (y); BEGIN EXCLUSIVE; INSERT INTO x VALUES (1)") }
        await #expect(throws: StoreFailure.locked(path: scratch.database)) { try await store.record(for: "+493023125010") }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    @Test("lookups run beside each other")
    func manyLookups() async throws {
        _ = try await store.importCSV(path: CustomerStoreTests.sample)
        let store = store
        let found = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask { try await store.record(for: "+49 30 23125 0\(number % 2 == 0 ? 10 : 99)") != nil }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(found == 100)
    }

    @Test("a country must be one", arguments: ["", "de", "Germany", "XX"])
    func unknownRegion(_ region: String) {
        #expect(throws: StoreFailure.unknownRegion(region)) { try CustomerStore(path: "x", region: region) }
    }
}
