import Audio
import CSndFile
import Foundation
import Kernel
import Testing

struct AudioFileTests {
    /// A sound that differs at each sample, loud and soft.
    private static let ramp: [Int16] = (0..<2000).map { Int16(truncatingIfNeeded: $0 * 37 - 32_000) }

    @Test(
        "files without loss are read sample by sample",
        arguments: [
            ("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16), ("a24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24),
            ("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16), ("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16),
        ])
    func lossless(name: String, format: Int) throws {
        let folder = try Folder()
        let path = try folder.write(name, format, AudioFileTests.ramp, rate: 16_000)
        #expect(try Sound.read(path: path) == Sound(samples: AudioFileTests.ramp, rate: 16_000))
    }

    @Test("floating-point files are scaled to 16 bits", arguments: [SF_FORMAT_FLOAT, SF_FORMAT_DOUBLE])
    func floatingPoint(format: Int) throws {
        let folder = try Folder()
        let path = try folder.write("f.wav", SF_FORMAT_WAV | format, AudioFileTests.ramp.floats, rate: 16_000)
        #expect(try Sound.read(path: path) == Sound(samples: AudioFileTests.ramp, rate: 16_000))
    }

    @Test(
        "whatever the format, a tone keeps its frequency, level and length",
        arguments: [
            ("t.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16), ("t.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24),
            ("t.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS), ("u.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW),
            ("float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT),
        ], [0.02, 0.5])
    func tone(file: (name: String, format: Int), level: Double) throws {
        let folder = try Folder()
        let samples = Signals.sine(1000, rate: 44_100, seconds: 0.5, level: level).floats
        let path = try folder.write(file.name, file.format, samples, rate: 44_100)
        let sound = try Sound.read(path: path)
        #expect(sound.rate == 44_100)
        #expect(abs(sound.samples.count - 22_050) <= 64)
        // A file that was written softly is played softly.
        let heard = Signals.level(1000, in: sound.samples[2000..<20_000], rate: 44_100)
        #expect(abs(Signals.decibels(heard / level)) < 0.5)
    }

    @Test("several channels become the mean of them", arguments: [2, 3, 6])
    func channels(count: Int) throws {
        let folder = try Folder()
        let frames: [[Int16]] = (0..<5000).map { frame in (0..<count).map { Int16(frame * 6 - 15_000 + $0 * 100) } }
        let path = try folder.write("c.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, frames.flatMap { $0 }, rate: 8000, channels: count)
        let sound = try Sound.read(path: path)
        #expect(sound.samples.count == 5000)
        for (sample, frame) in zip(sound.samples, frames) {
            #expect(abs(Double(sample) - Double(frame.reduce(0) { $0 + Int($1) }) / Double(count)) <= 1)
        }
    }

    @Test("opposite channels cancel out, and loud ones do not overflow")
    func stereo() throws {
        let folder = try Folder()
        let format = SF_FORMAT_WAV | SF_FORMAT_PCM_16
        let samples: [Int16] = (0..<2000).map { $0 % 2 == 0 ? 12_345 : -12_345 }
        let opposite = try folder.write("o.wav", format, samples, rate: 8000, channels: 2)
        #expect(try Sound.read(path: opposite).samples.allSatisfy { $0 == 0 })
        let loud = try folder.write("l.wav", format, Array(repeating: Int16.min, count: 2000), rate: 8000, channels: 2)
        #expect(try Sound.read(path: loud).samples == Array(repeating: Int16.min, count: 1000))
    }

    @Test("floating-point samples beyond full scale are clipped, and those that are no numbers are silence")
    func beyondFullScale() throws {
        let folder = try Folder()
        let samples: [Float] = [0, 0.5, 1, 1.5, -1, -7, 0.25, .infinity, -.infinity, .nan, 1e30]
        let path = try folder.write("f.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples, rate: 8000)
        let (top, bottom) = (Int16.max, Int16.min)
        #expect(try Sound.read(path: path).samples == [0, 16_384, top, top, bottom, bottom, 8192, top, bottom, 0, top])
        let silent = try folder.write("s.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, Array(repeating: Float(0), count: 100), rate: 8000)
        #expect(try Sound.read(path: silent).samples == Array(repeating: 0, count: 100))
    }

    @Test("a missing file, an empty one, a folder and one without sound are named, each with a reason")
    func unreadable() throws {
        let folder = try Folder()
        let text = try folder.write("prompt.wav", bytes: Array("This is no sound.\n".utf8))
        let empty = try folder.write("empty.wav", bytes: [])
        let cut = try folder.write("cut.wav", bytes: Array("RIFF\u{24}\u{0}\u{0}\u{0}WAVE".utf8))
        for path in [folder.file("missing.wav"), text, empty, cut, folder.path] {
            let failure = #expect(throws: AudioFailure.self) { try Clip.load(path: path) }
            guard case .unreadable(path, let reason) = failure else {
                Issue.record("\(path): \(String(describing: failure))")
                continue
            }
            #expect(!reason.isEmpty && !reason.contains("No Error"))
            #expect(failure?.description.hasPrefix("\(path) cannot be read as sound: ") == true)
        }
    }

    @Test("each of many failures at the same time has its own reason")
    func reasonsAreNotMixedUp() async throws {
        let folder = try Folder()
        let text = try folder.write("text.wav", bytes: Array(repeating: 0x41, count: 1000))
        let good = try folder.write("good.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, [0, 9] as [Int16], rate: 8000)
        let paths = [folder.file("missing.wav"), text, good]
        func reason(_ path: String) -> String? {
            guard case .unreadable(_, let reason) = Result(catching: { () throws(AudioFailure) in try Sound.read(path: path) }).failure
            else {
                return nil
            }
            return reason
        }
        let expected = paths.map(reason)
        #expect(Set(expected).count == 3 && expected[2] == nil)
        let found = await withTaskGroup(of: (Int, String?).self) { group in
            for number in 0..<20_000 { group.addTask { (number % 3, reason(paths[number % 3])) } }
            var wrong = 0
            for await (index, reason) in group where reason != expected[index] { wrong += 1 }
            return wrong
        }
        #expect(found == 0)
    }

    @Test("a file of a rate that no clip can be made of is named", arguments: [100, 400_000])
    func oddRate(rate: Int) throws {
        let folder = try Folder()
        let path = try folder.write("odd.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, [0, 9, 0] as [Int16], rate: rate)
        let failure = #expect(throws: AudioFailure.self) { try Clip.load(path: path) }
        #expect(failure?.description.contains(path) == true)
        #expect(failure?.description.contains("\(rate) Hz") == true)
    }

    @Test("a file that is longer than the limit is refused before it is read")
    func tooLong() throws {
        let folder = try Folder()
        // One byte a sample, 1000 samples a second: a long file that is small.
        let samples = [Int16](repeating: 0, count: (Sound.longestFile + 1) * 1000)
        let path = try folder.write("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, samples, rate: 1000)
        let failure = AudioFailure.tooLong(path: path, seconds: Sound.longestFile + 1, limit: Sound.longestFile)
        #expect(throws: failure) { try Sound.read(path: path) }
        #expect(failure.description == "\(path) lasts 1801 s; at most 1800 s are taken")
    }

    @Test("random bytes behind a good header never trap")
    func noise() throws {
        let folder = try Folder()
        var random = SeededRandom(seed: 711)
        let good = try Data(
            contentsOf: URL(
                fileURLWithPath: try folder.write("g.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, [1, 2, 3, 4] as [Int16], rate: 8000)))
        for _ in 0..<300 {
            var bytes = Array(good)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 12..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next() % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let path = try folder.write("n.wav", bytes: bytes)
            if let sound = try? Sound.read(path: path) { #expect(sound.samples.count <= 100) }
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
