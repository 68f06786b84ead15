/// Hears the beep of an answering machine: a single tone that keeps its pitch for a while, and then silence.
///
/// For samples of one sine, each is the mean of its neighbours divided by the same factor, the cosine of the pitch: the factor that fits a frame best gives the
/// pitch, and what is left over says how pure the tone is. Beeps of two tones at once are not recognised.
struct BeepDetector: Sendable {
    /// Shorter tones are parts of words; longer ones are a line that is out of order.
    private static let frames = 6...100
    /// The cosines of 2500 and 640 Hz at 8000 samples a second: voices are mostly below, and so are tones of the network, two of which may be close enough
    /// together to look like one.
    private static let cosines = -0.3827...0.8763
    /// How much of the power may be something else, 20 dB below.
    private static let impurity = 0.01
    /// The pitch may wander by about 2 %.
    private static let wander = 0.015
    /// About -36 dB below full scale, and what is so much weaker than the tone is silence after it.
    private static let faintest = 500.0
    private static let drop = 0.01
    /// 60 ms of silence end a beep.
    private static let silence = 3

    private var cosine = 0.0
    private var toneFrames = 0
    private var quietFrames = 0
    private var tonePower = 0.0

    /// Hears 20 ms; whether a beep was there before, and is over.
    mutating func hears(_ samples: borrowing [160 of Int16]) -> Bool {
        var (power, product, neighbours) = (0.0, 0.0, 0.0)
        for index in 1..<159 {
            let (sample, sum) = (Double(samples[index]), Double(samples[index - 1]) + Double(samples[index + 1]))
            power += sample * sample
            product += sample * sum
            neighbours += sum * sum
        }
        if let pitch = BeepDetector.pitch(power, product, neighbours) {
            let goesOn = toneFrames > 0 && quietFrames == 0 && abs(pitch - cosine) < BeepDetector.wander
            toneFrames = goesOn ? toneFrames + 1 : 1
            (cosine, tonePower, quietFrames) = (pitch, power, 0)
            return false
        }
        guard toneFrames > 0 else { return false }
        // The frame in which the tone ends is neither tone nor silence.
        let isQuiet = power < tonePower * BeepDetector.drop
        guard isQuiet || quietFrames == 0 && power < tonePower else {
            toneFrames = 0
            quietFrames = 0
            return false
        }
        quietFrames += 1
        guard quietFrames > BeepDetector.silence else { return false }
        defer { (toneFrames, quietFrames) = (0, 0) }
        return BeepDetector.frames.contains(toneFrames)
    }

    /// The cosine of the pitch of a frame that is one tone.
    private static func pitch(_ power: Double, _ product: Double, _ neighbours: Double) -> Double? {
        guard power > 158 * faintest * faintest else { return nil }
        let cosine = product / power / 2
        let rest = neighbours - 4 * cosine * product + 4 * cosine * cosine * power
        guard cosines.contains(cosine), rest < impurity * (2 + 4 * cosine * cosine) * power else { return nil }
        return cosine
    }
}
