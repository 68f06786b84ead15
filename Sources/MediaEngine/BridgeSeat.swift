import Audio

/// A session's place in a bridge, with what was mixed for it and waits for its next packet.
@safe struct BridgeSeat {
    let bridge: BridgeID
    let role: BridgeRole
    /// Whether there is another talker.
    var hearsOthers = false
    private let waiting: UnsafeMutablePointer<Int16>
    private var count = 0
    /// The samples a second of what waits.
    private var rate = 8000
    private var converter = RateConverter()
    /// Owned here.
    private var encoder: (codec: Codec, isDiscontinuous: Bool, coder: Held<VoiceEncoder>)?

    /// The most samples that wait: the longest packet and a frame.
    private static let capacity = 80 * 16

    init(bridge: BridgeID, role: BridgeRole) {
        self.bridge = bridge
        self.role = role
        unsafe waiting = .allocate(capacity: BridgeSeat.capacity)
    }

    /// Encodes what is next to a packet; how many bytes it has, 0 when it need not be sent.
    mutating func fill(
        _ packet: UnsafeMutablePointer<UInt8>, _ format: SessionFormat, by scratch: UnsafeMutablePointer<Int16>
    ) -> Int {
        let (codec, isDiscontinuous, milliseconds) = (format.codec, format.isDiscontinuous, format.partMilliseconds)
        if encoder?.codec != codec || encoder?.isDiscontinuous != isDiscontinuous {
            encoder?.coder.release()
            encoder = codec.makeEncoder(isDiscontinuous: isDiscontinuous).map { (codec, isDiscontinuous, Held($0)) }
        }
        let (length, wanted) = (milliseconds * rate / 1000, milliseconds * codec.rate / 1000)
        let samples = unsafe scratch + length
        unsafe take(into: scratch, length)
        if rate == codec.rate {
            unsafe samples.update(from: scratch, count: length)
        } else if rate < codec.rate {
            unsafe converter.double(scratch, length, into: samples)
        } else {
            unsafe converter.halve(scratch, length, into: samples)
        }
        let room = codec == .opus ? MediaThread.partBytes : MediaThread.packetBytes - MediaThread.roomForTag
        return encoder?.coder.with { unsafe $0.encode(samples, wanted, into: packet, room) } ?? 0
    }

    /// Adds a frame. A session that does not send does not take any either: then the oldest give way.
    mutating func put(_ frame: UnsafePointer<Int16>, _ length: Int, at rate: Int) {
        if rate != self.rate {
            count = 0
            self.rate = rate
        }
        if count + length > BridgeSeat.capacity { drop(count + length - BridgeSeat.capacity) }
        unsafe (waiting + count).update(from: frame, count: length)
        count += length
    }

    /// Takes what is next; silence where nothing waits.
    private mutating func take(into samples: UnsafeMutablePointer<Int16>, _ length: Int) {
        let available = min(length, count)
        unsafe samples.update(from: waiting, count: available)
        if available < length { unsafe (samples + available).update(repeating: 0, count: length - available) }
        drop(available)
    }

    /// Forgets what waits.
    mutating func clear() { count = 0 }

    /// Gives the memory back.
    func dispose() {
        unsafe waiting.deallocate()
        encoder?.coder.release()
    }

    private mutating func drop(_ length: Int) {
        count -= length
        unsafe waiting.update(from: waiting + length, count: count)
    }
}
