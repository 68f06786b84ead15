import Logging
import Stores

/// Writes the records of calls, many at a time and off the signalling loop.
actor CallRecorder {
    private let store: CallRecordStore
    private let logger: Logger
    private var waiting: [CallRecord] = []
    private var isWriting = false
    private var lost = 0

    /// So many records wait at most; when the disk is slower than that for long, further ones are lost, and that is said.
    private static let mostWaiting = 20_000
    /// How long records are gathered.
    private static let pause: Duration = .milliseconds(200)

    init(_ store: CallRecordStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Takes a record; it is written soon.
    func add(_ record: CallRecord) async {
        guard waiting.count < CallRecorder.mostWaiting else {
            lost += 1
            return
        }
        waiting.append(record)
        guard !isWriting else { return }
        isWriting = true
        try? await Task.sleep(for: CallRecorder.pause)
        while !waiting.isEmpty { await flush() }
        isWriting = false
    }

    /// Writes what waits.
    func flush() async {
        let records = waiting
        waiting = []
        guard !records.isEmpty else { return }
        do throws(StoreFailure) {
            try await store.add(records)
        } catch {
            logger.error("\(records.count) call records are lost: \(error)")
        }
        if lost > 0 { logger.error("\(lost) call records are lost: more than \(CallRecorder.mostWaiting) waited to be written") }
        lost = 0
    }
}
