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
    let length = 2000
    // From the part that has surely been heard.
    let candidates = stride(from: 0, to: min(wanted.count, 16_000) - length, by: length)
    let energy = { (start: Int) in wanted[start..<(start + length)].reduce(0.0) { $0 + Double($1) * Double($1) } }
    guard let start = candidates.max(by: { energy($0) < energy($1) }), heard.count > length else { return 0 }
    let pattern = wanted[start..<(start + length)].map { Float($0) }
    let signal = heard.map { Float($0) }
    let own = pattern.reduce(0) { $0 + $1 * $1 }
    var best: Float = 0
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
                if other > 0 { best = max(best, product / (own * other).squareRoot()) }
            }
        }
    }
    return Double(best)
}
