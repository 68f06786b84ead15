import CTI
import CallControl
import Kernel
import SDP

/// A CTIManager on the bench: the test is the applications, the driver and call control.
struct Desk {
    var manager: CTIManager
    var now = Instant.zero
    /// What the last input brought.
    var outputs: [CTIManager.Output] = []
    private var lastRequest: UInt64 = 0

    static let app = ApplicationID(1)
    static let other = ApplicationID(2)
    static let address = TransportAddress(ip: .v4(0x0A00_0005), port: 4000)

    static var configuration: CTIConfiguration {
        let devices: [Device] = [
            Device(name: "rp", kind: .routePoint), Device(name: "rp2", kind: .routePoint), Device(name: "port", kind: .ctiPort),
            Device(name: "phone", kind: .phone), Device(name: "trunk", kind: .trunk),
        ]
        func user(_ groups: Set<AccessGroup>, _ devices: Set<DeviceName> = ["rp", "rp2", "port", "phone", "trunk"]) -> CTIUser {
            CTIUser(passwordHash: "hash", groups: groups, controlledDevices: devices)
        }
        return CTIConfiguration(
            users: [
                "ivr": user([.enabled]), "second": user([.enabled]), "nobody": user([]), "limited": user([.enabled], ["rp"]),
                "secure": user([.enabled, .secureConnection]), "super": user([.enabled, .controlAllDevices], []),
            ], devices: Dictionary(uniqueKeysWithValues: devices.map { ($0.name, $0) }))
    }

    init(_ change: (inout CTIConfiguration) -> Void = { _ in }) {
        var configuration = Desk.configuration
        change(&configuration)
        manager = CTIManager(configuration: configuration, keySecret: Array(0..<32))
    }

    mutating func send(_ input: CTIManager.Input) {
        outputs = []
        manager.receive(input, at: now, into: &outputs)
    }

    @discardableResult
    mutating func request(_ request: ProviderRequest, from application: ApplicationID = Desk.app) -> RequestID {
        lastRequest += 1
        send(.request(application, RequestID(lastRequest), request))
        return RequestID(lastRequest)
    }

    mutating func wait(_ duration: Duration) {
        now = now.advanced(by: duration)
        send(.deadline)
    }

    /// Connects an application and opens its provider; the outputs of the last step stay to be looked at.
    mutating func open(
        _ user: String, _ application: ApplicationID = Desk.app, secure: Bool = false, heartbeat: Duration? = nil,
        rightPassword: Bool = true
    ) {
        send(.connected(application, secure: secure))
        request(.openProvider(user: user, password: "secret", heartbeat: heartbeat), from: application)
        send(.passwordVerified(application, rightPassword))
    }

    /// Opens a device and registers media there.
    mutating func register(_ device: DeviceName, _ media: MediaRegistration, _ application: ApplicationID = Desk.app) {
        request(.openDevice(device), from: application)
        request(.registerMedia(device, media), from: application)
    }

    /// An application with the route point registered, and a call offered there.
    static func offered(
        _ media: MediaRegistration = .fixed(Desk.address, .g711), at device: DeviceName = "rp", step: MediaStep = .offer(.at(1))
    ) -> Desk {
        var desk = Desk()
        desk.open("ivr")
        desk.register(device, media)
        desk.offer(LegID(2), at: device, step)
        return desk
    }

    /// Call control offers a call.
    mutating func offer(_ leg: LegID, at device: DeviceName, _ step: MediaStep = .offer(.at(1))) {
        let setUp = SetUp(calling: Party(number: "1001"), called: "5000", media: step)
        var all: [CTIManager.Output] = []
        send(.leg(leg, .setUp(setUp, to: device)))
        all += outputs
        event(leg, device, .offered(setUp))
        outputs = all + outputs
    }

    mutating func event(_ leg: LegID, _ device: DeviceName, _ kind: CallEvent.Kind) {
        send(.event(CallEvent(call: CallID(7), leg: leg, device: device, line: "5000", kind: kind)))
    }

    /// Call control answers the last request it was given.
    mutating func callControlSays(_ result: Result<CallControl.CallRequestDone, CallRequestFailure>) {
        guard let id = lastCallRequest else { return }
        send(.result(id, result))
    }

    private(set) var lastCallRequest: CallRequestID?

    /// The requests that the last input made of call control.
    mutating func callRequests() -> [CallRequest] {
        outputs.compactMap { output in
            guard case .callControl(.request(let id, let request)) = output else { return nil }
            lastCallRequest = id
            return request
        }
    }

    var replies: [Result<ProviderReply, Refusal>] {
        outputs.compactMap { if case .reply(_, _, let result) = $0 { result } else { nil } }
    }

    func events(for application: ApplicationID = Desk.app) -> [ProviderEvent] {
        outputs.compactMap { if case .event(application, let event) = $0 { event } else { nil } }
    }

    var alarms: [CTIManager.Alarm] {
        outputs.compactMap { if case .alarm(let alarm) = $0 { alarm } else { nil } }
    }

    /// What the last input told call control, requests left out.
    var signals: [CallControl.Input] {
        outputs.compactMap { output in
            switch output {
            case .callControl(.request): nil
            case .callControl(let input): input
            default: nil
            }
        }
    }
}

extension SessionDescription {
    /// A description of G.711 audio at a port that tells whose it is.
    static func at(_ port: UInt16, _ direction: MediaDirection = .sendReceive) -> SessionDescription {
        MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0x0A00_0001), port: port), direction: direction)
    }
}
