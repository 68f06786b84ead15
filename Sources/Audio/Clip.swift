/// A prompt, ready to be played: encoded once in each codec that a call asks for, in memory that never moves, so that a packet of it is a copy of
/// bytes.
public final class Clip: Sendable {
    /// The rate by which clips are measured, in samples a second.
    public static let rate = 8000

    /// The number of samples at `rate`.
    public let sampleCount: Int
    /// What it is made from, for codecs that are asked for later.
    private let sound: Sound
    private let places: [RenditionPlace]

    /// Takes sound and encodes it in G.711; in other codecs with `encode`. Where it begins or ends away from silence, 2 ms are faded, so that clips in a
    /// row join without a click.
    public init(_ sound: Sound) throws(AudioFailure) {
        let narrow = Clip.faded(try sound.resampled(to: Clip.rate))
        sampleCount = narrow.samples.count
        // Nothing that we speak has more than 8 kHz of bandwidth.
        self.sound = sound.rate <= Clip.rate ? narrow : Clip.faded(try sound.resampled(to: 2 * Clip.rate))
        places = Codec.allCases.map { _ in RenditionPlace() }
        for codec in [Codec.pcmu, .pcma] {
            if let rendition = Rendition(narrow.samples, codec) { places[Int(codec.rawValue)].fill(rendition) }
        }
    }

    /// Reads a file in any format that libsndfile knows.
    public static func load(path: String) throws(AudioFailure) -> Clip {
        try Clip(try Sound.read(path: path))
    }

    /// Encodes it in a codec, unless that was done before. It takes about 5 ms for a second of Opus, so not on a media thread.
    public func encode(_ codec: Codec) {
        guard rendition(codec) == nil, let samples = try? sound.resampled(to: codec.rate).samples else { return }
        if let rendition = Rendition(samples, codec) { places[Int(codec.rawValue)].fill(rendition) }
    }

    /// The clip in a codec; `nil` until `encode` has made it.
    public func rendition(_ codec: Codec) -> Rendition? { places[Int(codec.rawValue)].rendition }

    /// How long it plays.
    public var duration: Duration { .milliseconds(sampleCount * 1000 / Clip.rate) }

    /// The memory of the sound and of what was encoded so far, in bytes.
    public var byteCount: Int { places.reduce(2 * sound.samples.count) { $0 + ($1.rendition?.byteCount ?? 0) } }

    /// G.711, one byte a sample. The memory is the clip's: it is good as long as the clip lives.
    public func bytes(_ law: G711Law) -> UnsafeBufferPointer<UInt8> {
        unsafe rendition(law == .mu ? .pcmu : .pcma)?.bytes ?? UnsafeBufferPointer(start: nil, count: 0)
    }

    private static func faded(_ sound: Sound) -> Sound {
        let samples = sound.samples
        let length = min(sound.rate / 500, samples.count / 2)
        guard length > 0 else { return sound }
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
        return Sound(samples: result, rate: sound.rate)
    }
}
