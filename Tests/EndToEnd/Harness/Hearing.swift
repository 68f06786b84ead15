import Audio
import Foundation

/// A prompt of the sample site.
func samplePrompt(_ name: String) throws -> [Int16] {
    let folder = Site.root.appendingPathComponent("Prompts/en-US")
    let file = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first {
        $0.deletingPathExtension().lastPathComponent == name
    }
    guard let file else { throw Unexpected("there is no prompt \(name) in \(folder.path)") }
    return try Sound.read(path: file.path).resampled(to: 8000).samples
}

/// How like the loudest quarter second of `wanted` the best place in `heard` is: 1 for the same shape, 0 for nothing in common.
func likeness(of wanted: [Int16], in heard: [Int16]) -> Double {
    bestMatch(of: wanted, in: heard).likeness
}

/// How many frames of 20 ms of `wanted` are loud, and how many of those are silent where they ought to be in `heard`.
func holes(of wanted: [Int16], in heard: [Int16]) -> (loud: Int, silent: Int) {
    let shift = bestMatch(of: wanted, in: heard).shift
    let level = { (samples: ArraySlice<Int16>) in samples.reduce(0) { $0 + abs(Int($1)) } / max(1, samples.count) }
    let loud = stride(from: 0, to: wanted.count - 160, by: 160).filter {
        level(wanted[$0..<($0 + 160)]) > 500 && heard.indices.contains($0 + shift) && heard.indices.contains($0 + shift + 160)
    }
    return (loud.count, loud.count { level(heard[($0 + shift)..<($0 + shift + 160)]) < 50 })
}

/// Where `heard` is most like the loudest quarter second of `wanted`, and how like it is.
private func bestMatch(of wanted: [Int16], in heard: [Int16]) -> (likeness: Double, shift: Int) {
    let length = 2000
    // From the part that has surely been heard.
    let candidates = stride(from: 0, to: min(wanted.count, 16_000) - length, by: length)
    let energy = { (start: Int) in wanted[start..<(start + length)].reduce(0.0) { $0 + Double($1) * Double($1) } }
    guard let start = candidates.max(by: { energy($0) < energy($1) }), heard.count > length else { return (0, 0) }
    let pattern = wanted[start..<(start + length)].map { Float($0) }
    let signal = heard.map { Float($0) }
    let own = pattern.reduce(0) { $0 + $1 * $1 }
    var (best, place): (Float, Int) = (0, 0)
    pattern.withUnsafeBufferPointer { pattern in
        signal.withUnsafeBufferPointer { signal in
            for lag in 0..<(signal.count - length) {
                var product: Float = 0
                var other: Float = 0
                var index = 0
                while index < length {
                    let sample = signal[lag + index]
                    product += pattern[index] * sample
                    other += sample * sample
                    index += 1
                }
                let likeness = other > 0 ? product / (own * other).squareRoot() : 0
                if likeness > best { (best, place) = (likeness, lag) }
            }
        }
    }
    return (Double(best), place - start)
}
