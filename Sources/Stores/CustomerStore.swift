import Foundation
import GRDB

/// Customers in an SQLite file, found by telephone number whatever its spelling.
///
/// The file is opened when it is first needed, so that a store that is filled later is found, and one that is broken fails lookups and nothing else.
/// While one process reads, another may import.
public actor CustomerStore: RecordStore {
    /// How long a lock of another program is waited for: well within the deadline of a lookup.
    private static let patience: TimeInterval = 0.25

    private let path: String
    private let region: String
    private var pool: DatabasePool?

    /// Names a store: its file, which need not exist, and the country (ISO 3166 alpha-2) whose national numbers need no country code.
    public init(path: String, region: String) throws(StoreFailure) {
        guard PhoneNumber.knows(region: region) else { throw .unknownRegion(region) }
        self.path = path
        self.region = region
    }

    /// The customer with this number in any spelling; its field `number` is in E.164 form. `nil` when there is none, or the key is no number.
    public func record(for key: String) async throws(StoreFailure) -> [String: String]? {
        guard let number = PhoneNumber.e164(key, region: region) else { return nil }
        do {
            let text = try await opened().read { database in
                try String.fetchOne(database, sql: "SELECT record FROM customers WHERE number = ?", arguments: [number])
            }
            return try text.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        } catch {
            let failure = failure(error)
            // Somebody will put a good file in its place: look again.
            if case .damaged = failure { pool = nil }
            throw failure
        }
    }

    /// Puts the customers of a CSV file (RFC 4180, UTF-8, a header with the column `number`) into the store, which is made if need be.
    /// A customer with a number that is there takes its place. All or nothing: a file with any fault changes nothing and is an `ImportFailure`;
    /// a store that cannot be written is a `StoreFailure`.
    public func importCSV(path file: String) async throws -> ImportReport {
        let table = CustomerTable(try contents(of: file), region: region)
        guard table.problems.isEmpty else { throw ImportFailure(path: file, problems: table.problems) }
        let rows = try table.rows.map { ($0.number, try encode($0.fields)) }
        do {
            return try await opened(creating: true).write { database in try CustomerStore.replace(rows, in: database) }
        } catch {
            throw failure(error)
        }
    }

    private static func replace(_ rows: [(number: String, record: String)], in database: Database) throws -> ImportReport {
        try database.execute(sql: "CREATE TABLE IF NOT EXISTS customers (number TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID")
        let find = try database.makeStatement(sql: "SELECT record FROM customers WHERE number = ?")
        let write = try database.makeStatement(sql: "INSERT OR REPLACE INTO customers (number, record) VALUES (?, ?)")
        var report = ImportReport(added: 0, changed: 0, unchanged: 0)
        for row in rows {
            switch try String.fetchOne(find, arguments: [row.number]) {
            case row.record:
                report.unchanged += 1
                continue
            case nil: report.added += 1
            default: report.changed += 1
            }
            try write.execute(arguments: [row.number, row.record])
        }
        return report
    }

    /// JSON with its keys in order, so that equal records are equal texts.
    private func encode(_ fields: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    private func contents(of file: String) throws -> [UInt8] {
        let limit = 100_000_000
        do {
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            guard size <= limit else {
                throw ImportFailure(path: file, problems: [.init(line: nil, message: "expected at most \(limit) bytes, found \(size)")])
            }
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch let error as CocoaError {
            let reason =
                error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile ? "there is no such file" : error.localizedDescription
            throw ImportFailure(path: file, problems: [.init(line: nil, message: reason)])
        }
    }

    private func opened(creating: Bool = false) throws -> DatabasePool {
        if let pool { return pool }
        if creating {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        } else if !FileManager.default.fileExists(atPath: path) {
            throw StoreFailure.missing(path: path)
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(CustomerStore.patience)
        configuration.label = "customers"
        let made = try DatabasePool(path: path, configuration: configuration)
        pool = made
        return made
    }

    private func failure(_ error: any Error) -> StoreFailure {
        if let failure = error as? StoreFailure { return failure }
        guard let error = error as? DatabaseError else { return .failed(path: path, detail: error.localizedDescription) }
        let detail = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged(path: path, detail: detail)
        case .SQLITE_ERROR: return .damaged(path: path, detail: detail)
        default: return .failed(path: path, detail: detail)
        }
    }
}
