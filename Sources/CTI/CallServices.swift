import CallControl
import Kernel
import SDP

// What applications ask for on calls.
extension CTIManager {
    /// The device of a leg, if the application has it open.
    private func device(of leg: LegID, for application: ApplicationID) -> DeviceName? {
        guard let device = legs[leg]?.device, isOpen(device, application) else { return nil }
        return device
    }

    /// Our side of a leg that the application terminates or may terminate, or why it may not.
    private func terminal(_ leg: LegID, _ application: ApplicationID) -> Result<(Terminal, DeviceName, MediaRegistration), Refusal> {
        guard let name = device(of: leg, for: application), let device = configuration.devices[name] else {
            return .failure(.noSuchCall(leg))
        }
        guard device.kind == .ctiPort || device.kind == .routePoint else { return .failure(.wrongDeviceKind(name, device.kind)) }
        guard let terminal = legs[leg]?.terminal else { return .failure(.noSuchCall(leg)) }
        guard let registration = devices[name]?.registration(of: application) else { return .failure(.mediaNotRegistered(name)) }
        return .success((terminal, name, registration))
    }

    private func wrongState(_ terminal: Terminal) -> Refusal { .callControl(.wrongState(terminal.state)) }

    mutating func accept(_ leg: LegID, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        switch terminal(leg, application) {
        case .failure(let refusal): refuse(application, id, refusal, into: &outputs)
        case .success((let terminal, _, _)):
            switch terminal.phase {
            case .offered:
                legs[leg]?.terminal?.phase = .alerting
                deadlines.cancel(.accept(leg))
                outputs.append(.callControl(.leg(leg, .alerting(.none))))
                succeed(application, id, into: &outputs)
            case .alerting: succeed(application, id, into: &outputs)
            case .originating, .awaitingAddress, .talking: refuse(application, id, wrongState(terminal), into: &outputs)
            }
        }
    }

    mutating func answer(_ leg: LegID, _ id: RequestID, _ application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        if let name = device(of: leg, for: application), configuration.devices[name]?.kind == .phone {
            ask(.answer(leg), id, application, .other, into: &outputs)
            return
        }
        switch terminal(leg, application) {
        case .failure(let refusal): refuse(application, id, refusal, into: &outputs)
        case .success((let terminal, let name, let registration)):
            guard let capabilities = registration.capabilities else {
                return refuse(application, id, .mediaNotRegistered(name), into: &outputs)
            }
            switch terminal.phase {
            case .offered, .alerting: break
            case .originating, .awaitingAddress, .talking: return refuse(application, id, wrongState(terminal), into: &outputs)
            }
            // A port talks on one call at a time; the others wait or are held.
            if configuration.devices[name]?.kind == .ctiPort, isTalking(name) {
                return refuse(application, id, .callControl(.wrongState(terminal.state)), into: &outputs)
            }
            if let refusal = lackOfKeys(at: name, for: application) { return refuse(application, id, refusal, into: &outputs) }
            let protection = protection(at: name, for: application)
            legs[leg]?.terminal?.owner = Terminal.Owner(
                application: application, capabilities: capabilities, protection: protection, request: id)
            deadlines.cancel(.accept(leg))
            startMedia(leg, registration, application, at: now, into: &outputs)
        }
    }

    private func isTalking(_ device: DeviceName) -> Bool {
        legsAt[device, default: []].contains { leg in
            guard let tracked = legs[leg], let terminal = tracked.terminal else { return false }
            switch terminal.phase {
            case .originating, .awaitingAddress: return true
            case .talking: return tracked.state != .hold
            case .offered, .alerting: return false
            }
        }
    }

    mutating func setMedia(
        _ leg: LegID, _ address: TransportAddress, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        switch terminal(leg, application) {
        case .failure(let refusal): refuse(application, id, refusal, into: &outputs)
        case .success((let terminal, _, _)):
            guard case .awaitingAddress = terminal.phase, terminal.owner?.application == application else {
                return refuse(application, id, wrongState(terminal), into: &outputs)
            }
            succeed(application, id, into: &outputs)
            deadlines.cancel(.media(leg))
            connect(leg, at: address, into: &outputs)
        }
    }

    mutating func reject(_ leg: LegID, _ cause: Cause, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        switch terminal(leg, application) {
        case .failure(let refusal): refuse(application, id, refusal, into: &outputs)
        case .success((let terminal, _, _)):
            switch terminal.phase {
            case .offered, .alerting, .awaitingAddress:
                succeed(application, id, into: &outputs)
                leave(leg, cause, into: &outputs)
            case .originating, .talking: refuse(application, id, wrongState(terminal), into: &outputs)
            }
        }
    }

    mutating func drop(_ leg: LegID, _ cause: Cause, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        guard device(of: leg, for: application) != nil else { return refuse(application, id, .noSuchCall(leg), into: &outputs) }
        ask(.drop(leg, cause), id, application, .other, into: &outputs)
    }

    /// Redirect, hold, retrieve and attach: call control decides, but not before the media address is given.
    mutating func control(
        _ leg: LegID, _ request: CallRequest, _ id: RequestID, _ application: ApplicationID, _ purpose: PendingRequest.Purpose,
        into outputs: inout [Output]
    ) {
        guard device(of: leg, for: application) != nil else { return refuse(application, id, .noSuchCall(leg), into: &outputs) }
        if let terminal = legs[leg]?.terminal {
            switch terminal.phase {
            case .awaitingAddress, .originating: return refuse(application, id, wrongState(terminal), into: &outputs)
            case .offered, .alerting, .talking: break
            }
        }
        guard ask(request, id, application, purpose, into: &outputs) else { return }
        if case .redirect = purpose { deadlines.cancel(.accept(leg)) }
    }

    mutating func makeCall(
        _ name: DeviceName, _ wish: CallRequest, _ how: Origination, _ id: RequestID, _ application: ApplicationID,
        into outputs: inout [Output]
    ) {
        guard isOpen(name, application), let device = configuration.devices[name] else {
            return refuse(application, id, .deviceNotOpen(name), into: &outputs)
        }
        if device.kind == .ctiPort || device.kind == .routePoint {
            guard devices[name]?.registration(of: application)?.capabilities != nil else {
                return refuse(application, id, .mediaNotRegistered(name), into: &outputs)
            }
            if let refusal = lackOfKeys(at: name, for: application) { return refuse(application, id, refusal, into: &outputs) }
            if device.kind == .ctiPort, isTalking(name) {
                return refuse(application, id, .callControl(.wrongState(.connected)), into: &outputs)
            }
        }
        guard mayShow(how.calling, name, id, application, into: &outputs) else { return }
        ask(wish, id, application, .makeCall(name), into: &outputs)
    }

    mutating func consult(
        _ leg: LegID, _ wish: CallRequest, _ how: Origination, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        guard let name = device(of: leg, for: application) else { return refuse(application, id, .noSuchCall(leg), into: &outputs) }
        guard mayShow(how.calling, name, id, application, into: &outputs) else { return }
        control(leg, wish, id, application, .makeCall(name), into: &outputs)
    }

    /// Transfer and conference: what brings two calls of the application together.
    mutating func pair(
        _ leg: LegID, _ other: LegID, _ wish: CallRequest, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        guard device(of: other, for: application) != nil else { return refuse(application, id, .noSuchCall(other), into: &outputs) }
        control(leg, wish, id, application, .other, into: &outputs)
    }

    mutating func join(
        _ leg: LegID, _ joining: DeviceName, _ line: DirectoryNumber, _ role: MixerRole, _ id: RequestID, _ application: ApplicationID,
        into outputs: inout [Output]
    ) {
        guard let name = device(of: leg, for: application) else { return refuse(application, id, .noSuchCall(leg), into: &outputs) }
        guard role == .talker || has(.callMonitoring, name, id, application, into: &outputs) else { return }
        guard isOpen(joining, application) else { return refuse(application, id, .deviceNotOpen(joining), into: &outputs) }
        control(leg, .join(leg, joining, line: line, role), id, application, .makeCall(joining), into: &outputs)
    }

    mutating func record(
        _ leg: LegID, _ step: RecordingStep, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        guard let name = device(of: leg, for: application) else { return refuse(application, id, .noSuchCall(leg), into: &outputs) }
        guard has(.callRecording, name, id, application, into: &outputs) else { return }
        control(leg, .record(leg, step), id, application, .other, into: &outputs)
    }

    mutating func redirect(_ leg: LegID, _ redirect: Redirect, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output])
    {
        if case .modified(let party) = redirect.showCaller, let name = device(of: leg, for: application) {
            guard mayShow(party, name, id, application, into: &outputs) else { return }
        }
        control(leg, .redirect(leg, redirect), id, application, .redirect(leg), into: &outputs)
    }

    mutating func monitorParks(
        _ on: Bool, _ id: RequestID, _ application: ApplicationID, _ provider: Provider, into outputs: inout [Output]
    ) {
        guard has(.parkMonitoring, nil, id, application, into: &outputs) else { return }
        var provider = provider
        provider.monitorsParks = on
        applications[application]?.state = .open(provider)
        succeed(application, id, into: &outputs)
    }

    mutating func setMessageWaiting(
        _ device: DeviceName, _ number: DirectoryNumber, _ summary: MessageSummary, _ id: RequestID, _ application: ApplicationID,
        into outputs: inout [Output]
    ) {
        guard isOpen(device, application) else { return refuse(application, id, .deviceNotOpen(device), into: &outputs) }
        ask(.setMessageWaiting(from: device, number, summary), id, application, .other, into: &outputs)
    }

    /// Whether the application may have a call show another number than its own, if one is given.
    private func mayShow(
        _ party: Party?, _ device: DeviceName, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) -> Bool {
        party == nil || has(.callingNumberModification, device, id, application, into: &outputs)
    }

    /// Whether the application's user is in a group; the request is refused when not.
    func has(
        _ group: AccessGroup, _ device: DeviceName?, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) -> Bool {
        guard let user = applications[application]?.provider?.user else { return false }
        if configuration.users[user]?.groups.contains(group) == true { return true }
        refuse(application, id, .missingGroup(user: user, group, device: device), into: &outputs)
        return false
    }

    /// Passes a request on to call control, if the application has not too many there.
    @discardableResult
    private mutating func ask(
        _ request: CallRequest, _ id: RequestID, _ application: ApplicationID, _ purpose: PendingRequest.Purpose,
        into outputs: inout [Output]
    ) -> Bool {
        let most = configuration.parameters.maximumRequests
        guard let requests = applications[application]?.requests, requests < most else {
            refuse(application, id, .limitReached("requests in progress", most), into: &outputs)
            return false
        }
        applications[application]?.requests += 1
        let number = newRequest()
        pending[number] = PendingRequest(application: application, request: id, purpose: purpose)
        outputs.append(.callControl(.request(number, request)))
        return true
    }

    mutating func receive(
        _ result: Result<CallControl.CallRequestDone, CallRequestFailure>, for number: CallRequestID, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard let asked = pending.removeValue(forKey: number) else { return }
        if case .route(let leg) = asked.purpose { return routeTried(leg, result, at: now, into: &outputs) }
        applications[asked.application]?.requests -= 1
        switch result {
        case .success(.done):
            succeed(asked.application, asked.request, into: &outputs)
        case .success(.parked(let number)):
            succeed(asked.application, asked.request, .parked(at: number), into: &outputs)
        case .success(.recording(let file)):
            succeed(asked.application, asked.request, .recording(file: file), into: &outputs)
        case .success(.made(let call, let leg)):
            if case .makeCall(let device) = asked.purpose { expect(leg, at: device, call, for: asked.application) }
            succeed(asked.application, asked.request, .made(call, leg), into: &outputs)
        case .failure(let failure):
            // The application has the call back, and as long as ever to react to it.
            if case .redirect(let leg) = asked.purpose, case .offered = legs[leg]?.terminal?.phase {
                deadlines.set(.accept(leg), at: now.advanced(by: configuration.parameters.newCallAccept))
            }
            refuse(asked.application, asked.request, .callControl(failure), into: &outputs)
        }
    }
}
