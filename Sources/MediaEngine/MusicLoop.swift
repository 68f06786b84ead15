import Audio

/// What a session hears when nothing else is to be heard: a clip in a loop.
struct MusicLoop {
    let clip: Clip
    private var reader: ClipReader

    /// Begins at the beginning; `nil` for a clip of nothing.
    init?(_ clip: Clip, _ codec: Codec) {
        guard clip.sampleCount > 0 else { return nil }
        self.clip = clip
        reader = ClipReader(codec)
        reader.begin(clip)
    }

    /// Goes on in another codec.
    mutating func use(_ codec: Codec) { reader.use(codec) }

    /// Whether the packet that was filled last is silence that need not be sent (DTX).
    @inline(__always)
    var isDispensable: Bool { reader.isDispensable }

    /// Fills a packet; how many bytes it has.
    @inline(__always)
    mutating func fill(_ packet: UnsafeMutablePointer<UInt8>, _ milliseconds: Int) -> Int {
        let count = reader.packetBytes(milliseconds)
        var filled = 0
        while filled < count {
            if reader.isOver { reader.rewind() }
            let length = unsafe reader.read(into: packet + filled, count - filled)
            filled += length
            if length == 0 { return unsafe filled + reader.fillSilence(packet + filled, count - filled) }
            if reader.isOfWholePackets { return filled }
        }
        return filled
    }
}
