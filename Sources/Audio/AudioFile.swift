import CSndFile

/// Sound as one channel of 16-bit samples.
public struct Sound: Equatable, Sendable {
    /// The samples.
    public var samples: [Int16]
    /// Samples a second.
    public var rate: Int

    /// The longest file that is read, in seconds.
    public static let longestFile = 1800

    /// Makes sound from samples.
    public init(samples: [Int16], rate: Int) {
        self.samples = samples
        self.rate = rate
    }

    /// Reads a file in any format that libsndfile knows; several channels are mixed into one.
    public static func read(path: String) throws(AudioFailure) -> Sound {
        var info = SF_INFO()
        let file = try unsafe SoundFileDoor.open(path, SFM_READ, &info) { .unreadable(path: path, reason: $0) }
        defer { unsafe sf_close(file) }
        let (rate, channels) = (Int(info.samplerate), Int(info.channels))
        guard Sound.convertibleRates.contains(rate), (1...64).contains(channels) else {
            throw .unreadable(path: path, reason: "\(channels) channels at \(rate) Hz")
        }
        let seconds = Int(info.frames) / rate
        guard seconds <= longestFile else { throw .tooLong(path: path, seconds: seconds, limit: longestFile) }
        return Sound(samples: unsafe readMixed(file, channels: channels, limit: (longestFile + 1) * rate), rate: rate)
    }

    // As floating-point numbers, because libsndfile would scale a file of those (OGG, for one) to its own peak when asked for 16 bits.
    private static func readMixed(_ file: OpaquePointer, channels: Int, limit: Int) -> [Int16] {
        var samples: [Int16] = []
        var block = [Float](repeating: 0, count: 4096 * channels)
        while samples.count < limit {
            let frames = Int(unsafe sf_readf_float(file, &block, 4096))
            guard frames > 0 else { break }
            if channels == 1 {
                samples += block[..<frames].lazy.map(sample)
            } else {
                for frame in 0..<frames {
                    let sum = block[(frame * channels)..<((frame + 1) * channels)].reduce(0, +)
                    samples.append(sample(sum / Float(channels)))
                }
            }
        }
        return samples
    }

    /// Scales from 1 to the range of 16 bits, and clips what exceeds it; what is no number is silence.
    private static func sample(_ value: Float) -> Int16 {
        value.isNaN ? 0 : Int16(max(-32_768, min(32_767, (value * 32_768).rounded())))
    }
}
