public import CallControl
public import Kernel

/// The CTIManager: providers of applications, their rights, the devices they opened, media registration, timers and events. It is the
/// endpoint of every CTI port and route point. A pure state machine.
public struct CTIManager: Sendable {
    /// What reaches the CTIManager.
    public enum Input: Equatable, Sendable {
        /// An application connected.
        case connected(ApplicationID, secure: Bool, from: IPAddress? = nil)
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
        /// A phone registered, or is no longer reachable: applications that have it open are told. Ports and route points need none of this.
        case device(DeviceName, available: Bool)
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
        /// Somebody gave wrong passwords too often, and is refused unheard for a while: for one user, or for whichever.
        case passwordGuessing(user: String?, from: IPAddress?)
    }

    var configuration: CTIConfiguration
    var applications: [ApplicationID: Application] = [:]
    /// How many applications wait for their password to be checked.
    var openings = 0
    /// Who gave wrong passwords lately.
    var failedAttempts: FailedAttempts<Guesser>
    /// The devices that an application has open.
    var devices: [DeviceName: OpenDevice] = [:]
    var legs = Table<LegID, TrackedLeg>()
    var legsAt: [DeviceName: Set<LegID>] = [:]
    /// The calls at each line of a device that nobody has answered, the longest waiting first.
    var waiting: [Appearance: [LegID]] = [:]
    /// The opened devices that take part in each call, to tell their applications of its end.
    var involved: [CallID: [DeviceName]] = [:]
    /// The calls whose applications were asked where they are to go.
    var routes: [LegID: RouteDialogue] = [:]
    var pending: [CallRequestID: PendingRequest] = [:]
    /// Phones and trunks that were said to be unreachable.
    var unreachable: Set<DeviceName> = []
    var agents: [AgentID: AgentRecord] = [:]
    /// The agents whose line a device has.
    var agentsAt: [DeviceName: [AgentID]] = [:]
    var deadlines = Deadlines<Timer>()
    private var lastRequest: UInt64 = 0

    /// Makes the keys of media that applications terminate.
    var keySource: KeySource

    /// Makes a CTIManager without applications.
    ///
    /// - Parameter keySecret: At least 16 random bytes that nobody else knows; keys of media are made from them.
    public init(configuration: CTIConfiguration, keySecret: [UInt8]) {
        self.configuration = configuration
        let parameters = configuration.parameters
        failedAttempts = FailedAttempts(window: parameters.guessingWindow, capacity: parameters.maximumGuessers)
        keySource = KeySource(secret: keySecret)
        adoptAgents(at: .zero)
    }

    /// When `.deadline` is due.
    public var nextDeadline: Instant? { deadlines.next }
    /// The number of connected applications.
    public var applicationCount: Int { applications.count }
    /// The number of legs at all devices.
    public var legCount: Int { legs.count }

    /// Takes one input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .connected(let application, let secure, let origin):
            connected(application, secure: secure, from: origin, into: &outputs)
        case .request(let application, let id, let request):
            receive(request, id, from: application, at: now, into: &outputs)
        case .disconnected(let application):
            disconnected(application, at: now, into: &outputs)
        case .passwordVerified(let application, let isRight):
            passwordVerified(application, isRight, at: now, into: &outputs)
        case .leg(let leg, let command):
            receive(command, on: leg, at: now, into: &outputs)
        case .result(let id, let result):
            receive(result, for: id, at: now, into: &outputs)
        case .event(let event):
            receive(event, into: &outputs)
            if let device = event.device { settleAgents(at: device, now, into: &outputs) }
        case .device(let device, let available):
            deviceChanged(device, available, into: &outputs)
            settleAgents(at: device, now, into: &outputs)
        case .configuration(let configuration):
            adopt(configuration, at: now, into: &outputs)
        case .deadline:
            while let timer = deadlines.popExpired(at: now) { expire(timer, at: now, into: &outputs) }
        }
    }

    mutating func newRequest() -> CallRequestID {
        lastRequest += 1
        return CallRequestID(lastRequest)
    }
}

extension CTIManager {
    /// What the CTIManager waits for.
    enum Timer: Hashable, Sendable {
        /// A sign of life from an application.
        case heartbeat(ApplicationID)
        /// An application to accept, answer or redirect a new call (*CTI New Call Accept Timer*).
        case accept(LegID)
        /// An application to give the address of a call's media.
        case media(LegID)
        /// An agent's reservation or wrap-up to end.
        case agent(AgentID)
    }
}
