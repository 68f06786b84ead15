/// A bridge as its media thread keeps it.
struct BridgeState {
    let id: BridgeID
    /// The slots of its members, those who have been there longest first.
    var members: [Int] = []
    var recorder: Recorder?
    /// The member on the left of the recording; -1 when it has left.
    var left = -1
    var isPaused = false
    /// The samples a second of its mix: 16000 as soon as a member hears and speaks so.
    var rate = 8000
}

/// Where a bridge is mixed: one frame of each member, and their sum. A thread has one, as its bridges are mixed one after the other.
@safe struct MixingDesk {
    private let frames: UnsafeMutablePointer<Int16>
    private let sum: UnsafeMutablePointer<Int32>
    /// The result: what one member hears.
    let mixed: UnsafeMutablePointer<Int16>
    /// The samples of a frame.
    var length = 160
    private static let longest = 320
    private let silence: UnsafeMutablePointer<Int16>

    init() {
        unsafe frames = .allocate(capacity: MediaBridge.maximumMembers * MixingDesk.longest)
        unsafe sum = .allocate(capacity: MixingDesk.longest)
        unsafe mixed = .allocate(capacity: MixingDesk.longest)
        unsafe silence = .allocate(capacity: MixingDesk.longest)
        unsafe frames.initialize(repeating: 0, count: MediaBridge.maximumMembers * MixingDesk.longest)
        unsafe silence.initialize(repeating: 0, count: MixingDesk.longest)
    }

    func dispose() {
        unsafe frames.deallocate()
        unsafe sum.deallocate()
        unsafe mixed.deallocate()
        unsafe silence.deallocate()
    }

    /// Begins a frame at a rate.
    mutating func clear(_ rate: Int) {
        length = rate / 50
        unsafe sum.update(repeating: 0, count: length)
    }

    /// Where the frame of a member is.
    @inline(__always)
    func frame(_ member: Int) -> UnsafeMutablePointer<Int16> { unsafe frames + member * MixingDesk.longest }

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

    /// What a recording has on its left: the frame of a member, or silence.
    func left(_ member: Int?) -> UnsafePointer<Int16> {
        unsafe UnsafePointer(member.map { unsafe frame($0) } ?? silence)
    }
}
