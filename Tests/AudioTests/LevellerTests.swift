import Audio
import Foundation
import Testing

struct LevellerTests {
    /// How loud the last of some seconds of speech is, when it comes so loud as this.
    private func level(_ factor: Double, rate: Int) throws -> Double {
        let speech = try Spoken.said(String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 10))
        var samples = try Sound(samples: speech, rate: 8000).resampled(to: rate).samples.map { Int16(clamping: Int(Double($0) * factor)) }
        let leveller = try #require(Leveller(rate: rate))
        samples.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for start in stride(from: 0, to: buffer.count - rate / 50, by: rate / 50) { leveller.even(base + start, rate / 50) }
        }
        return try #require(Sound(samples: Array(samples.suffix(rate * 5)), rate: rate).loudness)
    }

    @Test("a faint voice becomes louder, and ends near a loud one", arguments: [8000, 16_000])
    func evens(rate: Int) throws {
        let (faint, loud) = (try level(0.08, rate: rate), try level(0.8, rate: rate))
        #expect(abs(faint - loud) < 8, "they are 20 dB apart before, and \(loud - faint) dB behind")
        #expect(loud > -30 && loud < -10, "it is at \(loud) dB")
    }

    @Test("silence stays silence")
    func silence() throws {
        let leveller = try #require(Leveller(rate: 8000))
        var samples = [Int16](repeating: 0, count: 16_000)
        samples.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            leveller.even(base, buffer.count)
        }
        #expect(samples.allSatisfy { abs(Int($0)) < 4 })
    }
}
