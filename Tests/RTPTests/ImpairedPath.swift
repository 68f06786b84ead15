import Kernel

/// A way through a bad network, in virtual time and from a seed: packets are lost, doubled, delayed each by another time, overtaken, and sent by a clock
/// that is not ours.
struct ImpairedPath {
    var loss = 0.0
    var duplication = 0.0
    /// The part of packets that is held back by 30 ms more, so that others overtake them.
    var reordering = 0.0
    /// The most that a packet is delayed, in milliseconds.
    var jitter = 0.0
    /// How much faster the sender's clock runs, in parts per million.
    var drift = 0.0

    /// What arrives of packets that are sent so many milliseconds apart: when in milliseconds, and which, in the order of arrival.
    func arrivals(_ count: Int, apart interval: Double = 20, seed: UInt64) -> [(at: Double, packet: Int)] {
        var random = SeededRandom(seed: seed)
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        var arrivals: [(at: Double, packet: Int)] = []
        for packet in 0..<count {
            guard !chance(loss) else { continue }
            let sent = Double(packet) * interval / (1 + drift / 1e6)
            let late = jitter > 0 ? Double.random(in: 0..<jitter, using: &random) : 0
            let held = chance(reordering) ? 30.0 : 0
            arrivals.append((sent + late + held, packet))
            if chance(duplication) { arrivals.append((sent + late + held + 3, packet)) }
        }
        return arrivals.sorted { ($0.at, $0.packet) < ($1.at, $1.packet) }
    }
}
