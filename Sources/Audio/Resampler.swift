import CSpeexDSP

extension Sound {
    /// The rates that can be converted, in hertz.
    static let convertibleRates = 1000...384_000

    /// The same sound at another rate (libspeexdsp's resampler). Length and alignment are kept: the filter's delay is taken off the front, and its tail
    /// is flushed.
    public func resampled(to target: Int) throws(AudioFailure) -> Sound {
        guard rate != target else { return self }
        for one in [rate, target] where !Sound.convertibleRates.contains(one) { throw .unsupportedRate(one) }
        var error: Int32 = 0
        guard let state = unsafe speex_resampler_init(1, UInt32(rate), UInt32(target), 7, &error) else { throw .unsupportedRate(rate) }
        defer { unsafe speex_resampler_destroy(state) }
        unsafe speex_resampler_skip_zeros(state)
        let wanted = (samples.count * target + rate - 1) / rate
        var output = [Int16](repeating: 0, count: wanted)
        // Silence behind the end drives the filter's tail out.
        let tail = Int(unsafe speex_resampler_get_input_latency(state)) + rate / 100
        let input = samples + [Int16](repeating: 0, count: tail)
        var (read, written) = (0, 0)
        while read < input.count, written < wanted {
            var inLength = UInt32(min(input.count - read, 65_536))
            var outLength = UInt32(min(wanted - written, 65_536))
            unsafe input.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { sink in
                    guard let from = source.baseAddress, let to = sink.baseAddress else { return }
                    _ = unsafe speex_resampler_process_int(state, 0, from + read, &inLength, to + written, &outLength)
                }
            }
            guard inLength > 0 || outLength > 0 else { break }
            read += Int(inLength)
            written += Int(outLength)
        }
        return Sound(samples: output, rate: target)
    }
}
