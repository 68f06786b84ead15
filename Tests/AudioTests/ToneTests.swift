import Audio
import Kernel
import Testing

struct ToneTests {
    @Test(
        "ringing has the frequencies and the cadence of the country",
        arguments: [
            ("US", [440, 480], [(0.0, 2.0)], 6.0), ("CA", [440, 480], [(0, 2)], 6), ("GB", [400, 450], [(0, 0.4), (0.6, 1)], 3),
            ("DE", [425], [(0, 1)], 5), ("", [425], [(0, 1)], 5),
        ] as [(String, [Double], [(Double, Double)], Double)])
    func ringback(country: String, frequencies: [Double], on: [(Double, Double)], period: Double) {
        let tone = Tone.ringback(country: country)
        check(tone, frequencies, on, period)
    }

    @Test(
        "busy has the frequencies of the country, half a second on and off",
        arguments: [("US", [480, 620]), ("DE", [425])] as [(String, [Double])])
    func busy(country: String, frequencies: [Double]) {
        check(Tone.busy(country: country), frequencies, [(0, 0.5)], 1)
    }

    @Test(
        "congestion has the frequencies of busy at twice its pace",
        arguments: [("US", [480, 620]), ("DE", [425])] as [(String, [Double])])
    func congestion(country: String, frequencies: [Double]) {
        check(Tone.congestion(country: country), frequencies, [(0, 0.25)], 0.5)
    }

    @Test("the zip tone is a quarter of a second")
    func zipTone() { check(Tone.zip, [480], [(0, 0.25)], 0.25) }

    private func check(_ tone: Sound, _ frequencies: [Double], _ on: [(Double, Double)], _ period: Double) {
        #expect(tone.rate == 8000)
        #expect(tone.samples.count == Int(period * 8000))
        var silent = tone.samples
        for (begin, end) in on {
            let part = tone.samples[Int(begin * 8000)..<Int(end * 8000)]
            for frequency in frequencies { #expect(abs(Signals.level(frequency, in: part) - 0.12) < 0.005) }
            // The edges do not click.
            #expect(abs(part.first ?? 1) < 500 && abs(part.last ?? 1) < 500)
            silent.replaceSubrange(part.indices, with: part.map { _ in 0 })
        }
        #expect(silent.allSatisfy { $0 == 0 })
    }

    @Test(
        "a key is the two tones of its row and its column",
        arguments: zip("123A456B789C*0#D", (0..<16)) as Zip2Sequence<String, Range<Int>>)
    func keys(face: Character, place: Int) throws {
        let tone = Tone.key(try #require(DTMFKey(face)), for: .milliseconds(100))
        #expect(tone.samples.count == 800)
        let (rows, columns) = ([697.0, 770, 852, 941], [1209.0, 1336, 1477, 1633])
        for (index, row) in rows.enumerated() {
            #expect((Signals.level(row, in: tone.samples) > 0.3) == (index == place / 4))
        }
        for (index, column) in columns.enumerated() {
            #expect((Signals.level(column, in: tone.samples) > 0.3) == (index == place % 4))
        }
    }

    @Test("sounds are put one after the other")
    func joined() {
        let sound = Sound(samples: [1, 2], rate: 8000) + Sound(samples: [3], rate: 8000)
        #expect(sound == Sound(samples: [1, 2, 3], rate: 8000))
    }
}
