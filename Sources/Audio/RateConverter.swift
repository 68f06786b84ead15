/// Doubles or halves the rate of a stream between 8000 and 16000 samples a second, frame by frame and without allocation: a half-band filter of 31
/// taps, whose every second tap is zero. It delays by 8 samples of the lower rate.
public struct RateConverter {
    private static let reach = 8
    /// The taps beside the middle at odd distances, for one side; the middle is a half. A sinc under a Blackman window, scaled to pass DC unchanged.
    private static let taps: [8 of Float] = [
        0.313_274_09, -0.091_911_01, 0.042_468_06, -0.020_170_81, 0.008_789_36, -0.003_229_00, 0.000_853_94, -0.000_074_64,
    ]
    /// The last samples of the frame before.
    private var past: [32 of Int16] = .init(repeating: 0)

    /// Begins with silence.
    public init() {}

    /// Writes `2 * count` samples at 16000 for `count` at 8000.
    public mutating func double(_ samples: UnsafePointer<Int16>, _ count: Int, into output: UnsafeMutablePointer<Int16>) {
        let span = 2 * RateConverter.reach
        func at(_ index: Int, _ past: borrowing [32 of Int16]) -> Float {
            Float(index < 0 ? past[span + index] : unsafe samples[index])
        }
        for index in 0..<count {
            // Both neighbours of the new sample lie `reach` back.
            unsafe output[2 * index] = Int16(clamping: Int(at(index - RateConverter.reach, past)))
            var sum: Float = 0
            for tap in 0..<RateConverter.reach {
                sum +=
                    RateConverter.taps[tap]
                    * (at(index - RateConverter.reach - tap, past) + at(index - RateConverter.reach + 1 + tap, past))
            }
            unsafe output[2 * index + 1] = Int16(clamping: Int((2 * sum).rounded()))
        }
        unsafe keep(samples, count, span)
    }

    /// Writes `count / 2` samples at 8000 for `count` at 16000.
    public mutating func halve(_ samples: UnsafePointer<Int16>, _ count: Int, into output: UnsafeMutablePointer<Int16>) {
        let span = 32
        func at(_ index: Int, _ past: borrowing [32 of Int16]) -> Float {
            Float(index < 0 ? past[span + index] : unsafe samples[index])
        }
        for index in 0..<(count / 2) {
            let middle = 2 * index - 2 * RateConverter.reach + 1
            var sum = at(middle, past) / 2
            for tap in 0..<RateConverter.reach {
                sum += RateConverter.taps[tap] * (at(middle - 2 * tap - 1, past) + at(middle + 2 * tap + 1, past))
            }
            unsafe output[index] = Int16(clamping: Int(sum.rounded()))
        }
        unsafe keep(samples, count, span)
    }

    private mutating func keep(_ samples: UnsafePointer<Int16>, _ count: Int, _ span: Int) {
        for index in 0..<span {
            let place = count - span + index
            past[index] = place < 0 ? past[index + count] : unsafe samples[place]
        }
    }
}
