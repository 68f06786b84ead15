import Audio
import Foundation
import Kernel
import Testing

/// Who begins to speak over a prompt: by voices of espeak-ng, through G.711 and a line that hums faintly.
struct SpeechDetectorTests {
    /// After how much of something speech is heard in it; `nil` when none is.
    private func heard(_ samples: [Int16], rate: Int = 8000) throws -> Duration? {
        var detector = SpeechDetector(rate: rate)
        let line = (quiet(1) + samples + quiet(0.4)).map { G711Law.mu.decode(G711Law.mu.encode($0)) }
        let all = rate == 8000 ? line : try Sound(samples: line, rate: 8000).resampled(to: rate).samples
        for start in stride(from: 0, to: all.count, by: 137) where detector.hears(Array(all[start..<min(start + 137, all.count)]).span) {
            return .milliseconds((start + 137) * 1000 / rate - 1000)
        }
        return nil
    }

    private func quiet(_ seconds: Double) -> [Int16] {
        var random = SeededRandom(seed: 5)
        return Signals.whiteNoise(Int(seconds * 8000), level: 0.001, &random)
    }

    private func noise(_ seconds: Double, _ level: Double) -> [Int16] {
        var random = SeededRandom(seed: 8)
        return Signals.whiteNoise(Int(seconds * 8000), level: level, &random)
    }

    /// What a voice says, at a level in dB below full scale.
    private func said(_ words: String, voice: String = "en-us", at level: Double) throws -> [Int16] {
        let sound = try Sound(samples: Spoken.said(words, voice: voice), rate: 8000)
        let gain = pow(10, (level - (try #require(sound.loudness))) / 20)
        return sound.samples.map { Int16(clamping: Int(Double($0) * gain)) }
    }

    private static let voices = ["en-us", "en-us+f3", "en-us+m3", "de+f2", "es+f4"]

    @Test(
        "who begins to speak is heard within their first words", arguments: voices,
        ["Hello, I would like to speak to somebody.", "No, wait a minute please.", "Guten Tag, hier ist Anna Müller."])
    func speech(voice: String, words: String) throws {
        for level in [-18.0, -23] {
            for rate in [8000, 16_000] {
                let after = try #require(try heard(said(words, voice: voice, at: level), rate: rate), "\(level) dB at \(rate)")
                #expect(after >= .milliseconds(60) && after <= .milliseconds(900), "\(level) dB at \(rate): after \(after)")
            }
        }
    }

    @Test("who speaks in a noisy place is heard above the noise")
    func inNoise() throws {
        let words = try said("Hello, this is Miller.", at: -20)
        let hum = noise(2 + Double(words.count) / 8000, 0.03)
        let samples = hum.enumerated().map { $1 &+ ($0 < 16_000 || $0 - 16_000 >= words.count ? 0 : words[$0 - 16_000]) }
        let after = try #require(try heard(samples))
        #expect(after > .seconds(2))
    }

    @Test("a key is not speech, however long and loud, nor is it when many are pressed", arguments: Array("0123456789*#ABCD"))
    func keys(face: Character) throws {
        let key = try #require(DTMFKey(face))
        for milliseconds in [60, 100, 300, 2000] {
            let tone = Tone.key(key, for: .milliseconds(milliseconds)).samples
            #expect(try heard(Array(repeatElement(tone + quiet(0.08), count: 6).joined())) == nil, "\(milliseconds) ms")
        }
    }

    @Test("the tones of the network and beeps are not speech", arguments: ["US", "GB", "DE"])
    func tones(country: String) throws {
        let tones =
            Tone.ringback(country: country).samples + Tone.busy(country: country).samples + Tone.congestion(country: country).samples
        #expect(try heard(tones + tones + Tone.zip.samples + Tone.beep.samples) == nil)
        for frequency in [150.0, 440, 950, 1000, 1400, 1800, 2100] {
            #expect(try heard(Signals.sine(frequency, rate: 8000, seconds: 1, level: 0.3)) == nil, "\(frequency) Hz")
        }
    }

    @Test("clicks, noise that begins, and gusts of it are not speech", arguments: [0.05, 0.2, 0.6])
    func noises(level: Double) throws {
        for seconds in [0.02, 0.05, 0.1, 3] {
            #expect(try heard(Array(repeatElement(noise(seconds, level) + quiet(0.3), count: 4).joined())) == nil, "\(seconds) s")
        }
        let gusts = noise(4, level).enumerated().map { Int16(Double($1) * abs(sin(Double($0) / 2400))) }
        #expect(try heard(gusts) == nil)
    }

    @Test("what plays faintly behind the caller is not speech: music, somebody else, or the echo of a prompt", arguments: voices)
    func faint(voice: String) throws {
        let prompt = "Welcome to the harbour office. For sales, press one. For support, press two. Please leave a message after the tone."
        #expect(try heard(said(prompt, voice: voice, at: Sound.evenLevel - 16)) == nil)
        let chords = [262.0, 294, 330, 349, 392].flatMap { Signals.mixed([($0, 0.02), ($0 * 1.25, 0.02), ($0 * 1.5, 0.02)], seconds: 0.4) }
        #expect(try heard(chords + chords) == nil)
    }
}
