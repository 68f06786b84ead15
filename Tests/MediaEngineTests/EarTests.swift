import Audio
import Foundation
import Impairment
import Kernel
import Testing

@testable import MediaEngine

/// What a session hears of a sender, in virtual time.
struct EarTests {
    /// Listens to packets of 20 ms, each 20 ms of our clock; `heard` is told when, in milliseconds, and what.
    private func listen(
        _ arrivals: [(at: Double, packet: Int)], _ codec: Codec, _ payload: (Int) -> [UInt8], heard: (Double, [Int16]) -> Void
    ) throws {
        let ear = try #require(Ear(codec))
        let units = Int(codec.clockRate) / 50
        var frame = [Int16](repeating: 0, count: codec.rate / 50)
        var next = arrivals.startIndex
        for time in stride(from: 0, to: (arrivals.last?.at ?? 0) + 300, by: 20) {
            while next < arrivals.endIndex, arrivals[next].at <= time {
                let packet = arrivals[next].packet
                ear.put(
                    sequence: UInt16(truncatingIfNeeded: packet), timestamp: UInt32(truncatingIfNeeded: 0xFFFF_0000 + packet * units),
                    payload: payload(packet).span)
                next += 1
            }
            ear.take(20, at: codec.rate, into: &frame)
            heard(time, frame)
        }
    }

    @Test("for an hour every word of a sender whose clock runs too fast or too slow is heard whole and soon", arguments: [200.0, -200])
    func drift(partsPerMillion: Double) throws {
        // A second of a tone and a second of silence; a packet of the tone has whole periods.
        let tone = (0..<160).map { G711Law.mu.encode($0 / 10 % 2 == 0 ? 8000 : -8000) }
        let silence = [UInt8](repeating: 0xFF, count: 160)
        var words: [(at: Double, milliseconds: Int)] = []
        var quiet = 1000
        let arrivals = ImpairedPath(jitter: 10, drift: partsPerMillion).arrivals(180_000, seed: 6)
        try listen(arrivals, .pcmu) {
            $0 % 100 < 50 ? tone : silence
        } heard: { time, frame in
            for millisecond in 0..<20 {
                quiet = abs(Int(frame[millisecond * 8])) > 2000 ? 0 : quiet + 1
                guard quiet == 0 else { continue }
                let at = time + Double(millisecond)
                if let last = words.last, at < last.at + Double(last.milliseconds + 100) {
                    words[words.count - 1].milliseconds = Int(at - last.at) + 1
                } else {
                    words.append((at, 1))
                }
            }
        }
        #expect(words.count == 1800)
        // Somewhere 10 ms may be put in, and what follows them is faded in.
        #expect(words.allSatisfy { (995...1015).contains($0.milliseconds) })
        let delays = words.enumerated().map { $1.at - Double($0) * 2000 / (1 + partsPerMillion / 1e6) }
        #expect(delays.allSatisfy { (10...90).contains($0) })
    }

    @Test("the background of a sender of Opus that leaves out pauses is heard all the time, and nothing louder")
    func pauses() throws {
        var random = SeededRandom(seed: 70)
        let encoder = try #require(Codec.opus.makeEncoder())
        let packets = (0..<300).map { packet in
            let samples = (0..<320).map { index in
                let voice = packet < 50 ? 6000 * sin(Double(packet * 320 + index) * 0.07) * sin(Double(packet * 320 + index) * 0.0011) : 0
                return Int16(voice) + Int16.random(in: -60...60, using: &random)
            }
            var bytes = [UInt8](repeating: 0, count: Codec.opus.longestPacket)
            return Array(bytes[..<encoder.encode(samples, 320, into: &bytes, bytes.count)])
        }
        var pause = Pause()
        let sent = packets.indices.filter { $0 < 50 || pause.sends(20, lead: Pause.opusLead) }
        #expect(sent.count < 75)
        var power: [Double] = []
        try listen(sent.map { (Double($0 * 20), $0) }, .opus, { packets[$0] }) { time, frame in
            if (1500..<5000).contains(time) { power.append(frame.reduce(0) { $0 + Double($1) * Double($1) } / 320) }
        }
        #expect(power.allSatisfy { (200.0...1500).contains($0) }, "\(power.map { Int($0) })")
    }
}
