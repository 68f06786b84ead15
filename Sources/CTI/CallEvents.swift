import CallControl
import Kernel

// What happens in calls is told to the applications that have the devices open.
extension CTIManager {
    mutating func receive(_ event: CallEvent, into outputs: inout [Output]) {
        guard let leg = event.leg, let device = event.device else {
            switch event.kind {
            case .callCleared: callCleared(event, into: &outputs)
            case .bridged:
                for application in event.device.flatMap({ devices[$0] })?.openers ?? [] {
                    outputs.append(.event(application, .call(event)))
                }
            default: break
            }
            return
        }
        tellParkMonitors(event, into: &outputs)
        // A leg that is known stays so to its end, also when its device is no longer configured.
        guard legs[leg] != nil || configuration.devices[device].map({ $0.kind != .trunk }) == true else { return }
        if legs[leg] == nil {
            if case .connectionCleared = event.kind {} else { track(leg, TrackedLeg(device: device)) }
        }
        legs[leg]?.call = event.call
        if let line = event.line { legs[leg]?.line = line }
        if let open = devices[device] {
            involve(device, event)
            let told = event.withoutKeys
            for application in open.openers { outputs.append(.event(application, .call(told))) }
        }
        if case .diverted = event.kind { routeUsed(leg, into: &outputs) }
        if let state = event.kind.state {
            let isNew = if case .offered = event.kind { true } else { false }
            let before = isNew ? nil : legs[leg]?.state
            legs[leg]?.state = state
            queue(leg, before: before, into: &outputs)
        }
        if case .connectionCleared = event.kind { untrack(leg, into: &outputs) }
    }

    /// Park monitors hear of every park number, whosever call waits there; once, if they have the device open as well.
    private func tellParkMonitors(_ event: CallEvent, into outputs: inout [Output]) {
        switch event.kind {
        case .parked, .unparked: break
        default: return
        }
        for application in applications.keys.sorted() where applications[application]?.provider?.monitorsParks == true {
            guard let device = event.device, !isOpen(device, application) else { continue }
            outputs.append(.event(application, .call(event)))
        }
    }

    private mutating func callCleared(_ event: CallEvent, into outputs: inout [Output]) {
        guard let names = involved.removeValue(forKey: event.call) else { return }
        let told = Set(names.flatMap { devices[$0]?.openers ?? [] })
        for application in told.sorted() { outputs.append(.event(application, .call(event))) }
    }

    /// Remembers which devices take part until the end: their applications are told when the call is over for everyone.
    private mutating func involve(_ device: DeviceName, _ event: CallEvent) {
        switch event.kind {
        case .originated, .offered, .transferred, .conferenced:
            if involved[event.call]?.contains(device) != true { involved[event.call, default: []].append(device) }
        case .diverted, .failed:
            involved[event.call]?.removeAll { $0 == device }
            if involved[event.call]?.isEmpty == true { involved[event.call] = nil }
        default:
            break
        }
    }

    mutating func track(_ leg: LegID, _ tracked: TrackedLeg) {
        legs[leg] = tracked
        legsAt[tracked.device, default: []].insert(leg)
    }

    private mutating func untrack(_ leg: LegID, into outputs: inout [Output]) {
        unqueue(leg, into: &outputs)
        endRoute(leg, into: &outputs)
        guard let tracked = legs.removeValue(forKey: leg) else { return }
        legsAt[tracked.device]?.remove(leg)
        if legsAt[tracked.device]?.isEmpty == true { legsAt[tracked.device] = nil }
        deadlines.cancel(.accept(leg))
        deadlines.cancel(.media(leg))
    }
}

extension CallEvent.Kind {
    /// The state of the leg after the event, where it changes.
    var state: LegState? {
        switch self {
        case .originated: .initiated
        case .offered, .delivered: .alerting
        case .established, .retrieved: .connected
        case .held: .hold
        case .failed: .fail
        case .connectionCleared: .null
        case .parked: .queued
        case .diverted, .digit, .callCleared, .queued, .transferred, .conferenced, .bridged, .unparked: nil
        }
    }
}
