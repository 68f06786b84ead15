import Audio
import Foundation
import Kernel
import Testing

struct ToneDetectorTests {
    private static let faces = "123A456B789C*0#D"
    private static let rows = [697.0, 770, 852, 941]
    private static let columns = [1209.0, 1336, 1477, 1633]

    /// A key with the level of each of its tones, and how far its frequencies are off, as a factor.
    private func press(
        _ face: Character, milliseconds: Int = 60, low: Double = 0.2, high: Double = 0.2, factor: Double = 1
    ) -> [Int16] {
        let place = Array(ToneDetectorTests.faces).firstIndex(of: face) ?? 0
        let parts = [
            (ToneDetectorTests.rows[place / 4] * factor, low), (ToneDetectorTests.columns[place % 4] * factor, high),
        ]
        return Signals.mixed(parts, seconds: Double(milliseconds) / 1000)
    }

    /// The faces of the keys that are heard in samples, given to a detector in blocks of a size.
    private func heard(_ samples: [Int16], block: Int = 160) throws -> String {
        let detector = try #require(ToneDetector())
        var faces = ""
        for start in stride(from: 0, to: samples.count, by: block) {
            samples[start..<min(start + block, samples.count)].withUnsafeBufferPointer { part in
                detector.listen(to: part) { faces.append($0.character) }
            }
        }
        return faces
    }

    private let pause = Signals.silence(seconds: 0.06)

    @Test("each of the sixteen keys is heard once", arguments: faces)
    func everyKey(face: Character) throws {
        #expect(try heard(pause + press(face) + pause) == String(face))
    }

    @Test("keys in a row are heard in order, in blocks of any size", arguments: [1, 80, 102, 160, 8000, 100_000])
    func sequence(block: Int) throws {
        let faces = "1234567890*#ABCD1122"
        let samples = faces.flatMap { press($0) + pause }
        #expect(try heard(samples, block: block) == faces)
    }

    @Test("the keys that our own tones make are heard")
    func ownTones() throws {
        let faces = "0123456789*#ABCD"
        let samples = try faces.flatMap { Tone.key(try #require(DTMFKey($0)), for: .milliseconds(100)).samples + pause }
        #expect(try heard(samples) == faces)
    }

    @Test("keys are heard through either law, down to -30 dBm0", arguments: G711Law.allCases)
    func throughTheLaws(law: G711Law) throws {
        // A sine of 0 dBm0 has about 0.7 of the full scale.
        let soft = 0.7 * 0.0316
        let samples = ToneDetectorTests.faces.flatMap { press($0, low: soft, high: soft) + pause }
        #expect(try heard(samples.map { law.decode(law.encode($0)) }) == ToneDetectorTests.faces)
    }

    @Test("a key is heard once however long it is held, and again after a pause")
    func heldAndRepeated() throws {
        #expect(try heard(press("5", milliseconds: 3000)) == "5")
        #expect(try heard(press("5") + pause + press("5") + pause) == "55")
        #expect(try heard(press("5") + press("6") + pause) == "56")
    }

    @Test("a key that lasts 40 ms is heard, and one of 20 ms is none", arguments: [(40, true), (20, false), (10, false)])
    func length(milliseconds: Int, isHeard: Bool) throws {
        let faces = "159D"
        // At several offsets, because the detector works in blocks of its own.
        for offset in stride(from: 0, to: 102, by: 17) {
            let samples = faces.flatMap { press($0, milliseconds: milliseconds) + pause }
            let expected = isHeard ? faces : ""
            #expect(try heard(Array(repeating: 0, count: offset) + samples) == expected)
        }
    }

    @Test(
        "tones of somewhat different strength are a key, and of very different strength none",
        arguments: [(4.0, true), (-3, true), (7, true), (12, false), (-10, false)])
    func twist(decibels: Double, isHeard: Bool) throws {
        // Positive: the row is stronger.
        let (low, high) = decibels > 0 ? (0.3, 0.3 / ratio(decibels)) : (0.3 / ratio(-decibels), 0.3)
        for face in "15#D" {
            #expect(try heard(pause + press(face, low: low, high: high) + pause) == (isHeard ? String(face) : ""), "\(face)")
        }
    }

    private func ratio(_ decibels: Double) -> Double { pow(10, decibels / 20) }

    @Test(
        "a key may be 1.5 % off its frequencies, and is none when it is 5 % off",
        arguments: [(0.985, true), (1.015, true), (0.95, false), (1.05, false)]
    )
    func offFrequency(factor: Double, isHeard: Bool) throws {
        for face in "123456789*0#" {
            #expect(try heard(press(face, milliseconds: 80, factor: factor) + pause) == (isHeard ? String(face) : ""), "\(face)")
        }
    }

    @Test("half a key, ringing, busy and silence are no keys")
    func otherTones() throws {
        for frequency in ToneDetectorTests.rows + ToneDetectorTests.columns {
            #expect(try heard(Signals.sine(frequency, rate: 8000, seconds: 0.5)) == "")
        }
        for country in ["US", "GB", "DE"] {
            #expect(try heard(Tone.ringback(country: country).samples + Tone.busy(country: country).samples) == "")
        }
        #expect(try heard(Signals.silence(seconds: 1)) == "")
        #expect(try heard([]) == "")
    }

    @Test("noise and speech make no keys")
    func speech() throws {
        var random = SeededRandom(seed: 23)
        #expect(try heard(Signals.whiteNoise(80_000, level: 0.5, &random)) == "")
        #expect(try heard(Signals.babble(seconds: 20, &random)) == "")
    }

    @Test("a key is heard through noise")
    func keyInNoise() throws {
        var random = SeededRandom(seed: 24)
        let faces = "147*258"
        let samples = faces.flatMap { press($0, milliseconds: 100) + pause }
        let noise = Signals.whiteNoise(samples.count, level: 0.02, &random)
        #expect(try heard(zip(samples, noise).map { $0 &+ $1 }) == faces)
    }
}
