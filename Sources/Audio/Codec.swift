/// The codecs of the house. To add one: a file like `G722.swift`, a case here and a line in `kind`.
public enum Codec: UInt8, CaseIterable, Sendable {
    /// G.711 µ-law.
    case pcmu
    /// G.711 A-law.
    case pcma
    /// G.722 at 64 kbit/s.
    case g722
    /// Opus (RFC 6716).
    case opus
    /// Linear samples at 16000 a second.
    case l16Wide
    /// Linear samples at 8000 a second.
    case l16Narrow

    var kind: any CodecKind.Type {
        switch self {
        case .pcmu: PCMU.self
        case .pcma: PCMA.self
        case .g722: G722.self
        case .opus: Opus.self
        case .l16Wide: L16Wide.self
        case .l16Narrow: L16Narrow.self
        }
    }

    /// The codec that SDP calls so (RFC 8866 section 6.6); `nil` for one that is not ours.
    public init?(name: String, clockRate: UInt32, channels: UInt8) {
        let wanted = name.lowercased()
        let found = Codec.allCases.first {
            $0.kind.name.lowercased() == wanted && $0.kind.clockRate == clockRate && $0.kind.channels == channels
        }
        guard let found else { return nil }
        self = found
    }

    /// The RTP clock rate in hertz.
    public var clockRate: UInt32 { kind.clockRate }
    /// The samples a second of what is encoded and decoded, 8000 or 16000.
    public var rate: Int { kind.rate }
    /// The bytes of a millisecond; `nil` for a codec whose packets vary.
    public var bytesPerMillisecond: Int? { kind.bytesPerMillisecond }
    /// The most bytes of 60 ms.
    public var longestPacket: Int { (bytesPerMillisecond ?? 20) * 60 }

    /// Makes an encoder, where asked one that gives nothing for most packets of a pause (DTX), if the codec has that; `nil` when there is no memory for it.
    public func makeEncoder(isDiscontinuous: Bool = false) -> VoiceEncoder? {
        isDiscontinuous ? kind.makeDiscontinuousEncoder() : kind.makeEncoder()
    }

    /// Makes a decoder; `nil` when there is no memory for it.
    public func makeDecoder() -> VoiceDecoder? { kind.makeDecoder() }

    /// 20 ms of silence as they sound within a pause. The memory is never given back.
    public var silence: UnsafeBufferPointer<UInt8> { unsafe Silences.shared.of(self) }
}

/// What a codec says of itself.
protocol CodecKind {
    static var name: String { get }
    static var clockRate: UInt32 { get }
    static var channels: UInt8 { get }
    static var rate: Int { get }
    static var bytesPerMillisecond: Int? { get }
    static func makeEncoder() -> VoiceEncoder?
    static func makeDiscontinuousEncoder() -> VoiceEncoder?
    static func makeDecoder() -> VoiceDecoder?
}

extension CodecKind {
    static var clockRate: UInt32 { UInt32(rate) }
    static var channels: UInt8 { 1 }
    static func makeDiscontinuousEncoder() -> VoiceEncoder? { makeEncoder() }
}

/// Encodes linear samples of one stream. Used by one thread at a time.
public class VoiceEncoder {
    /// Encodes samples, 10 to 60 ms of them (Opus: 20); the bytes written, of at most `capacity`. A discontinuous one gives none for what need not be
    /// sent.
    public func encode(
        _ samples: UnsafePointer<Int16>, _ count: Int, into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Int { 0 }
}

/// Decodes one stream. Used by one thread at a time.
public class VoiceDecoder {
    /// Decodes a packet; the samples written, of at most `capacity`; 0 when the packet makes no sense.
    public func decode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into samples: UnsafeMutablePointer<Int16>, _ capacity: Int
    ) -> Int { 0 }

    /// Makes up `count` lost samples by the codec's own means, from the packet behind them where there is one; false when the codec has none.
    public func conceal(
        _ count: Int, next: UnsafePointer<UInt8>?, _ nextCount: Int, into samples: UnsafeMutablePointer<Int16>
    ) -> Bool { false }
}

/// The silence of each codec, encoded once.
@safe private struct Silences: @unchecked Sendable {
    static let shared = Silences()
    private let buffers: [UnsafeBufferPointer<UInt8>]

    func of(_ codec: Codec) -> UnsafeBufferPointer<UInt8> { unsafe buffers[Int(codec.rawValue)] }

    private init() {
        unsafe buffers = Codec.allCases.map { codec in
            let capacity = codec.longestPacket
            let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            let zeros = [Int16](repeating: 0, count: codec.rate / 50)
            var length = 0
            let encoder = codec.makeEncoder()
            // The tenth packet of silence: the encoder has settled.
            for _ in 0..<10 { unsafe length = encoder?.encode(zeros, zeros.count, into: bytes, capacity) ?? 0 }
            return unsafe UnsafeBufferPointer(start: bytes, count: length)
        }
    }
}
