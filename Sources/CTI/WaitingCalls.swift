import CallControl
import Kernel

/// A line on one of its devices.
struct Appearance: Hashable, Sendable {
    let device: DeviceName
    let line: DirectoryNumber
}

// Calls that wait on a line to be answered have a place in a queue (CSTA Queued).
extension CTIManager {
    /// How many of the calls of a line are told their places anew when one ahead of them is taken.
    static let mostPositionsTold = 32

    /// Keeps the queue of a leg's line, and tells of places that changed. `before` is the leg's state before the event.
    mutating func queue(_ leg: LegID, before: LegState?, into outputs: inout [Output]) {
        guard let tracked = legs[leg], let line = tracked.line else { return }
        let place = Appearance(device: tracked.device, line: line)
        if tracked.state == .alerting, before != .alerting {
            waiting[place, default: []].append(leg)
            if let count = waiting[place]?.count, count > 1 { tellPosition(of: leg, count, into: &outputs) }
        } else if tracked.state != .alerting, before == .alerting {
            unqueue(leg, into: &outputs)
        }
    }

    /// The leg no longer waits; those behind it move up.
    mutating func unqueue(_ leg: LegID, into outputs: inout [Output]) {
        guard let tracked = legs[leg], let line = tracked.line else { return }
        let place = Appearance(device: tracked.device, line: line)
        guard let index = waiting[place]?.firstIndex(of: leg) else { return }
        waiting[place]?.remove(at: index)
        guard let left = waiting[place], !left.isEmpty else {
            waiting[place] = nil
            return
        }
        for (position, other) in left.enumerated().dropFirst(index).prefix(CTIManager.mostPositionsTold) {
            tellPosition(of: other, position + 1, into: &outputs)
        }
    }

    private func tellPosition(of leg: LegID, _ position: Int, into outputs: inout [Output]) {
        guard let tracked = legs[leg], let call = tracked.call, let open = devices[tracked.device] else { return }
        let event = CallEvent(call: call, leg: leg, device: tracked.device, line: tracked.line, kind: .queued(position: position))
        for application in open.openers { outputs.append(.event(application, .call(event))) }
    }

    /// The place of a call that waits, of which 1 is next.
    func position(of leg: LegID) -> Int? {
        guard let tracked = legs[leg], let line = tracked.line else { return nil }
        return waiting[Appearance(device: tracked.device, line: line)]?.firstIndex(of: leg).map { $0 + 1 }
    }
}
