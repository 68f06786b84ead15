import Kernel
import RTP
import Testing

struct RTPSenderTests {
    @Test("packets are numbered one by one, their timestamps grow by their samples, and the first has the marker")
    func numbering() {
        var random = SeededRandom(seed: 1)
        var sender = RTPSender(random: &random)
        let (sequence, timestamp) = (sender.sequence, sender.timestamp)
        let headers = (0..<3).map { _ in sender.audio(payloadType: 8, samples: 160, octets: 160) }
        #expect(headers.map(\.sequence) == [sequence, sequence + 1, sequence + 2])
        #expect(headers.map(\.timestamp) == [timestamp, timestamp &+ 160, timestamp &+ 320])
        #expect(headers.map(\.marker) == [true, false, false])
        #expect(headers.allSatisfy { $0.ssrc == sender.ssrc && $0.payloadType == 8 })
        #expect(sender.packets == 3 && sender.octets == 480)
    }

    @Test("after silence the timestamp has gone on and the marker is set again")
    func silence() {
        var random = SeededRandom(seed: 2)
        var sender = RTPSender(random: &random)
        let first = sender.audio(payloadType: 0, samples: 160, octets: 160)
        sender.skip(samples: 1600)
        let second = sender.audio(payloadType: 0, samples: 160, octets: 160)
        #expect(second.marker)
        #expect(second.timestamp == first.timestamp &+ 1760)
        #expect(second.sequence == first.sequence + 1)
    }

    @Test("an event takes a number but no time")
    func event() {
        var random = SeededRandom(seed: 3)
        var sender = RTPSender(random: &random)
        let start = sender.timestamp
        let event = sender.event(payloadType: 101, timestamp: start, marker: true)
        #expect(event.marker && event.payloadType == 101 && event.timestamp == start)
        #expect(sender.timestamp == start)
        #expect(sender.packets == 1 && sender.octets == 4)
        #expect(sender.audio(payloadType: 0, samples: 160, octets: 160).sequence == event.sequence + 1)
    }

    @Test("sequence and timestamp wrap")
    func wrapping() {
        var random = SeededRandom(seed: 4)
        var sender = RTPSender(random: &random)
        let first = sender.sequence
        for _ in 0..<65_536 { _ = sender.audio(payloadType: 0, samples: 1 << 20, octets: 1) }
        #expect(sender.sequence == first)
    }

    @Test("a sender report tells what was sent; without a packet there is none")
    func report() throws {
        var random = SeededRandom(seed: 5)
        var sender = RTPSender(random: &random)
        let now = NTPTime(unixNanoseconds: 0)
        #expect(sender.report(at: now) == nil)
        _ = sender.audio(payloadType: 0, samples: 160, octets: 160)
        let report = try #require(sender.report(at: now))
        #expect(report == SenderInformation(ssrc: sender.ssrc, ntp: now, timestamp: sender.timestamp, packets: 1, octets: 160))
    }

    @Test("a new source after a collision counts anew")
    func collision() {
        var random = SeededRandom(seed: 6)
        var sender = RTPSender(random: &random)
        let old = sender.ssrc
        _ = sender.audio(payloadType: 0, samples: 160, octets: 160)
        sender.renew(random: &random)
        #expect(sender.ssrc != old && sender.packets == 0)
        #expect(sender.audio(payloadType: 0, samples: 160, octets: 160).marker)
    }

    @Test(
        "wall-clock time is counted from 1900",
        arguments: [
            (0, 0x83AA_7E80_0000_0000), (1_500_000_000, 0x83AA_7E81_8000_0000),
            (-500_000_000, 0x83AA_7E7F_8000_0000), (999_999_999, 0x83AA_7E80_FFFF_FFFB),
        ] as [(Int64, UInt64)])
    func clock(unix: Int64, ntp: UInt64) {
        #expect(NTPTime(unixNanoseconds: unix).rawValue == ntp)
    }

    @Test("the clock wraps in 2036 and never traps")
    func era() {
        #expect(NTPTime(unixNanoseconds: 2_085_978_496 * 1_000_000_000).rawValue == 0)
        for extreme in [Int64.min, .max] { #expect(NTPTime(unixNanoseconds: extreme).rawValue != 1) }
    }
}
