public import CTI
public import CallControl
public import Kernel
public import SDP

/// An application of the simulated world: it opens its provider and devices by itself, gives media addresses when it is asked for them, and does with
/// calls what its habits say.
public struct SimulatedApplication: Sendable {
    /// Who it is, and what it does by itself.
    public struct Habits: Sendable {
        /// The application user.
        public var user: String
        /// The password.
        public var password: String
        /// The devices that it opens.
        public var devices: [DeviceName]
        /// The phones that it opens as well, to watch and control them.
        public var phones: [DeviceName] = []
        /// How it registers them.
        public var media = MediaRegistration.dynamic(.g711)
        /// What it does with a call that is offered.
        public var reaction = Reaction.answers
        /// Whether it gives media addresses when it is asked for them.
        public var givesAddresses = true
        /// The interval in which it shows that it lives; `nil` when nobody expects it to.
        public var heartbeat: Duration?

        /// What an application does with a call that is offered.
        public enum Reaction: Equatable, Sendable {
            /// Nothing.
            case waits
            /// It accepts.
            case accepts
            /// It answers.
            case answers
            /// It rejects.
            case rejects(Cause)
            /// It redirects before the answer.
            case redirects(Redirect)
        }

        /// Makes the habits of an application that answers.
        public init(user: String, password: String, devices: [DeviceName]) {
            self.user = user
            self.password = password
            self.devices = devices
        }
    }

    /// Who it is, and what it does by itself.
    public var habits: Habits
    /// Everything that it was told, in order.
    public private(set) var events: [ProviderEvent] = []
    /// The results of its requests.
    public private(set) var replies: [RequestID: Result<ProviderReply, Refusal>] = [:]
    /// Its requests that have no reply yet.
    public private(set) var unanswered: [RequestID: ProviderRequest] = [:]
    /// Replies to what it never asked, or that came again.
    public private(set) var strayReplies: [RequestID] = []
    /// The calls at its devices and at the phones that it watches, oldest first.
    public private(set) var allCalls: [(leg: LegID, device: DeviceName)] = []
    /// The calls that are offered to or talk with it, oldest first.
    public var calls: [LegID] { allCalls.filter { habits.devices.contains($0.device) }.map(\.leg) }
    /// The media that flows to and from it.
    public private(set) var media: [LegID: NegotiatedAudio] = [:]
    /// The addresses that it gave for its calls.
    public private(set) var addresses: [LegID: TransportAddress] = [:]
    /// Whether the CTIManager closed the connection.
    public internal(set) var isDisconnected = false
    /// Whether its provider was open and closed again.
    public private(set) var isClosed = false
    /// Whether it hangs: it hears, but does nothing any more, not even show that it lives.
    public internal(set) var isFrozen = false

    private let mediaHost: IPAddress
    private var lastPort: UInt16 = 20_000
    private var lastRequest: UInt64 = 0
    private var opening: RequestID?

    init(_ habits: Habits, mediaHost: IPAddress) {
        self.habits = habits
        self.mediaHost = mediaHost
    }

    mutating func open() -> (RequestID, ProviderRequest) {
        let request = name(.openProvider(user: habits.user, password: habits.password, heartbeat: habits.heartbeat))
        opening = request.0
        return request
    }

    /// Gives a request its name.
    mutating func name(_ request: ProviderRequest) -> (RequestID, ProviderRequest) {
        lastRequest += 1
        unanswered[RequestID(lastRequest)] = request
        return (RequestID(lastRequest), request)
    }

    mutating func receive(_ result: Result<ProviderReply, Refusal>, to id: RequestID) -> [(RequestID, ProviderRequest)] {
        replies[id] = result
        switch (unanswered.removeValue(forKey: id), result) {
        case (nil, _): strayReplies.append(id)
        case (.closeDevice(let device), .success): forget(device)
        case (.closeProvider, .success): close()
        default: break
        }
        guard !isFrozen, id == opening, case .success(.opened) = result else { return [] }
        return habits.devices.flatMap { [name(.openDevice($0)), name(.registerMedia($0, habits.media))] }
            + habits.phones.map { name(.openDevice($0)) }
    }

    mutating func receive(_ event: ProviderEvent) -> [(RequestID, ProviderRequest)] {
        events.append(event)
        switch event {
        case .call(let event):
            follow(event)
            return isFrozen ? [] : react(to: event)
        case .mediaAddressNeeded(let leg):
            guard habits.givesAddresses, !isFrozen else { return [] }
            lastPort &+= 2
            let address = TransportAddress(ip: mediaHost, port: lastPort)
            addresses[leg] = address
            return [name(.setMedia(leg, address))]
        case .mediaStarted(let leg, let audio):
            media[leg] = audio
        case .mediaStopped(let leg):
            media[leg] = nil
        case .outOfService(let device):
            forget(device)
        case .providerShutdown:
            close()
        default:
            break
        }
        return []
    }

    /// Of a device that is closed or out of order nothing is known any more.
    private mutating func forget(_ device: DeviceName) {
        allCalls.removeAll { $0.device == device }
    }

    private mutating func close() {
        isClosed = true
        allCalls = []
    }

    /// Keeps the list of calls.
    private mutating func follow(_ event: CallEvent) {
        guard let leg = event.leg, let device = event.device else { return }
        switch event.kind {
        case .connectionCleared:
            allCalls.removeAll { $0.leg == leg }
            addresses[leg] = nil
        case .parked, .unparked:
            // Park monitors hear of everybody's calls.
            break
        case _ where !allCalls.contains(where: { $0.leg == leg }):
            allCalls.append((leg, device))
        default:
            break
        }
    }

    private mutating func react(to event: CallEvent) -> [(RequestID, ProviderRequest)] {
        guard let leg = event.leg, let device = event.device, habits.devices.contains(device), case .offered = event.kind else { return [] }
        return switch habits.reaction {
        case .waits: []
        case .accepts: [name(.accept(leg))]
        case .answers: [name(.answer(leg))]
        case .rejects(let cause): [name(.reject(leg, cause))]
        case .redirects(let redirect): [name(.redirect(leg, redirect))]
        }
    }
}
