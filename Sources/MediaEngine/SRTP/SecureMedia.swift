import SDP

/// The SRTP of a session (RFC 3711): a context a direction. It belongs to the session's thread, is no object, and is given back by `end`.
@safe struct SecureMedia {
    @safe private enum State {
        case plain
        case secure(sending: UnsafeMutablePointer<SRTPContext>, receiving: UnsafeMutablePointer<SRTPContext>)
        /// The contexts could not be made, or the keys are awaited: nothing is sent or taken, for it would be plain.
        case broken
    }

    private var state = State.plain
    private var keys: SRTPKeys?
    private var isWaiting = false

    /// Takes these keys from here on. Unchanged ones go on with what they have counted; changed ones begin anew, as a peer's do.
    mutating func use(_ new: SRTPKeys?) {
        guard new != keys || isWaiting else { return }
        end()
        keys = new
        guard let new else { return }
        state = .broken
        guard let sending = SRTPContext(new.send, encrypts: true) else { return }
        guard let receiving = SRTPContext(new.receive, encrypts: false) else {
            sending.end()
            return
        }
        unsafe state = .secure(sending: SecureMedia.place(sending), receiving: SecureMedia.place(receiving))
    }

    private static func place(_ context: SRTPContext) -> UnsafeMutablePointer<SRTPContext> {
        let pointer = UnsafeMutablePointer<SRTPContext>.allocate(capacity: 1)
        unsafe pointer.initialize(to: context)
        return unsafe pointer
    }

    private static func giveBack(_ context: UnsafeMutablePointer<SRTPContext>) {
        unsafe context.pointee.end()
        unsafe context.deinitialize(count: 1)
        unsafe context.deallocate()
    }

    /// Gives the contexts back.
    mutating func end() {
        if case .secure(let sending, let receiving) = state {
            unsafe SecureMedia.giveBack(sending)
            unsafe SecureMedia.giveBack(receiving)
        }
        state = .plain
        keys = nil
        isWaiting = false
    }

    /// Sends and takes nothing until there are keys.
    mutating func awaitKeys() {
        end()
        state = .broken
        isWaiting = true
    }

    /// Protects a packet that has room behind it; gives its new length, and 0 when it must not be sent.
    @inline(__always)
    func protect(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, isReport: Bool = false) -> Int {
        switch state {
        case .plain: return count
        case .broken: return 0
        case .secure(let context, _):
            return unsafe isReport ? context.pointee.protectReport(packet, count) : context.pointee.protect(packet, count)
        }
    }

    /// Opens a packet; gives its new length, and 0 when it is forged, was seen before, or was meant for somebody else.
    @inline(__always)
    func open(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, isReport: Bool) -> Int {
        switch state {
        case .plain: return count
        case .broken: return 0
        case .secure(_, let context):
            return unsafe isReport ? context.pointee.openReport(packet, count) : context.pointee.open(packet, count)
        }
    }
}
