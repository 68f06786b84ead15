import Kernel
import Testing

struct DeadlinesTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test("keys come up in the order of their deadlines, and not before")
    func order() {
        var deadlines = Deadlines<String>()
        deadlines.set("c", at: at(30))
        deadlines.set("a", at: at(10))
        deadlines.set("b", at: at(20))
        #expect(deadlines.next == at(10))
        #expect(deadlines.popExpired(at: at(9)) == nil)
        #expect(deadlines.popExpired(at: at(25)) == "a")
        #expect(deadlines.popExpired(at: at(25)) == "b")
        #expect(deadlines.popExpired(at: at(25)) == nil)
        #expect(deadlines.popExpired(at: at(30)) == "c")
        #expect(deadlines.isEmpty && deadlines.next == nil)
    }

    @Test("equal deadlines come up in the order in which they were set")
    func ties() {
        var deadlines = Deadlines<Int>()
        for key in [5, 3, 9, 1] { deadlines.set(key, at: at(10)) }
        #expect((0..<4).map { _ in deadlines.popExpired(at: at(10)) } == [5, 3, 9, 1])
    }

    @Test("setting a key again replaces its deadline, and cancelling removes it")
    func replacing() {
        var deadlines = Deadlines<Int>()
        deadlines.set(1, at: at(10))
        deadlines.set(2, at: at(20))
        deadlines.set(1, at: at(30))
        #expect(deadlines.count == 2)
        #expect(deadlines[1] == at(30))
        #expect(deadlines.next == at(20))
        deadlines.cancel(2)
        deadlines.cancel(2)
        #expect(deadlines.next == at(30))
        #expect(deadlines.popExpired(at: at(29)) == nil)
        #expect(deadlines.popExpired(at: at(31)) == 1)
        #expect(deadlines.popExpired(at: at(99)) == nil)
    }

    @Test("a random history agrees with a sorted list")
    func model() {
        var random = SeededRandom(seed: 17)
        var deadlines = Deadlines<Int>()
        var model: [Int: (at: Instant, order: Int)] = [:]
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<50, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let moment = at(Int64(step) + .random(in: 0..<100, using: &random))
                deadlines.set(key, at: moment)
                model[key] = (moment, step)
            case 6..<8:
                deadlines.cancel(key)
                model[key] = nil
            default:
                let due = model.filter { $0.value.at <= at(Int64(step)) }
                let first = due.min { ($0.value.at, $0.value.order) < ($1.value.at, $1.value.order) }
                #expect(deadlines.popExpired(at: at(Int64(step))) == first?.key)
                if let first { model[first.key] = nil }
            }
            #expect(deadlines.count == model.count)
            #expect(deadlines.next == model.values.map(\.at).min())
        }
    }

    @Test("a timer that is moved on a hundred thousand times stays one timer")
    func restarting() {
        var deadlines = Deadlines<Int>()
        for step in 0..<100_000 { deadlines.set(7, at: at(Int64(100_000 - step))) }
        #expect(deadlines.count == 1)
        #expect(deadlines.popExpired(at: at(0)) == nil)
        #expect(deadlines.popExpired(at: at(1)) == 7)
        #expect(deadlines.popExpired(at: at(1_000_000)) == nil)
    }
}
