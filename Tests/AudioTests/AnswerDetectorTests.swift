import Audio
import Foundation
import Kernel
import Testing

/// Who answered, and the beep: by voices of espeak-ng.
struct AnswerDetectorTests {
    private func findings(_ samples: [Int16]) -> [AnswerDetector.Finding] {
        var detector = AnswerDetector()
        var found: [AnswerDetector.Finding] = []
        for start in stride(from: 0, to: samples.count, by: 137) {
            detector.hear(Array(samples[start..<min(start + 137, samples.count)]).span) { found.append($0) }
        }
        return found
    }

    private func quiet(_ seconds: Double) -> [Int16] {
        var random = SeededRandom(seed: 5)
        return Signals.whiteNoise(Int(seconds * 8000), level: 0.001, &random)
    }

    private static let voices = ["en-us+f3", "en-us+m3", "de+f2", "fr+m1"]

    @Test(
        "who says a word or two and waits is human", arguments: voices,
        ["Hello?", "Miller.", "Yes, hello?", "Harbour lights, good morning."])
    func humans(voice: String, words: String) throws {
        #expect(findings(try quiet(0.4) + Spoken.said(words, voice: voice) + quiet(2)) == [.answered(by: .human)])
    }

    @Test(
        "who speaks on is a machine", arguments: voices,
        [
            "Hello, you have reached the voice mail of Peter Miller. I am not available at the moment. Please leave a message after the tone.",
            "The person you have called is temporarily not available, please try again later.",
        ])
    func machines(voice: String, words: String) throws {
        #expect(findings(try quiet(0.5) + Spoken.said(words, voice: voice) + quiet(2)) == [.answered(by: .machine)])
    }

    @Test("who says nothing is nobody")
    func nobody() {
        #expect(findings(quiet(3.9)) == [])
        #expect(findings(quiet(6)) == [.answered(by: .silence)])
    }

    @Test(
        "the beep after the greeting is heard when it has ended", arguments: [700.0, 850, 1000, 1400, 2000], [0.15, 0.4, 1.2])
    func beeps(frequency: Double, seconds: Double) throws {
        let greeting = try Spoken.said("Please leave your name and your number after the tone, and we will call you back.")
        let beep = Signals.sine(frequency, rate: 8000, seconds: seconds, level: 0.3)
        let samples = (quiet(0.3) + greeting + quiet(0.4) + beep + quiet(1)).map { G711Law.mu.decode(G711Law.mu.encode($0)) }
        #expect(findings(samples) == [.answered(by: .machine), .beep])
    }

    @Test("a tone that is followed by words is no beep, and neither is busy, ringing or a line out of order")
    func noBeeps() throws {
        let tone = Signals.sine(1000, rate: 8000, seconds: 0.4, level: 0.3)
        let words = try Spoken.said("Please hold the line.")
        let loud = Array(words.drop { abs(Int($0)) < 2000 })
        #expect(!findings(tone + loud).prefix(1).contains(.beep))
        for country in ["US", "GB", "DE"] {
            let tones = Tone.ringback(country: country).samples + Tone.busy(country: country).samples
            #expect(!findings(tones + tones + quiet(1)).contains(.beep), "\(country)")
        }
        #expect(!findings(Signals.sine(1000, rate: 8000, seconds: 3, level: 0.3) + quiet(1)).contains(.beep))
    }

    @Test("nobody beeps who speaks", arguments: voices)
    func speech(voice: String) throws {
        let words =
            "Oh, you see, we were in two moods about the room. Who knew? Aah, eeh, I. One, two, three, four, five, six, seven, eight, nine."
        for pitch in [30, 60, 90] {
            #expect(!findings(try Spoken.said(words, voice: voice, pitch: pitch, speed: 110) + quiet(1)).contains(.beep), "pitch \(pitch)")
        }
    }
}
