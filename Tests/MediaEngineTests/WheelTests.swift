import Testing

@testable import MediaEngine

struct WheelTests {
    /// The phases of a second and more in which each slot has its turn.
    private func turns(_ wheel: Wheel) -> [Int: [Int]] {
        var turns: [Int: [Int]] = [:]
        for phase in 0..<240 { wheel.forEach(in: phase) { turns[$0, default: []].append(phase) } }
        return turns
    }

    @Test("a session sends once in the time of its packets", arguments: SessionFormat.packetTimes)
    func pace(milliseconds: Int) {
        var wheel = Wheel()
        let phases = milliseconds / 5
        _ = wheel.add(7, every: phases)
        let turns = turns(wheel)[7] ?? []
        #expect(turns.count == 240 / phases)
        #expect(zip(turns, turns.dropFirst()).allSatisfy { $1 - $0 == phases })
    }

    @Test("turns stay even, whoever leaves")
    func even() {
        var wheel = Wheel()
        var places: [Int: Int] = [:]
        for slot in 0..<100 { places[slot] = wheel.add(slot, every: 4) }
        for slot in places.keys.filter({ places[$0] == 2 }) { wheel.remove(slot, every: 4, at: 2) }
        #expect(wheel.count == 75)
        for slot in 100..<125 { #expect(wheel.add(slot, every: 4) == 2) }
        var inPhase = [0, 0, 0, 0]
        for (_, turns) in turns(wheel) { inPhase[turns[0]] += 1 }
        #expect(inPhase == [25, 25, 25, 25])
    }

    @Test("a turn that is wanted is given")
    func wanted() {
        var wheel = Wheel()
        #expect(wheel.add(1, every: 6, at: 5) == 5)
        #expect(turns(wheel)[1]?.first == 5)
    }
}
