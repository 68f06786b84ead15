import Audio
import Foundation
import Kernel
import Testing

/// Samples at 8000 a second.
private func sound(_ seconds: Double, level: Double) -> [Int16] {
    var random = SeededRandom(seed: 7)
    return (0..<Int(seconds * 8000)).map { _ in Int16(level * (Double(random.next() % 2001) / 1000 - 1)) }
}

@Suite struct SpeechMeterTests {
    private func reading(_ samples: [Int16]) -> SpeechReading {
        var meter = SpeechMeter(rate: 8000)
        meter.hear(samples.span)
        return meter.reading
    }

    @Test func `silence is quiet, speech is spoken, and the quiet after it is counted anew`() {
        #expect(reading(sound(2, level: 0)) == SpeechReading(spoken: .zero, quiet: .seconds(2)))
        let talk = reading(sound(1, level: 0) + sound(1.5, level: 4000) + sound(0.7, level: 10))
        #expect(talk == SpeechReading(spoken: .milliseconds(1500), quiet: .milliseconds(700)))
    }

    @Test func `a click is not speech`() {
        #expect(reading(sound(1, level: 0) + sound(0.04, level: 20_000) + sound(1, level: 0)).spoken == .zero)
    }

    @Test func `a line that hums counts as silence after some seconds, and who speaks above it is heard`() {
        let hum = sound(8, level: 500)
        #expect(reading(hum).quiet >= .seconds(2))
        let talk = reading(hum + sound(1, level: 8000))
        #expect(talk.quiet == .zero)
    }
}
