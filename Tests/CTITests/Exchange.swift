import CallControl
import Kernel
import SDP

@testable import CTI

/// A CTIManager and call control, joined as the switchboard joins them. The test is the phones and the applications.
struct Exchange {
    var manager: CTIManager
    var control: CallControl
    var now = Instant.zero
    /// What reached phones and trunks in the last step.
    var commands: [(leg: LegID, command: LegCommand)] = []
    /// What reached applications in the last step.
    var told: [(application: ApplicationID, event: ProviderEvent)] = []
    var replies: [(application: ApplicationID, request: RequestID, result: Result<ProviderReply, Refusal>)] = []
    var verifications: [ApplicationID] = []
    var closed: [ApplicationID] = []
    /// The legs whose endpoint is the CTIManager.
    private var terminals: Set<LegID> = []
    private let terminalDevices: Set<DeviceName>

    init(plan: NumberingPlan, limits: CallControl.Limits = .init(), _ configuration: CTIConfiguration) {
        manager = CTIManager(configuration: configuration, keySecret: Array(0..<32))
        control = CallControl(plan: plan, limits: limits)
        terminalDevices = Set(plan.devices.values.filter { $0.kind == .ctiPort || $0.kind == .routePoint }.map(\.name))
    }

    private enum Input {
        case manager(CTIManager.Input)
        case control(CallControl.Input)
    }

    mutating func send(_ input: CTIManager.Input) { run(.manager(input)) }
    mutating func send(_ input: CallControl.Input) { run(.control(input)) }
    mutating func signal(_ leg: LegID, _ signal: LegSignal) { run(.control(.leg(leg, signal))) }

    mutating func wait(_ duration: Duration) {
        now = now.advanced(by: duration)
        run(.control(.deadline))
        let before = (commands, told, replies, closed)
        run(.manager(.deadline))
        commands = before.0 + commands
        told = before.1 + told
        replies = before.2 + replies
        closed = before.3 + closed
    }

    private mutating func run(_ first: Input) {
        commands = []
        told = []
        replies = []
        verifications = []
        closed = []
        var queue = [first]
        var next = 0
        while next < queue.count {
            switch queue[next] {
            case .manager(let input):
                var outputs: [CTIManager.Output] = []
                manager.receive(input, at: now, into: &outputs)
                for output in outputs {
                    switch output {
                    case .callControl(let input): queue.append(.control(input))
                    case .event(let application, let event): told.append((application, event))
                    case .reply(let application, let request, let result): replies.append((application, request, result))
                    case .verifyPassword(let application, _, _): verifications.append(application)
                    case .disconnect(let application): closed.append(application)
                    case .alarm: break
                    }
                }
            case .control(let input):
                var outputs: [CallControl.Output] = []
                control.receive(input, at: now, into: &outputs)
                for output in outputs {
                    switch output {
                    case .leg(let leg, let command):
                        if case .setUp(_, let device) = command, terminalDevices.contains(device) { terminals.insert(leg) }
                        if terminals.contains(leg) {
                            if case .release = command { terminals.remove(leg) }
                            queue.append(.manager(.leg(leg, command)))
                        } else {
                            commands.append((leg, command))
                        }
                    case .result(let id, let result): queue.append(.manager(.result(id, result)))
                    case .event(let event): queue.append(.manager(.event(event)))
                    case .mixer, .messageWaiting: break
                    }
                }
            }
            next += 1
        }
    }

    func events(for application: ApplicationID) -> [ProviderEvent] { told.filter { $0.application == application }.map(\.event) }
    func commands(to leg: LegID) -> [LegCommand] { commands.filter { $0.leg == leg }.map(\.command) }
}
