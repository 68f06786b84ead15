public import SDP

/// The devices, lines, partitions and calling search spaces of a site, as call control knows them. A value: a changed configuration is a new plan.
public struct NumberingPlan: Equatable, Sendable {
    /// Every device by its name.
    public var devices: [DeviceName: Device]
    /// Every line.
    public var lines: [Line]
    /// Numbers that lead to a trunk. The narrowest pattern that fits wins, and among equally narrow ones the first.
    public var routes: [RoutePattern]
    /// Calling search spaces by name: partitions in the order in which they are searched. Who has none may dial the partition `internal`.
    public var callingSearchSpaces: [String: [String]]
    /// Where calls can be parked.
    public var park: ParkNumbers?
    /// What our mixer can do in conferences, and in calls that are recorded or monitored.
    public var mixing = MediaCapabilities.g711
    /// Whether the mixer has music for those who are held.
    public var hasMusic = false

    /// Makes a plan.
    public init(
        devices: [DeviceName: Device] = [:], lines: [Line] = [], routes: [RoutePattern] = [], callingSearchSpaces: [String: [String]] = [:],
        park: ParkNumbers? = nil
    ) {
        self.devices = devices
        self.lines = lines
        self.routes = routes
        self.callingSearchSpaces = callingSearchSpaces
        self.park = park
    }
}

/// The numbers at which calls can be parked, one call each.
public struct ParkNumbers: Equatable, Sendable {
    /// The numbers, in the order in which free ones are taken.
    public var numbers: [DirectoryNumber]
    /// The partition they live in.
    public var partition: String
    /// How long a call waits before it goes back to who parked it.
    public var reversion: Duration

    /// Makes a set of park numbers.
    public init(numbers: [DirectoryNumber], partition: String = "internal", reversion: Duration = .seconds(60)) {
        self.numbers = numbers
        self.partition = partition
        self.reversion = reversion
    }
}

/// A device: what kind it is and where it may dial.
public struct Device: Equatable, Sendable {
    /// The configured name.
    public var name: DeviceName
    /// What it is.
    public var kind: Kind
    /// The device's calling search space, searched after the line's.
    public var callingSearchSpace: String?
    /// The device pool.
    public var pool: String
    /// What the device asks of its signalling and its media.
    public var security = Security.bestEffort
    /// How this server offers the device keys for its media.
    public var keyExchange = KeyExchange.sdes

    /// How the keys of media are agreed upon.
    public enum KeyExchange: String, Sendable, CaseIterable {
        /// They stand in the signalling (RFC 4568).
        case sdes
        /// A handshake in the media makes them (RFC 5763).
        case dtls
    }

    /// How secret a device wants its calls to be.
    public enum Security: String, Sendable, CaseIterable {
        /// Plain.
        case none
        /// Secret where the other side can do it.
        case bestEffort = "best-effort"
        /// Never plain, neither signalling (SIP over TLS) nor media (SRTP).
        case required
    }

    /// The kinds of devices.
    public enum Kind: String, Sendable, CaseIterable {
        /// A virtual phone owned by an application.
        case ctiPort = "cti-port"
        /// A virtual device for many calls at once, controlled by an application.
        case routePoint = "route-point"
        /// A SIP phone.
        case phone
        /// A SIP trunk.
        case trunk

        /// Whether it is an application's.
        var isApplication: Bool { self == .ctiPort || self == .routePoint }
    }

    /// Makes a device.
    public init(name: DeviceName, kind: Kind, callingSearchSpace: String? = nil, pool: String = "default") {
        self.name = name
        self.kind = kind
        self.callingSearchSpace = callingSearchSpace
        self.pool = pool
    }
}

/// A line: a directory number in a partition, on one device or shared by several.
public struct Line: Equatable, Sendable {
    /// The directory number.
    public var number: DirectoryNumber
    /// The partition the number lives in.
    public var partition: String
    /// The devices that have the line.
    public var devices: [DeviceName]
    /// The name shown to others.
    public var displayName: String?
    /// The line's calling search space, searched before the device's.
    public var callingSearchSpace: String?
    /// Calls at once, past which a call is refused.
    public var maximumCalls: Int
    /// Calls at once, from which a further one finds the line busy.
    public var busyTrigger: Int
    /// How long the line rings before a call counts as not answered.
    public var noAnswer: Duration
    /// Where calls go that the line does not take.
    public var forwards: Forwards

    /// Makes a line.
    public init(
        number: DirectoryNumber, partition: String = "internal", devices: [DeviceName], displayName: String? = nil,
        callingSearchSpace: String? = nil,
        maximumCalls: Int = 4, busyTrigger: Int = 2, noAnswer: Duration = .seconds(20), forwards: Forwards = Forwards()
    ) {
        self.number = number
        self.partition = partition
        self.devices = devices
        self.displayName = displayName
        self.callingSearchSpace = callingSearchSpace
        self.maximumCalls = maximumCalls
        self.busyTrigger = busyTrigger
        self.noAnswer = noAnswer
        self.forwards = forwards
    }
}

/// The forward destinations of a line.
public struct Forwards: Equatable, Sendable {
    /// CFA: every call.
    public var all: DirectoryNumber?
    /// CFB: the busy trigger is reached, or the device says busy.
    public var busy: DirectoryNumber?
    /// CFNA: nobody answers; on a route point also when no application has it registered.
    public var noAnswer: DirectoryNumber?
    /// CFOF: the application failed while it had the call.
    public var failure: DirectoryNumber?
    /// CFUR: the device is not registered.
    public var unregistered: DirectoryNumber?

    /// Makes a set of destinations.
    public init(
        all: DirectoryNumber? = nil, busy: DirectoryNumber? = nil, noAnswer: DirectoryNumber? = nil, failure: DirectoryNumber? = nil,
        unregistered: DirectoryNumber? = nil
    ) {
        self.all = all
        self.busy = busy
        self.noAnswer = noAnswer
        self.failure = failure
        self.unregistered = unregistered
    }
}

/// A pattern of dialled numbers that leads to a trunk. `x` stands for one digit; a trailing `!` for one or more.
public struct RoutePattern: Equatable, Sendable {
    /// The pattern, such as `0!` or `+49xxx!`.
    public var pattern: String
    /// The partition the pattern lives in.
    public var partition: String
    /// The trunk that takes the call.
    public var trunk: DeviceName
    /// How many leading characters are taken off before the number is sent.
    public var strip: Int

    /// Makes a pattern.
    public init(pattern: String, partition: String = "internal", trunk: DeviceName, strip: Int = 0) {
        self.pattern = pattern
        self.partition = partition
        self.trunk = trunk
        self.strip = strip
    }
}
