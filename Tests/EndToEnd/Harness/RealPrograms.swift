import Dispatch
import Testing

/// Tests that wait for programs: each has a thread of its own meanwhile, for the threads of asynchronous tests are as few as the cores, and no more than
/// a few run at once.
struct RealPrograms: TestTrait, SuiteTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Gate.shared.enter()
        do {
            try await withTaskExecutorPreference(OwnThread()) { try await function() }
        } catch {
            await Gate.shared.leave()
            throw error
        }
        await Gate.shared.leave()
    }
}

extension Trait where Self == RealPrograms {
    /// The test drives programs and waits for them.
    static var realPrograms: RealPrograms { RealPrograms() }
}

/// A thread for one task.
private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "a test that waits for programs")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Lets a few in at a time, in the order in which they come.
private actor Gate {
    static let shared = Gate(places: 3)
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        if places > 0 {
            places -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
    }
}
