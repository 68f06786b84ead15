import Audio
import CLinux
import Foundation
import Glibc
import Kernel
import RTP
import Synchronization

/// A media thread: it owns its sessions, receives what has come for them and sends each one's packet, by one clock.
///
/// A round lasts 20 ms and has four phases of 5 ms; each session sends in the phase of its slot, so that a thousand calls do not burst. Everything but
/// `submit`, `stop` and `figures` belongs to the thread itself, hence `@unchecked`.
@safe final class MediaThread: @unchecked Sendable {
    /// The phases of 20 ms, in which sessions and bridges are spread.
    static let phases = 4
    /// The phases until every packet time has come round: 120 ms.
    static let wheelPhases = 24
    static let phaseLength: Int64 = 5_000_000
    /// A thread that is later than this skips rounds instead of sending bursts.
    static let longestLag: Int64 = 40_000_000
    /// What other threads ask of this one.
    enum Order: Sendable {
        case open(slot: Int, MediaSessionID, MediaSockets)
        case command(MediaSessionID, MediaCommand)
        case handshake(MediaSessionID, DTLSDesk.Event)
        case makeBridge(slot: Int, BridgeID)
        case bridge(BridgeID, BridgeCommand)
    }

    /// Whether the thread has as much to do as it can; read by other threads.
    let isFull = Atomic<Bool>(false)
    private var gauge = LoadGauge()
    let number: Int
    let capacity: Int
    /// The flat array of sessions; those that are live are initialised.
    private let states: UnsafeMutablePointer<SessionState>
    private let isLive: UnsafeMutablePointer<Bool>
    let report: @Sendable (MediaEvent) -> Void
    let release: @Sendable (MediaSessionID, MediaSockets) -> Void
    let releaseBridge: @Sendable (BridgeID) -> Void
    let recordings: Worker
    let prompts: Worker
    let handshakes: DTLSDesk
    let silence: MediaEngine.SilenceLimits
    let poller: Int32
    /// One packet, in and out.
    let packet: UnsafeMutablePointer<UInt8>
    static let packetBytes = 2048
    let frame: UnsafeMutablePointer<Int16>
    let samples: UnsafeMutablePointer<Int16>
    /// The slots in use, by the phases in which they send.
    private var wheel: [[Int]] = Array(repeating: [], count: wheelPhases)
    /// The bridges, each in its slot.
    var bridges: [BridgeState?] = Array(repeating: nil, count: MediaBridge.maximumPerThread)
    var desk = MixingDesk()
    /// What the keys of a packet are; empty between packets.
    var keys: [DTMFEventReceiver.Output] = []
    var random: SeededRandom
    var pacing = PacingHistogram()
    var sent: UInt64 = 0
    var received: UInt64 = 0
    /// RTCP talks in wall-clock time; read once, so that a clock that is set does not jump through a call.
    let unixAtZero: Int64

    private let orders = Mutex<[Order]>([])
    private var taken: [Order] = []
    private let isRunning = Atomic<Bool>(true)
    private let ended = DispatchSemaphore(value: 0)
    private let published = Mutex<MediaFigures>(MediaFigures())
    private var ready: [epoll_event]

    /// Starts the thread.
    init(
        number: Int, capacity: Int, silence: MediaEngine.SilenceLimits, recordings: Worker, prompts: Worker,
        handshakes: DTLSDesk, report: @escaping @Sendable (MediaEvent) -> Void,
        release: @escaping @Sendable (MediaSessionID, MediaSockets) -> Void,
        releaseBridge: @escaping @Sendable (BridgeID) -> Void
    ) throws(MediaFailure) {
        self.number = number
        self.capacity = capacity
        self.silence = silence
        self.recordings = recordings
        self.prompts = prompts
        self.handshakes = handshakes
        self.report = report
        self.release = release
        self.releaseBridge = releaseBridge
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poller >= 0 else { throw .thread("epoll: \(unsafe String(cString: strerror(errno)))") }
        unsafe states = .allocate(capacity: capacity)
        unsafe isLive = .allocate(capacity: capacity)
        unsafe isLive.initialize(repeating: false, count: capacity)
        unsafe packet = .allocate(capacity: MediaThread.packetBytes)
        unsafe packet.initialize(repeating: 0, count: MediaThread.packetBytes)
        unsafe frame = .allocate(capacity: MediaThread.packetBytes)
        unsafe frame.initialize(repeating: 0, count: MediaThread.packetBytes)
        unsafe samples = .allocate(capacity: MediaThread.packetBytes)
        unsafe samples.initialize(repeating: 0, count: MediaThread.packetBytes)
        unsafe ready = Array(repeating: epoll_event(), count: 512)
        random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        unixAtZero = clock_nanoseconds(CLOCK_REALTIME) - clock_nanoseconds(CLOCK_MONOTONIC)
        let thread = Thread { [self] in
            unsafe name_thread("media \(number)")
            MediaThread.comeFirst()
            run()
        }
        thread.start()
    }

    deinit {
        unsafe states.deallocate()
        unsafe isLive.deallocate()
        unsafe packet.deallocate()
        unsafe frame.deallocate()
        unsafe samples.deallocate()
        desk.dispose()
        close(poller)
    }

    // MARK: From other threads

    /// Asks something of the thread, which takes it at the beginning of its next phase.
    func submit(_ order: Order) {
        orders.withLock { $0.append(order) }
    }

    /// Ends every session and the thread, and waits for that.
    func stop() {
        isRunning.store(false, ordering: .releasing)
        ended.wait()
        // For whoever stops it again.
        ended.signal()
    }

    /// What the thread measured, as of the last second.
    var figures: MediaFigures { published.withLock { $0 } }

    // MARK: On the thread

    /// Lets the calling thread run before ordinary work when it is due, where the system permits that (`LimitRTPRIO=` of systemd, or root).
    /// Elsewhere it takes its turn, and packets leave a little less evenly on a busy machine.
    private static func comeFirst() {
        var priority = sched_param(sched_priority: 10)
        unsafe _ = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)
    }

    private func run() {
        var due = clock_nanoseconds(CLOCK_MONOTONIC)
        var phase = 0
        while isRunning.load(ordering: .acquiring) {
            due += MediaThread.phaseLength
            sleep_until(due)
            var now = clock_nanoseconds(CLOCK_MONOTONIC)
            if now - due > MediaThread.longestLag {
                let skipped = (now - due) / MediaThread.phaseLength
                skip(Int(skipped), from: phase)
                due += skipped * MediaThread.phaseLength
                phase = (phase + Int(skipped)) % MediaThread.wheelPhases
            }
            let began = now
            obey(at: Instant(nanoseconds: now))
            mixBridges(phase % MediaThread.phases)
            // First what must be in time; what has come waits no longer than a phase.
            for slot in wheel[phase] { tick(slot, at: now) }
            now = clock_nanoseconds(CLOCK_MONOTONIC)
            receiveAll(at: Instant(nanoseconds: now))
            gauge.note(clock_nanoseconds(CLOCK_MONOTONIC) - began, of: MediaThread.phaseLength)
            isFull.store(gauge.isFull, ordering: .relaxed)
            phase = (phase + 1) % MediaThread.wheelPhases
            if phase == 0 { publish(at: now) }
        }
        // What was opened at the last moment has sockets to give back as well.
        obey(at: Instant(nanoseconds: clock_nanoseconds(CLOCK_MONOTONIC)))
        for slot in bridges.indices { closeBridge(slot) }
        for slot in 0..<capacity { end(slot) }
        ended.signal()
    }

    private func obey(at now: Instant) {
        orders.withLock { swap(&$0, &taken) }
        guard !taken.isEmpty else { return }
        for order in taken { obey(order, at: now) }
        taken.removeAll(keepingCapacity: true)
    }

    private var publishedAt: Int64 = 0

    private func publish(at now: Int64) {
        guard now - publishedAt > 1_000_000_000 else { return }
        publishedAt = now
        let (pacing, sent, received) = (pacing, sent, received)
        let cpu = Duration.nanoseconds(clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID))
        published.withLock { $0 = MediaFigures(pacing: pacing, cpuTime: cpu, sent: sent, received: received) }
    }

    /// Passes over phases: what would have been sent in them is not.
    private func skip(_ count: Int, from phase: Int) {
        for later in phase..<phase + count {
            for slot in wheel[later % MediaThread.wheelPhases] {
                guard let session = unsafe session(slot) else { continue }
                unsafe session.pointee.rtpSender.skip(samples: session.pointee.format.units)
            }
        }
    }

    /// The session of a slot, in its place; `nil` when there is none.
    @inline(__always)
    func session(_ slot: Int) -> UnsafeMutablePointer<SessionState>? {
        guard slot < capacity, unsafe isLive[slot] else { return nil }
        return unsafe states + slot
    }

    func begin(_ slot: Int, _ session: SessionState) {
        guard slot < capacity, unsafe !isLive[slot] else { return }
        unsafe (states + slot).initialize(to: session)
        unsafe isLive[slot] = true
        schedule(slot, every: MediaThread.phases)
    }

    /// Lets a session send once in so many phases. Neighbouring slots send in neighbouring phases.
    func schedule(_ slot: Int, every phases: Int) {
        for phase in stride(from: slot % phases, to: MediaThread.wheelPhases, by: phases) { wheel[phase].append(slot) }
    }

    func unschedule(_ slot: Int) {
        for phase in wheel.indices { wheel[phase].removeAll { $0 == slot } }
    }

    func forget(_ slot: Int) {
        guard unsafe isLive[slot] else { return }
        unsafe (states + slot).deinitialize(count: 1)
        unsafe isLive[slot] = false
        unschedule(slot)
    }

    /// Listens to a socket; the slot and whether it is the RTCP one come back with what arrives.
    func watch(_ descriptor: Int32, slot: Int, isRTCP: Bool) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue
        unsafe event.data.u64 = UInt64(slot) << 1 | (isRTCP ? 1 : 0)
        unsafe epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)
    }

    /// Receives what has come. The number of datagrams of one pass is bounded, so that a flood on one port leaves time for the others.
    private func receiveAll(at now: Instant) {
        for _ in 0..<16 {
            let count = unsafe epoll_wait(poller, &ready, Int32(ready.count), 0)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                let tag = unsafe ready[index].data.u64
                let slot = Int(tag >> 1)
                if tag & 1 == 0 { receiveRTP(slot, at: now) } else { receiveRTCP(slot, at: now) }
            }
            if unsafe count < ready.count { return }
        }
    }
}
