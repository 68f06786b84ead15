import CSpanDSP

/// Makes up what was lost: the last pitch period goes on and fades within 50 ms (libspandsp's, after ITU-T G.711 appendix I). For codecs that have
/// no means of their own. Used by one thread at a time.
@safe public final class Concealment {
    private let state: UnsafeMutablePointer<plc_state_t>

    /// Makes one; `nil` when there is no memory for it.
    public init?() {
        guard let state = unsafe plc_init(nil) else { return nil }
        unsafe self.state = unsafe state
    }

    deinit { unsafe plc_free(state) }

    /// Takes notice of samples that were received; the beginning of those behind a loss is blended with what was made up.
    public func heard(_ samples: UnsafeMutablePointer<Int16>, _ count: Int) { unsafe plc_rx(state, samples, Int32(count)) }

    /// Makes up samples.
    public func fill(_ samples: UnsafeMutablePointer<Int16>, _ count: Int) { unsafe plc_fillin(state, samples, Int32(count)) }
}
