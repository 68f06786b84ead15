public import CTI
import CallControl
import Kernel
import Switchboard

// Applications come, ask, hang and go.
extension SimulatedWorld {
    /// Lets an application connect: it opens its provider and devices by itself.
    public mutating func connect(_ name: String, _ habits: SimulatedApplication.Habits, secure: Bool = false) {
        lastApplication += 1
        let id = ApplicationID(lastApplication)
        applicationIDs[name] = id
        var application = SimulatedApplication(habits, mediaHost: .v4(0xC000_02C7 + UInt32(truncatingIfNeeded: lastApplication)))
        let (request, open) = application.open()
        applications[name] = application
        tell(.connected(id, secure: secure))
        tell(.request(id, request, open))
        if let heartbeat = habits.heartbeat { schedule(.heartbeat(id), after: heartbeat) }
    }

    /// Lets an application ask for something; the reply will be among its `replies`.
    @discardableResult
    public mutating func ask(_ name: String, _ request: ProviderRequest) -> RequestID? {
        guard let id = applicationIDs[name], applications[name]?.isFrozen == false,
            let (number, request) = applications[name]?.name(request)
        else { return nil }
        tell(.request(id, number, request))
        return number
    }

    /// Changes what an application does by itself.
    public mutating func set(application name: String, _ change: (inout SimulatedApplication.Habits) -> Void) {
        guard var habits = applications[name]?.habits else { return }
        change(&habits)
        applications[name]?.habits = habits
    }

    /// Lets an application hang: its connection stays, but it does nothing any more.
    public mutating func freeze(_ name: String) {
        applications[name]?.isFrozen = true
    }

    /// Lets an application's connection break.
    public mutating func disconnect(_ name: String) {
        guard let application = applicationIDs.removeValue(forKey: name) else { return }
        tell(.disconnected(application))
    }

    /// Whether an application is connected.
    public func isConnected(_ name: String) -> Bool { applicationIDs[name] != nil }

    /// The CTIManager closed a connection.
    mutating func closed(_ id: ApplicationID) {
        guard let name = name(of: id) else { return }
        applications[name]?.isDisconnected = true
        applicationIDs[name] = nil
    }

    /// An application shows that it lives, and will do so again.
    mutating func beat(_ id: ApplicationID) {
        guard let name = name(of: id), let interval = applications[name]?.habits.heartbeat, ask(name, .heartbeat) != nil else { return }
        schedule(.heartbeat(id), after: interval)
    }

    func name(of id: ApplicationID) -> String? {
        applicationIDs.first { $0.value == id }?.key
    }
}
