import Kernel
import RTP
import Testing

struct PlayoutBufferTests {
    /// A stream of packets whose bytes count up, as its sender made it.
    private func payload(_ timestamp: UInt32, _ count: Int = 160) -> [UInt8] {
        (0..<UInt32(count)).map { UInt8(truncatingIfNeeded: (timestamp &+ $0) % 251) }
    }

    private func put(_ number: Int, into buffer: inout PlayoutBuffer, units: Int = 160, start: UInt32 = 0) -> PlayoutBuffer.Outcome {
        let timestamp = start &+ UInt32(truncatingIfNeeded: number * units)
        return buffer.put(sequence: UInt16(truncatingIfNeeded: number), timestamp: timestamp, payload: payload(timestamp, units).span)
    }

    private func take(_ buffer: inout PlayoutBuffer, _ count: Int = 160) -> (PlayoutBuffer.Taken, [UInt8]) {
        var audio = [UInt8](repeating: 0, count: count)
        var span = audio.mutableSpan
        let taken = buffer.take(into: &span)
        return (taken, audio)
    }

    @Test("audio comes out a constant time later, in order and whole")
    func constantDelay() {
        var buffer = PlayoutBuffer()
        #expect(take(&buffer).0 == .waiting)
        #expect(put(0, into: &buffer) == .began)
        for tick in 0..<100 {
            let (taken, audio) = take(&buffer)
            if tick < 3 {
                #expect(taken == .waiting)
                #expect(audio.allSatisfy { $0 == 0xFF })
            } else {
                #expect(taken == .audio)
                #expect(audio == payload(UInt32(tick - 3) * 160))
            }
            #expect(put(tick + 1, into: &buffer) == .kept)
        }
    }

    @Test("packets within the delay may come in any order, and twice")
    func reordering() {
        var buffer = PlayoutBuffer()
        var heard: [UInt8] = []
        _ = put(0, into: &buffer, start: 0xFFFF_FE00)
        for group in 0..<30 {
            for number in [2, 1, 3, 2] { _ = put(group * 3 + number, into: &buffer, start: 0xFFFF_FE00) }
            for _ in 0..<3 {
                let (taken, audio) = take(&buffer)
                if taken == .audio { heard += audio }
                #expect(taken == .audio || group == 0)
            }
        }
        #expect(heard == payload(0xFFFF_FE00, heard.count))
        #expect(heard.count == 160 * 87)
        #expect(put(3, into: &buffer, start: 0xFFFF_FE00) == .late)
        #expect(put(90, into: &buffer, start: 0xFFFF_FE00) == .refused)
    }

    @Test("a lost packet is silence of its length, and the rest stays in time")
    func loss() {
        var buffer = PlayoutBuffer()
        for number in [0, 1, 3] { _ = put(number, into: &buffer) }
        for _ in 0..<3 { _ = take(&buffer) }
        #expect(take(&buffer).0 == .audio)
        #expect(take(&buffer).0 == .audio)
        let (taken, audio) = take(&buffer)
        #expect(taken == .lost)
        #expect(audio == Array(repeating: 0xFF, count: 160))
        let (next, after) = take(&buffer)
        #expect(next == .audio && after == payload(480))
        #expect(take(&buffer).0 == .lost)
    }

    @Test("a packet that comes after its time is late, and is counted")
    func late() {
        var buffer = PlayoutBuffer()
        _ = put(0, into: &buffer)
        for _ in 0..<5 { _ = take(&buffer) }
        #expect(put(1, into: &buffer) == .late)
        #expect(buffer.late == 1)
        #expect(put(2, into: &buffer) == .kept)
        #expect(take(&buffer).1 == payload(320))
    }

    @Test("a peer's packets need not be as long as a tick", arguments: [80, 240, 320, 480])
    func otherPacketTimes(units: Int) {
        var buffer = PlayoutBuffer()
        var heard: [UInt8] = []
        var sent = 0
        for tick in 0..<60 {
            while sent * units <= tick * 160 {
                _ = put(sent, into: &buffer, units: units)
                sent += 1
            }
            let (taken, audio) = take(&buffer)
            #expect(taken == (tick < 3 ? .waiting : .audio))
            if taken == .audio { heard += audio }
        }
        #expect(heard == payload(0, heard.count))
    }

    @Test("a half of a tick that is missing is filled with silence")
    func partly() {
        var buffer = PlayoutBuffer()
        for number in [0, 1, 2, 4, 5] { _ = put(number, into: &buffer, units: 80) }
        for _ in 0..<4 { _ = take(&buffer) }
        let (taken, audio) = take(&buffer)
        #expect(taken == .partly(missing: 80))
        #expect(Array(audio[..<80]) == payload(160, 80))
        #expect(audio[80...].allSatisfy { $0 == 0xFF })
    }

    @Test("a jump ahead or far back begins anew after the usual delay")
    func jumps() {
        var buffer = PlayoutBuffer()
        _ = put(0, into: &buffer)
        _ = put(1, into: &buffer)
        for start in [1_000_000, 0x9000_0000, 5000] as [UInt32] {
            #expect(put(2, into: &buffer, start: start) == .began)
            #expect((0..<3).map { _ in take(&buffer).0 } == [.waiting, .waiting, .waiting])
            #expect(take(&buffer).1 == payload(start + 320))
        }
    }

    @Test("a sender whose clock stood still is taken up again after five late ticks")
    func stoodStill() {
        var buffer = PlayoutBuffer()
        _ = put(0, into: &buffer)
        for _ in 0..<20 { _ = take(&buffer) }
        var outcomes: [PlayoutBuffer.Outcome] = []
        for number in 1..<9 {
            outcomes.append(put(number, into: &buffer))
            _ = take(&buffer)
        }
        #expect(outcomes == [.late, .late, .late, .late, .late, .began, .kept, .kept])
    }

    @Test("a burst after a stall is not a reason to begin anew")
    func burst() {
        var buffer = PlayoutBuffer()
        _ = put(0, into: &buffer)
        for _ in 0..<15 { _ = take(&buffer) }
        let outcomes = (1..<16).map { put($0, into: &buffer) }
        #expect(!outcomes.contains(.began))
        #expect(outcomes.filter { $0 == .kept }.count == 4)
        #expect(take(&buffer).1 == payload(12 * 160))
    }

    @Test("two bytes to a unit are handed out whole")
    func linear() {
        var buffer = PlayoutBuffer(.init(delay: 160, unitBytes: 2, silence: 0))
        let bytes = payload(0, 320)
        #expect(buffer.put(sequence: 0, timestamp: 0, payload: bytes.span) == .began)
        #expect(take(&buffer, 320).0 == .waiting)
        let (taken, audio) = take(&buffer, 320)
        #expect(taken == .audio && audio == bytes)
        #expect(buffer.put(sequence: 1, timestamp: 160, payload: Array(bytes.prefix(3)).span) == .refused)
    }

    @Test("what is empty or too long is refused, and a short span gets the beginning")
    func sizes() {
        var buffer = PlayoutBuffer(.init(delay: 0, slotBytes: 160))
        #expect(buffer.put(sequence: 0, timestamp: 0, payload: [UInt8]().span) == .refused)
        #expect(put(0, into: &buffer, units: 161) == .refused)
        #expect(put(0, into: &buffer) == .began)
        let (taken, audio) = take(&buffer, 10)
        #expect(taken == .audio && audio == payload(0, 10))
    }

    @Test("a reset forgets everything")
    func reset() {
        var buffer = PlayoutBuffer()
        _ = put(0, into: &buffer)
        buffer.reset()
        #expect((0..<5).allSatisfy { _ in take(&buffer).0 == .waiting })
        #expect(put(7, into: &buffer) == .began)
    }

    @Test("a random history never traps, and never hands out audio of another time")
    func noise() {
        var random = SeededRandom(seed: 60)
        for shape in [
            PlayoutBuffer.Shape(), .init(tick: 0, delay: -5, maximumDelay: 0, unitBytes: 0, slots: 0, slotBytes: 0),
            .init(slots: 3, slotBytes: 200),
        ] {
            var buffer = PlayoutBuffer(shape)
            for step in 0..<5000 {
                let sequence = random.next() % 50 == 0 ? UInt16(truncatingIfNeeded: random.next()) : UInt16(truncatingIfNeeded: step)
                let timestamp = random.next() % 50 == 0 ? UInt32(truncatingIfNeeded: random.next()) : UInt32(step) * 160
                let length = Int.random(in: 0..<300, using: &random)
                _ = buffer.put(sequence: sequence, timestamp: timestamp, payload: payload(timestamp, length).span)
                if random.next() % 3 != 0 { _ = take(&buffer, Int.random(in: 0..<400, using: &random)) }
            }
        }
    }
}
