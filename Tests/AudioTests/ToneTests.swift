import Audio
import Kernel
import Testing

struct ToneTests {
    typealias Case = (country: String, frequencies: [Double], on: [(Double, Double)], period: Double)

    @Test(
        "ringing has the frequencies and the cadence of the country",
        arguments: [
            ("US", [440, 480], [(0, 2)], 6), ("CA", [440, 480], [(0, 2)], 6), ("GB", [400, 450], [(0, 0.4), (0.6, 1)], 3),
            ("AT", [420], [(0, 1)], 6), ("FR", [440], [(0, 1.5)], 5), ("ES", [425], [(0, 1.5)], 4.5), ("CN", [450], [(0, 1)], 5),
            ("JP", [400], [(0, 1)], 3), ("IN", [400], [(0, 0.4), (0.6, 1)], 3), ("DE", [425], [(0, 1)], 5), ("", [425], [(0, 1)], 5),
        ] as [Case])
    func ringback(tone: Case) { check(Tone.ringback(country: tone.country), tone) }

    @Test(
        "busy has the frequencies and the cadence of the country",
        arguments: [
            ("US", [480, 620], [(0, 0.5)], 1), ("GB", [400], [(0, 0.375)], 0.75), ("DE", [425], [(0, 0.48)], 0.96),
            ("FR", [440], [(0, 0.5)], 1), ("ES", [425], [(0, 0.2)], 0.4), ("IN", [400], [(0, 0.75)], 1.5), ("", [425], [(0, 0.5)], 1),
        ] as [Case])
    func busy(tone: Case) { check(Tone.busy(country: tone.country), tone) }

    @Test(
        "congestion has the frequencies of busy and a cadence of its own",
        arguments: [
            ("US", [480, 620], [(0, 0.25)], 0.5), ("GB", [400], [(0, 0.4), (0.75, 0.975)], 1.5), ("DE", [425], [(0, 0.24)], 0.48),
            ("SE", [425], [(0, 0.25)], 1), ("BR", [425], [(0, 0.25), (0.5, 1.25)], 1.5),
            ("ES", [425], [(0, 0.2), (0.4, 0.6), (0.8, 1)], 1.6), ("", [425], [(0, 0.25)], 0.5),
        ] as [Case])
    func congestion(tone: Case) { check(Tone.congestion(country: tone.country), tone) }

    @Test("the ringing tone of some countries swells and fades", arguments: [("IN", 25), ("JP", 16), ("ZA", 33)] as [(String, Double)])
    func flutter(country: String, rate: Double) {
        let tone = Tone.ringback(country: country).samples.prefix(3200)
        for side in [400 - rate, 400 + rate] { #expect(abs(Signals.level(side, in: tone) - 0.06) < 0.01) }
    }

    @Test("the zip tone is a quarter of a second")
    func zipTone() { check(Tone.zip, ("", [480], [(0, 0.25)], 0.25)) }

    private func check(_ tone: Sound, _ expected: Case) {
        #expect(tone.rate == 8000)
        #expect(tone.samples.count == Int((expected.period * 8000).rounded()))
        var silent = tone.samples
        for (begin, end) in expected.on {
            let part = tone.samples[Int((begin * 8000).rounded())..<Int((end * 8000).rounded())]
            for frequency in expected.frequencies { #expect(abs(Signals.level(frequency, in: part) - 0.12) < 0.005) }
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
