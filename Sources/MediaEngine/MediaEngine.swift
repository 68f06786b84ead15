import Glibc
public import Kernel
public import SDP
import Synchronization

/// RTP for many calls: sessions that play, hear, send and record keys and audio, spread over media threads.
///
/// Every method may be called on any thread. Events come on a media thread (recordings: on the thread that writes them), in order for each session.
public final class MediaEngine: Sendable {
    /// How the engine is set up.
    public struct Configuration: Sendable {
        /// The ports: RTP takes the even ones, RTCP the odd ones above.
        public var ports: ClosedRange<UInt16> = 16384...32767
        /// The number of media threads.
        public var threads = 1
        /// The most sessions of a thread.
        public var sessionsPerThread = 4096
        /// How long nothing may be heard from a peer that should send.
        public var silence = SilenceLimits()

        /// Makes the defaults.
        public init() {}
    }

    /// How long nothing may be heard from a peer that should send, until `silent` is reported.
    public struct SilenceLimits: Equatable, Sendable {
        /// Before its first packet.
        public var first: Duration = .seconds(30)
        /// After it.
        public var later: Duration = .seconds(60)
        /// On hold, when nothing but reports is expected.
        public var onHold: Duration = .seconds(1800)

        /// Makes the defaults.
        public init() {}
    }

    /// The families of addresses.
    public enum Family: Sendable {
        /// IPv4.
        case v4
        /// IPv6.
        case v6
    }

    private let configuration: Configuration
    let threads: [MediaThread]
    private let recordings = Worker("recordings")
    private let prompts = Worker("prompts")
    private let handshakes = DTLSDesk()
    let slots: SlotPool

    /// Starts the media threads.
    ///
    /// - Parameter events: Hears of everything that happens; it must be quick, for packets wait while it runs.
    public init(_ configuration: Configuration = Configuration(), events: @escaping @Sendable (MediaEvent) -> Void) throws(MediaFailure) {
        MediaEngine.raiseDescriptorLimit()
        self.configuration = configuration
        slots = SlotPool(threads: configuration.threads, sessionsPerThread: configuration.sessionsPerThread, ports: configuration.ports)
        var threads: [MediaThread] = []
        for number in 0..<configuration.threads {
            let thread = try MediaThread(
                number: number, capacity: configuration.sessionsPerThread, silence: configuration.silence, recordings: recordings,
                prompts: prompts, handshakes: handshakes, slots: slots, report: events)
            threads.append(thread)
        }
        self.threads = threads
        slots.introduce(threads)
    }

    /// Opens a session: binds the next free pair of ports, or `port` (even) and the one above it. The session receives at once and sends after `connect`.
    ///
    /// - Parameter neighbour: A session on whose thread the new one is to be, so that both can be in one bridge; else it goes to the thread with the
    ///   fewest sessions.
    /// - Returns: Its name, and its port at the wildcard address of the family.
    public func open(
        family: Family, port: UInt16? = nil, beside neighbour: MediaSessionID? = nil
    ) throws(MediaFailure) -> (id: MediaSessionID, local: TransportAddress) {
        let id = try takeSession(on: neighbour.map(MediaEngine.thread))
        let (thread, slot) = (MediaEngine.thread(of: id), MediaEngine.slot(of: id))
        let wildcard = family == .v6 ? IPAddress.v6(0, 0) : .v4(0)
        let sockets: MediaSockets
        do throws(MediaFailure) {
            if let port { sockets = try bind(wildcard, port: port) } else { sockets = try bindNext(wildcard) }
        } catch {
            slots.giveBack(slot: slot, of: thread)
            throw error
        }
        threads[thread].submit(.open(slot: slot, id, sockets))
        return (id, TransportAddress(ip: wildcard, port: sockets.port))
    }

    /// Tells a session something; a session that is over hears nothing.
    public func command(_ id: MediaSessionID, _ command: MediaCommand) {
        let thread = MediaEngine.thread(of: id)
        guard thread < threads.count else { return }
        threads[thread].submit(.command(id, command))
    }

    /// Makes a bridge on the thread of a session. `MediaBridge` tells all about them.
    public func makeBridge(beside neighbour: MediaSessionID) throws(MediaFailure) -> BridgeID {
        let thread = MediaEngine.thread(of: neighbour)
        guard let id = slots.takeBridge(of: thread) else { throw .bridgesExhausted(MediaBridge.maximumPerThread) }
        threads[thread].submit(.makeBridge(slot: MediaEngine.slot(of: id), id))
        return id
    }

    /// Tells a bridge something; one that is closed hears nothing.
    public func command(_ id: BridgeID, _ command: BridgeCommand) {
        let thread = MediaEngine.thread(of: id)
        guard thread < threads.count else { return }
        threads[thread].submit(.bridge(id, command))
    }

    /// Ends all sessions and threads, and waits until recordings are written. A second time there is nothing left to do.
    public func shutdown() {
        // From here on nothing moves, so that each session ends where it is.
        slots.introduce([])
        for thread in threads { thread.stop() }
        for thread in threads { thread.endStragglers() }
        recordings.finish()
        prompts.finish()
    }

    /// The fingerprint of the certificate that the engine shows in DTLS handshakes, for descriptions; `nil` where there can be none.
    public var fingerprint: DTLSFingerprint? { handshakes.identity?.fingerprint }

    /// What the threads measured, as of the last second.
    public var figures: [MediaFigures] { threads.map(\.figures) }

    // MARK: Slots and ports

    static func slot(of id: MediaSessionID) -> Int { Int(id.rawValue & 0xFF_FFFF) }
    static func slot(of id: BridgeID) -> Int { Int(id.rawValue & 0xFF_FFFF) }
    static func thread(of id: MediaSessionID) -> Int { Int(id.rawValue >> 24 & 0xFF) }
    static func thread(of id: BridgeID) -> Int { Int(id.rawValue >> 24 & 0xFF) }

    private func takeSession(on wanted: Int?) throws(MediaFailure) -> MediaSessionID {
        // A thread that falls behind takes no new sessions; one that belongs to a session that it has is no new call.
        let able = wanted.map { [$0] } ?? threads.indices.filter { !threads[$0].isFull.load(ordering: .relaxed) }
        guard !able.isEmpty else { throw .overloaded }
        guard let id = slots.takeSession(of: able) else {
            throw .sessionsExhausted(configuration.threads * configuration.sessionsPerThread)
        }
        return id
    }

    private func bind(_ wildcard: IPAddress, port: UInt16) throws(MediaFailure) -> MediaSockets {
        guard port % 2 == 0 else { throw .socket(TransportAddress(ip: wildcard, port: port), "RTP has an even port") }
        do throws(MediaSockets.Refusal) {
            return try MediaSockets.bind(v6: wildcard.isV6, port: port)
        } catch {
            throw .socket(TransportAddress(ip: wildcard, port: error.port), error.reason)
        }
    }

    /// Goes round the range, so that a port rests before it is used again.
    private func bindNext(_ wildcard: IPAddress) throws(MediaFailure) -> MediaSockets {
        let range = configuration.ports
        for _ in 0...(range.count / 2) {
            guard let candidate = slots.nextPort() else { break }
            do throws(MediaSockets.Refusal) {
                return try MediaSockets.bind(v6: wildcard.isV6, port: candidate)
            } catch {
                // Anything else, such as no descriptor left, is the same for every port.
                guard error.isTaken else { throw .socket(TransportAddress(ip: wildcard, port: error.port), error.reason) }
            }
        }
        throw .portsExhausted(first: range.lowerBound, last: range.upperBound)
    }

    /// Two sockets a call need more descriptors than the usual soft limit.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// What a media thread measured since it began.
public struct MediaFigures: Sendable {
    /// The gaps between the packets that each call was sent.
    public var pacing = PacingHistogram()
    /// The CPU time that the thread used.
    public var cpuTime: Duration = .zero
    /// RTP packets sent.
    public var sent: UInt64 = 0
    /// RTP packets received and taken.
    public var received: UInt64 = 0

    /// Makes zeroes.
    public init() {}

    init(pacing: PacingHistogram, cpuTime: Duration, sent: UInt64, received: UInt64) {
        self.pacing = pacing
        self.cpuTime = cpuTime
        self.sent = sent
        self.received = received
    }
}
