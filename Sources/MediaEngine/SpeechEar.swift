import Audio

/// Listens for the peer to begin to speak, and keeps what was last said, so that a recording that begins then has the first words. Used by the media thread
/// alone.
@safe final class SpeechEar {
    /// Samples a second.
    let rate: Int
    private var detector: SpeechDetector
    private let kept: UnsafeMutablePointer<Int16>
    private let capacity: Int
    /// How many samples are kept, and where the next one goes.
    private var count = 0
    private var end = 0
    /// How many samples have come since the peer was heard to speak; `nil` before.
    private var since: Int?
    /// So many milliseconds are kept: what is needed from before speech was recognised, for soft words may be a second old by then, and while a file is
    /// opened.
    private static let (before, after) = (1000, 700)

    init(rate: Int) {
        self.rate = rate
        detector = SpeechDetector(rate: rate)
        capacity = rate * (SpeechEar.before + SpeechEar.after) / 1000
        unsafe kept = .allocate(capacity: capacity)
        unsafe kept.initialize(repeating: 0, count: capacity)
    }

    deinit { unsafe kept.deallocate() }

    /// Whether speech was heard.
    var hasSpoken: Bool { since != nil }

    /// Whether it was heard so long ago that what is kept would begin in the middle of it.
    var isOver: Bool { (since ?? 0) > rate * SpeechEar.after / 1000 }

    /// Hears what comes next; whether the peer has begun to speak in it, which it does once.
    func hears(_ samples: UnsafePointer<Int16>, _ length: Int) -> Bool {
        for index in 0..<length {
            unsafe kept[end] = samples[index]
            end = end + 1 < capacity ? end + 1 : 0
        }
        count = min(count + length, capacity)
        if let since {
            self.since = since + length
            return false
        }
        guard detector.hears(unsafe UnsafeBufferPointer(start: samples, count: length).span) else { return false }
        since = 0
        return true
    }

    /// Hands over what was said, in pieces of up to 20 ms, which may be changed; nothing when nobody has spoken.
    func giveBack(_ take: (UnsafeMutablePointer<Int16>, Int) -> Void) {
        guard let since else { return }
        let wanted = min(count, since + rate * SpeechEar.before / 1000)
        var start = (end - wanted + capacity) % capacity
        var left = wanted
        while left > 0 {
            let length = min(left, rate / 50, capacity - start)
            unsafe take(kept + start, length)
            start = (start + length) % capacity
            left -= length
        }
    }
}
