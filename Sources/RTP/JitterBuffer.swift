/// Puts packets in order and says, packet by packet, what is to be played next: it, something made up, or nothing yet. It is adaptive: the delay that it
/// adds is as long as the network needs and no longer, and it follows a sender whose clock runs faster or slower than ours.
///
/// What rules it is the wait of the packet that came latest, over the last two seconds. As long as that lies between `leastWait` and `mostWait`, the
/// delay is right. Below, and at once when a packet comes too late, time is put in; above, time is taken out, best in silence. Time is in
/// units of the format's clock. Memory is taken when it is made, and never after.
public struct JitterBuffer: Sendable {
    /// What became of a packet.
    public enum Outcome: Hashable, Sendable {
        /// It waits for its time.
        case kept
        /// It began the stream, or the stream anew after a pause or a jump in its timestamps; what waited is dropped.
        case began
        /// Its time has passed.
        case late
        /// It waits already, or it is empty or longer than a slot.
        case refused
    }

    /// What is to be played next.
    public enum Next: Hashable, Sendable {
        /// Nothing: no stream, or its beginning is still to come.
        case nothing
        /// The packet of a slot, which `played` is to be told about.
        case packet(slot: Int)
        /// So many units are missing; the packet of the slot follows them, if it has come.
        case lost(units: Int, next: Int?)
        /// So many units are to be made up, for the delay to become longer; nothing is missing.
        case stretch(units: Int)
    }

    private struct Slot {
        var timestamp: UInt32 = 0
        var sequence: UInt16 = 0
        /// Bytes; 0 when the slot is free.
        var length = 0
    }

    /// How many packets may wait.
    public static let slotCount = 32
    private static let packetsJudged = 100
    private static let lateAllowed = 5
    /// How much may be missing in a row until the stream counts as paused: 200 ms.
    private static let framesUntilPause = 10

    /// 20 ms.
    private let frame: Int
    private let slotBytes: Int
    private var leastWait: Int { frame / 4 }
    private var mostWait: Int { 3 * frame / 2 }
    private var maximumDelay: Int { 15 * frame }
    private var slots: [Slot]
    private var storage: [UInt8]

    /// The timestamp of what is played next; `nil` when there is no stream.
    private var playhead: UInt32?
    private var hasPlayed = false
    private var lostInRow = 0
    private var lateInRow = 0
    /// Units to be put in.
    private var stretch = 0
    /// Units that may be taken out.
    public private(set) var excess = 0
    /// Whether they should be taken out even where it can be heard.
    public private(set) var isUrgent = false
    private var shortestWait = Int.max
    private var judged = 0
    private var longestWait = 0
    /// Packets that came too late.
    public private(set) var late: UInt64 = 0

    /// Makes an empty buffer for packets of at most `slotBytes`.
    public init(clockRate: UInt32, slotBytes: Int) {
        frame = max(Int(clockRate) / 50, 4)
        self.slotBytes = min(max(slotBytes, 1), 8192)
        slots = Array(repeating: Slot(), count: JitterBuffer.slotCount)
        storage = Array(repeating: 0, count: JitterBuffer.slotCount * self.slotBytes)
    }

    /// Forgets everything, as when the source changes.
    public mutating func reset() {
        for index in slots.indices { slots[index].length = 0 }
        playhead = nil
        hasPlayed = false
        (lostInRow, lateInRow, stretch, excess, judged, longestWait) = (0, 0, 0, 0, 0, 0)
        isUrgent = false
        shortestWait = .max
    }

    /// Takes a packet.
    public mutating func put(sequence: UInt16, timestamp: UInt32, payload: Span<UInt8>) -> Outcome {
        guard payload.count > 0, payload.count <= slotBytes else { return .refused }
        guard let playhead, lateInRow < JitterBuffer.lateAllowed else { return begin(sequence, timestamp, payload) }
        let wait = Int(Int32(bitPattern: timestamp &- playhead))
        guard abs(wait) <= 4 * maximumDelay else { return begin(sequence, timestamp, payload) }
        judge(wait)
        guard wait >= 0 else {
            late &+= 1
            lateInRow += 1
            stretch = max(stretch, min(frame / 2 - wait, 3 * frame, max(0, maximumDelay - longestWait)))
            excess = 0
            return .late
        }
        lateInRow = 0
        let index = Int(sequence) % slots.count
        guard slots[index].length == 0 || slots[index].sequence != sequence else { return .refused }
        store(sequence, timestamp, payload, in: index)
        return .kept
    }

    /// What is to be played now. After `packet` call `played`; the other answers are taken as done.
    public mutating func next() -> Next {
        guard let playhead else { return .nothing }
        if hasPlayed, stretch > 0 {
            let units = min(stretch, frame)
            stretch -= units
            return .stretch(units: units)
        }
        guard let index = oldest(playhead) else {
            lostInRow += 1
            if lostInRow > JitterBuffer.framesUntilPause { self.playhead = nil }
            self.playhead = self.playhead.map { $0 &+ UInt32(frame) }
            return hasPlayed ? .lost(units: frame, next: nil) : .nothing
        }
        let gap = Int(Int32(bitPattern: slots[index].timestamp &- playhead))
        if gap <= 0 {
            lostInRow = 0
            return .packet(slot: index)
        }
        let units = min(gap, frame)
        self.playhead = playhead &+ UInt32(units)
        return hasPlayed ? .lost(units: units, next: gap == units ? index : nil) : .nothing
    }

    /// Says that the packet of a slot was decoded to so many units. The slot is free.
    public mutating func played(slot: Int, units: Int) {
        playhead = slots[slot].timestamp &+ UInt32(clamping: max(units, 0))
        slots[slot].length = 0
        hasPlayed = true
    }

    /// Says that so many units were not played, though they were there.
    public mutating func skipped(units: Int) {
        excess = max(0, excess - units)
        if excess == 0 { isUrgent = false }
    }

    /// The bytes of a slot.
    public func withPayload<Result>(_ slot: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe storage.withUnsafeBufferPointer { all in
            let first = slot * slotBytes
            return unsafe body(UnsafeBufferPointer(rebasing: all[first..<first + slots[slot].length]))
        }
    }

    /// Looks at how long a packet waits, and every two seconds at what follows from it.
    private mutating func judge(_ wait: Int) {
        shortestWait = min(shortestWait, wait)
        longestWait = max(longestWait, wait)
        judged += 1
        guard judged >= JitterBuffer.packetsJudged else { return }
        let isLong = shortestWait > mostWait
        isUrgent = isLong && excess > 0
        excess = isLong ? shortestWait - frame / 2 : 0
        if shortestWait >= 0, shortestWait < leastWait { stretch = max(stretch, frame / 2) }
        shortestWait = .max
        longestWait = 0
        judged = 0
    }

    /// The waiting packet that is first; those whose time has passed meanwhile are dropped.
    private func oldest(_ playhead: UInt32) -> Int? {
        var found: Int?
        var least = Int32.max
        for index in slots.indices where slots[index].length > 0 {
            let ahead = Int32(bitPattern: slots[index].timestamp &- playhead)
            if ahead < least { (found, least) = (index, ahead) }
        }
        return found
    }

    private mutating func begin(_ sequence: UInt16, _ timestamp: UInt32, _ payload: Span<UInt8>) -> Outcome {
        reset()
        // 60 ms to begin with.
        playhead = timestamp &- UInt32(3 * frame)
        store(sequence, timestamp, payload, in: Int(sequence) % slots.count)
        return .began
    }

    private mutating func store(_ sequence: UInt16, _ timestamp: UInt32, _ payload: Span<UInt8>, in index: Int) {
        slots[index] = Slot(timestamp: timestamp, sequence: sequence, length: payload.count)
        let place = index * slotBytes
        for offset in 0..<payload.count { storage[place + offset] = payload[offset] }
    }
}
