import Impairment
import Kernel
import RTP
import Testing

struct ImpairedDigitTests {
    /// The packets of keys as a telephone sends them: 100 ms each, 100 ms apart, with audio between.
    private func packets(_ keys: [DTMFKey]) -> [(header: RTPHeader, event: TelephoneEvent)] {
        var random = SeededRandom(seed: 10)
        var sender = RTPSender(random: &random)
        var keysSent = DTMFEventSender()
        var packets: [(RTPHeader, TelephoneEvent)] = []
        for key in keys { _ = keysSent.send(key) }
        while keysSent.isBusy {
            if let packet = keysSent.tick(timestamp: sender.timestamp) {
                packets.append((sender.event(payloadType: 101, timestamp: packet.timestamp, marker: packet.marker), packet.event))
            } else {
                packets.append((sender.audio(payloadType: 0, samples: 0, octets: 160), TelephoneEvent(code: 255, end: false, duration: 0)))
            }
            sender.skip(samples: 160)
        }
        return packets
    }

    @Test("no digit is lost or doubled by 10 % loss, duplicates and reordering", arguments: 0..<20)
    func survival(seed: Int) {
        let keys = Array("1234567890*#1122334455667788990011".compactMap { DTMFKey($0) })
        let packets = packets(keys)
        let path = ImpairedPath(loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 15)
        var receiver = RTPReceiver(clockRate: 8000)
        var events = DTMFEventReceiver()
        var outputs: [DTMFEventReceiver.Output] = []
        for arrival in path.arrivals(packets.count, seed: UInt64(seed)) {
            let now = Instant(nanoseconds: Int64(arrival.at * 1e6))
            let (header, event) = packets[arrival.packet]
            let verdict = receiver.receive(header, at: now, measuresJitter: false)
            guard header.payloadType == 101, verdict != .unproven else { continue }
            events.receive(.packet(event, timestamp: header.timestamp, clockRate: 8000), at: now, into: &outputs)
        }
        let heard = outputs.compactMap { if case .began(let key) = $0 { key } else { nil } }
        #expect(heard == keys)
    }
}
