public import CallControl
public import Kernel
public import SDP

/// The mixer of the simulated world: it has a port for every leg that asks, and knows who hears whom.
public struct SimulatedMixer: Sendable {
    /// A port for a leg.
    public struct Port: Sendable {
        /// The call in which the leg takes part.
        public let call: CallID
        /// Where it receives.
        public let address: TransportAddress
        /// How the leg takes part.
        public internal(set) var role: MixerRole
        /// The media as settled last.
        public internal(set) var audio: NegotiatedAudio?
    }

    /// The open ports.
    public private(set) var ports: [LegID: Port] = [:]
    /// The files of the calls that are recorded.
    public private(set) var recordings: [CallID: String] = [:]
    /// Whether it has ports and can record.
    public var works = true

    private let host: IPAddress
    private var lastPort: UInt16 = 30_000
    /// In this world nobody eavesdrops.
    private var keys = SeededRandom(seed: 0)

    init(host: IPAddress) { self.host = host }

    /// Whether two legs of a call hear each other.
    public func connects(_ leg: LegID, _ other: LegID) -> Bool {
        guard let one = ports[leg], let two = ports[other], one.call == two.call else { return false }
        return [one, two].allSatisfy { $0.role == .talker && $0.audio?.direction == .sendReceive }
    }

    mutating func receive(_ command: MixerCommand) -> MixerSignal? {
        switch command {
        case .open(let leg, let call, let role, _, _):
            guard works else { return .failed(leg) }
            lastPort &+= 2
            let address = TransportAddress(ip: host, port: lastPort)
            ports[leg] = Port(call: call, address: address, role: role)
            return .opened(leg, MixerPort(address: address, keys: SRTPKey.oneEach(using: &keys)))
        case .connect(let leg, let audio): ports[leg]?.audio = audio
        case .change(let leg, let role): ports[leg]?.role = role
        case .close(let leg): ports[leg] = nil
        case .record(let call):
            guard works else { return .recordingFailed(call, reason: "the disk is full") }
            recordings[call] = "call-\(call.rawValue).wav"
            return .recording(call, file: "call-\(call.rawValue).wav")
        case .pause, .key: break
        case .stopRecording(let call): recordings[call] = nil
        }
        return nil
    }
}
