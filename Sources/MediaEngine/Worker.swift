import CLinux
import Foundation
import Synchronization

/// A thread for what would hold up a media thread: writing recordings, encoding prompts.
final class Worker: Sendable {
    private let waiting = Mutex<[@Sendable () -> Void]>([])
    private let isRunning = Atomic<Bool>(true)
    private let signal = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(_ name: String) {
        let thread = Thread { [self] in
            unsafe name_thread(name)
            run()
        }
        thread.start()
    }

    /// Does something on the thread, behind all that was submitted before.
    func submit(_ work: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(work) }
        signal.signal()
    }

    /// Ends the thread when all is written, and waits for that.
    func finish() {
        if isRunning.load(ordering: .acquiring) { submit { [self] in isRunning.store(false, ordering: .releasing) } }
        ended.wait()
        // For whoever finishes it again.
        ended.signal()
    }

    private func run() {
        while isRunning.load(ordering: .acquiring) {
            signal.wait()
            let work = waiting.withLock { work in
                defer { work = [] }
                return work
            }
            for action in work { action() }
        }
        ended.signal()
    }
}
