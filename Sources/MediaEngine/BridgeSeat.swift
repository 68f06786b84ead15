/// A session's place in a bridge, with what was mixed for it and waits for its next packet.
@safe struct BridgeSeat {
    let bridge: BridgeID
    let role: BridgeRole
    /// Whether there is another talker.
    var hearsOthers = false
    private let waiting: UnsafeMutablePointer<Int16>
    private var count = 0

    /// The most samples that wait: the longest packet and a frame.
    private static let capacity = 8 * MediaThread.packetSamples

    init(bridge: BridgeID, role: BridgeRole) {
        self.bridge = bridge
        self.role = role
        unsafe waiting = .allocate(capacity: BridgeSeat.capacity)
    }

    /// Adds a frame. A session that does not send does not take any either: then the oldest give way.
    mutating func put(_ frame: UnsafePointer<Int16>, _ length: Int) {
        if count + length > BridgeSeat.capacity { drop(count + length - BridgeSeat.capacity) }
        unsafe (waiting + count).update(from: frame, count: length)
        count += length
    }

    /// Takes what is next; silence where nothing waits.
    mutating func take(into samples: UnsafeMutablePointer<Int16>, _ length: Int) {
        let available = min(length, count)
        unsafe samples.update(from: waiting, count: available)
        if available < length { unsafe (samples + available).update(repeating: 0, count: length - available) }
        drop(available)
    }

    /// Forgets what waits.
    mutating func clear() { count = 0 }

    /// Gives the memory back.
    func dispose() { unsafe waiting.deallocate() }

    private mutating func drop(_ length: Int) {
        count -= length
        unsafe waiting.update(from: waiting + length, count: count)
    }
}
