import Audio

/// A place in a clip that plays in one codec. Reading copies bytes and touches no reference; only a change of clip or codec does.
@safe struct ClipReader {
    private var clip: Clip?
    private(set) var codec: Codec
    /// The bytes of a millisecond; 0 where packets vary.
    private var step: Int
    private var silence: UnsafeBufferPointer<UInt8>
    private var bytes = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var packets = unsafe UnsafeBufferPointer<Rendition.Packet>(start: nil, count: 0)
    /// Whether the clip is there in the codec; until it is encoded, there is silence.
    private var isReady = false
    private var offset = 0
    private var packet = 0
    /// Whether what was read last is silence that need not be sent (DTX).
    private(set) var isDispensable = false

    init(_ codec: Codec) {
        self.codec = codec
        step = codec.bytesPerMillisecond ?? 0
        unsafe silence = codec.silence
    }

    /// Begins a clip, or ends with none.
    mutating func begin(_ clip: Clip?) {
        self.clip = clip
        (isReady, isDispensable) = (false, false)
        (offset, packet) = (0, 0)
        unsafe (bytes, packets) = (UnsafeBufferPointer(start: nil, count: 0), UnsafeBufferPointer(start: nil, count: 0))
        findRendition()
    }

    /// Goes back to the beginning of the clip.
    mutating func rewind() { (offset, packet) = (0, 0) }

    /// Goes on at the same place in another codec.
    mutating func use(_ codec: Codec) {
        guard codec != self.codec else { return }
        let milliseconds = step > 0 ? offset / step : packet * 20
        let clip = clip
        self = ClipReader(codec)
        begin(clip)
        packet = milliseconds / 20
        offset = milliseconds * step
    }

    /// Whether the clip is over.
    @inline(__always)
    var isOver: Bool { unsafe isReady && (step > 0 ? offset >= bytes.count : packet >= packets.count) }

    /// Copies what is next of the clip: up to `count` bytes, or a packet where packets vary; 0 when it is over or not encoded yet.
    @inline(__always)
    mutating func read(into target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        if !isReady { findRendition() }
        guard isReady, !isOver, let base = unsafe bytes.baseAddress else { return 0 }
        let first = unsafe step > 0 || packet == 0 ? offset : Int(packets[packet - 1].end)
        let length = unsafe min(count, step > 0 ? bytes.count - first : Int(packets[packet].end) - first)
        unsafe target.update(from: base + first, count: length)
        if step > 0 {
            offset += length
        } else {
            unsafe isDispensable = packets[packet].isDispensable
            packet += 1
        }
        return length
    }

    /// The bytes of a packet; at most, where packets vary.
    @inline(__always)
    func packetBytes(_ milliseconds: Int) -> Int { step > 0 ? step * milliseconds : MediaThread.packetBytes / 2 }

    /// Whether a packet is full with the first bytes read.
    var isOfWholePackets: Bool { step == 0 }

    /// Fills with silence; how much was written.
    @inline(__always)
    func fillSilence(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard let base = unsafe silence.baseAddress, unsafe !silence.isEmpty else { return 0 }
        if step == 0 {
            unsafe target.update(from: base, count: silence.count)
            return unsafe silence.count
        }
        var filled = 0
        while filled < count {
            let length = unsafe min(count - filled, silence.count)
            unsafe (target + filled).update(from: base, count: length)
            filled += length
        }
        return count
    }

    private mutating func findRendition() {
        guard let rendition = clip?.rendition(codec) else { return }
        unsafe (bytes, packets) = (rendition.bytes, rendition.packets)
        isReady = true
    }
}
