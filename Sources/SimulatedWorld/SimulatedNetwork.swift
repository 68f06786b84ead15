public import Kernel
import SIP

/// A network whose faults are decided by one seed: the same seed and the same traffic give the same losses.
///
/// Datagrams are lost, doubled, delayed and so reordered; streams are only delayed and cut into pieces. Both stop where the network is parted.
public struct SimulatedNetwork: Sendable {
    /// What goes wrong with datagrams.
    public struct Faults: Equatable, Sendable {
        /// The share that is lost, 0–1.
        public var loss = 0.0
        /// The share that comes twice, 0–1.
        public var duplication = 0.0
        /// How long a piece takes. A wide range reorders.
        public var delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(1))

        /// Makes a network without faults.
        public init() {}
    }

    /// What goes wrong from now on.
    public var faults = Faults()
    /// Hosts that nothing comes from and nothing goes to.
    public var cutOff: Set<IPAddress> = []
    /// The number of datagrams lost so far.
    public private(set) var lost = 0

    private var random: SeededRandom
    /// When the last piece of each stream arrives: a stream keeps its order.
    private var streamEnds: [Way: Instant] = [:]

    private struct Way: Hashable {
        let from: TransportAddress
        let to: TransportAddress
    }

    /// Makes a network without faults.
    public init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// What arrives of `bytes`, and when.
    mutating func carry(
        _ bytes: [UInt8], from: TransportAddress, to: TransportAddress, _ transport: Hop.Transport, at now: Instant
    ) -> [(at: Instant, bytes: [UInt8])] {
        guard !cutOff.contains(from.ip), !cutOff.contains(to.ip) else {
            lost += 1
            return []
        }
        guard !transport.isReliable else { return pieces(of: bytes, Way(from: from, to: to), at: now) }
        var arrivals: [(at: Instant, bytes: [UInt8])] = []
        let copies = happens(faults.duplication) ? 2 : 1
        for _ in 0..<copies {
            guard !happens(faults.loss) else {
                lost += 1
                continue
            }
            arrivals.append((now.advanced(by: delay()), bytes))
        }
        return arrivals
    }

    private mutating func pieces(of bytes: [UInt8], _ way: Way, at now: Instant) -> [(at: Instant, bytes: [UInt8])] {
        var arrivals: [(at: Instant, bytes: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + Int(random.next() % 1400))
            rest = rest.dropFirst(piece.count)
            let at = max(now.advanced(by: delay()), streamEnds[way] ?? .zero)
            streamEnds[way] = at
            arrivals.append((at, Array(piece)))
        }
        return arrivals
    }

    private mutating func happens(_ share: Double) -> Bool {
        share > 0 && Double(random.next() >> 11) / Double(1 << 53) < share
    }

    private mutating func delay() -> Duration {
        let (low, high) = (faults.delay.lowerBound.wholeNanoseconds, faults.delay.upperBound.wholeNanoseconds)
        guard high > low else { return faults.delay.lowerBound }
        return .nanoseconds(low + Int64(random.next() % UInt64(high - low + 1)))
    }
}
