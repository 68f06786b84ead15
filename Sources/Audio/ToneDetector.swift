import CSpanDSP
public import Kernel

/// Hears DTMF tones in audio of 8000 samples a second (libspandsp, after ITU-T Q.24). A key is reported once, when it has been recognised.
///
/// Used by one thread at a time.
@safe public final class ToneDetector {
    private let state: OpaquePointer
    /// How far the block is filled that the library weighs next, and for how many blocks no tone has been there.
    private var filled = 0
    private var pause = Int.max
    private var last: DTMFKey?
    private var buffer: (CChar, CChar, CChar, CChar, CChar, CChar, CChar, CChar) = (0, 0, 0, 0, 0, 0, 0, 0)

    /// The library weighs 102 samples at a time, 12.75 ms.
    private static let block = 102
    /// The upper tone may be so much weaker or stronger than the lower one, in dB. Q.24 asks for 8 and 4; at the edge the library is not exact.
    private static let twist: (weaker: Int32, stronger: Int32) = (9, 5)
    /// A key that is there again after so many blocks without it was interrupted, not let go.
    private static let interruption = 1

    /// Makes a detector; `nil` when there is no memory for it.
    public init?() {
        guard let state = unsafe dtmf_rx_init(nil, nil, nil) else { return nil }
        unsafe self.state = unsafe state
        unsafe dtmf_rx_parms(state, 0, ToneDetector.twist.weaker, ToneDetector.twist.stronger, ToneDetector.defaultThreshold)
    }

    /// What leaves the library's faintest level as it is.
    private static let defaultThreshold: Int32 = -100

    deinit {
        unsafe dtmf_rx_free(state)
    }

    /// Listens to samples and hands each key that was recognised to `report`.
    public func listen(to samples: UnsafeBufferPointer<Int16>, report: (DTMFKey) -> Void) {
        guard let base = samples.baseAddress else { return }
        var start = 0
        while start < samples.count {
            let count = min(samples.count - start, ToneDetector.block - filled)
            unsafe dtmf_rx(state, base + start, Int32(count))
            start += count
            filled = (filled + count) % ToneDetector.block
            if filled == 0 { endBlock(report) }
        }
    }

    /// Hands on what a block told.
    private func endBlock(_ report: (DTMFKey) -> Void) {
        let count = takeRecognised()
        guard count > 0 else {
            if unsafe dtmf_rx_status(state) == 0, pause < Int.max { pause += 1 }
            return
        }
        unsafe withUnsafeBytes(of: &buffer) { bytes in
            for index in 0..<count {
                guard let key = DTMFKey(Character(UnicodeScalar(unsafe bytes[index]))) else { continue }
                if key != last || pause > ToneDetector.interruption { report(key) }
                last = key
            }
        }
        pause = 0
    }

    /// Moves recognised keys from the detector to the buffer; how many.
    private func takeRecognised() -> Int {
        unsafe withUnsafeMutableBytes(of: &buffer) { bytes in
            guard let place = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
            return min(Int(unsafe dtmf_rx_get(state, place, 7)), 7)
        }
    }
}
