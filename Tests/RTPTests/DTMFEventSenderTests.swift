import Kernel
import RTP
import Testing

struct DTMFEventSenderTests {
    /// Runs the sender for some ticks of 160 units from timestamp 1000.
    private func run(_ sender: inout DTMFEventSender, ticks: Int, units: UInt32 = 160) -> [DTMFEventSender.Packet?] {
        (0..<ticks).map { sender.tick(timestamp: 1000 + UInt32($0) * units) }
    }

    private func keys(_ text: String) -> [DTMFKey] { text.compactMap { DTMFKey($0) } }

    @Test("a key is five packets of growing duration, the last an end sent three times, and a gap")
    func oneKey() throws {
        var sender = DTMFEventSender()
        #expect(!sender.isBusy)
        #expect(sender.tick(timestamp: 0) == nil)
        let key = try #require(DTMFKey("#"))
        let accepted = sender.send(key)
        #expect(accepted)
        #expect(sender.isBusy)
        let ticks = run(&sender, ticks: 10)
        #expect(!sender.isBusy)
        let sent = ticks.compactMap(\.self)
        #expect(ticks.prefix(7).allSatisfy { $0 != nil } && ticks.suffix(3).allSatisfy { $0 == nil })
        #expect(sent.map(\.event.duration) == [160, 320, 480, 640, 800, 800, 800])
        #expect(sent.map(\.event.end) == [false, false, false, false, true, true, true])
        #expect(sent.map(\.marker) == [true, false, false, false, false, false, false])
        #expect(sent.allSatisfy { $0.timestamp == 1000 && $0.event.code == 11 })
    }

    @Test("keys follow each other after the gap, each with a timestamp of its own")
    func severalKeys() {
        var sender = DTMFEventSender()
        for key in keys("12") { _ = sender.send(key) }
        let sent = run(&sender, ticks: 20)
        #expect(sent[0]?.marker == true && sent[10]?.marker == true)
        #expect(sent[10]?.timestamp == 2600)
        #expect(sent[10]?.event.code == 2)
        #expect(!sender.isBusy)
    }

    @Test(
        "what is sent is heard, at each clock rate and length",
        arguments: [(8000, 100, 100), (48_000, 60, 40), (16_000, 20, 20), (8000, 1, 1), (8000, 60_000, 100), (48_000, 5000, 0)]
            as [(UInt32, Int, Int)])
    func heard(rate: UInt32, tone: Int, gap: Int) {
        var sender = DTMFEventSender(clockRate: rate, tone: .milliseconds(tone), gap: .milliseconds(gap))
        let pressed = keys("0123456789*#ABCD55")
        for key in pressed { _ = sender.send(key) }
        var receiver = DTMFEventReceiver()
        var outputs: [DTMFEventReceiver.Output] = []
        var tick = 0
        while sender.isBusy, tick < 100_000 {
            let timestamp = UInt32.max - 5000 &+ UInt32(tick) &* (rate / 50)
            if let packet = sender.tick(timestamp: timestamp) {
                let now = Instant(nanoseconds: Int64(tick) * 20_000_000)
                receiver.receive(.packet(packet.event, timestamp: packet.timestamp, clockRate: rate), at: now, into: &outputs)
            }
            tick += 1
        }
        let heard = outputs.compactMap { if case .began(let key) = $0 { key } else { nil } }
        let ends = outputs.compactMap { if case .ended(_, let lasted) = $0 { lasted } else { nil } }
        #expect(heard == pressed)
        #expect(ends.count == pressed.count)
        #expect(ends.allSatisfy { $0 >= .milliseconds(min(tone, 65_535 * 1000 / Int(rate) - 20)) })
    }

    @Test("waiting keys are limited, and can be cancelled without cutting the present one")
    func waiting() throws {
        var sender = DTMFEventSender()
        let key = try #require(DTMFKey("1"))
        let accepted = (0...DTMFEventSender.maximumWaiting).map { _ in sender.send(key) }
        #expect(accepted.filter(\.self).count == DTMFEventSender.maximumWaiting)
        #expect(accepted.last == false)
        _ = sender.tick(timestamp: 0)
        let acceptedAgain = sender.send(key)
        #expect(acceptedAgain)
        sender.cancelWaiting()
        #expect(sender.isBusy)
        #expect(run(&sender, ticks: 9).compactMap(\.self).count == 6)
        #expect(!sender.isBusy)
    }
}
