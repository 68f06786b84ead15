import COpus

/// Joins packets of Opus into longer ones (RFC 6716 section 3.2.5; libopus's repacketizer). Its memory is taken when it is made. Used by one thread at a time.
@safe public final class OpusJoiner {
    private let state: OpaquePointer

    /// Makes one; `nil` when there is no memory for it.
    public init?() {
        guard let state = unsafe opus_repacketizer_create() else { return nil }
        unsafe self.state = unsafe state
    }

    deinit { unsafe opus_repacketizer_destroy(state) }

    /// Forgets what was added.
    public func begin() { unsafe opus_repacketizer_init(state) }

    /// Adds a packet, whose bytes stay where they are until `write`; false for one that cannot follow what is there, as it has another mode or bandwidth.
    public func add(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        unsafe opus_repacketizer_cat(state, bytes, Int32(clamping: count)) == OPUS_OK
    }

    /// How many frames were added.
    public var frames: Int { Int(unsafe opus_repacketizer_get_nb_frames(state)) }

    /// Writes the packet that has them all; its bytes, 0 when it does not fit into `capacity`.
    public func write(into bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> Int {
        max(0, Int(unsafe opus_repacketizer_out(state, bytes, Int32(clamping: capacity))))
    }
}
