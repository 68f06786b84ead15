import Audio
import CSndFile
import Foundation
import Kernel

/// Signals to listen to, and ways to measure them.
enum Signals {
    /// A sine of a frequency; `level` is its peak as a share of full scale.
    static func sine(_ frequency: Double, rate: Int, seconds: Double, level: Double = 0.5) -> [Int16] {
        mixed([(frequency, level)], rate: rate, seconds: seconds)
    }

    /// Sines added up, each with its own level.
    static func mixed(_ parts: [(frequency: Double, level: Double)], rate: Int = 8000, seconds: Double) -> [Int16] {
        (0..<Int(seconds * Double(rate))).map { index in
            let sum = parts.reduce(0) { $0 + $1.level * sin(2 * .pi * $1.frequency * Double(index) / Double(rate)) }
            return Int16(clamping: Int((sum * 32_767).rounded()))
        }
    }

    static func silence(seconds: Double, rate: Int = 8000) -> [Int16] {
        Array(repeating: 0, count: Int(seconds * Double(rate)))
    }

    static func whiteNoise(_ count: Int, level: Double, _ random: inout SeededRandom) -> [Int16] {
        (0..<count).map { _ in Int16(Double.random(in: -level...level, using: &random) * 32_767) }
    }

    /// Something like a voice: syllables of harmonics of a gliding pitch under two formants, with breath between.
    static func babble(seconds: Int, _ random: inout SeededRandom) -> [Int16] {
        var samples: [Int16] = []
        var phase = 0.0
        while samples.count < seconds * 8000 {
            let length = Int.random(in: 800...2400, using: &random)
            let pitch = Double.random(in: 90...250, using: &random)
            let glide = Double.random(in: -0.2...0.2, using: &random)
            let formants = (Double.random(in: 300...900, using: &random), Double.random(in: 900...2300, using: &random))
            let weights = (1...12).map { harmonic in
                let frequency = pitch * Double(harmonic)
                return exp(-pow((frequency - formants.0) / 150, 2)) + 0.5 * exp(-pow((frequency - formants.1) / 250, 2)) + 0.05
            }
            for index in 0..<length {
                let place = Double(index) / Double(length)
                phase += 2 * .pi * pitch * (1 + glide * place) / 8000
                let voice = weights.indices.reduce(0) { $0 + weights[$1] * sin(phase * Double($1 + 1)) }
                let breath = Double.random(in: -0.05...0.05, using: &random)
                samples.append(Int16(clamping: Int((voice * 0.3 * sin(.pi * place) + breath) * 16_000)))
            }
            samples += whiteNoise(Int.random(in: 80...800, using: &random), level: 0.02, &random)
        }
        return samples
    }

    /// The level of one frequency in samples: the peak of the sine, as a share of full scale.
    static func level(_ frequency: Double, in samples: some Collection<Int16>, rate: Int = 8000) -> Double {
        var (real, imaginary) = (0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let angle = 2 * .pi * frequency * Double(index) / Double(rate)
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        return samples.isEmpty ? 0 : 2 * (real * real + imaginary * imaginary).squareRoot() / Double(samples.count) / 32_767
    }

    static func peak(_ samples: some Collection<Int16>) -> Int {
        samples.reduce(0) { max($0, abs(Int($1))) }
    }

    static func decibels(_ ratio: Double) -> Double { 20 * log10(ratio) }
}

/// A folder that is gone after the test.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "audio-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a sound file with libsndfile itself; samples are interleaved.
    func write(_ name: String, _ format: Int, _ samples: [Int16], rate: Int, channels: Int = 1) throws -> String {
        try write(name, format, rate: rate, channels: channels) {
            sf_writef_short($0, samples, sf_count_t(samples.count / channels)) == samples.count / channels
        }
    }

    /// The same from floating-point samples, of which 1 is full scale.
    func write(_ name: String, _ format: Int, _ samples: [Float], rate: Int, channels: Int = 1) throws -> String {
        try write(name, format, rate: rate, channels: channels) {
            sf_writef_float($0, samples, sf_count_t(samples.count / channels)) == samples.count / channels
        }
    }

    private func write(
        _ name: String, _ format: Int, rate: Int, channels: Int, _ content: (OpaquePointer) -> Bool
    ) throws -> String {
        var info = SF_INFO()
        info.samplerate = Int32(rate)
        info.channels = Int32(channels)
        info.format = Int32(format)
        guard let file = sf_open(file(name), Int32(SFM_WRITE), &info) else { throw CocoaError(.fileWriteUnknown) }
        defer { sf_close(file) }
        guard content(file) else { throw CocoaError(.fileWriteUnknown) }
        return self.file(name)
    }

    func write(_ name: String, bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

extension [Int16] {
    /// The same from -1 to 1.
    var floats: [Float] { map { Float($0) / 32_768 } }
}

extension Clip {
    /// The clip's bytes, copied.
    func copy(_ law: G711Law) -> [UInt8] { Array(bytes(law)) }
}
