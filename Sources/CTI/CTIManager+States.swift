public import CallControl
public import Kernel

/// An open provider.
public struct ProviderState: Equatable, Sendable {
    /// The connection.
    public let application: ApplicationID
    /// Its user.
    public let user: String
    /// Where it connected from; `nil` for an application of the server's own process.
    public let origin: IPAddress?
    /// Whether it connected with TLS, or is of the server's own process.
    public let isSecure: Bool
    /// The devices that it has open.
    public let devices: [DeviceName]
    /// The interval in which a message is expected.
    public let heartbeat: Duration?
}

extension CTIManager {
    /// The open providers, the oldest first.
    public func providerStates() -> [ProviderState] {
        applications.sorted { $0.key < $1.key }.compactMap { id, application in
            application.provider.map {
                ProviderState(
                    application: id, user: $0.user, origin: application.origin, isSecure: application.isSecure,
                    devices: $0.devices.sorted { $0.text < $1.text }, heartbeat: $0.heartbeat)
            }
        }
    }

    /// The users by name.
    public var users: [(name: String, user: CTIUser)] {
        configuration.users.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
