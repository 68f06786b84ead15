import Synchronization

/// The slots of an engine's threads, for sessions and bridges, the threads themselves, and which port comes next. Every method may be called on any thread.
final class SlotPool: Sendable {
    private struct State {
        var threads: [MediaThread] = []
        /// Free slots of each thread, the longest free last.
        var free: [[Int]]
        /// Free bridges of each thread, the longest free last.
        var freeBridges: [[Int]]
        var generation: UInt64 = 0
        /// The port to be tried next, or the odd one below it.
        var nextPort: UInt32

        /// A number that no other session or bridge has had for a long time.
        mutating func nextGeneration() -> UInt64 {
            generation += 1
            return generation & 0x7FFF_FFFF
        }
    }

    private let state: Mutex<State>
    private let ports: ClosedRange<UInt16>

    init(threads: Int, sessionsPerThread: Int, ports: ClosedRange<UInt16>) {
        let free = (0..<threads).map { _ in Array((0..<sessionsPerThread).reversed()) }
        let freeBridges = free.map { _ in Array((0..<MediaBridge.maximumPerThread).reversed()) }
        state = Mutex(State(free: free, freeBridges: freeBridges, nextPort: UInt32(ports.lowerBound)))
        self.ports = ports
    }

    /// Introduces the threads to each other; with none, when they end, they forget each other.
    func introduce(_ threads: [MediaThread]) { state.withLock { $0.threads = threads } }

    /// A thread by its number.
    func thread(_ number: Int) -> MediaThread? {
        state.withLock { $0.threads.indices.contains(number) ? $0.threads[number] : nil }
    }

    /// The thread that can take sessions of a full one, and which part of them; `nil` when none has much to spare.
    func relief(of number: Int) -> (host: MediaThread, share: Double)? {
        let threads = state.withLock { $0.threads }
        let loads = threads.map { $0.load }
        return LoadGauge.relief(of: number, among: loads).map { (threads[$0.thread], $0.share) }
    }

    /// Takes a slot of a thread for a session that comes from another; `nil` when it has none left, or the threads are about to end.
    func takeSlot(of thread: Int) -> Int? {
        state.withLock { $0.threads.indices.contains(thread) ? $0.free[thread].popLast() : nil }
    }

    /// How many sessions a thread still takes.
    func room(on thread: Int) -> Int { state.withLock { $0.free[thread].count } }

    /// Names a new session, on one of these threads: that with the most free slots. `nil` when none has any.
    func takeSession(of threads: [Int]) -> MediaSessionID? {
        state.withLock { state in
            let able = threads.filter(state.free.indices.contains)
            guard let thread = able.max(by: { state.free[$0].count < state.free[$1].count }), let slot = state.free[thread].popLast() else {
                return nil
            }
            return MediaSessionID(state.nextGeneration() << 32 | UInt64(thread) << 24 | UInt64(slot))
        }
    }

    /// Names a new bridge of a thread; `nil` when it has no more.
    func takeBridge(of thread: Int) -> BridgeID? {
        state.withLock { state in
            guard state.freeBridges.indices.contains(thread), let slot = state.freeBridges[thread].popLast() else { return nil }
            return BridgeID(state.nextGeneration() << 32 | UInt64(thread) << 24 | UInt64(slot))
        }
    }

    /// Gives a slot of a thread back.
    func giveBack(slot: Int, of thread: Int) { state.withLock { $0.free[thread].insert(slot, at: 0) } }

    /// Gives a bridge back.
    func giveBack(_ bridge: BridgeID) {
        state.withLock { $0.freeBridges[MediaEngine.thread(of: bridge)].insert(MediaEngine.slot(of: bridge), at: 0) }
    }

    /// The even port that comes next, going round the range so that a port rests before it is used again; `nil` when the range has none.
    func nextPort() -> UInt16? {
        state.withLock { state in
            let (first, last) = (UInt32(ports.lowerBound), UInt32(ports.upperBound))
            // The first even port, and again when the end is reached, for RTCP needs the one above.
            var port = state.nextPort + state.nextPort % 2
            if port >= last { port = first + first % 2 }
            state.nextPort = port + 2
            return port < last ? UInt16(port) : nil
        }
    }
}
