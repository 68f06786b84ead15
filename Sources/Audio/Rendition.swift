import Synchronization

/// A clip in one codec: its bytes, in memory that never moves. Good as long as the clip lives.
@safe public struct Rendition: @unchecked Sendable {
    /// 20 ms in a codec whose packets vary.
    public struct Packet: Sendable {
        /// Where it ends within the bytes of all.
        public let end: UInt32
        /// Whether it is silence that need not be sent to a peer that asks for that (DTX).
        public let isDispensable: Bool
    }

    /// All packets, one behind the other.
    public let bytes: UnsafeBufferPointer<UInt8>
    /// The packets of a codec whose packets vary.
    public let packets: UnsafeBufferPointer<Packet>

    /// Encodes sound of the codec's rate.
    init?(_ samples: [Int16], _ codec: Codec) {
        guard let encoder = codec.makeEncoder() else { return nil }
        let frame = codec.rate / 50
        var encoded: [UInt8] = []
        var packets: [Packet] = []
        var packet = [UInt8](repeating: 0, count: codec.longestPacket)
        var pause = Pause()
        var padded = samples
        // Codecs of whole frames get a whole last one; G.711 and linear audio end at the sample.
        if codec.bytesPerMillisecond == nil { padded += [Int16](repeating: 0, count: (frame - samples.count % frame) % frame) }
        if codec == .g722, samples.count % 2 == 1 { padded.append(0) }
        unsafe padded.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for start in stride(from: 0, to: source.count, by: frame) {
                let count = min(frame, source.count - start)
                let length = unsafe encoder.encode(base + start, count, into: &packet, packet.count)
                encoded += packet[..<length]
                // libopus could tell what is a pause, but takes sustained tones for one unless it may take half as long again.
                let isSilent = unsafe Pause.isSilent(base + start, count)
                if !isSilent { pause.end() }
                let isDispensable = isSilent && !pause.sends(20, lead: Pause.opusLead)
                packets.append(Packet(end: UInt32(clamping: encoded.count), isDispensable: isDispensable))
            }
        }
        unsafe bytes = Rendition.fixed(encoded)
        unsafe self.packets = codec.bytesPerMillisecond == nil ? Rendition.fixed(packets) : UnsafeBufferPointer(start: nil, count: 0)
    }

    /// Its memory, in bytes.
    var byteCount: Int { unsafe bytes.count + MemoryLayout<Packet>.stride * packets.count }

    func dispose() {
        unsafe bytes.deallocate()
        unsafe packets.deallocate()
    }

    private static func fixed<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = unsafe memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }
}

/// Where a clip keeps its rendition in one codec: made once, on whatever thread asks first, and found by media threads without a lock.
@safe final class RenditionPlace: @unchecked Sendable {
    private let place = unsafe Atomic<UnsafeMutablePointer<Rendition>?>(nil)

    /// The rendition, if it was made.
    var rendition: Rendition? {
        guard let found = unsafe place.load(ordering: .acquiring) else { return nil }
        return unsafe found.pointee
    }

    /// Puts it there, unless somebody else was quicker.
    func fill(_ rendition: Rendition) {
        let memory = UnsafeMutablePointer<Rendition>.allocate(capacity: 1)
        unsafe memory.initialize(to: rendition)
        guard unsafe !place.compareExchange(expected: nil, desired: memory, ordering: .acquiringAndReleasing).exchanged else { return }
        unsafe RenditionPlace.dispose(memory)
    }

    deinit {
        if let memory = unsafe place.load(ordering: .acquiring) { unsafe RenditionPlace.dispose(memory) }
    }

    private static func dispose(_ memory: UnsafeMutablePointer<Rendition>) {
        unsafe memory.pointee.dispose()
        unsafe memory.deallocate()
    }
}
