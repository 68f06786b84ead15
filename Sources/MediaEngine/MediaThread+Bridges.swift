import Audio
import Kernel
import RTP

// Bridges: who is in them, and what they hear.
extension MediaThread {
    func makeBridge(_ slot: Int, _ id: BridgeID) {
        bridges[slot] = BridgeState(id: id)
    }

    func obey(_ id: BridgeID, _ command: BridgeCommand) {
        let slot = MediaEngine.slot(of: id)
        guard bridges.indices.contains(slot), bridges[slot]?.id == id else { return }
        switch command {
        case .record(let path):
            stopRecording(bridge: slot)
            let members = bridges[slot]?.members ?? []
            bridges[slot]?.left = members.first { unsafe session($0)?.pointee.seat?.role == .talker } ?? -1
            bridges[slot]?.isPaused = false
            let report = report
            let rate = bridges[slot]?.rate ?? 8000
            bridges[slot]?.recorder = Recorder(path: path, channels: 2, rate: rate, writer: recordings) {
                report(.bridgeRecorded(id, path: path, $0))
            }
        case .pauseRecording: bridges[slot]?.isPaused = true
        case .resumeRecording: bridges[slot]?.isPaused = false
        case .stopRecording: stopRecording(bridge: slot)
        case .close: closeBridge(slot)
        }
    }

    func closeBridge(_ slot: Int) {
        guard let bridge = bridges[slot] else { return }
        for member in bridge.members {
            guard let session = unsafe session(member) else { continue }
            unsafe leave(session, member)
        }
        stopRecording(bridge: slot)
        bridges[slot] = nil
        slots.giveBack(bridge.id)
    }

    private func stopRecording(bridge slot: Int) {
        bridges[slot]?.recorder?.finish()
        bridges[slot]?.recorder = nil
    }

    func join(_ id: BridgeID, as role: BridgeRole, _ session: UnsafeMutablePointer<SessionState>, _ slot: Int) {
        unsafe leave(session, slot)
        let place = MediaEngine.slot(of: id)
        let name = unsafe session.pointee.id
        guard MediaEngine.thread(of: id) == number else {
            report(.notJoined(name, id, .otherThread))
            return
        }
        guard bridges.indices.contains(place), let bridge = bridges[place], bridge.id == id else {
            report(.notJoined(name, id, .noSuchBridge))
            return
        }
        guard bridge.members.count < MediaBridge.maximumMembers else {
            report(.notJoined(name, id, .bridgeFull(MediaBridge.maximumMembers)))
            return
        }
        bridges[place]?.members.append(slot)
        unsafe session.pointee.seat = BridgeSeat(bridge: id, role: role)
        unsafe prepareToHear(session)
        membersChanged(place)
    }

    /// Takes a session out of its bridge, if it is in one.
    func leave(_ session: UnsafeMutablePointer<SessionState>, _ slot: Int) {
        guard let seat = unsafe session.pointee.seat else { return }
        let place = MediaEngine.slot(of: seat.bridge)
        unsafe session.pointee.seat = nil
        seat.dispose()
        unsafe prepareToHear(session)
        bridges[place]?.members.removeAll { $0 == slot }
        if bridges[place]?.left == slot { bridges[place]?.left = -1 }
        membersChanged(place)
    }

    /// What follows from who is in a bridge, and with which codecs.
    func membersChanged(_ place: Int) {
        guard let bridge = bridges[place] else { return }
        bridges[place]?.rate = bridge.members.compactMap { unsafe session($0)?.pointee.format.codec.rate }.max() ?? 8000
        let talkers = bridge.members.count { unsafe session($0)?.pointee.seat?.role == .talker }
        for member in bridge.members {
            guard let session = unsafe session(member) else { continue }
            let others = unsafe session.pointee.seat?.role == .talker ? talkers - 1 : talkers
            unsafe session.pointee.seat?.hearsOthers = others > 0
            if others == 0 { unsafe session.pointee.seat?.clear() }
        }
    }

    /// Mixes a frame of each bridge of a phase.
    func mixBridges(_ phase: Int) {
        for slot in stride(from: phase, to: bridges.count, by: MediaThread.phases) where bridges[slot]?.members.isEmpty == false {
            mix(slot)
        }
    }

    private func mix(_ slot: Int) {
        guard let bridge = bridges[slot] else { return }
        desk.clear(bridge.rate)
        for (index, member) in bridge.members.enumerated() {
            guard let session = unsafe session(member) else { continue }
            let isTalker = unsafe session.pointee.seat?.role == .talker
            guard unsafe isTalker || hearingRate(session) != nil else { continue }
            unsafe hear(session, 20, at: bridge.rate, into: desk.frame(index))
            if isTalker { desk.add(index) }
        }
        for (index, member) in bridge.members.enumerated() {
            guard let session = unsafe session(member), unsafe session.pointee.seat?.hearsOthers == true else { continue }
            desk.mixAllBut(unsafe session.pointee.seat?.role == .talker ? index : nil)
            unsafe session.pointee.seat?.put(desk.mixed, desk.length, at: bridge.rate)
        }
        guard let recorder = bridge.recorder, !bridge.isPaused else { return }
        let left = bridge.members.firstIndex(of: bridge.left)
        desk.mixAllBut(left)
        unsafe recorder.append(desk.left(left), desk.mixed, desk.length, at: bridge.rate)
    }
}
