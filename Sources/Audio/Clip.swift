/// A prompt, ready to be played: encoded once in each law, in memory that never moves, so that a packet of it is a copy of bytes.
///
/// Immutable after `init`, which alone writes to its memory; hence `@unchecked`.
@safe public final class Clip: @unchecked Sendable {
    /// The rate of all clips, in samples a second.
    public static let rate = 8000

    /// The number of samples.
    public let sampleCount: Int
    private let mu: UnsafeMutableBufferPointer<UInt8>
    private let a: UnsafeMutableBufferPointer<UInt8>

    /// Encodes sound. Where it begins or ends away from silence, 2 ms are faded, so that clips in a row join without a click.
    public init(_ sound: Sound) throws(AudioFailure) {
        let samples = Clip.faded(try sound.resampled(to: Clip.rate).samples)
        sampleCount = samples.count
        unsafe mu = Clip.encoded(samples, .mu)
        unsafe a = Clip.encoded(samples, .a)
    }

    deinit {
        unsafe mu.deallocate()
        unsafe a.deallocate()
    }

    /// Reads a file in any format that libsndfile knows.
    public static func load(path: String) throws(AudioFailure) -> Clip {
        try Clip(try Sound.read(path: path))
    }

    /// How long it plays.
    public var duration: Duration { .milliseconds(sampleCount * 1000 / Clip.rate) }

    /// The memory of both renditions, in bytes.
    public var byteCount: Int { 2 * sampleCount }

    /// One byte a sample. The memory is the clip's: it is good as long as the clip lives.
    public func bytes(_ law: G711Law) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(law == .mu ? mu : a)
    }

    private static func encoded(_ samples: [Int16], _ law: G711Law) -> UnsafeMutableBufferPointer<UInt8> {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: samples.count)
        _ = unsafe bytes.initialize(from: samples.lazy.map { law.encode($0) })
        return unsafe bytes
    }

    private static func faded(_ samples: [Int16]) -> [Int16] {
        let length = min(16, samples.count / 2)
        guard length > 0 else { return samples }
        var result = samples
        let threshold = 64
        if abs(Int(samples[0])) > threshold {
            for index in 0..<length { result[index] = Int16(Int(samples[index]) * index / length) }
        }
        if abs(Int(samples[samples.count - 1])) > threshold {
            for index in 0..<length {
                let place = samples.count - 1 - index
                result[place] = Int16(Int(result[place]) * index / length)
            }
        }
        return result
    }
}
