import Audio
import CSndFile
import Kernel
import Testing

struct ClipTests {
    @Test("a clip holds each sample once in each law")
    func encoded() throws {
        let samples = Signals.sine(440, rate: 8000, seconds: 0.5)
        let clip = try Clip(Sound(samples: samples, rate: 8000))
        #expect(clip.sampleCount == 4000)
        // The samples themselves for codecs to come, and both laws.
        #expect(clip.byteCount == 16_000)
        #expect(clip.duration == .milliseconds(500))
        for law in G711Law.allCases {
            // The end is faded, for a sine that is cut off does not end in silence.
            #expect(clip.copy(law).dropLast(16) == samples.map { law.encode($0) }.dropLast(16))
        }
    }

    @Test("a clip is encoded once: its bytes stay where they are")
    func memoryStays() throws {
        let clip = try Clip(Sound(samples: Signals.sine(440, rate: 8000, seconds: 0.1), rate: 8000))
        for law in G711Law.allCases { #expect(clip.bytes(law).baseAddress == clip.bytes(law).baseAddress) }
        #expect(clip.bytes(.mu).baseAddress != clip.bytes(.a).baseAddress)
    }

    @Test("sound of any rate becomes 8000 samples a second", arguments: [11_025, 16_000, 44_100, 48_000])
    func resampled(rate: Int) throws {
        let clip = try Clip(Sound(samples: Signals.sine(1000, rate: rate, seconds: 1), rate: rate))
        #expect(abs(clip.sampleCount - 8000) <= 2)
        #expect(abs(clip.duration.wholeMilliseconds - 1000) <= 1)
        for law in G711Law.allCases {
            let heard = clip.bytes(law)[400..<7600].map { law.decode($0) }
            #expect(abs(Signals.decibels(Signals.level(1000, in: heard) / 0.5)) < 0.2)
        }
    }

    @Test("a file becomes a clip")
    func loaded() throws {
        let folder = try Folder()
        let samples = Signals.sine(1000, rate: 44_100, seconds: 0.5).flatMap { [$0, 0] as [Int16] }
        let path = try folder.write("p.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, samples, rate: 44_100, channels: 2)
        let clip = try Clip.load(path: path)
        #expect(abs(clip.sampleCount - 4000) <= 2)
        let heard = clip.bytes(.mu)[400..<3600].map { G711Law.mu.decode($0) }
        #expect(abs(Signals.level(1000, in: heard) - 0.25) < 0.01)
    }

    @Test("where it begins or ends loudly it is faded over 2 ms, and nowhere else")
    func faded() throws {
        let clip = try Clip(Sound(samples: Array(repeating: 8000, count: 100), rate: 8000))
        let heard = clip.bytes(.a).map { Int(G711Law.a.decode($0)) }
        #expect(abs(heard[0]) <= 8 && abs(heard[99]) <= 8)
        #expect(heard[..<17] == heard[..<17].sorted()[...])
        #expect(heard[83...] == heard[83...].sorted(by: >)[...])
        #expect(heard[16...83].allSatisfy { $0 == heard[50] })
    }

    @Test("sound that begins and ends in silence is left as it is")
    func notFaded() throws {
        let samples: [Int16] = [50, 9000] + Array(repeating: 8000, count: 50) + [9000, -50]
        #expect(try Clip(Sound(samples: samples, rate: 8000)).copy(.mu) == samples.map { G711Law.mu.encode($0) })
    }

    @Test("the shortest sounds are clips as well", arguments: 0..<40)
    func short(count: Int) throws {
        let clip = try Clip(Sound(samples: Array(repeating: 20_000, count: count), rate: 8000))
        #expect(clip.sampleCount == count)
        #expect(clip.copy(.mu).count == count && clip.copy(.a).count == count)
        if count > 1 { #expect(clip.copy(.mu).first == 0xFF && clip.copy(.mu).last == 0xFF) }
    }
}
