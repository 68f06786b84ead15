import Foundation

// How loud speech is, after the idea of ITU-T P.56: the mean power of what is spoken, pauses left out.
extension Sound {
    /// The level to which recordings are evened out, in dB below full scale (a full-scale square wave is 0).
    public static let evenLevel = -20.0

    /// No recording is made louder by more than this, in dB: what is that faint is mostly noise.
    static let mostGain = 18.0

    /// The level of what is spoken, in dB below full scale; `nil` for silence. A piece of 20 ms counts as spoken when it is at most 25 dB below the loudest.
    public var loudness: Double? {
        let powers = stride(from: 0, to: samples.count, by: max(rate / 50, 1)).map { start -> Double in
            let piece = samples[start..<min(start + max(rate / 50, 1), samples.count)]
            return piece.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(piece.count)
        }
        // Below 8 of 32768 nothing is heard.
        guard let loudest = powers.max(), loudest > 64 else { return nil }
        let spoken = powers.filter { $0 > loudest / 316 }
        return 10 * log10(spoken.reduce(0, +) / Double(spoken.count)) - 20 * log10(32_768)
    }

    /// How often the recording was cut off: runs of three and more samples at full scale.
    public var clippings: Int {
        var (runs, length) = (0, 0)
        for sample in samples {
            length = sample >= 32_766 || sample <= -32_766 ? length + 1 : 0
            if length == 3 { runs += 1 }
        }
        return runs
    }

    /// The same sound at `evenLevel`, as far as its peaks leave room, so that recordings of different days sound alike.
    public func evened() -> Sound {
        guard let loudness else { return self }
        let peak = samples.reduce(1) { max($0, abs(Int($1))) }
        let room = 20 * log10(32_000 / Double(peak))
        let gain = min(Sound.evenLevel - loudness, max(room, 0), Sound.mostGain)
        let factor = pow(10, gain / 20)
        return Sound(samples: samples.map { Int16(max(-32_768, min(32_767, (Double($0) * factor).rounded()))) }, rate: rate)
    }
}
