import Audio

/// What a session plays: clips in a row.
struct PlayQueue {
    private struct Item {
        let clip: Clip
        /// The `play` that ends with this clip.
        let ends: PlayID?
    }

    private var items: [Item] = []
    private var next = 0
    private var reader = ClipReader(.pcmu)

    /// Whether nothing plays.
    var isEmpty: Bool { next >= items.count }

    /// Whether the packet that was filled last is silence that need not be sent (DTX).
    @inline(__always)
    var isDispensable: Bool { reader.isDispensable }

    /// The clips that are still to be heard.
    var clips: [Clip] { isEmpty ? [] : items[next...].map(\.clip) }

    mutating func add(_ clips: [Clip], ends play: PlayID?) {
        if isEmpty {
            items.removeAll(keepingCapacity: true)
            next = 0
        }
        let wasEmpty = isEmpty
        for (index, clip) in clips.enumerated() { items.append(Item(clip: clip, ends: index == clips.count - 1 ? play : nil)) }
        if wasEmpty { point() }
    }

    /// Forgets everything; gives the plays that will not end.
    mutating func clear() -> [PlayID] {
        let unfinished = isEmpty ? [] : items[next...].compactMap(\.ends)
        items = []
        next = 0
        point()
        return unfinished
    }

    /// Plays in another codec from here on.
    mutating func use(_ codec: Codec) { reader.use(codec) }

    /// Fills a packet, with silence behind the last clip; how many bytes it has. `ended` hears of the plays that end in it.
    @inline(__always)
    mutating func fill(_ packet: UnsafeMutablePointer<UInt8>, _ milliseconds: Int, ended: (PlayID) -> Void) -> Int {
        let count = reader.packetBytes(milliseconds)
        var filled = 0
        while filled < count, !isEmpty {
            let length = unsafe reader.read(into: packet + filled, count - filled)
            filled += length
            if reader.isOver { advance(ended) } else if length == 0 { break }
            if length > 0, reader.isOfWholePackets { return filled }
        }
        if filled < count { filled += unsafe reader.fillSilence(packet + filled, count - filled) }
        return filled
    }

    private mutating func advance(_ ended: (PlayID) -> Void) {
        let play = items[next].ends
        next += 1
        if isEmpty {
            items.removeAll(keepingCapacity: true)
            next = 0
        }
        point()
        if let play { ended(play) }
    }

    private mutating func point() { reader.begin(isEmpty ? nil : items[next].clip) }
}
