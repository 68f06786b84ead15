import Foundation
public import Kernel

/// Call-progress and DTMF tones (ITU-T E.180, Q.23) as sound.
public enum Tone {
    /// One period of the ringing tone of a country (ISO 3166), or of the default of E.180 for one that is not known here.
    public static func ringback(country: String) -> Sound {
        let tones = CallProgress.of(country)
        return sound(tones.ringingPitch ?? tones.pitch, tones.ringing, flutter: tones.flutter)
    }

    /// One period of the busy tone of a country.
    public static func busy(country: String) -> Sound { sound(CallProgress.of(country).pitch, CallProgress.of(country).busy) }

    /// One period of a country's congestion tone, which says that there is no way through.
    public static func congestion(country: String) -> Sound { sound(CallProgress.of(country).pitch, CallProgress.of(country).congestion) }

    /// The zip tone, which tells an agent that the next moment a caller is there.
    public static let zip = sound([480], [250])

    /// The tone after which a caller is recorded, with a breath before it.
    public static let beep = Sound(samples: [Int16](repeating: 0, count: Clip.rate / 4), rate: Clip.rate) + sound([1000], [400])

    /// A key of the keypad.
    public static func key(_ key: DTMFKey, for duration: Duration) -> Sound {
        let grid: [Character] = Array("123A456B789C*0#D")
        let index = grid.firstIndex(of: key.character) ?? 0
        let (rows, columns) = ([697.0, 770, 852, 941], [1209.0, 1336, 1477, 1633])
        return sound([rows[index / 4], columns[index % 4]], [Int(duration.wholeMilliseconds)], level: 0.35)
    }

    /// Frequencies together, by a cadence: milliseconds of tone and of silence by turns.
    private static func sound(_ frequencies: [Double], _ cadence: [Int], flutter: Double? = nil, level: Double = 0.12) -> Sound {
        var samples: [Int16] = []
        for (place, milliseconds) in cadence.enumerated() {
            let count = milliseconds * Clip.rate / 1000
            samples += place.isMultiple(of: 2) ? burst(frequencies, count, flutter, level) : [Int16](repeating: 0, count: count)
        }
        return Sound(samples: samples, rate: Clip.rate)
    }

    private static func burst(_ frequencies: [Double], _ count: Int, _ flutter: Double?, _ level: Double) -> [Int16] {
        (0..<count).map { index in
            let angle = 2 * .pi * Double(index) / Double(Clip.rate)
            let sum = frequencies.reduce(0) { $0 + sin($1 * angle) } * (flutter.map { 1 + cos($0 * angle) } ?? 1)
            // The edges rise and fall within 2 ms, so that they do not click.
            let edge = min(1, Double(min(index, count - 1 - index)) / 16)
            return Int16(clamping: Int(sum * level * edge * 32_767))
        }
    }
}

extension Sound {
    /// One after the other. Both have the same rate.
    public static func + (left: Sound, right: Sound) -> Sound {
        Sound(samples: left.samples + right.samples, rate: left.rate)
    }
}
