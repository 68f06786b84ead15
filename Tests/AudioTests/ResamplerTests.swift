import Audio
import Testing

struct ResamplerTests {
    private static let rates = [11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000]

    @Test("a tone keeps its frequency, its level and its length", arguments: rates)
    func tone(rate: Int) throws {
        let sound = Sound(samples: Signals.sine(1000, rate: rate, seconds: 1), rate: rate)
        let result = try sound.resampled(to: 8000)
        #expect(result.rate == 8000)
        #expect(abs(result.samples.count - 8000) <= 2)
        // Away from the edges, where a tone that begins at once rings.
        let middle = result.samples[400..<7600]
        #expect(abs(Signals.decibels(Signals.level(1000, in: middle) / 0.5)) < 0.1)
        for other in [900.0, 1100, 2000, 3000] { #expect(Signals.level(other, in: middle) < 0.002) }
    }

    @Test("a tone keeps its place in time, and sounds to its end", arguments: rates)
    func alignment(rate: Int) throws {
        let sound = Sound(samples: Signals.silence(seconds: 0.25, rate: rate) + Signals.sine(1000, rate: rate, seconds: 0.25), rate: rate)
        let result = try sound.resampled(to: 8000).samples
        #expect(abs(result.count - 4000) <= 2)
        let begin = try #require(result.firstIndex { $0 > 4000 })
        #expect((2000...2003).contains(begin))
        #expect(Signals.level(1000, in: result[3760..<3920]) > 0.49)
        #expect(Signals.peak(result[3985..<3995]) > 12_000)
    }

    @Test("what is above the new band is taken away rather than folded into it", arguments: [16_000, 44_100, 48_000])
    func aliasing(rate: Int) throws {
        let sound = Sound(samples: Signals.sine(6000, rate: rate, seconds: 0.5), rate: rate)
        let result = try sound.resampled(to: 8000).samples
        #expect(Signals.decibels(Signals.level(2000, in: result[400..<3600]) / 0.5) < -50)
        #expect(Signals.peak(result[400..<3600]) < 200)
    }

    @Test("silence stays silence", arguments: rates)
    func silence(rate: Int) throws {
        let result = try Sound(samples: Signals.silence(seconds: 0.5, rate: rate), rate: rate).resampled(to: 8000)
        #expect(abs(result.samples.count - 4000) <= 2)
        #expect(result.samples.allSatisfy { $0 == 0 })
    }

    @Test("the loudest sound is clipped, and does not come out upside down")
    func clipping() throws {
        let square = (0..<44_100).map { $0 / 100 % 2 == 0 ? Int16.max : Int16.min }
        let result = try Sound(samples: square, rate: 44_100).resampled(to: 8000).samples
        for (index, sample) in result.enumerated().dropFirst(20).dropLast(20) {
            let place = (Double(index) * 44_100 / 8000).truncatingRemainder(dividingBy: 200)
            // Beside the edges, which ring.
            if place > 25, place < 75 { #expect(sample > 20_000) }
            if place > 125, place < 175 { #expect(sample < -20_000) }
        }
    }

    @Test("sound goes up to another rate as well, and nothing comes of nothing")
    func upwardsAndEmpty() throws {
        let result = try Sound(samples: Signals.sine(1000, rate: 8000, seconds: 0.5), rate: 8000).resampled(to: 48_000)
        #expect(result.rate == 48_000)
        #expect(abs(result.samples.count - 24_000) <= 2)
        #expect(abs(Signals.decibels(Signals.level(1000, in: result.samples[2400..<21_600], rate: 48_000) / 0.5)) < 0.1)
        #expect(try Sound(samples: [], rate: 44_100).resampled(to: 8000).samples.isEmpty)
        let same = Sound(samples: [1, 2, 3], rate: 8000)
        #expect(try same.resampled(to: 8000) == same)
    }

    @Test("a rate that cannot be converted is named, from whichever side it comes", arguments: [0, 999, 384_001, -8000])
    func unsupported(rate: Int) {
        let failure = AudioFailure.unsupportedRate(rate)
        #expect(throws: failure) { try Sound(samples: [1], rate: rate).resampled(to: 8000) }
        #expect(throws: failure) { try Sound(samples: [1], rate: 8000).resampled(to: rate) }
        #expect(failure.description.contains("\(rate) Hz"))
    }
}
