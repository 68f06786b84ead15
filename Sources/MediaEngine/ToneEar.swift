import Audio
import Kernel

/// Hears the keys within a session's audio, in whatever codec it comes: packet by packet, without waiting for what may still come.
///
/// Used by the media thread alone.
@safe final class ToneEar {
    private let detector: ToneDetector
    private var codec = Codec.pcmu
    /// What decodes other codecs than G.711, for which there are tables.
    private var decoder: VoiceDecoder?
    private var converter = RateConverter()
    private let tables = G711Tables.shared

    /// Rooms for samples, each of so many. Opus has 120 ms in a packet at most (RFC 6716 section 2.1.4): 1920 samples.
    @safe struct Scratch {
        let decoded: UnsafeMutablePointer<Int16>
        let narrow: UnsafeMutablePointer<Int16>
        let capacity: Int
    }

    init?() {
        guard let detector = ToneDetector() else { return nil }
        self.detector = detector
    }

    /// Listens to a packet, and hands each key that was recognised to `report`.
    func listen(to audio: Span<UInt8>, _ codec: Codec, by scratch: Scratch, report: (DTMFKey) -> Void) {
        if codec != self.codec {
            self.codec = codec
            decoder = G711Law(codec) == nil ? codec.makeDecoder() : nil
            converter = RateConverter()
        }
        let count: Int
        if let law = G711Law(codec) {
            count = min(audio.count, scratch.capacity)
            let table = unsafe tables.decode(law)
            for index in 0..<count { unsafe scratch.decoded[index] = unsafe table[Int(audio[index])] }
        } else {
            count = unsafe audio.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return 0 }
                return unsafe decoder?.decode(base, bytes.count, into: scratch.decoded, scratch.capacity) ?? 0
            }
        }
        if codec.rate == 8000 {
            unsafe detector.listen(to: UnsafeBufferPointer(start: scratch.decoded, count: count), report: report)
        } else {
            unsafe converter.halve(scratch.decoded, count, into: scratch.narrow)
            unsafe detector.listen(to: UnsafeBufferPointer(start: scratch.narrow, count: count / 2), report: report)
        }
    }

    /// Hears that the peer made a pause in which it sent nothing, so that the same key before and behind it is two.
    func pause(by scratch: Scratch, report: (DTMFKey) -> Void) {
        let silence = min(ToneEar.shortestPause, scratch.capacity)
        unsafe scratch.narrow.update(repeating: 0, count: silence)
        unsafe detector.listen(to: UnsafeBufferPointer(start: scratch.narrow, count: silence), report: report)
    }

    /// 40 ms: what ITU-T Q.24 lets stand between two keys.
    private static let shortestPause = 320
}

extension G711Law {
    /// The law of a codec; `nil` for those that have none.
    init?(_ codec: Codec) {
        switch codec {
        case .pcmu: self = .mu
        case .pcma: self = .a
        case .g722, .opus, .l16Wide, .l16Narrow: return nil
        }
    }
}
