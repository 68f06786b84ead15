import Audio
import Testing

struct LoudnessTests {
    private func tone(_ amplitude: Double, seconds: Double = 1) -> Sound {
        Sound(samples: Signals.sine(440, rate: 8000, seconds: seconds, level: amplitude), rate: 8000)
    }

    @Test("the level is that of what is spoken, however long the pauses are")
    func pausesDoNotCount() throws {
        let spoken = tone(0.1)
        let silence = [Int16](repeating: 0, count: 24_000)
        let level = try #require(spoken.loudness)
        // A sine of amplitude 0.1: -20 dB, and 3 dB less for its shape.
        #expect(abs(level + 23) < 0.2)
        #expect(abs(try #require(Sound(samples: silence + spoken.samples + silence, rate: 8000).loudness) - level) < 0.2)
        #expect(Sound(samples: silence, rate: 8000).loudness == nil)
        #expect(Sound(samples: [], rate: 8000).loudness == nil)
    }

    @Test(
        "recordings are evened out, as far as peaks and noise allow",
        arguments: [(0.02, -20.0), (0.1, -20), (0.5, -20), (0.9, -20), (0.004, -33)])
    func evened(amplitude: Double, level: Double) throws {
        #expect(abs(try #require(tone(amplitude).evened().loudness) - level) < 0.3)
    }

    @Test("a peak is never clipped by evening out")
    func peaks() throws {
        var samples = tone(0.02).samples
        samples[100] = 30_000
        let evened = Sound(samples: samples, rate: 8000).evened()
        #expect(evened.clippings == 0)
        #expect(evened.samples[100] <= 32_000)
    }

    @Test("what was cut off is counted")
    func clipping() {
        var samples = tone(0.1).samples
        #expect(Sound(samples: samples, rate: 8000).clippings == 0)
        for index in 100..<110 { samples[index] = 32_767 }
        for index in 200..<203 { samples[index] = -32_768 }
        samples[300] = 32_767
        #expect(Sound(samples: samples, rate: 8000).clippings == 2)
    }
}
