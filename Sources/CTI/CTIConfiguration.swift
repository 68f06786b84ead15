public import CallControl

/// What the CTIManager knows of users and devices.
public struct CTIConfiguration: Equatable, Sendable {
    /// Application users and end users by name.
    public var users: [String: CTIUser]
    /// Every device by its name.
    public var devices: [DeviceName: Device]
    /// The service parameters.
    public var parameters: CTIServiceParameters
    /// Those who take calls of queues.
    public var agents: [AgentID: AgentSettings]

    /// Makes a configuration.
    public init(
        users: [String: CTIUser], devices: [DeviceName: Device], parameters: CTIServiceParameters = CTIServiceParameters(),
        agents: [AgentID: AgentSettings] = [:]
    ) {
        self.users = users
        self.devices = devices
        self.parameters = parameters
        self.agents = agents
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
    /// How long an application may take to select a route.
    public var routeSelect: Duration = .seconds(5)
    /// How long an application may take to give the address of a call's media.
    public var mediaExchange: Duration = .seconds(12)
    /// The most applications at once; a further connection is closed.
    public var maximumApplications = 1000
    /// The most requests of one application that call control works on at once.
    public var maximumRequests = 4000
    /// Wrong passwords for one user, and for whichever users, from one address, after which its further ones are refused unheard.
    public var maximumFailures = 10
    /// The same for all users together.
    public var maximumFailuresOfAddress = 50
    /// How long that lasts after the last wrong password.
    public var guessingWindow: Duration = .seconds(60)
    /// The most guessers remembered.
    public var maximumGuessers = 4096
    /// The most providers that wait for their password to be checked.
    public var maximumOpenings = 64

    /// Makes the defaults.
    public init() {}
}
