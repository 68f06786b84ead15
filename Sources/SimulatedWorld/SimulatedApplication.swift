public import CTI
public import CallControl
import Kernel
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
    /// The calls that are offered to or talk with it, oldest first.
    public private(set) var calls: [LegID] = []
    /// The media that flows to and from it.
    public private(set) var media: [LegID: NegotiatedAudio] = [:]
    /// Whether the CTIManager closed the connection.
    public internal(set) var isDisconnected = false

    private let mediaHost: IPAddress
    private var lastPort: UInt16 = 20_000
    private var lastRequest: UInt64 = 0
    private var opening: RequestID?

    init(_ habits: Habits, mediaHost: IPAddress) {
        self.habits = habits
        self.mediaHost = mediaHost
    }

    mutating func open() -> (RequestID, ProviderRequest) {
        let request = name(.openProvider(user: habits.user, password: habits.password, heartbeat: nil))
        opening = request.0
        return request
    }

    /// Gives a request its name.
    mutating func name(_ request: ProviderRequest) -> (RequestID, ProviderRequest) {
        lastRequest += 1
        return (RequestID(lastRequest), request)
    }

    mutating func receive(_ result: Result<ProviderReply, Refusal>, to id: RequestID) -> [(RequestID, ProviderRequest)] {
        replies[id] = result
        guard id == opening, case .success(.opened) = result else { return [] }
        return habits.devices.flatMap { [name(.openDevice($0)), name(.registerMedia($0, habits.media))] }
            + habits.phones.map { name(.openDevice($0)) }
    }

    mutating func receive(_ event: ProviderEvent) -> [(RequestID, ProviderRequest)] {
        events.append(event)
        switch event {
        case .call(let event):
            return receive(event)
        case .mediaAddressNeeded(let leg):
            guard habits.givesAddresses else { return [] }
            lastPort &+= 2
            return [name(.setMedia(leg, TransportAddress(ip: mediaHost, port: lastPort)))]
        case .mediaStarted(let leg, let audio):
            media[leg] = audio
        case .mediaStopped(let leg):
            media[leg] = nil
        default:
            break
        }
        return []
    }

    private mutating func receive(_ event: CallEvent) -> [(RequestID, ProviderRequest)] {
        guard let leg = event.leg, let device = event.device, habits.devices.contains(device) else { return [] }
        switch event.kind {
        case .offered:
            calls.append(leg)
            switch habits.reaction {
            case .waits: return []
            case .accepts: return [name(.accept(leg))]
            case .answers: return [name(.answer(leg))]
            case .rejects(let cause): return [name(.reject(leg, cause))]
            case .redirects(let redirect): return [name(.redirect(leg, redirect))]
            }
        case .connectionCleared:
            if let index = calls.firstIndex(of: leg) { calls.remove(at: index) }
        default:
            break
        }
        return []
    }
}
