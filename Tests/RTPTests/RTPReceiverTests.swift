import Kernel
import RTP
import Testing

struct RTPReceiverTests {
    private func packet(_ sequence: UInt16, ssrc: UInt32 = 1, timestamp: UInt32? = nil) -> RTPHeader {
        RTPHeader(payloadType: 0, sequence: sequence, timestamp: timestamp ?? UInt32(sequence) &* 160, ssrc: ssrc)
    }

    private func at(_ milliseconds: Double) -> Instant { Instant(nanoseconds: Int64(milliseconds * 1_000_000)) }

    /// Feeds sequence numbers and gives the verdicts.
    private func feed(_ sequences: [UInt16], to receiver: inout RTPReceiver) -> [RTPReceiver.Verdict] {
        sequences.map { receiver.receive(packet($0), at: .zero) }
    }

    @Test(
        "sequence numbers are judged",
        arguments: [
            ([5, 6, 7], [.newSource, .next, .next], 3, 0), ([5, 6, 9], [.newSource, .next, .next], 3, 2),
            ([5, 7, 6], [.newSource, .next, .late], 3, 0),
            ([5, 6, 6], [.newSource, .next, .duplicate], 2, 0),
            ([5, 7, 6, 6, 7], [.newSource, .next, .late, .duplicate, .duplicate], 3, 0),
            ([65_534, 65_535, 0, 1], [.newSource, .next, .next, .next], 4, 0), ([65_535, 1, 0], [.newSource, .next, .late], 3, 0),
            ([5, 4], [.newSource, .late], 2, 0), ([0, 65_535, 1], [.newSource, .late, .next], 3, 0),
            ([5, 3, 6], [.newSource, .late, .next], 3, 1),
            ([100, 300, 236], [.newSource, .next, .duplicate], 2, 199), ([100, 300, 237], [.newSource, .next, .late], 3, 198),
            ([100, 10_000, 101], [.newSource, .unproven, .next], 2, 0),
            ([100, 10_000, 10_001, 10_002], [.newSource, .unproven, .newSource, .next], 2, 0),
            ([40_000, 100, 101], [.newSource, .unproven, .newSource], 1, 0), ([100, 3099], [.newSource, .next], 2, 2998),
            ([100, 3100], [.newSource, .unproven], 1, 0),
        ] as [([UInt16], [RTPReceiver.Verdict], UInt64, Int64)])
    func sequences(numbers: [UInt16], verdicts: [RTPReceiver.Verdict], received: UInt64, lost: Int64) {
        var receiver = RTPReceiver(clockRate: 8000)
        #expect(feed(numbers, to: &receiver) == verdicts)
        #expect(receiver.received == received)
        #expect(receiver.lost == lost)
    }

    @Test("the highest number counts wraps")
    func wraps() {
        var receiver = RTPReceiver(clockRate: 8000)
        for number in 0..<140_000 { _ = receiver.receive(packet(UInt16(truncatingIfNeeded: number)), at: .zero) }
        #expect(receiver.highest == 139_999)
        #expect(receiver.received == 140_000 && receiver.lost == 0)
    }

    @Test("another source takes over with its second packet in sequence, and not while the first is heard")
    func anotherSource() {
        var receiver = RTPReceiver(clockRate: 8000)
        #expect(receiver.receive(packet(1, ssrc: 1), at: .zero) == .newSource)
        #expect(receiver.receive(packet(500, ssrc: 2), at: .zero) == .unproven)
        #expect(receiver.receive(packet(2, ssrc: 1), at: .zero) == .next)
        #expect(receiver.receive(packet(501, ssrc: 2), at: .zero) == .unproven)
        #expect(receiver.receive(packet(503, ssrc: 2), at: .zero) == .unproven)
        #expect(receiver.receive(packet(504, ssrc: 2), at: .zero) == .newSource)
        #expect(receiver.ssrc == 2 && receiver.received == 1)
        #expect(receiver.receive(packet(3, ssrc: 1), at: .zero) == .unproven)
    }

    @Test("loss of an earlier source is not forgotten")
    func lossOverSources() {
        var receiver = RTPReceiver(clockRate: 8000)
        _ = feed([1, 4], to: &receiver)
        for number in [7, 8, 10] as [UInt16] { _ = receiver.receive(packet(number, ssrc: 9), at: .zero) }
        #expect(receiver.lost == 3)
        #expect(receiver.report(at: .zero)?.lost == 1)
    }

    @Test("packets that come evenly have no jitter, whatever the clock rate", arguments: [8000, 16_000, 48_000, 90_000] as [UInt32])
    func noJitter(rate: UInt32) {
        var receiver = RTPReceiver(clockRate: rate)
        // Late on the clock, so that the product of time and rate is large.
        let start = 90.0 * 86_400_000
        for number in 0..<200 as Range<UInt16> {
            _ = receiver.receive(packet(number, timestamp: UInt32(number) * rate / 50), at: at(start + Double(number) * 20))
        }
        #expect(receiver.jitter == 0)
    }

    @Test("jitter comes close to the mean difference between neighbours")
    func jitter() {
        var receiver = RTPReceiver(clockRate: 8000)
        // Every second packet is 10 ms late: each differs from the one before by 80 units.
        for number in 0..<400 as Range<UInt16> {
            _ = receiver.receive(packet(number), at: at(Double(number) * 20 + (number % 2 == 0 ? 0 : 10)))
        }
        #expect((78...80).contains(receiver.jitter))
        #expect(abs(receiver.jitterMilliseconds - 10) < 0.3)
    }

    @Test("the first steps of jitter are those of RFC 3550 appendix A.8")
    func jitterSteps() {
        var receiver = RTPReceiver(clockRate: 8000)
        _ = receiver.receive(packet(0), at: at(0))
        _ = receiver.receive(packet(1), at: at(40))
        // D = 160 units, J = 0 + (160 - 0) / 16.
        #expect(receiver.jitter == 10)
        _ = receiver.receive(packet(2), at: at(60))
        // D = 0: J = 10 - (10 * 16 + 8) / 256 in sixteenths.
        #expect(receiver.jitter == 9)
    }

    @Test("events, duplicates and clocks that are set do not count as jitter")
    func notJitter() {
        var receiver = RTPReceiver(clockRate: 8000)
        _ = receiver.receive(packet(0), at: at(0))
        for number in 1..<6 as Range<UInt16> {
            _ = receiver.receive(packet(number, timestamp: 160), at: at(Double(number) * 20), measuresJitter: false)
        }
        _ = receiver.receive(packet(5), at: at(400))
        _ = receiver.receive(packet(6), at: at(120))
        _ = receiver.receive(packet(7, timestamp: 0x8000_0000), at: at(140))
        #expect(receiver.jitter == 0)
    }

    @Test("a report block tells the loss since the last one")
    func reportBlock() throws {
        var receiver = RTPReceiver(clockRate: 8000)
        #expect(receiver.report(at: .zero) == nil)
        _ = feed([10, 11, 12, 15], to: &receiver)
        let firstReport = receiver.report(at: .zero)
        let first = try #require(firstReport)
        #expect(first.ssrc == 1 && first.lost == 2 && first.highest == 15)
        #expect(first.fractionLost == UInt8(2 * 256 / 6))
        #expect(first.lastReport == 0 && first.delay == 0)
        _ = feed([16, 17], to: &receiver)
        let secondReport = receiver.report(at: .zero)
        let second = try #require(secondReport)
        #expect(second.lost == 2 && second.fractionLost == 0)
        #expect(receiver.report(at: .zero)?.fractionLost == 0)
        // A late packet makes up for loss of the interval before: less than nothing is lost.
        _ = feed([13], to: &receiver)
        let thirdReport = receiver.report(at: .zero)
        let third = try #require(thirdReport)
        #expect(third.lost == 1 && third.fractionLost == 0)
    }

    @Test("a report block names the last sender report and the time since")
    func lastSenderReport() throws {
        var receiver = RTPReceiver(clockRate: 8000)
        _ = feed([1], to: &receiver)
        let ntp = NTPTime(0x1122_3344_5566_7788)
        receiver.receive(SenderInformation(ssrc: 99, ntp: NTPTime(0), timestamp: 0, packets: 0, octets: 0), at: at(0))
        receiver.receive(SenderInformation(ssrc: 1, ntp: ntp, timestamp: 0, packets: 0, octets: 0), at: at(1000))
        let blockReport = receiver.report(at: at(3500))
        let block = try #require(blockReport)
        #expect(block.lastReport == 0x3344_5566)
        #expect(block.delay == UInt32(2.5 * 65_536))
    }

    @Test("random headers never trap, and a packet is never counted twice")
    func noise() {
        var random = SeededRandom(seed: 31)
        var receiver = RTPReceiver(clockRate: 8000)
        var number: UInt16 = 0
        for step in 0..<20_000 {
            let choice = random.next() % 20
            number =
                choice == 0 ? UInt16(truncatingIfNeeded: random.next()) : choice < 3 ? number &- UInt16(random.next() % 80) : number &+ 1
            let header = packet(number, ssrc: choice == 4 ? 2 : 1, timestamp: choice == 5 ? UInt32(truncatingIfNeeded: random.next()) : nil)
            _ = receiver.receive(header, at: at(Double(step)))
            if choice == 6 { _ = receiver.report(at: at(Double(step))) }
            #expect(receiver.receive(header, at: at(Double(step))) != .next)
        }
    }
}
