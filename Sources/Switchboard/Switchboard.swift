public import CTI
public import CallControl
public import Kernel
public import SIP
public import SIPEndpoint

/// The whole signalling side of a node as one pure state machine: SIP, call control and the CTIManager, with what they say to each other.
///
/// A driver gives it what comes from outside and carries out its outputs in their order. The first input is `.start`.
public struct Switchboard: Sendable {
    /// What reaches the switchboard.
    public enum Input: Sendable {
        /// The first input: announces trunks and begins to register with them.
        case start
        /// A SIP message came in.
        case received(SIPMessage, over: Hop)
        /// A SIP message came in that cannot be parsed.
        case malformed(SIPParseError, over: Hop)
        /// Nothing can be sent over the hop any more.
        case unreachable(Hop)
        /// An application connected.
        case connected(ApplicationID, secure: Bool, from: IPAddress? = nil)
        /// An application asks for something; it is answered by one `reply` with the same identifier.
        case request(ApplicationID, RequestID, ProviderRequest)
        /// The application's connection is gone.
        case disconnected(ApplicationID)
        /// The driver checked the password of a `verifyPassword`.
        case passwordVerified(ApplicationID, Bool)
        /// The driver itself asks for a service, as for an administrator; the result comes as `.result` with the same identifier.
        case service(CallRequestID, CallRequest)
        /// The mixer did what it was told, or could not.
        case mixer(MixerSignal)
        /// The configuration changed. Calls in progress stay.
        case configuration(SwitchboardConfiguration)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What the switchboard wants done.
    public enum Output: Sendable {
        /// Send bytes over the hop.
        case transmit([UInt8], over: Hop)
        /// Answer an application's request.
        case reply(ApplicationID, RequestID, Result<ProviderReply, Refusal>)
        /// Tell an application.
        case event(ApplicationID, ProviderEvent)
        /// Compare a password with the stored hash, elsewhere, and come back with `passwordVerified`.
        case verifyPassword(ApplicationID, password: String, hash: String)
        /// Close the connection of an application.
        case disconnect(ApplicationID)
        /// The result of a `service`.
        case result(CallRequestID, Result<CallControl.CallRequestDone, CallRequestFailure>)
        /// Tell the mixer, by which the parties of conferences, and of calls that are recorded or monitored, hear each other.
        case mixer(MixerCommand)
        /// Tell the administrator.
        case alarm(CTIManager.Alarm)
        /// Something happened in a call, for records and logs.
        case call(CallEvent)
        /// A registration changed.
        case registration(RegistrationEvent)
        /// Something that a log should hold.
        case notice(SIPNotice)
    }

    var callControl: CallControl
    var cti: CTIManager
    private var sip: SIPEndpoint
    /// The legs of ports and route points; all others are SIP's.
    private var ctiLegs: Set<LegID> = []
    private var askers = Askers()
    private var kinds: [DeviceName: Device.Kind]

    /// What the engines still have to hear, in the order in which it was said.
    private var queue: [Step] = []
    private var fromSIP: [SIPEndpoint.Output] = []
    private var fromCalls: [CallControl.Output] = []
    private var fromCTI: [CTIManager.Output] = []

    /// Something for one of the engines.
    private enum Step {
        case sip(SIPEndpoint.Input)
        case calls(CallControl.Input)
        case cti(CTIManager.Input)
    }

    /// Makes a switchboard.
    ///
    /// - Parameter seed: For tags, branches and Call-IDs: from the system's generator, or from the seed of a simulation.
    public init(configuration: SwitchboardConfiguration, seed: UInt64) {
        callControl = CallControl(plan: configuration.plan, limits: configuration.limits)
        cti = CTIManager(configuration: configuration.cti, keySecret: configuration.sip.nonceSecret)
        sip = SIPEndpoint(configuration: configuration.sip, seed: seed)
        kinds = configuration.plan.devices.mapValues(\.kind)
    }

    /// When `.deadline` is due; `nil` when nothing waits.
    public var nextDeadline: Instant? {
        .earliest(sip.nextDeadline, .earliest(callControl.nextDeadline, cti.nextDeadline))
    }

    /// What exists at the moment.
    public var counts: Counts {
        Counts(
            calls: callControl.callCount, legs: callControl.legCount, sipLegs: sip.legCount, ctiLegs: cti.legCount,
            applications: cti.applicationCount)
    }

    /// Whether nothing is left of any call: no leg, no session, no transaction.
    public var isIdle: Bool {
        callControl.callCount == 0 && callControl.legCount == 0 && cti.legCount == 0 && ctiLegs.isEmpty && askers.isEmpty && sip.isIdle
    }

    /// Takes one input and appends what is to be done about it.
    public mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .start: queue.append(.sip(.start))
        case .received(let message, let hop): queue.append(.sip(.received(message, over: hop)))
        case .malformed(let error, let hop): queue.append(.sip(.malformed(error, over: hop)))
        case .unreachable(let hop): queue.append(.sip(.unreachable(hop)))
        case .connected(let application, let secure, let origin):
            queue.append(.cti(.connected(application, secure: secure, from: origin)))
        case .request(let application, let id, let request): queue.append(.cti(.request(application, id, request)))
        case .disconnected(let application): queue.append(.cti(.disconnected(application)))
        case .passwordVerified(let application, let isRight): queue.append(.cti(.passwordVerified(application, isRight)))
        case .mixer(let signal): queue.append(.calls(.mixer(signal)))
        case .service(let id, let request): queue.append(.calls(.request(askers.name(id, for: .driver), request)))
        case .configuration(let configuration):
            kinds = configuration.plan.devices.mapValues(\.kind)
            queue += [.calls(.plan(configuration.plan)), .cti(.configuration(configuration.cti)), .sip(.configuration(configuration.sip))]
        case .deadline: queue += [.sip(.deadline), .calls(.deadline), .cti(.deadline)]
        }
        drain(at: now, into: &outputs)
    }

    /// Lets the engines hear all that is said, one thing after the other: what one says about a thing waits until the earlier ones are heard.
    private mutating func drain(at now: Instant, into outputs: inout [Output]) {
        var next = 0
        while next < queue.count {
            let step = queue[next]
            next += 1
            switch step {
            case .sip(let input):
                sip.receive(input, at: now, into: &fromSIP)
                for output in fromSIP { route(output, into: &outputs) }
                fromSIP.removeAll(keepingCapacity: true)
            case .calls(let input):
                callControl.receive(input, at: now, into: &fromCalls)
                for output in fromCalls { route(output, into: &outputs) }
                fromCalls.removeAll(keepingCapacity: true)
            case .cti(let input):
                cti.receive(input, at: now, into: &fromCTI)
                for output in fromCTI { route(output, into: &outputs) }
                fromCTI.removeAll(keepingCapacity: true)
            }
        }
        queue.removeAll(keepingCapacity: true)
    }

    private mutating func route(_ output: SIPEndpoint.Output, into outputs: inout [Output]) {
        switch output {
        case .transmit(let bytes, let hop): outputs.append(.transmit(bytes, over: hop))
        case .leg(let leg, let signal): queue.append(.calls(.leg(leg, signal)))
        case .device(let device, let available):
            queue += [.calls(.device(device, available: available)), .cti(.device(device, available: available))]
        case .registration(let event): outputs.append(.registration(event))
        case .notice(let notice): outputs.append(.notice(notice))
        }
    }

    private mutating func route(_ output: CallControl.Output, into outputs: inout [Output]) {
        switch output {
        case .leg(let leg, let command):
            queue.append(isCTI(leg, command) ? .cti(.leg(leg, command)) : .sip(.leg(leg, command)))
        case .mixer(let command): outputs.append(.mixer(command))
        case .messageWaiting(let device, let line, let summary): queue.append(.sip(.messageWaiting(device, line: line, summary)))
        case .result(let name, let result):
            switch askers.take(name) {
            case .cti(let id): queue.append(.cti(.result(id, result)))
            case .driver(let id): outputs.append(.result(id, result))
            case nil: break
            }
        case .event(let event):
            // A leg whose endpoint ends it is never told to release it.
            if case .connectionCleared = event.kind, let leg = event.leg { ctiLegs.remove(leg) }
            outputs.append(.call(event))
            queue.append(.cti(.event(event)))
        }
    }

    private mutating func route(_ output: CTIManager.Output, into outputs: inout [Output]) {
        switch output {
        case .reply(let application, let id, let result): outputs.append(.reply(application, id, result))
        case .event(let application, let event): outputs.append(.event(application, event))
        case .verifyPassword(let application, let password, let hash):
            outputs.append(.verifyPassword(application, password: password, hash: hash))
        case .disconnect(let application): outputs.append(.disconnect(application))
        case .callControl(.request(let id, let request)): queue.append(.calls(.request(askers.name(id, for: .cti), request)))
        case .callControl(let input): queue.append(.calls(input))
        case .alarm(let alarm): outputs.append(.alarm(alarm))
        }
    }

    /// Whether a leg is the CTIManager's: ports and route points are, phones and trunks are not.
    private mutating func isCTI(_ leg: LegID, _ command: LegCommand) -> Bool {
        switch command {
        case .setUp(_, let device):
            let isCTI = kinds[device] == .ctiPort || kinds[device] == .routePoint
            if isCTI { ctiLegs.insert(leg) }
            return isCTI
        case .release:
            return ctiLegs.remove(leg) != nil
        default:
            return ctiLegs.contains(leg)
        }
    }
}

extension Switchboard {
    /// How much exists at a moment.
    public struct Counts: Equatable, Sendable {
        /// Calls.
        public var calls: Int
        /// Legs of all calls.
        public var legs: Int
        /// Legs of phones and trunks.
        public var sipLegs: Int
        /// Legs of ports and route points.
        public var ctiLegs: Int
        /// Connected applications.
        public var applications: Int
    }
}
