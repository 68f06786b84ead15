/// Puts packets in order and hands out their audio at the pace of the media clock, a constant time after they were sent.
///
/// For formats with a fixed number of bytes to a unit of the clock: G.711, G.722, linear. Packets may be of any length, so a peer's packet time
/// need not be ours. Memory is taken when it is made, and never after.
public struct PlayoutBuffer: Sendable {
    /// What became of a packet.
    public enum Outcome: Hashable, Sendable {
        /// It waits for its time.
        case kept
        /// It began the stream, or the stream anew after a jump in its timestamps; what waited is dropped.
        case began
        /// Its time has passed.
        case late
        /// It waits already, or it is empty or longer than a slot.
        case refused
    }

    /// What a tick got.
    public enum Taken: Hashable, Sendable {
        /// Nothing is due: no packet came yet, or the first one's time is still to come.
        case waiting
        /// All of the audio.
        case audio
        /// A part of it: how many units are missing and filled with silence.
        case partly(missing: Int)
        /// None of it: silence.
        case lost
    }

    /// The measures of a buffer; time is in units of the format's clock.
    public struct Shape: Hashable, Sendable {
        /// The time of a tick.
        public var tick: Int
        /// The time between a packet's arrival without jitter and its playing.
        public var delay: Int
        /// How far a packet may be ahead until it counts as a jump.
        public var maximumDelay: Int
        /// The bytes of a unit.
        public var unitBytes: Int
        /// How many packets may wait.
        public var slots: Int
        /// The longest packet in bytes.
        public var slotBytes: Int
        /// The byte that fills what is missing: silence in the format.
        public var silence: UInt8

        /// Makes a shape; the defaults are for G.711 µ-law, 20 ms ticks and 60 ms delay.
        public init(
            tick: Int = 160, delay: Int = 480, maximumDelay: Int = 2400, unitBytes: Int = 1, slots: Int = 32, slotBytes: Int = 480,
            silence: UInt8 = 0xFF
        ) {
            self.tick = max(tick, 1)
            self.delay = max(delay, 0)
            self.maximumDelay = max(maximumDelay, delay + tick)
            self.unitBytes = max(unitBytes, 1)
            self.slots = min(max(slots, 1), 1024)
            self.slotBytes = min(max(slotBytes, 1), 65_535)
            self.silence = silence
        }
    }

    private struct Slot {
        var timestamp: UInt32 = 0
        var sequence: UInt16 = 0
        /// Bytes; 0 when the slot is free.
        var length = 0
    }

    /// Ticks in a row in which only late packets came, after which the stream is taken up anew: the sender's clock stood still.
    private static let lateTicksAllowed = 5

    /// The measures.
    public let shape: Shape
    /// Packets that came too late.
    public private(set) var late: UInt64 = 0
    private var slots: [Slot]
    private var storage: [UInt8]
    /// The timestamp that the next tick begins with; `nil` before the first packet.
    private var playhead: UInt32?
    /// Whether audio was handed out since the stream began.
    private var playing = false
    private var heardLate = false
    private var lateTicks = 0

    /// Makes an empty buffer.
    public init(_ shape: Shape = Shape()) {
        self.shape = shape
        slots = Array(repeating: Slot(), count: shape.slots)
        storage = Array(repeating: 0, count: shape.slots * shape.slotBytes)
    }

    /// Forgets everything, as when the source changes.
    public mutating func reset() {
        for index in slots.indices { slots[index].length = 0 }
        playhead = nil
        playing = false
        heardLate = false
        lateTicks = 0
    }

    /// Takes a packet.
    public mutating func put(sequence: UInt16, timestamp: UInt32, payload: Span<UInt8>) -> Outcome {
        guard payload.count > 0, payload.count <= shape.slotBytes, payload.count % shape.unitBytes == 0 else { return .refused }
        guard let playhead, lateTicks < PlayoutBuffer.lateTicksAllowed else { return begin(sequence, timestamp, payload) }
        let ahead = Int(Int32(bitPattern: timestamp &- playhead))
        if ahead > shape.maximumDelay || ahead < -shape.maximumDelay * 8 { return begin(sequence, timestamp, payload) }
        guard ahead + payload.count / shape.unitBytes > 0 else {
            late &+= 1
            heardLate = true
            return .late
        }
        lateTicks = 0
        heardLate = false
        let index = Int(sequence) % slots.count
        guard slots[index].length == 0 || slots[index].sequence != sequence else { return .refused }
        store(sequence, timestamp, payload, in: index)
        return .kept
    }

    /// Fills `audio` with one tick's bytes, `tick` times `unitBytes`, and goes on by a tick. A shorter span gets the beginning.
    public mutating func take(into audio: inout MutableSpan<UInt8>) -> Taken {
        let length = min(audio.count, shape.tick * shape.unitBytes)
        for index in 0..<length { audio[index] = shape.silence }
        guard let start = playhead else { return .waiting }
        if heardLate { lateTicks += 1 }
        heardLate = false
        playhead = start &+ UInt32(truncatingIfNeeded: shape.tick)

        var units = 0
        for index in slots.indices where slots[index].length > 0 {
            units += gather(from: index, tickBegin: start, into: &audio, length: length)
        }
        if units > 0 { playing = true }
        if units >= shape.tick { return .audio }
        guard playing else { return .waiting }
        return units == 0 ? .lost : .partly(missing: shape.tick - units)
    }

    /// Copies what a slot has of a tick, and frees it when nothing is left of it.
    private mutating func gather(from index: Int, tickBegin: UInt32, into audio: inout MutableSpan<UInt8>, length: Int) -> Int {
        let slot = slots[index]
        let offset = Int(Int32(bitPattern: slot.timestamp &- tickBegin))
        let end = offset + slot.length / shape.unitBytes
        if end <= shape.tick { slots[index].length = 0 }
        let first = max(offset, 0)
        let last = min(end, shape.tick)
        guard first < last else { return 0 }
        let source = index * shape.slotBytes + (first - offset) * shape.unitBytes
        let target = first * shape.unitBytes
        for place in 0..<max(0, min((last - first) * shape.unitBytes, length - target)) {
            audio[target + place] = storage[source + place]
        }
        return last - first
    }

    private mutating func begin(_ sequence: UInt16, _ timestamp: UInt32, _ payload: Span<UInt8>) -> Outcome {
        reset()
        playhead = timestamp &- UInt32(truncatingIfNeeded: shape.delay)
        store(sequence, timestamp, payload, in: Int(sequence) % slots.count)
        return .began
    }

    private mutating func store(_ sequence: UInt16, _ timestamp: UInt32, _ payload: Span<UInt8>, in index: Int) {
        slots[index] = Slot(timestamp: timestamp, sequence: sequence, length: payload.count)
        let place = index * shape.slotBytes
        for offset in 0..<payload.count { storage[place + offset] = payload[offset] }
    }
}
