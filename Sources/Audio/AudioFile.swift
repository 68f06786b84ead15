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
        guard let file = unsafe sf_open(path, Int32(SFM_READ), &info) else {
            throw .unreadable(path: path, reason: unsafe String(cString: sf_strerror(nil)))
        }
        defer { unsafe sf_close(file) }
        let (rate, channels) = (Int(info.samplerate), Int(info.channels))
        guard rate >= 1000, channels >= 1, channels <= 64 else {
            throw .unreadable(path: path, reason: "\(channels) channels at \(rate) Hz")
        }
        let seconds = Int(info.frames) / rate
        guard seconds <= longestFile else { throw .tooLong(path: path, seconds: seconds, limit: longestFile) }
        // Floating-point files are scaled to the range of 16 bits, and clipped where they exceed it.
        unsafe sf_command(file, Int32(SFC_SET_SCALE_FLOAT_INT_READ), nil, Int32(SF_TRUE))
        unsafe sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        return Sound(samples: unsafe readMixed(file, channels: channels, limit: (longestFile + 1) * rate), rate: rate)
    }

    private static func readMixed(_ file: OpaquePointer, channels: Int, limit: Int) -> [Int16] {
        var samples: [Int16] = []
        var block = [Int16](repeating: 0, count: 4096 * channels)
        while samples.count < limit {
            let frames = Int(unsafe sf_readf_short(file, &block, 4096))
            guard frames > 0 else { break }
            if channels == 1 {
                samples += block[..<frames]
            } else {
                for frame in 0..<frames {
                    let sum = block[(frame * channels)..<((frame + 1) * channels)].reduce(0) { $0 + Int($1) }
                    samples.append(Int16(clamping: sum / channels))
                }
            }
        }
        return samples
    }
}
