import Kernel

// What exists at the moment, for whoever shows it. Each costs as much as there is of it.

/// A device with what it does.
public struct DeviceState: Equatable, Sendable {
    /// The device.
    public let device: Device
    /// Whether it can be reached: registered, opened by an application, or a trunk that is up.
    public let isAvailable: Bool
    /// The number of its legs.
    public let legs: Int
}

/// A line with its calls.
public struct LineState: Equatable, Sendable {
    /// The line.
    public let line: Line
    /// The number of its calls on all its devices.
    public let calls: Int
}

/// A call with its parties.
public struct CallState: Equatable, Sendable {
    /// A party of a call.
    public struct Participant: Equatable, Sendable {
        /// Its number, or its device where the number is unknown.
        public let name: String
        /// The state of its leg.
        public let state: LegState
    }

    /// The call.
    public let call: CallID
    /// The number that was dialled.
    public let called: DirectoryNumber
    /// The parties, the one that stays first.
    public let parties: [Participant]
    /// Whether its media goes through the mixer.
    public let isMixed: Bool
    /// The park number at which it waits.
    public let parkedAt: DirectoryNumber?
}

extension CallControl {
    /// All devices by name.
    public func deviceStates() -> [DeviceState] {
        let counts = legs.values.reduce(into: [DeviceName: Int]()) { $0[$1.device, default: 0] += 1 }
        return routing.plan.devices.values.sorted { $0.name.text < $1.name.text }.map {
            DeviceState(device: $0, isAvailable: isAvailable($0.name), legs: counts[$0.name] ?? 0)
        }
    }

    /// All lines by number.
    public func lineStates() -> [LineState] {
        routing.plan.lines.sorted { $0.number.text < $1.number.text }.map { line in
            let calls = line.devices.reduce(0) { $0 + occupancy[Seat(line: line.key, device: $1), default: 0] }
            return LineState(line: line, calls: calls)
        }
    }

    /// All calls, the oldest first.
    public func callStates() -> [CallState] {
        let plain = calls.values.map { call in
            CallState(
                call: call.id, called: call.setUp.called, parties: parties(call.legs), isMixed: false, parkedAt: call.parking?.number)
        }
        let mixed = conferences.values.map { conference in
            CallState(
                call: conference.id, called: conference.setUp.called, parties: parties(conference.members.map(\.leg)), isMixed: true,
                parkedAt: nil)
        }
        return (plain + mixed).sorted { $0.call < $1.call }
    }

    private func parties(_ ids: [LegID]) -> [CallState.Participant] {
        ids.compactMap { id in
            legs[id].map { CallState.Participant(name: $0.party.number?.text ?? $0.device.text, state: $0.publicState) }
        }
    }
}
