import CSpeexDSP

/// Evens out how loud somebody is, while it is heard (libspeexdsp's automatic gain). Used by one thread at a time.
@safe public final class Leveller {
    /// The frames in which it works, in milliseconds.
    public static let milliseconds = 10
    /// The level of speech that it aims at, as the library counts it, and the most that it adds: more would be noise.
    private static let level: Float = 8000
    private static let mostGain: Int32 = 18

    /// Samples a second.
    public let rate: Int
    private let state: OpaquePointer

    /// Begins at a rate; `nil` when there is no memory.
    public init?(rate: Int) {
        guard let state = unsafe speex_preprocess_state_init(Int32(rate * Leveller.milliseconds / 1000), Int32(rate)) else { return nil }
        self.rate = rate
        unsafe self.state = state
        var (off, on, level, gain) = (Int32(0), Int32(1), Leveller.level, Leveller.mostGain)
        unsafe speex_preprocess_ctl(state, SPEEX_PREPROCESS_SET_DENOISE, &off)
        unsafe speex_preprocess_ctl(state, SPEEX_PREPROCESS_SET_AGC, &on)
        unsafe speex_preprocess_ctl(state, SPEEX_PREPROCESS_SET_AGC_LEVEL, &level)
        unsafe speex_preprocess_ctl(state, SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, &gain)
    }

    deinit { unsafe speex_preprocess_state_destroy(state) }

    /// Evens out whole frames where they stand; what is left over stays as it is.
    public func even(_ samples: UnsafeMutablePointer<Int16>, _ count: Int) {
        let frame = rate * Leveller.milliseconds / 1000
        for start in stride(from: 0, to: count - frame + 1, by: frame) { unsafe speex_preprocess_run(state, samples + start) }
    }
}
