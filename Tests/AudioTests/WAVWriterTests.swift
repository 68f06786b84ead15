import Audio
import Foundation
import Testing

struct WAVWriterTests {
    private func append(_ samples: [Int16], to writer: WAVWriter) throws {
        try samples.withUnsafeBufferPointer { try writer.append($0) }
    }

    @Test("what is written is read back, sample by sample")
    func roundTrip() throws {
        let folder = try Folder()
        let path = folder.file("a.wav")
        let samples = Signals.sine(440, rate: 8000, seconds: 1, level: 1) + [.min, .max, 0, -1]
        let writer = try WAVWriter(path: path, channels: 1)
        for start in stride(from: 0, to: samples.count, by: 160) {
            try append(Array(samples[start..<min(start + 160, samples.count)]), to: writer)
        }
        #expect(writer.frames == samples.count)
        writer.finish()
        #expect(try Sound.read(path: path) == Sound(samples: samples, rate: 8000))
    }

    @Test("the file is whole at any time while it grows")
    func headerIsKeptTrue() throws {
        let folder = try Folder()
        let path = folder.file("growing.wav")
        let writer = try WAVWriter(path: path, channels: 1)
        #expect(try Sound.read(path: path).samples.isEmpty)
        for count in 1...3 {
            try append(Array(repeating: 7, count: 8000), to: writer)
            #expect(try Sound.read(path: path).samples == Array(repeating: 7, count: 8000 * count))
        }
        writer.finish()
        #expect(try Sound.read(path: path).samples.count == 24_000)
    }

    @Test("two channels lie side by side")
    func stereo() throws {
        let folder = try Folder()
        let path = folder.file("stereo.wav")
        let writer = try WAVWriter(path: path, channels: 2)
        try append((0..<1000).flatMap { [Int16($0), Int16($0) + 200] }, to: writer)
        #expect(writer.frames == 1000)
        writer.finish()
        #expect(try Sound.read(path: path).samples == (100..<1100).map { Int16($0) })
        // 44 bytes of header, two channels of two bytes.
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 44 + 4000)
    }

    @Test("an older file of the name is replaced")
    func replaced() throws {
        let folder = try Folder()
        let path = try folder.write("old.wav", bytes: Array(repeating: 1, count: 100_000))
        let writer = try WAVWriter(path: path, channels: 1)
        try append([1, 2, 3], to: writer)
        writer.finish()
        #expect(try Sound.read(path: path).samples == [1, 2, 3])
    }

    @Test("a path that cannot be written is named with the reason")
    func unwritable() throws {
        let folder = try Folder()
        for path in [folder.file("no/such/folder.wav"), folder.path] {
            let failure = #expect(throws: AudioFailure.self) { try WAVWriter(path: path, channels: 1) }
            guard case .unwritable(path, let reason) = failure else {
                Issue.record("\(path): \(String(describing: failure))")
                continue
            }
            #expect(!reason.isEmpty && !reason.contains("No Error"))
            #expect(failure?.description.hasPrefix("\(path) cannot be written: ") == true)
        }
    }

    @Test("a disk that is full is an error, and not a shorter recording")
    func fullDisk() {
        let failure = #expect(throws: AudioFailure.self) {
            let writer = try WAVWriter(path: "/dev/full", channels: 1)
            try append(Array(repeating: 1, count: 8000), to: writer)
        }
        #expect(failure?.description.hasPrefix("/dev/full cannot be written: ") == true, "\(String(describing: failure))")
    }

    @Test("a file that is finished takes nothing more, and is finished once")
    func finished() throws {
        let folder = try Folder()
        let path = folder.file("done.wav")
        let writer = try WAVWriter(path: path, channels: 1)
        try append([1, 2], to: writer)
        writer.finish()
        writer.finish()
        try append([3], to: writer)
        #expect(writer.frames == 2)
        #expect(try Sound.read(path: path).samples == [1, 2])
    }
}
