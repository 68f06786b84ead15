/// Hears that somebody begins to speak, while we play something: a tenth of a second of voice, loud enough to be no echo.
///
/// A frame is voice when it is loud, has a pitch and is no tone: noise, clicks and wind have no pitch, and the keys and tones of the network are sines.
/// libspeexdsp's voice activity is not used. It weighs loudness alone (“a hack pending a complete rewrite”, says the library): it takes white noise, a
/// click, each key and each ringing tone for speech, surely, and a quiet line in its first second probably. And it needs 60 µs for a frame of 8000
/// samples a second, where this takes one for silence and tones, and at most 25 for noise.
public struct SpeechDetector: Sendable {
    /// Speech is at least so loud, about -29 dB below full scale, and so much louder than the line. Our prompts are at -20 dB, so that an echo of one must
    /// be weaker by 15 dB, as it is behind any telephone with echo control.
    private static let faintest = 1200.0
    private static let distance = 3.0
    /// How fast the loudness of the line without speech rises in a frame, and between what; it falls at once.
    private static let rise = 1.01
    private static let lowestFloor = 30.0
    private static let highestFloor = 1500.0
    /// How alike a voice is to itself a period later, 1 at most.
    private static let likeness = 0.6
    /// Periods of 400 to 50 Hz, in samples.
    private static let periods = 10...80
    /// What is left over of two sines at most, as a share of the power: 27 dB below, which G.711 keeps.
    private static let impurity = 0.002
    /// What a frame of voice adds, what any other takes away, and how much is speech.
    private static let gain = 2
    private static let loss = (noise: 1, other: 2)
    private static let enough = 10
    /// It works on 4000 samples a second, which are enough for pitch and keys, in frames of 20 ms.
    private static let rate = 4000
    private static let frame = 80

    private let decimation: Int
    /// The last frame and the one that is being filled.
    private var samples: [160 of Double] = .init(repeating: 0)
    private var filled = 0
    /// What is gathered for the next sample, and for the power of the frame.
    private var sum = 0
    private var gathered = 0
    private var power = 0.0
    private var floor = 60.0
    private var score = 0

    /// Begins with nothing heard, at 8000 or 16000 samples a second.
    public init(rate: Int) { decimation = max(rate / SpeechDetector.rate, 1) }

    /// Hears what comes next; whether somebody has begun to speak in it.
    public mutating func hears(_ next: Span<Int16>) -> Bool {
        var speaks = false
        for index in next.indices {
            let sample = Int(next[index])
            sum += sample
            power += Double(sample * sample)
            gathered += 1
            guard gathered == decimation else { continue }
            samples[SpeechDetector.frame + filled] = Double(sum) / Double(decimation)
            (sum, gathered) = (0, 0)
            filled += 1
            guard filled == SpeechDetector.frame else { continue }
            endFrame()
            speaks = speaks || score >= SpeechDetector.enough
        }
        return speaks
    }

    private mutating func endFrame() {
        let level = (power / Double(SpeechDetector.frame * decimation)).squareRoot()
        let isLoud = level > max(SpeechDetector.faintest, SpeechDetector.distance * floor)
        floor = min(max(level, SpeechDetector.lowestFloor), floor * SpeechDetector.rise, SpeechDetector.highestFloor)
        let change =
            if isLoud, !isTone { hasPitch ? SpeechDetector.gain : -SpeechDetector.loss.noise } else { -SpeechDetector.loss.other }
        score = max(score + change, 0)
        for index in 0..<SpeechDetector.frame { samples[index] = samples[SpeechDetector.frame + index] }
        (filled, power) = (0, 0)
    }

    /// Whether the frame is like what was a period before.
    private var hasPitch: Bool {
        let frame = SpeechDetector.frame
        var own = 0.0
        for index in frame..<2 * frame { own += samples[index] * samples[index] }
        for period in SpeechDetector.periods {
            var (product, other) = (0.0, 0.0)
            for index in frame..<2 * frame {
                product += samples[index] * samples[index - period]
                other += samples[index - period] * samples[index - period]
            }
            if product > 0, product * product > SpeechDetector.likeness * SpeechDetector.likeness * own * other { return true }
        }
        return false
    }

    /// Whether the frame is made of two sines at most. For those, the sum of the samples two before and two after each is a mixture of the sum of its
    /// neighbours and of itself, and the best mixture leaves nothing over.
    private var isTone: Bool {
        let middle = SpeechDetector.frame + 2..<2 * SpeechDetector.frame - 2
        var (power, near, nearOwn, nearFar, ownFar) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for index in middle {
            let (own, neighbours, far) = parts(index)
            power += own * own
            near += neighbours * neighbours
            nearOwn += neighbours * own
            nearFar += neighbours * far
            ownFar += own * far
        }
        // A little of both is added, because one sine alone is described by many mixtures.
        let (a, d) = (near * 1.000_001 + 1, power * 1.000_001 + 1)
        let determinant = a * d - nearOwn * nearOwn
        let first = (nearFar * d - nearOwn * ownFar) / determinant
        let second = (ownFar * a - nearOwn * nearFar) / determinant
        var rest = 0.0
        for index in middle {
            let (own, neighbours, far) = parts(index)
            let left = far - first * neighbours - second * own
            rest += left * left
        }
        return rest < SpeechDetector.impurity * (2 + 2 * first * first + second * second) * power
    }

    @inline(__always)
    private func parts(_ index: Int) -> (own: Double, neighbours: Double, far: Double) {
        (samples[index], samples[index - 1] + samples[index + 1], samples[index - 2] + samples[index + 2])
    }
}
