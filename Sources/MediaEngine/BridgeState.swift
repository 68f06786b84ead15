/// A bridge as its media thread keeps it.
struct BridgeState {
    let id: BridgeID
    /// The slots of its members, those who have been there longest first.
    var members: [Int] = []
    var recorder: Recorder?
    /// The member on the left of the recording; -1 when it has left.
    var left = -1
    var isPaused = false
}

/// Where a bridge is mixed: one frame of each member, and their sum. A thread has one, as its bridges are mixed one after the other.
@safe struct MixingDesk {
    private let frames: UnsafeMutablePointer<Int16>
    private let sum: UnsafeMutablePointer<Int32>
    /// The result: what one member hears.
    let mixed: UnsafeMutablePointer<Int16>
    /// Left and right of a recording in turn.
    private let stereo: UnsafeMutablePointer<Int16>
    private let length = MediaThread.packetSamples

    init() {
        unsafe frames = .allocate(capacity: MediaBridge.maximumMembers * length)
        unsafe sum = .allocate(capacity: length)
        unsafe mixed = .allocate(capacity: length)
        unsafe stereo = .allocate(capacity: 2 * length)
        unsafe frames.initialize(repeating: 0, count: MediaBridge.maximumMembers * length)
    }

    func dispose() {
        unsafe frames.deallocate()
        unsafe sum.deallocate()
        unsafe mixed.deallocate()
        unsafe stereo.deallocate()
    }

    func clear() { unsafe sum.update(repeating: 0, count: length) }

    /// Where the frame of a member is.
    @inline(__always)
    func frame(_ member: Int) -> UnsafeMutablePointer<Int16> { unsafe frames + member * length }

    /// Adds the frame of a member to the sum. Thirty-two full-scale members fit into 32 bits many times over.
    func add(_ member: Int) {
        let frame = unsafe frame(member)
        for index in 0..<length { unsafe sum[index] &+= Int32(unsafe frame[index]) }
    }

    /// What a member hears: the sum without its own frame, within 16 bits.
    func mixAllBut(_ member: Int?) {
        guard let member else {
            for index in 0..<length { unsafe mixed[index] = Int16(clamping: unsafe sum[index]) }
            return
        }
        let own = unsafe frame(member)
        for index in 0..<length { unsafe mixed[index] = Int16(clamping: unsafe sum[index] &- Int32(unsafe own[index])) }
    }

    /// The recording: one member left, all the others right.
    func interleaved(left member: Int?) -> UnsafePointer<Int16> {
        mixAllBut(member)
        for index in 0..<length {
            unsafe stereo[2 * index] = 0
            unsafe stereo[2 * index + 1] = unsafe mixed[index]
        }
        if let member {
            let own = unsafe frame(member)
            for index in 0..<length { unsafe stereo[2 * index] = unsafe own[index] }
        }
        return unsafe UnsafePointer(stereo)
    }
}
