/// How busy a media thread is: the part of each phase that its work takes, averaged over about a second. When that comes near the whole, the thread takes
/// no new sessions, so that those it has do not suffer; it takes them again when there is room to spare.
struct LoadGauge {
    /// The part of the time from which on no session is taken, and below which they are taken again.
    static let (full, relieved) = (0.9, 0.8)
    /// About a second of phases.
    private static let span = 200.0

    private(set) var load = 0.0
    private(set) var isFull = false

    /// Notes that the work of a phase took so long.
    mutating func note(_ work: Int64, of phase: Int64) {
        load += (Double(work) / Double(phase) - load) / LoadGauge.span
        if load > LoadGauge.full { isFull = true } else if load < LoadGauge.relieved { isFull = false }
    }

    /// Below this load a thread takes sessions of a full one.
    private static let spare = 0.7

    /// Which thread takes work of a full one, and which part of it, so that both have the same afterwards; `nil` when all others have enough themselves.
    static func relief(of full: Int, among loads: [Double]) -> (thread: Int, share: Double)? {
        guard loads.indices.contains(full), loads[full] > 0,
            let idlest = loads.indices.filter({ $0 != full }).min(by: { loads[$0] < loads[$1] }), loads[idlest] < spare
        else { return nil }
        return (idlest, max(0, loads[full] - loads[idlest]) / 2 / loads[full])
    }
}
