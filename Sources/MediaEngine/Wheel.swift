/// When each session of a thread sends. A session whose packets last n phases has its turn in every n-th; new ones get the emptiest turn, so that packets
/// leave evenly and do not burst.
struct Wheel {
    /// The sessions of one packet time: the slots of each turn.
    private struct Spoke {
        let phases: Int
        var turns: [[Int]]

        init(phases: Int) {
            self.phases = phases
            turns = Array(repeating: [], count: phases)
        }
    }

    private var spokes = SessionFormat.packetTimes.map { Spoke(phases: $0 * MediaThread.phases / 20) }

    /// Gives a slot a turn in so many phases: the one wanted, or the emptiest.
    mutating func add(_ slot: Int, every phases: Int, at wanted: Int? = nil) -> Int {
        guard let spoke = spokes.firstIndex(where: { $0.phases == phases }) else { return 0 }
        let turns = spokes[spoke].turns
        let turn = wanted ?? turns.indices.min { turns[$0].count < turns[$1].count } ?? 0
        spokes[spoke].turns[turn].append(slot)
        return turn
    }

    /// Takes a slot's turn away.
    mutating func remove(_ slot: Int, every phases: Int, at turn: Int) {
        guard let spoke = spokes.firstIndex(where: { $0.phases == phases }),
            let place = spokes[spoke].turns[turn].firstIndex(of: slot)
        else { return }
        spokes[spoke].turns[turn].remove(at: place)
    }

    /// The number of sessions.
    var count: Int { spokes.reduce(0) { $0 + $1.turns.reduce(0) { $0 + $1.count } } }

    /// Goes through the slots whose turn a phase is, counted without end.
    @inline(__always)
    func forEach(in phase: Int, _ body: (Int) -> Void) {
        for spoke in spokes { for slot in spoke.turns[phase % spoke.phases] { body(slot) } }
    }
}
