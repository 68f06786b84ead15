import Foundation
import GRDB

/// The records of calls in an SQLite file, the newest so many.
public actor CallRecordStore {
    private let path: String
    private let most: Int
    private var queue: DatabaseQueue?
    private var sinceCleaning = 0

    private static let cleaningDistance = 1000
    /// How long a lock of another program is waited for.
    private static let patience: TimeInterval = 2

    /// Names a store: its file, which need not exist, and how many records are kept.
    public init(path: String, keeping most: Int) {
        self.path = path
        self.most = most
    }

    /// Adds records, all or none; the oldest beyond the limit go.
    public func add(_ records: [CallRecord]) throws(StoreFailure) {
        do {
            let rows = try records.map { ($0, String(decoding: try JSONEncoder().encode($0), as: UTF8.self)) }
            sinceCleaning += rows.count
            let isCleaning = sinceCleaning >= CallRecordStore.cleaningDistance
            if isCleaning { sinceCleaning = 0 }
            let most = most
            try opened(creating: true).write { database in
                for (record, text) in rows {
                    try database.execute(
                        sql: "INSERT INTO calls (call, began, record) VALUES (?, ?, ?)",
                        arguments: [Int64(clamping: record.call), record.began, text])
                }
                if isCleaning {
                    try database.execute(
                        sql: "DELETE FROM calls WHERE id <= (SELECT max(id) FROM calls) - ?", arguments: [most])
                }
            }
        } catch {
            queue = nil
            throw .failed(path: path, detail: "\(error)")
        }
    }

    /// The newest record of a call's number; `nil` when there is none.
    public func record(ofCall call: UInt64) throws(StoreFailure) -> CallRecord? {
        try fetch("WHERE call = ? ORDER BY id DESC LIMIT 1", [Int64(clamping: call)]).first
    }

    /// The newest records, the oldest of them first.
    public func latest(_ count: Int) throws(StoreFailure) -> [CallRecord] {
        try fetch("ORDER BY id DESC LIMIT ?", [Int64(clamping: count)]).reversed()
    }

    private func fetch(_ condition: String, _ arguments: StatementArguments) throws(StoreFailure) -> [CallRecord] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let texts = try opened(creating: false).read { database in
                try String.fetchAll(database, sql: "SELECT record FROM calls " + condition, arguments: arguments)
            }
            return try texts.map { try JSONDecoder().decode(CallRecord.self, from: Data($0.utf8)) }
        } catch {
            throw .failed(path: path, detail: "\(error)")
        }
    }

    private func opened(creating: Bool) throws -> DatabaseQueue {
        if let queue { return queue }
        var configuration = Configuration()
        configuration.busyMode = .timeout(CallRecordStore.patience)
        configuration.readonly = !creating
        if creating {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        if creating {
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY AUTOINCREMENT, call INTEGER NOT NULL, began REAL NOT NULL, record TEXT NOT NULL);
                        CREATE INDEX IF NOT EXISTS calls_by_call ON calls (call)
                        """)
            }
        }
        self.queue = queue
        return queue
    }
}
