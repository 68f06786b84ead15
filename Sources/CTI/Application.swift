import CallControl
import Kernel
import SDP

/// A connected application.
struct Application: Sendable {
    let isSecure: Bool
    /// Where it connected from; `nil` for one of this process.
    let origin: IPAddress?
    var state: State = .connected
    /// How many of its requests call control works on.
    var requests = 0

    enum State: Sendable {
        /// No provider is open.
        case connected
        /// The password of its user is being checked; `user` is `nil` when there is no such user.
        case opening(RequestID, name: String, user: CTIUser?, heartbeat: Duration?)
        /// Its provider is open.
        case open(Provider)
    }

    var provider: Provider? {
        if case .open(let provider) = state { provider } else { nil }
    }
}

/// The open provider of an application.
struct Provider: Sendable {
    let user: String
    /// The interval in which a message is expected; `nil` when the application is not watched.
    let heartbeat: Duration?
    var lastHeard: Instant
    var devices: Set<DeviceName> = []
    /// Whether it is told of calls at all park numbers.
    var monitorsParks = false
    /// Whether it is told of agents' states.
    var monitorsAgents = false
}

/// A device that applications have open.
struct OpenDevice: Sendable {
    /// The applications that hear of its calls, the first to open it first.
    var openers: [ApplicationID] = []
    /// How applications terminate its media, the first to register first.
    var registrations: [Registration] = []

    struct Registration: Sendable {
        let application: ApplicationID
        let media: MediaRegistration
    }

    func registration(of application: ApplicationID) -> MediaRegistration? {
        registrations.first { $0.application == application }?.media
    }
}

/// A request of an application that call control works on.
struct PendingRequest: Sendable {
    let application: ApplicationID
    let request: RequestID
    let purpose: Purpose

    enum Purpose: Sendable {
        /// A call is made for this device.
        case makeCall(DeviceName)
        /// A leg is redirected.
        case redirect(LegID)
        /// A number of a route selection is tried.
        case route(LegID)
        case other
    }
}

extension MediaRegistration {
    /// What the application can do; `nil` when it takes no media.
    var capabilities: MediaCapabilities? {
        switch self {
        case .none, .routing: nil
        case .fixed(_, let capabilities), .dynamic(let capabilities): capabilities
        }
    }

    /// Whether two applications may register the same route point so: same kind, same capabilities; each has its own address.
    func agrees(with other: MediaRegistration) -> Bool {
        switch (self, other) {
        case (.none, .none), (.routing, .routing): true
        case (.fixed(_, let ours), .fixed(_, let theirs)), (.dynamic(let ours), .dynamic(let theirs)): ours == theirs
        default: false
        }
    }
}
