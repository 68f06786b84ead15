import Audio

/// What a session plays: clips in a row, each the bytes of one law. Taking a packet's worth copies bytes and touches no reference; only the change
/// from one clip to the next does.
@safe struct PlayQueue {
    private struct Item {
        let clip: Clip
        /// The `play` that ends with this clip.
        let ends: PlayID?
    }

    private var items: [Item] = []
    private var next = 0
    private var bytes: UnsafeBufferPointer<UInt8> = unsafe UnsafeBufferPointer(start: nil, count: 0)
    private var offset = 0
    private var law = G711Law.mu

    /// Whether nothing plays.
    var isEmpty: Bool { next >= items.count }

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

    /// Plays in another law from here on.
    mutating func use(_ law: G711Law) {
        guard law != self.law else { return }
        self.law = law
        let place = offset
        point()
        offset = min(place, unsafe bytes.count)
    }

    /// Fills a packet, with silence behind the last clip. `ended` hears of the plays that end in it.
    @inline(__always)
    mutating func fill(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, ended: (PlayID) -> Void) {
        var filled = 0
        while filled < count, !isEmpty {
            let take = min(count - filled, unsafe bytes.count - offset)
            if take > 0, let base = unsafe bytes.baseAddress {
                unsafe (packet + filled).update(from: base + offset, count: take)
                filled += take
                offset += take
            }
            if unsafe offset >= bytes.count { advance(ended) }
        }
        if filled < count { unsafe (packet + filled).update(repeating: law.silence, count: count - filled) }
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

    private mutating func point() {
        offset = 0
        unsafe bytes = isEmpty ? UnsafeBufferPointer(start: nil, count: 0) : items[next].clip.bytes(law)
    }
}
