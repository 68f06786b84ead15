import Audio
import Foundation
import Kernel
import Testing

/// What ITU-T Q.24 asks of a receiver of keys, by the figures of its table A.1 (AT&T, and where they are stricter those of other administrations).
struct ToneStandardTests {
    private static let faces = "123A456B789C*0#D"
    private static let rows = [697.0, 770, 852, 941]
    private static let columns = [1209.0, 1336, 1477, 1633]
    /// The peak of a sine of 0 dBm0, as a share of full scale (ITU-T G.711: full scale is +3.14 dBm0).
    private static let reference = pow(10, -3.14 / 20)

    /// A key with the levels of its tones in dBm0, and how far its frequencies are off.
    private func press(_ face: Character, milliseconds: Int, low: Double, high: Double, off: Double = 1)
        -> [Int16]
    {
        let place = Array(ToneStandardTests.faces).firstIndex(of: face) ?? 0
        let tones = [(ToneStandardTests.rows[place / 4], low), (ToneStandardTests.columns[place % 4], high)]
        return Signals.mixed(
            tones.map { ($0.0 * off, ToneStandardTests.reference * pow(10, $0.1 / 20)) },
            seconds: Double(milliseconds) / 1000)
    }

    private func heard(_ samples: [Int16]) throws -> String {
        let detector = try #require(ToneDetector())
        var faces = ""
        for start in stride(from: 0, to: samples.count, by: 160) {
            samples[start..<min(start + 160, samples.count)].withUnsafeBufferPointer { part in
                detector.listen(to: part) { faces.append($0.character) }
            }
        }
        return faces
    }

    private func row(_ milliseconds: Int, pause: Int, low: Double, high: Double, off: Double = 1) -> [Int16] {
        let gap = Signals.silence(seconds: Double(pause) / 1000)
        return gap
            + ToneStandardTests.faces.flatMap { press($0, milliseconds: milliseconds, low: low, high: high, off: off) + gap }
    }

    @Test("every key is heard from 0 down to -25 dBm0 for each tone", arguments: [0.0, -3, -10, -20, -25])
    func levels(level: Double) throws {
        #expect(try heard(row(50, pause: 50, low: level, high: level)) == ToneStandardTests.faces)
    }

    @Test("what is below -55 dBm0 is no key")
    func tooFaint() throws {
        #expect(try heard(row(100, pause: 50, low: -55, high: -55)) == "")
    }

    @Test("the upper tone may be 4 dB stronger and 8 dB weaker than the lower one", arguments: [(-10.0, -6.0), (-10, -10), (-6, -14)])
    func twist(low: Double, high: Double) throws {
        #expect(try heard(row(60, pause: 60, low: low, high: high)) == ToneStandardTests.faces)
    }

    @Test("frequencies of the twelve keys of telephones may be off by 1.5 %", arguments: [0.985, 1.015])
    func frequencies(factor: Double) throws {
        let faces = "123456789*0#"
        let gap = Signals.silence(seconds: 0.06)
        let samples = faces.flatMap { press($0, milliseconds: 80, low: -10, high: -10, off: factor) + gap }
        #expect(try heard(gap + samples) == faces)
    }

    @Test("frequencies that are off by 3.5 % make no key", arguments: [0.965, 1.035])
    func wrongFrequencies(factor: Double) throws {
        let samples = row(60, pause: 60, low: -10, high: -10, off: factor)
        #expect(try heard(samples) == "")
    }

    @Test("keys of 40 ms with pauses of 40 ms are told apart, and ten a second keep the pace", arguments: [(40, 40), (50, 50)])
    func pace(tone: Int, pause: Int) throws {
        let faces = "1122334455"
        let gap = Signals.silence(seconds: Double(pause) / 1000)
        #expect(try heard(gap + faces.flatMap { press($0, milliseconds: tone, low: -8, high: -8) + gap }) == faces)
    }

    @Test("a tone of 23 ms is no key")
    func tooShort() throws {
        #expect(try heard(row(23, pause: 60, low: -8, high: -8)) == "")
    }

    @Test("an interruption of 10 ms does not make two of a key")
    func interrupted() throws {
        let half = 50
        let samples = ToneStandardTests.faces.flatMap {
            press($0, milliseconds: half, low: -8, high: -8) + Signals.silence(seconds: 0.01)
                + press($0, milliseconds: half, low: -8, high: -8) + Signals.silence(seconds: 0.06)
        }
        #expect(try heard(samples) == ToneStandardTests.faces)
    }

    @Test("echoes of the key 20 ms later and 10 dB down do no harm")
    func echo() throws {
        let samples = row(60, pause: 60, low: -10, high: -10)
        let echo = Array(repeating: 0, count: 160) + samples.map { Int16(Double($0) * 0.316) }
        #expect(try heard(zip(samples, echo).map { $0 &+ $1 }) == ToneStandardTests.faces)
    }

    /// The recordings with which receivers are usually tried for talk-off are not free. These voices speak several minutes of what callers say, numbers
    /// most of all; the voices are high and low, and of several languages, as it is the ring of vowels that is mistaken for keys.
    @Test("nobody who speaks presses keys", arguments: ["en-us+f3", "en-us+m3", "en-gb+f4", "de+f2", "de+m7", "fr+f5", "es+m2", "it+f1"])
    func talkOff(voice: String) throws {
        let numbers = (1...60).map { "\($0 * 37) \($0 * 7919 % 10_000)" }.joined(separator: ", ")
        let words = """
            Good morning, I am calling about my reservation. My number is zero zero four nine, one seven two, five five five, one two three four. Yes please.
            No, not on Tuesday, rather on Wednesday at a quarter past eight. Could you spell that? Alpha, Bravo, Charlie, Delta, Echo, Foxtrot, Golf, Hotel,
            India, Juliett, Kilo, Lima, Mike, November, Oscar, Papa, Quebec, Romeo, Sierra, Tango, Uniform, Victor, Whiskey, X-ray, Yankee, Zulu. Oh, hello?
            Eeh, aah, ooh, you see, we were meaning to leave the key near the beach. \(numbers)
            """
        for pitch in [30, 55, 85] {
            let speech = try Spoken.said(words, voice: voice, pitch: pitch)
            #expect(speech.count > 8000 * 40, "it speaks for \(speech.count / 8000) s")
            #expect(try heard(speech) == "", "\(voice) at pitch \(pitch)")
        }
    }
}
