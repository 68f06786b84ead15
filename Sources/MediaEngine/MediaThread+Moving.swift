import Kernel
import Synchronization

// Sessions that move to another thread when this one has as much to do as it can.
//
// A session's name says which thread is its home. There its commands arrive, in order, and are passed on while it is away. For a bridge it comes home
// first, because bridges are there.
extension MediaThread {
    /// A session on its way from thread to thread.
    final class Parcel: @unchecked Sendable {
        let state: SessionState

        init(_ state: SessionState) { self.state = state }
    }

    /// Where a session of this home is.
    struct Away {
        let id: MediaSessionID
        let host: MediaThread
        let slot: Int
        /// What it was told since it was asked to come home; `nil` while it is to stay.
        var waiting: [Order]?
    }

    /// A thread that takes sessions of ours, and how many more.
    struct Relief: Sendable {
        let host: MediaThread
        var count: Int
    }

    /// The most sessions that move in a phase: few enough that no packet of the others is late for it.
    private static let movesPerPhase = 16

    /// Looks for a thread that takes a part of the sessions.
    func seekRelief() {
        guard let (host, share) = slots.relief(of: number) else { return }
        submit(.relieve(Relief(host: host, count: Int(share * Double(wheel.count)))))
    }

    /// Moves sessions whose turn has just been, as long as the relief wants more.
    func relieve() {
        guard let relief, relief.count > 0, phase < reliefEnds, !relief.host.isFull.load(ordering: .relaxed) else { return }
        var moving: [Int] = []
        wheel.forEach(in: phase) { if moving.count < min(relief.count, MediaThread.movesPerPhase), mayMove($0) { moving.append($0) } }
        for slot in moving { move(slot, to: relief.host) }
        self.relief?.count -= moving.count
    }

    /// Whether a session can do without this thread: it is at home here, and in no bridge.
    private func mayMove(_ slot: Int) -> Bool {
        guard let session = unsafe session(slot) else { return false }
        return unsafe session.pointee.seat == nil && MediaEngine.thread(of: session.pointee.id) == number
    }

    /// Moves a session to another thread, if that has a slot for it.
    func move(_ slot: Int, to host: MediaThread) {
        guard let session = unsafe session(slot), mayMove(slot), let place = slots.takeSlot(of: host.number) else { return }
        let id = unsafe session.pointee.id
        away[slot] = Away(id: id, host: host, slot: place)
        host.submit(.settle(slot: place, pack(slot)))
    }

    /// Takes in a session that comes from another thread, or comes home.
    func settle(_ slot: Int, _ parcel: Parcel, at now: Instant) {
        let waiting = away[slot]?.waiting ?? []
        away[slot] = nil
        let state = parcel.state
        // Its next turn is due a packet time after its last.
        let due = state.tickedAt + Int64(state.format.milliseconds) * 1_000_000 - now.nanoseconds
        let ahead = Int(max(0, (due + MediaThread.phaseLength / 2) / MediaThread.phaseLength))
        begin(slot, state, at: (phase + min(ahead, state.format.phases - 1)) % state.format.phases)
        for order in waiting { obey(order, at: now) }
    }

    /// Sends a guest home.
    func sendHome(_ id: MediaSessionID, from slot: Int) {
        // One that has ended meanwhile is missed by nobody.
        guard let session = unsafe session(slot), unsafe session.pointee.id == id,
            let home = slots.thread(MediaEngine.thread(of: id))
        else { return }
        home.submit(.settle(slot: MediaEngine.slot(of: id), pack(slot)))
        slots.giveBack(slot: slot, of: number)
    }

    /// Takes a session out of this thread as it is.
    private func pack(_ slot: Int) -> Parcel {
        let state = unsafe (states + slot).move()
        unsafe isLive[slot] = false
        wheel.remove(slot, every: state.format.phases, at: state.turn)
        unwatch(state.sockets.rtp)
        unwatch(state.sockets.rtcp)
        return Parcel(state)
    }

    /// Passes on what a session is told that is away; false when it is here.
    func passOn(_ order: Order, to id: MediaSessionID) -> Bool {
        let slot = MediaEngine.slot(of: id)
        guard MediaEngine.thread(of: id) == number, let place = away[slot], place.id == id else { return false }
        if place.waiting != nil {
            away[slot]?.waiting?.append(order)
        } else if case .command(_, .join) = order {
            away[slot]?.waiting = [order]
            place.host.submit(.sendHome(id, slot: place.slot))
        } else {
            place.host.submit(.pass(slot: place.slot, order))
        }
        return true
    }
}
