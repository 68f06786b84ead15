import CSpanDSP
public import Kernel

/// Hears DTMF tones in audio of 8000 samples a second (libspandsp, after ITU-T Q.24). A key is reported once, when it has been recognised.
///
/// Used by one thread at a time.
@safe public final class ToneDetector {
    private let state: OpaquePointer
    private var buffer: (CChar, CChar, CChar, CChar, CChar, CChar, CChar, CChar) = (0, 0, 0, 0, 0, 0, 0, 0)

    /// Makes a detector; `nil` when there is no memory for it.
    public init?() {
        guard let state = unsafe dtmf_rx_init(nil, nil, nil) else { return nil }
        unsafe self.state = unsafe state
    }

    deinit {
        unsafe dtmf_rx_free(state)
    }

    /// Listens to samples and hands each key that was recognised to `report`.
    public func listen(to samples: UnsafeBufferPointer<Int16>, report: (DTMFKey) -> Void) {
        guard let base = samples.baseAddress else { return }
        unsafe dtmf_rx(state, base, Int32(samples.count))
        while case let count = takeRecognised(), count > 0 {
            unsafe withUnsafeBytes(of: &buffer) { bytes in
                for index in 0..<count {
                    if let key = DTMFKey(Character(UnicodeScalar(unsafe bytes[index]))) { report(key) }
                }
            }
        }
    }

    /// Moves recognised keys from the detector to the buffer; how many. A long piece of audio may hold more than fit.
    private func takeRecognised() -> Int {
        unsafe withUnsafeMutableBytes(of: &buffer) { bytes in
            guard let place = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
            return min(Int(unsafe dtmf_rx_get(state, place, 7)), 7)
        }
    }
}
