public import CallControl
public import Kernel

/// The CTIManager: providers of applications, their rights, the devices they opened, media registration, timers and events. It is the
/// endpoint of every CTI port and route point. A pure state machine.
public struct CTIManager: Sendable {
    /// What reaches the CTIManager.
    public enum Input: Equatable, Sendable {
        /// An application connected.
        case connected(ApplicationID, secure: Bool)
        /// An application asks for something; it is answered by one `reply` with the same identifier.
        case request(ApplicationID, RequestID, ProviderRequest)
        /// The application's connection is gone, for whatever reason.
        case disconnected(ApplicationID)
        /// The driver checked the password of a `verifyPassword`.
        case passwordVerified(ApplicationID, Bool)
        /// Call control commands a leg of a CTI port or route point.
        case leg(LegID, LegCommand)
        /// Call control answers a request.
        case result(CallRequestID, Result<CallControl.CallRequestDone, CallRequestFailure>)
        /// Call control reports an event.
        case event(CallEvent)
        /// The configuration changed.
        case configuration(CTIConfiguration)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the CTIManager wants done.
    public enum Output: Equatable, Sendable {
        /// Answer an application's request.
        case reply(ApplicationID, RequestID, Result<ProviderReply, Refusal>)
        /// Tell an application.
        case event(ApplicationID, ProviderEvent)
        /// Compare a password with the stored hash, off the signalling loop, and come back with `passwordVerified`.
        case verifyPassword(ApplicationID, password: String, hash: String)
        /// Close the connection of an application.
        case disconnect(ApplicationID)
        /// Input for call control.
        case callControl(CallControl.Input)
        /// Tell the administrator.
        case alarm(Alarm)
    }

    /// A condition that an administrator should know of.
    public enum Alarm: Equatable, Sendable {
        /// A provider opened more devices than *Maximum Devices Per Provider*.
        case devicesPerProvider(user: String, limit: Int)
        /// All providers opened more devices than *Maximum Devices Per Node*.
        case devicesPerNode(limit: Int)
        /// An application failed; this many of its calls went to their CFOF numbers.
        case applicationFailed(user: String, calls: Int)
        /// A user who may control all devices is not in the secure connection group.
        case superProviderWithoutSecureConnection(user: String)
    }
}

/// What the CTIManager knows of users and devices.
public struct CTIConfiguration: Equatable, Sendable {
    /// Application users and end users by name.
    public var users: [String: CTIUser]
    /// Every device by its name.
    public var devices: [DeviceName: Device]
    /// The service parameters.
    public var parameters: CTIServiceParameters

    /// Makes a configuration.
    public init(users: [String: CTIUser], devices: [DeviceName: Device], parameters: CTIServiceParameters = CTIServiceParameters()) {
        self.users = users
        self.devices = devices
        self.parameters = parameters
    }
}

/// An application user or end user.
public struct CTIUser: Equatable, Sendable {
    /// The stored password hash, in the driver's format.
    public var passwordHash: String
    /// The access control groups.
    public var groups: Set<AccessGroup>
    /// The controlled devices.
    public var controlledDevices: Set<DeviceName>

    /// Makes a user.
    public init(passwordHash: String, groups: Set<AccessGroup>, controlledDevices: Set<DeviceName>) {
        self.passwordHash = passwordHash
        self.groups = groups
        self.controlledDevices = controlledDevices
    }
}

/// The service parameters of the CTIManager with the defaults of `CTI.md`.
public struct CTIServiceParameters: Equatable, Sendable {
    /// *Maximum Devices Per Provider*.
    public var maximumDevicesPerProvider = 2000
    /// *Maximum Devices Per Node*.
    public var maximumDevicesPerNode = 800
    /// *Application Heartbeat Minimum Interval*.
    public var heartbeatMinimum: Duration = .seconds(5)
    /// *Application Heartbeat Maximum Interval*.
    public var heartbeatMaximum: Duration = .seconds(3600)
    /// *CTI New Call Accept Timer*.
    public var newCallAccept: Duration = .seconds(4)
    /// How long an application may take to give the address of a call's media.
    public var mediaExchange: Duration = .seconds(12)

    /// Makes the defaults.
    public init() {}
}
