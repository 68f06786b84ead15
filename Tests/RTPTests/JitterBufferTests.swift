import Impairment
import Kernel
import RTP
import Testing

struct JitterBufferTests {
    /// What came out of a buffer at the pace of our clock.
    struct Played {
        /// When each packet was played, in milliseconds; `nil` for those that never were.
        var at: [Double?]
        var order: [Int] = []
        var lost = 0
        var late: UInt64 = 0

        func share(from first: Int) -> Double { Double(at[first...].count { $0 != nil }) / Double(at.count - first) }

        /// The mean time between sending and playing.
        func delay(_ range: Range<Int>, drift: Double = 0) -> Double {
            let delays = range.compactMap { packet in at[packet].map { $0 - Double(packet) * 20 / (1 + drift / 1e6) } }
            return delays.reduce(0, +) / Double(delays.count)
        }
    }

    /// Sends packets of 20 ms through a network into a buffer, and plays 20 ms of it every 20 ms.
    private func play(_ arrivals: [(at: Double, packet: Int)], _ count: Int) -> Played {
        var buffer = JitterBuffer(clockRate: 8000, slotBytes: 4)
        var played = Played(at: Array(repeating: nil, count: count))
        var next = arrivals.startIndex
        var (time, waiting) = (0.0, 0)
        while time < (arrivals.last?.at ?? 0) + 300 {
            while next < arrivals.endIndex, arrivals[next].at <= time {
                put(arrivals[next].packet, &buffer)
                next += 1
            }
            while waiting < 160 {
                switch buffer.next() {
                case .packet(let slot):
                    let packet = buffer.withPayload(slot) { Int($0[0]) << 16 | Int($0[1]) << 8 | Int($0[2]) }
                    buffer.played(slot: slot, units: 160)
                    played.at[packet] = time
                    played.order.append(packet)
                    if buffer.excess >= 160, buffer.isUrgent { buffer.skipped(units: 160) } else { waiting += 160 }
                case .lost(let units, _):
                    played.lost += 1
                    waiting += units
                case .stretch(let units): waiting += units
                case .nothing: waiting += 160
                }
            }
            waiting -= 160
            time += 20
        }
        played.late = buffer.late
        return played
    }

    @discardableResult
    private func put(_ packet: Int, _ buffer: inout JitterBuffer) -> JitterBuffer.Outcome {
        let payload = [UInt8(packet >> 16), UInt8(packet >> 8 & 0xFF), UInt8(packet & 0xFF), 1]
        return buffer.put(
            sequence: UInt16(truncatingIfNeeded: 65_000 + packet), timestamp: UInt32(truncatingIfNeeded: 0xFFFF_F000 + packet * 160),
            payload: payload.span)
    }

    @Test("what comes in time is played in order, whole, and soon after it came")
    func calm() {
        let played = play(ImpairedPath().arrivals(500, seed: 1), 500)
        #expect(played.order == Array(0..<500))
        #expect(played.lost <= 11)
        #expect((20...80).contains(played.delay(0..<500)))
    }

    @Test("lost packets are missing in their place, doubled and overtaken ones are put right")
    func disorder() {
        let path = ImpairedPath(loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 15)
        let arrivals = path.arrivals(2000, seed: 2)
        let played = play(arrivals, 2000)
        #expect(played.order == played.order.sorted())
        #expect(Set(played.order).count == played.order.count)
        // All that came is played, but for the first that was late, from which the delay was learnt.
        #expect(played.order.count >= Set(arrivals.map(\.packet)).count - 5)
    }

    @Test("the delay grows to what the jitter needs, and less than one packet in a hundred is lost by it", arguments: [40.0, 80, 120, 180])
    func jitter(milliseconds: Double) {
        let played = play(ImpairedPath(jitter: milliseconds).arrivals(3000, seed: 3), 3000)
        #expect(played.share(from: 500) > 0.99)
        #expect(played.delay(1000..<3000) < milliseconds + 40)
    }

    @Test("when the network has calmed down, the delay comes down again")
    func recovery() {
        let rough = ImpairedPath(jitter: 150).arrivals(1000, seed: 4)
        let calm = ImpairedPath().arrivals(3000, seed: 5).filter { $0.packet >= 1010 }
        let played = play(rough + calm, 3000)
        #expect(played.delay(500..<1000) > 120)
        #expect(played.delay(2700..<3000) < 75)
    }

    @Test("a sender's clock that runs too fast or too slow is followed for an hour", arguments: [200.0, -200, 50, -50])
    func drift(partsPerMillion: Double) {
        let count = 180_000
        let played = play(ImpairedPath(jitter: 10, drift: partsPerMillion).arrivals(count, seed: 6), count)
        #expect(played.share(from: 0) > 0.998)
        #expect((10...90).contains(played.delay(count - 3000..<count, drift: partsPerMillion)))
        #expect(played.late < 200)
    }

    @Test("a pause ends the stream after 200 ms; what comes then begins it anew")
    func pause() {
        var buffer = JitterBuffer(clockRate: 8000, slotBytes: 4)
        #expect(put(0, &buffer) == .began)
        var packets = 0
        for _ in 0..<30 {
            if case .packet(let slot) = buffer.next() {
                buffer.played(slot: slot, units: 160)
                packets += 1
            }
        }
        #expect(packets == 1)
        #expect(buffer.next() == .nothing)
        #expect(put(20, &buffer) == .began)
    }

    @Test("a jump of the timestamps begins the stream anew")
    func jump() {
        var buffer = JitterBuffer(clockRate: 8000, slotBytes: 4)
        #expect(put(0, &buffer) == .began)
        #expect(put(1, &buffer) == .kept)
        #expect(put(1, &buffer) == .refused)
        #expect(put(50_000, &buffer) == .began)
    }

    @Test("packets that are empty or too long are refused")
    func lengths() {
        var buffer = JitterBuffer(clockRate: 8000, slotBytes: 4)
        for payload: [UInt8] in [[], [1, 2, 3, 4, 5]] {
            let outcome = buffer.put(sequence: 1, timestamp: 1, payload: payload.span)
            #expect(outcome == .refused)
        }
    }

    @Test("whatever numbers a packet has, nothing breaks")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        var buffer = JitterBuffer(clockRate: 48_000, slotBytes: 16)
        for _ in 0..<50_000 {
            let payload = [UInt8](repeating: 1, count: Int.random(in: 0...20, using: &random))
            let near = Bool.random(using: &random)
            _ = buffer.put(
                sequence: near ? UInt16.random(in: 0...40, using: &random) : .random(in: 0 ... .max, using: &random),
                timestamp: near ? UInt32.random(in: 0...40_000, using: &random) : .random(in: 0 ... .max, using: &random),
                payload: payload.span)
            if case .packet(let slot) = buffer.next() { buffer.played(slot: slot, units: Int.random(in: 0...5760, using: &random)) }
        }
    }
}
