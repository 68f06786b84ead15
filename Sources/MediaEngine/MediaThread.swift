import Audio
import CLinux
import Foundation
import Glibc
import Kernel
import RTP
import Synchronization

/// A media thread: it owns its sessions, receives what has come for them and sends each one's packet, by one clock.
///
/// A round lasts 20 ms and has four phases of 5 ms; each session sends in a turn of its own, so that a thousand calls do not burst. Everything but
/// `submit`, `stop` and `figures` belongs to the thread itself, hence `@unchecked`.
@safe final class MediaThread: @unchecked Sendable {
    /// The phases of 20 ms, in which sessions and bridges are spread.
    static let phases = 4
    /// About a second.
    private static let phasesBetweenFigures = 200
    /// As long as until a thread that is still full looks for relief again.
    static let phasesOfRelief = phasesBetweenFigures
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
        /// Take in a session of another thread, or one that comes home.
        case settle(slot: Int, Parcel)
        /// For a session of another home that is in this slot.
        indirect case pass(slot: Int, Order)
        /// Send a session home that is in this slot.
        case sendHome(MediaSessionID, slot: Int)
        /// Let another thread have a part of the sessions.
        case relieve(Relief)
    }

    /// Whether the thread has as much to do as it can; read by other threads.
    let isFull = Atomic<Bool>(false)
    private let publishedLoad = Atomic<UInt64>(0)
    private var gauge = LoadGauge()
    let number: Int
    let capacity: Int
    /// The flat array of sessions; those that are live are initialised.
    let states: UnsafeMutablePointer<SessionState>
    let isLive: UnsafeMutablePointer<Bool>
    let report: @Sendable (MediaEvent) -> Void
    let slots: SlotPool
    let recordings: Worker
    let prompts: Worker
    let handshakes: DTLSDesk
    let silence: MediaEngine.SilenceLimits
    let poller: Int32
    /// One packet, in and out.
    let packet: UnsafeMutablePointer<UInt8>
    static let packetBytes = 2048
    /// What SRTP may put behind a packet, and its header before it.
    static let roomForTag = 64
    /// The parts of a packet that are to be joined.
    let parts: UnsafeMutablePointer<UInt8>
    let joiner: Held<OpusJoiner>
    let frame: UnsafeMutablePointer<Int16>
    let samples: UnsafeMutablePointer<Int16>
    var wheel = Wheel()
    /// The phases since the thread began.
    private(set) var phase = 0
    /// The sessions of this home that another thread has.
    var away: [Int: Away] = [:]
    var relief: Relief?
    /// The phase in which the relief has had its time.
    var reliefEnds = 0
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
        handshakes: DTLSDesk, slots: SlotPool, report: @escaping @Sendable (MediaEvent) -> Void
    ) throws(MediaFailure) {
        self.number = number
        self.capacity = capacity
        self.silence = silence
        self.recordings = recordings
        self.prompts = prompts
        self.handshakes = handshakes
        self.report = report
        self.slots = slots
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poller >= 0 else { throw .thread("epoll: \(unsafe String(cString: strerror(errno)))") }
        guard let joiner = OpusJoiner() else { throw .thread("no memory for Opus") }
        self.joiner = Held(joiner)
        unsafe parts = .allocate(capacity: MediaThread.mostParts * MediaThread.partBytes)
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
        unsafe parts.deallocate()
        joiner.release()
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

    /// Ends the sessions that were on their way here when the thread ended. For whoever has stopped all threads.
    func endStragglers() {
        obey(at: Instant(nanoseconds: clock_nanoseconds(CLOCK_MONOTONIC)))
        for slot in 0..<capacity { end(slot) }
        away = [:]
    }

    /// The part of the time that the thread works.
    var load: Double { Double(bitPattern: publishedLoad.load(ordering: .relaxed)) }

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
        while isRunning.load(ordering: .acquiring) {
            due += MediaThread.phaseLength
            sleep_until(due)
            let now = clock_nanoseconds(CLOCK_MONOTONIC)
            if now - due > MediaThread.longestLag {
                let skipped = (now - due) / MediaThread.phaseLength
                skip(Int(skipped))
                due += skipped * MediaThread.phaseLength
            }
            work(at: now)
            phase += 1
            if phase % MediaThread.phasesBetweenFigures == 0 { publish() }
        }
        // What was opened at the last moment has sockets to give back as well.
        obey(at: Instant(nanoseconds: clock_nanoseconds(CLOCK_MONOTONIC)))
        for slot in bridges.indices { closeBridge(slot) }
        for slot in 0..<capacity { end(slot) }
        (away, relief) = ([:], nil)
        ended.signal()
    }

    /// What there is to do in a phase.
    private func work(at began: Int64) {
        obey(at: Instant(nanoseconds: began))
        mixBridges(phase % MediaThread.phases)
        // First what must be in time; what has come waits no longer than a phase.
        wheel.forEach(in: phase) { tick($0, at: began) }
        receiveAll(at: Instant(nanoseconds: clock_nanoseconds(CLOCK_MONOTONIC)))
        relieve()
        gauge.note(clock_nanoseconds(CLOCK_MONOTONIC) - began, of: MediaThread.phaseLength)
        isFull.store(gauge.isFull, ordering: .relaxed)
        publishedLoad.store(gauge.load.bitPattern, ordering: .relaxed)
    }

    private func obey(at now: Instant) {
        orders.withLock { swap(&$0, &taken) }
        guard !taken.isEmpty else { return }
        for order in taken { obey(order, at: now) }
        taken.removeAll(keepingCapacity: true)
    }

    private func publish() {
        let (pacing, sent, received) = (pacing, sent, received)
        let cpu = Duration.nanoseconds(clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID))
        published.withLock { $0 = MediaFigures(pacing: pacing, cpuTime: cpu, sent: sent, received: received) }
        if gauge.isFull { seekRelief() }
    }

    /// Passes over phases: what would have been sent in them is not.
    private func skip(_ count: Int) {
        for _ in 0..<count {
            wheel.forEach(in: phase) { slot in
                guard let session = unsafe session(slot) else { return }
                unsafe session.pointee.rtpSender.skip(samples: session.pointee.format.units)
            }
            phase += 1
        }
    }

    /// The session of a slot, in its place; `nil` when there is none.
    @inline(__always)
    func session(_ slot: Int) -> UnsafeMutablePointer<SessionState>? {
        guard slot < capacity, unsafe isLive[slot] else { return nil }
        return unsafe states + slot
    }

    /// Begins to serve a session, in the turn that is wanted or the emptiest.
    func begin(_ slot: Int, _ session: SessionState, at turn: Int? = nil) {
        guard slot < capacity, unsafe !isLive[slot] else { return }
        unsafe (states + slot).initialize(to: session)
        unsafe isLive[slot] = true
        unsafe states[slot].turn = wheel.add(slot, every: session.format.phases, at: turn)
        watch(session.sockets.rtp, slot: slot, isRTCP: false)
        watch(session.sockets.rtcp, slot: slot, isRTCP: true)
    }

    func forget(_ slot: Int) {
        guard let session = unsafe session(slot) else { return }
        unsafe wheel.remove(slot, every: session.pointee.format.phases, at: session.pointee.turn)
        unsafe session.deinitialize(count: 1)
        unsafe isLive[slot] = false
    }

    /// Listens to a socket; the slot and whether it is the RTCP one come back with what arrives.
    private func watch(_ descriptor: Int32, slot: Int, isRTCP: Bool) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue
        unsafe event.data.u64 = UInt64(slot) << 1 | (isRTCP ? 1 : 0)
        unsafe epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)
    }

    /// Listens no longer to a socket that goes to another thread.
    func unwatch(_ descriptor: Int32) {
        var event = unsafe epoll_event()
        unsafe epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Receives what has come, a datagram of each socket at a time, so that a flood on one port leaves time for the others; and so often that the packets
    /// of a call come through all but the worst flood on its own port.
    private func receiveAll(at now: Instant) {
        for _ in 0..<16 {
            let count = unsafe epoll_wait(poller, &ready, Int32(ready.count), 0)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                let tag = unsafe ready[index].data.u64
                let slot = Int(tag >> 1)
                if tag & 1 == 0 { receiveRTP(slot, at: now) } else { receiveRTCP(slot, at: now) }
            }
        }
    }
}
