import Foundation
public import Kernel

/// Call-progress and DTMF tones (ITU-T E.180, Q.23) as sound.
public enum Tone {
    /// One period of the ringing tone of a country: North America 440 and 480 Hz, elsewhere 425 Hz; with the country's cadence.
    public static func ringback(country: String) -> Sound {
        switch country {
        case "US", "CA": cadence([440, 480], on: 2, off: 4)
        case "GB", "IE", "AU", "NZ": cadence([400, 450], on: 0.4, off: 0.2) + cadence([400, 450], on: 0.4, off: 2)
        default: cadence([425], on: 1, off: 4)
        }
    }

    /// One period of the busy tone.
    public static func busy(country: String) -> Sound {
        country == "US" || country == "CA" ? cadence([480, 620], on: 0.5, off: 0.5) : cadence([425], on: 0.5, off: 0.5)
    }

    /// One period of the congestion tone, which says that no line is free.
    public static func congestion(country: String) -> Sound {
        country == "US" || country == "CA" ? cadence([480, 620], on: 0.25, off: 0.25) : cadence([425], on: 0.25, off: 0.25)
    }

    /// The zip tone, which tells an agent that the next moment a caller is there.
    public static let zip = cadence([480], on: 0.25, off: 0)

    /// The tone after which a caller is recorded, with a breath before it.
    public static let beep = Sound(samples: [Int16](repeating: 0, count: Clip.rate / 4), rate: Clip.rate) + cadence([1000], on: 0.4, off: 0)

    /// A key of the keypad.
    public static func key(_ key: DTMFKey, for duration: Duration) -> Sound {
        let grid: [Character] = Array("123A456B789C*0#D")
        let index = grid.firstIndex(of: key.character) ?? 0
        let (rows, columns) = ([697.0, 770, 852, 941], [1209.0, 1336, 1477, 1633])
        return cadence([rows[index / 4], columns[index % 4]], on: Double(duration.wholeMilliseconds) / 1000, off: 0, level: 0.35)
    }

    private static func cadence(_ frequencies: [Double], on: Double, off: Double, level: Double = 0.12) -> Sound {
        let rate = Double(Clip.rate)
        let sounding = Int(on * rate)
        var samples = (0..<sounding).map { index in
            let sum = frequencies.reduce(0) { $0 + sin(2 * .pi * $1 * Double(index) / rate) }
            // The edges rise and fall within 2 ms, so that they do not click.
            let edge = min(1, Double(min(index, sounding - 1 - index)) / 16)
            return Int16(clamping: Int(sum * level * edge * 32_767))
        }
        samples += [Int16](repeating: 0, count: Int(off * rate))
        return Sound(samples: samples, rate: Clip.rate)
    }
}

extension Sound {
    /// One after the other. Both have the same rate.
    public static func + (left: Sound, right: Sound) -> Sound {
        Sound(samples: left.samples + right.samples, rate: left.rate)
    }
}
