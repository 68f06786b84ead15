import Kernel
import RTP
import Testing

struct DTMFEventReceiverTests {
    private typealias Output = DTMFEventReceiver.Output

    /// A packet of a story: key code, RTP timestamp, duration in units, whether it ends the event, and when it comes.
    private struct Packet {
        var code: UInt8
        var timestamp: UInt32
        var duration: UInt16
        var end = false
        var at: Int64
    }

    private func key(_ code: UInt8) throws -> DTMFKey { try #require(DTMFKey(code: code)) }

    private func play(_ packets: [Packet], rate: UInt32 = 8000, until: Int64? = nil, _ receiver: inout DTMFEventReceiver) -> [Output] {
        var outputs: [Output] = []
        for packet in packets {
            let event = TelephoneEvent(code: packet.code, end: packet.end, duration: packet.duration)
            let now = Instant(nanoseconds: packet.at * 1_000_000)
            receiver.receive(.packet(event, timestamp: packet.timestamp, clockRate: rate), at: now, into: &outputs)
        }
        if let until { receiver.receive(.deadline, at: Instant(nanoseconds: until * 1_000_000), into: &outputs) }
        return outputs
    }

    private func play(_ packets: [Packet], rate: UInt32 = 8000, until: Int64? = nil) -> [Output] {
        var receiver = DTMFEventReceiver()
        return play(packets, rate: rate, until: until, &receiver)
    }

    /// The packets of a 100 ms key as phones send them: five growing ones, then three ends.
    private func press(_ code: UInt8, at start: Int64, timestamp: UInt32) -> [Packet] {
        (1...5).map { Packet(code: code, timestamp: timestamp, duration: UInt16($0 * 160), at: start + Int64($0) * 20) }
            + (0..<3).map { Packet(code: code, timestamp: timestamp, duration: 800, end: true, at: start + 120 + Int64($0) * 20) }
    }

    @Test("a key is heard once when it begins, and its end once", arguments: 0..<16 as Range<UInt8>)
    func wholeEvent(code: UInt8) throws {
        let expected: [Output] = [.began(try key(code)), .ended(try key(code), lasted: .milliseconds(100))]
        #expect(play(press(code, at: 0, timestamp: 1000)) == expected)
        #expect(play([press(code, at: 0, timestamp: 1000)[0]]) == [.began(try key(code))])
    }

    @Test("a key is heard once whichever of its packets arrive, in whichever order")
    func anyPackets() throws {
        var random = SeededRandom(seed: 4733)
        let one = try key(1)
        for _ in 0..<500 {
            var packets = press(1, at: 0, timestamp: 1000).filter { _ in random.next() % 2 == 0 }
            if packets.isEmpty { continue }
            let times = packets.map(\.at)
            packets.shuffle(using: &random)
            for index in packets.indices { packets[index].at = times[index] }
            let outputs = play(packets, until: 1000)
            #expect(outputs.count == 2)
            #expect(outputs.first == .began(one))
        }
    }

    @Test("an end packet alone is a key with its duration")
    func onlyTheEnd() throws {
        let outputs = play([Packet(code: 11, timestamp: 1000, duration: 1600, end: true, at: 0)])
        #expect(outputs == [.began(try key(11)), .ended(try key(11), lasted: .milliseconds(200))])
    }

    @Test("quick keys, also the same twice, are all heard")
    func quickKeys() throws {
        let packets = press(5, at: 0, timestamp: 1000) + press(5, at: 200, timestamp: 2600) + press(6, at: 400, timestamp: 4200)
        let begun = play(packets).filter { if case .began = $0 { true } else { false } }
        #expect(begun == [.began(try key(5)), .began(try key(5)), .began(try key(6))])
    }

    @Test("the next event ends one whose end was lost")
    func lostEnd() throws {
        let packets = Array(press(1, at: 0, timestamp: 1000).prefix(4)) + press(1, at: 200, timestamp: 2600)
        let one = try key(1)
        #expect(
            play(packets) == [
                .began(one), .ended(one, lasted: .milliseconds(80)), .began(one), .ended(one, lasted: .milliseconds(100)),
            ])
    }

    @Test("silence ends one whose end was lost, and late packets of it are not heard again")
    func timeout() throws {
        var receiver = DTMFEventReceiver(timeout: .milliseconds(240))
        let one = try key(1)
        #expect(receiver.nextDeadline == nil)
        #expect(play([Packet(code: 1, timestamp: 1000, duration: 160, at: 100)], &receiver) == [.began(one)])
        #expect(receiver.nextDeadline == Instant(nanoseconds: 340_000_000))
        #expect(play([], until: 339, &receiver) == [])
        #expect(play([], until: 340, &receiver) == [.ended(one, lasted: .milliseconds(20))])
        #expect(receiver.nextDeadline == nil)
        #expect(play([Packet(code: 1, timestamp: 1000, duration: 800, end: true, at: 400)], &receiver) == [])
    }

    @Test("a packet after the deadline acts as the deadline first")
    func lateDeadline() throws {
        let one = try key(1)
        let packets = [Packet(code: 1, timestamp: 1000, duration: 160, at: 0), Packet(code: 2, timestamp: 9000, duration: 160, at: 1000)]
        #expect(play(packets) == [.began(one), .ended(one, lasted: .milliseconds(20)), .began(try key(2))])
    }

    @Test("packets of an earlier event that were overtaken are not heard again")
    func overtaken() throws {
        let first = press(1, at: 0, timestamp: 1000)
        var straggler = first[7]
        straggler.at = 230
        let second = press(2, at: 200, timestamp: 2600)
        let outputs = play(first.dropLast() + second.prefix(1) + [straggler] + second.dropFirst())
        #expect(outputs.count == 4)
        #expect(outputs[2] == .began(try key(2)))
    }

    @Test("a sender whose timestamps began anew is heard")
    func restarted() throws {
        let outputs = play(
            press(1, at: 0, timestamp: 3_000_000) + press(2, at: 5000, timestamp: 1000) + press(3, at: 5300, timestamp: 0x9000_0000))
        #expect(outputs.count == 6)
    }

    @Test("timestamps wrap")
    func wrapping() throws {
        #expect(play(press(1, at: 0, timestamp: 0xFFFF_FF00) + press(2, at: 200, timestamp: 1600 &- 256)).count == 4)
    }

    @Test(
        "a duration is counted in the clock of its payload type",
        arguments: [(8000, 800), (16_000, 1600), (48_000, 4800)] as [(UInt32, UInt16)])
    func clockRates(rate: UInt32, units: UInt16) throws {
        let outputs = play([Packet(code: 3, timestamp: 1, duration: units, end: true, at: 0)], rate: rate)
        #expect(outputs.last == .ended(try key(3), lasted: .milliseconds(100)))
        #expect(play([Packet(code: 3, timestamp: 1, duration: units, end: true, at: 0)], rate: 0).count == 2)
    }

    @Test("a key held longer than a segment is one key")
    func segments() throws {
        var packets: [Packet] = []
        let start: UInt32 = 5000
        // 20 s at 8000 Hz: segments of 65535 units, then the rest.
        var elapsed: UInt32 = 0
        while elapsed < 160_000 {
            elapsed += 400
            let segment = (elapsed - 1) / 65_535
            let within = elapsed - segment * 65_535
            packets.append(
                Packet(
                    code: 0, timestamp: start + segment * 65_535, duration: UInt16(within), end: elapsed == 160_000, at: Int64(elapsed) / 8)
            )
        }
        let zero = try key(0)
        #expect(play(packets) == [.began(zero), .ended(zero, lasted: .seconds(20))])
    }

    @Test("events that are no keys are not reported, but end a key")
    func otherEvents() throws {
        #expect(
            play(
                [Packet(code: 16, timestamp: 1, duration: 160, at: 0), Packet(code: 32, timestamp: 900, duration: 160, end: true, at: 50)],
                until: 900) == [])
        let one = try key(1)
        let packets = [Packet(code: 1, timestamp: 1000, duration: 160, at: 0), Packet(code: 16, timestamp: 1800, duration: 160, at: 100)]
        #expect(play(packets) == [.began(one), .ended(one, lasted: .milliseconds(20))])
    }

    @Test("a reset ends what is heard, and forgets its timestamp")
    func reset() throws {
        var receiver = DTMFEventReceiver()
        let one = try key(1)
        #expect(play([Packet(code: 1, timestamp: 1000, duration: 160, at: 0)], &receiver) == [.began(one)])
        var outputs: [Output] = []
        receiver.reset(into: &outputs)
        receiver.reset(into: &outputs)
        #expect(outputs == [.ended(one, lasted: .milliseconds(20))])
        #expect(play([Packet(code: 1, timestamp: 1000, duration: 160, at: 10)], &receiver) == [.began(one)])
    }

    @Test("random packets never trap, and every end has its beginning")
    func noise() {
        var random = SeededRandom(seed: 99)
        var receiver = DTMFEventReceiver()
        var outputs: [Output] = []
        for step in 0..<30_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) & 0x9F }
            guard let event = TelephoneEvent(parsing: bytes.span) else {
                #expect(bytes.count < 4)
                continue
            }
            let now = Instant(nanoseconds: Int64(step) * 30_000_000)
            let timestamp = UInt32(truncatingIfNeeded: random.next()) & (step % 2 == 0 ? .max : 0x3FFF)
            receiver.receive(.packet(event, timestamp: timestamp, clockRate: UInt32(random.next() % 3) * 8000), at: now, into: &outputs)
        }
        var down: DTMFKey?
        for output in outputs {
            switch output {
            case .began(let key):
                #expect(down == nil)
                down = key
            case .ended(let key, _):
                #expect(down == key)
                down = nil
            }
        }
    }

    @Test("a payload is read and written")
    func payload() {
        let bytes: [UInt8] = [11, 0x8A, 0x03, 0x20, 99]
        let event = TelephoneEvent(code: 11, end: true, volume: 10, duration: 800)
        #expect(TelephoneEvent(parsing: bytes.span) == event)
        #expect(TelephoneEvent(parsing: Array(bytes.prefix(3)).span) == nil)
        var written = [UInt8](repeating: 0, count: 16)
        var span = written.mutableSpan
        let fits = event.write(into: &span)
        let fitsElsewhere = event.write(into: &span, at: 13) || event.write(into: &span, at: -1)
        #expect(fits && !fitsElsewhere)
        #expect(Array(written[12...]) == Array(bytes.prefix(4)))
        #expect(TelephoneEvent(code: 1, end: false, volume: 200, duration: 1).volume == 63)
    }
}
