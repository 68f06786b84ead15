import CallControl
import Kernel
import SDP

/// A switchboard on the bench: the test is every endpoint.
struct Bench {
    var control: CallControl
    var now = Instant.zero
    /// What the last input brought.
    var outputs: [CallControl.Output] = []
    /// Whether the mixer has ports.
    var mixerWorks = true
    /// The legs for which it has none.
    var failing: Set<LegID> = []
    private var lastPort: UInt16 = 9000
    private var lastLeg: UInt64 = 0
    private var lastRequest: UInt64 = 0

    static let phones: [DeviceName] = ["phone-1001", "phone-1002", "phone-1003a", "phone-1003b", "phone-1004"]

    /// Phones 1001, 1002 and 1004, the shared line 1003, the route point 5000, a port 6000, and a trunk behind 0.
    static var plan: NumberingPlan {
        let phones = Bench.phones.map { Device(name: $0, kind: .phone) }
        let others = [Device(name: "rp", kind: .routePoint), Device(name: "port", kind: .ctiPort), Device(name: "trunk", kind: .trunk)]
        return NumberingPlan(
            devices: Dictionary(uniqueKeysWithValues: (phones + others).map { ($0.name, $0) }),
            lines: [
                Line(number: "1001", devices: ["phone-1001"], displayName: "Ada"),
                Line(number: "1002", devices: ["phone-1002"], displayName: "Ben"),
                Line(number: "1003", devices: ["phone-1003a", "phone-1003b"], displayName: "Sales"),
                Line(number: "1004", devices: ["phone-1004"]),
                Line(number: "5000", devices: ["rp"], displayName: "Attendant", maximumCalls: 1000, busyTrigger: 1000),
                Line(number: "6000", devices: ["port"]),
            ],
            routes: [RoutePattern(pattern: "0!", trunk: "trunk", strip: 1)])
    }

    init(_ change: (inout NumberingPlan) -> Void = { _ in }, available: Bool = true, limits: CallControl.Limits = .init()) {
        var plan = Bench.plan
        change(&plan)
        control = CallControl(plan: plan, limits: limits)
        if available { for device in plan.devices.keys { send(.device(device, available: true)) } }
    }

    mutating func send(_ input: CallControl.Input) {
        outputs = []
        control.receive(input, at: now, into: &outputs)
        mix()
    }

    /// The keys of every port of the mixer.
    static let keys: [SRTPKey] = {
        var random = SeededRandom(seed: 1)
        return SRTPKey.oneEach(using: &random)
    }()

    /// The mixer does at once what it is told.
    private mutating func mix() {
        var next = 0
        while next < outputs.count {
            defer { next += 1 }
            guard case .mixer(let command) = outputs[next] else { continue }
            switch command {
            case .open(let leg, _, _, _, _):
                lastPort += 2
                let address = TransportAddress(ip: .v4(0x0A00_0001), port: lastPort)
                control.receive(
                    .mixer(
                        mixerWorks && !failing.contains(leg) ? .opened(leg, MixerPort(address: address, keys: Bench.keys)) : .failed(leg)),
                    at: now, into: &outputs
                )
            case .record(let call):
                let signal: MixerSignal = mixerWorks ? .recording(call, file: "a.wav") : .recordingFailed(call, reason: "the disk is full")
                control.receive(.mixer(signal), at: now, into: &outputs)
            case .connect, .change, .key, .close, .pause, .stopRecording: break
            }
        }
    }

    /// What the last input told the mixer.
    var mixed: [MixerCommand] {
        outputs.compactMap { if case .mixer(let command) = $0 { command } else { nil } }
    }

    mutating func signal(_ leg: LegID, _ signal: LegSignal) { send(.leg(leg, signal)) }

    @discardableResult
    mutating func request(_ request: CallRequest) -> CallRequestID {
        lastRequest += 1
        send(.request(CallRequestID(lastRequest), request))
        return CallRequestID(lastRequest)
    }

    /// Brings a call from a device; returns the caller's leg.
    mutating func call(
        _ number: DirectoryNumber, from device: DeviceName = "phone-1001", media: MediaStep = .offer(.at(1)), near: IPAddress? = nil
    ) -> LegID {
        let leg = LegID(lastLeg * 2 + 1)
        lastLeg += 1
        var setUp = SetUp(calling: Party(number: nil), called: number, media: media)
        setUp.near = near
        signal(leg, .setUp(setUp, from: device))
        return leg
    }

    mutating func wait(_ duration: Duration) {
        now = now.advanced(by: duration)
        send(.deadline)
    }

    /// The commands of the last input.
    var commands: [(leg: LegID, command: LegCommand)] {
        outputs.compactMap { if case .leg(let leg, let command) = $0 { (leg, command) } else { nil } }
    }

    /// The set-ups of the last input.
    var offered: [(leg: LegID, device: DeviceName, setUp: SetUp)] {
        commands.compactMap { if case .setUp(let setUp, let device) = $0.command { ($0.leg, device, setUp) } else { nil } }
    }

    var results: [Result<CallControl.CallRequestDone, CallRequestFailure>] {
        outputs.compactMap { if case .result(_, let result) = $0 { result } else { nil } }
    }

    var events: [CallEvent] {
        outputs.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    func events(of leg: LegID) -> [CallEvent.Kind] { events.filter { $0.leg == leg }.map(\.kind) }

    func commands(to leg: LegID) -> [LegCommand] { commands.filter { $0.leg == leg }.map(\.command) }

    /// A call between two phones that is answered.
    mutating func answeredCall(to number: DirectoryNumber = "1002") -> (caller: LegID, called: LegID) {
        let caller = call(number)
        let called = offered.first?.leg ?? LegID(0)
        signal(called, .connected(.answer(.at(2))))
        return (caller, called)
    }
}

extension SessionDescription {
    /// A description that holds by an address of zeros (RFC 2543).
    static let zeros = MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0), port: 1))

    /// A description of G.711 audio at a port that tells whose it is.
    static func at(_ port: UInt16, _ direction: MediaDirection = .sendReceive) -> SessionDescription {
        MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0x0A00_0001), port: port), direction: direction)
    }
}
