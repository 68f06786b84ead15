public import Kernel

/// A way through a bad network, decided by a seed: packets are lost, doubled, delayed each by another time, overtaken, and sent by a clock that is not ours.
public struct ImpairedPath: Sendable {
    /// The part of packets that is lost.
    public var loss = 0.0
    /// The part of packets that comes twice.
    public var duplication = 0.0
    /// The part of packets that is held back by 30 ms more, so that others overtake them.
    public var reordering = 0.0
    /// The most that a packet is delayed by chance, in milliseconds.
    public var jitter = 0.0
    /// How much faster the sender's clock runs, in parts per million.
    public var drift = 0.0
    /// What every packet takes, in milliseconds. Where packets are really sent, a clock that is too fast eats it up.
    public var delay = 0.0

    /// A path that does nothing but what is named.
    public init(loss: Double = 0, duplication: Double = 0, reordering: Double = 0, jitter: Double = 0, drift: Double = 0, delay: Double = 0)
    {
        (self.loss, self.duplication, self.reordering) = (loss, duplication, reordering)
        (self.jitter, self.drift, self.delay) = (jitter, drift, delay)
    }

    /// When the copies of a packet arrive that was sent at `sent` milliseconds by the sender's clock: none, one or two times, in milliseconds.
    /// What is drawn depends on the seed and on how many packets there were, on nothing else.
    public func copies(sent: Double, _ random: inout SeededRandom) -> [Double] {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        guard !chance(loss) else { return [] }
        let late = jitter > 0 ? Double.random(in: 0..<jitter, using: &random) : 0
        let arrival = sent / (1 + drift / 1e6) + late + (chance(reordering) ? 30 : 0) + delay
        return chance(duplication) ? [arrival, arrival + 3] : [arrival]
    }

    /// What arrives of packets that are sent so many milliseconds apart: when in milliseconds, and which, in the order of arrival.
    public func arrivals(_ count: Int, apart interval: Double = 20, seed: UInt64) -> [(at: Double, packet: Int)] {
        var random = SeededRandom(seed: seed)
        return (0..<count).flatMap { packet in copies(sent: Double(packet) * interval, &random).map { (at: $0, packet: packet) } }
            .sorted { ($0.at, $0.packet) < ($1.at, $1.packet) }
    }
}
