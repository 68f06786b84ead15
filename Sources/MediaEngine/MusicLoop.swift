import Audio

/// What a session hears when nothing else is to be heard: a clip in a loop.
@safe struct MusicLoop {
    private let clip: Clip
    private var bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    /// Begins at the beginning; `nil` for a clip of nothing.
    init?(_ clip: Clip, law: G711Law) {
        guard clip.sampleCount > 0 else { return nil }
        self.clip = clip
        unsafe bytes = clip.bytes(law)
    }

    /// Goes on in another law.
    mutating func use(_ law: G711Law) { unsafe bytes = clip.bytes(law) }

    /// Fills a packet.
    @inline(__always)
    mutating func fill(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int) {
        guard let base = unsafe bytes.baseAddress else { return }
        var filled = 0
        while filled < count {
            let take = min(count - filled, unsafe bytes.count - offset)
            unsafe (packet + filled).update(from: base + offset, count: take)
            filled += take
            offset += take
            if unsafe offset >= bytes.count { offset = 0 }
        }
    }
}
