import CallControl
import Kernel

// Applications come, open their providers, show that they live, and go.
extension CTIManager {
    mutating func connected(_ application: ApplicationID, secure: Bool, from origin: IPAddress?, into outputs: inout [Output]) {
        guard applications[application] == nil else { return }
        guard applications.count < configuration.parameters.maximumApplications else {
            outputs.append(.disconnect(application))
            return
        }
        applications[application] = Application(isSecure: secure, origin: origin)
    }

    mutating func receive(
        _ request: ProviderRequest, _ id: RequestID, from application: ApplicationID, at now: Instant, into outputs: inout [Output]
    ) {
        guard let state = applications[application]?.state else { return }
        if case .openProvider(let user, let password, let heartbeat) = request {
            return openProvider(user, password, heartbeat, id, application, at: now, into: &outputs)
        }
        guard case .open(var provider) = state else { return refuse(application, id, .providerNotOpen, into: &outputs) }
        if provider.heartbeat != nil {
            provider.lastHeard = now
            applications[application]?.state = .open(provider)
        }
        switch request {
        case .openProvider, .heartbeat: succeed(application, id, into: &outputs)
        case .closeProvider:
            succeed(application, id, into: &outputs)
            closeProvider(of: application, at: now, into: &outputs)
        case .openDevice(let device): openDevice(device, id, application, provider, into: &outputs)
        case .closeDevice(let device): closeDevice(device, id, application, into: &outputs)
        case .registerMedia(let device, let media): registerMedia(device, media, id, application, into: &outputs)
        case .unregisterMedia(let device): unregisterMedia(device, id, application, into: &outputs)
        case .snapshot(let device): snapshot(device, id, application, into: &outputs)
        case .makeCall(let device, let line, let called, let data, let how):
            let wish = CallRequest.makeCall(from: device, line: line, to: called, data: data, how)
            makeCall(device, wish, how, id, application, into: &outputs)
        case .consult(let leg, let called, let data, let how):
            consult(leg, .consult(leg, to: called, data: data, how), how, id, application, into: &outputs)
        case .transfer(let leg, let other): pair(leg, other, .transfer(leg, with: other), id, application, into: &outputs)
        case .conference(let leg, let other): pair(leg, other, .conference(leg, with: other), id, application, into: &outputs)
        case .join(let leg, let device, let line, let role): join(leg, device, line, role, id, application, into: &outputs)
        case .takeOver(let leg, let taking):
            guard isOpen(taking, application) else { return refuse(application, id, .deviceNotOpen(taking), into: &outputs) }
            control(leg, .takeOver(leg, by: taking), id, application, .makeCall(taking), into: &outputs)
        case .record(let leg, let step): record(leg, step, id, application, into: &outputs)
        case .routeSelect(let leg, let numbers): selectRoute(leg, numbers, id, application, at: now, into: &outputs)
        case .routeEnd(let leg): leaveRoute(leg, id, application, into: &outputs)
        case .park(let leg, let number): control(leg, .park(leg, at: number), id, application, .other, into: &outputs)
        case .monitorParks(let on): monitorParks(on, id, application, provider, into: &outputs)
        case .setMessageWaiting(let device, let number, let summary):
            setMessageWaiting(device, number, summary, id, application, into: &outputs)
        case .agentStates, .monitorAgents, .setAgentState, .reserveAgent, .releaseAgent:
            agentRequest(request, id, application, provider, at: now, into: &outputs)
        case .accept(let leg): accept(leg, id, application, into: &outputs)
        case .answer(let leg): answer(leg, id, application, at: now, into: &outputs)
        case .reject(let leg, let cause): reject(leg, cause, id, application, into: &outputs)
        case .setMedia(let leg, let address): setMedia(leg, address, id, application, into: &outputs)
        case .drop(let leg, let cause): drop(leg, cause, id, application, into: &outputs)
        case .redirect(let leg, let redirect): self.redirect(leg, redirect, id, application, into: &outputs)
        case .hold(let leg): control(leg, .hold(leg), id, application, .other, into: &outputs)
        case .retrieve(let leg): control(leg, .retrieve(leg), id, application, .other, into: &outputs)
        case .attach(let leg, let data): control(leg, .attach(leg, data), id, application, .other, into: &outputs)
        }
    }

    private mutating func openProvider(
        _ name: String, _ password: String, _ heartbeat: Duration?, _ id: RequestID, _ application: ApplicationID,
        at now: Instant, into outputs: inout [Output]
    ) {
        switch applications[application]?.state {
        case .open(let provider): return refuse(application, id, .providerAlreadyOpen(user: provider.user), into: &outputs)
        case .opening(_, let user, _, _): return refuse(application, id, .providerAlreadyOpen(user: user), into: &outputs)
        case .connected, nil: break
        }
        let origin = applications[application]?.origin
        if failedAttempts.isBarred(Guesser(origin), at: now) || failedAttempts.isBarred(Guesser(origin, user: name), at: now) {
            return refuse(application, id, .tooManyFailures(user: name), into: &outputs)
        }
        let most = configuration.parameters.maximumOpenings
        guard openings < most else {
            return refuse(application, id, .limitReached("providers being opened", most), into: &outputs)
        }
        let user = configuration.users[name]
        // An unknown user costs as much time as a wrong password, so that names cannot be told apart.
        guard let hash = user?.passwordHash ?? configuration.users.first?.value.passwordHash else {
            return refuse(application, id, .badCredentials(user: name), into: &outputs)
        }
        openings += 1
        applications[application]?.state = .opening(id, name: name, user: user, heartbeat: heartbeat)
        outputs.append(.verifyPassword(application, password: password, hash: hash))
    }

    mutating func passwordVerified(_ application: ApplicationID, _ isRight: Bool, at now: Instant, into outputs: inout [Output]) {
        guard let known = applications[application], case .opening(let id, let name, let user, let heartbeat) = known.state else { return }
        openings -= 1
        applications[application]?.state = .connected
        guard isRight, let user, configuration.users[name]?.passwordHash == user.passwordHash,
            let groups = configuration.users[name]?.groups
        else {
            countFailure(of: name, from: known.origin, at: now, into: &outputs)
            return refuse(application, id, .badCredentials(user: name), into: &outputs)
        }
        failedAttempts.succeed(Guesser(known.origin, user: name))
        guard groups.contains(.enabled) else { return refuse(application, id, .missingGroup(user: name, .enabled), into: &outputs) }
        guard known.isSecure || !groups.contains(.secureConnection) else {
            return refuse(application, id, .secureConnectionRequired(user: name), into: &outputs)
        }
        if groups.contains(.controlAllDevices), !groups.contains(.secureConnection) {
            outputs.append(.alarm(.superProviderWithoutSecureConnection(user: name)))
        }
        let parameters = configuration.parameters
        let interval = heartbeat.map { min(max($0, parameters.heartbeatMinimum), parameters.heartbeatMaximum) }
        applications[application]?.state = .open(Provider(user: name, heartbeat: interval, lastHeard: now))
        if let interval { deadlines.set(.heartbeat(application), at: now.advanced(by: interval * 2)) }
        outputs.append(.reply(application, id, .success(.opened(heartbeat: interval ?? parameters.heartbeatMaximum))))
    }

    private mutating func countFailure(of user: String, from origin: IPAddress?, at now: Instant, into outputs: inout [Output]) {
        let parameters = configuration.parameters
        let ofUser = failedAttempts.fail(Guesser(origin, user: user), mostFailures: parameters.maximumFailures, at: now)
        let ofAddress = failedAttempts.fail(Guesser(origin), mostFailures: parameters.maximumFailuresOfAddress, at: now)
        if ofUser || ofAddress { outputs.append(.alarm(.passwordGuessing(user: ofAddress ? nil : user, from: origin))) }
    }

    mutating func disconnected(_ application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        if case .opening = applications[application]?.state { openings -= 1 }
        fail(application, at: now, into: &outputs)
    }

    /// Two intervals without a message: the application has failed.
    mutating func heartbeatExpired(_ application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        guard let provider = applications[application]?.provider, let heartbeat = provider.heartbeat else { return }
        let due = provider.lastHeard.advanced(by: heartbeat * 2)
        guard due <= now else { return deadlines.set(.heartbeat(application), at: due) }
        outputs.append(.event(application, .providerShutdown(reason: "no message in two heartbeat intervals of \(heartbeat)")))
        fail(application, at: now, into: &outputs)
        outputs.append(.disconnect(application))
    }

    /// Forgets an application, so that nothing more is told to it, and closes what it had open.
    private mutating func fail(_ application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        guard let provider = applications.removeValue(forKey: application)?.provider else { return }
        let calls = close(provider, of: application, at: now, into: &outputs)
        outputs.append(.alarm(.applicationFailed(user: provider.user, calls: calls)))
    }

    /// Closes the provider of an application that stays connected.
    mutating func closeProvider(of application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        guard let provider = applications[application]?.provider else { return }
        applications[application]?.state = .connected
        _ = close(provider, of: application, at: now, into: &outputs)
    }

    /// Closes the devices of a provider; returns how many calls lost their application.
    private mutating func close(_ provider: Provider, of application: ApplicationID, at now: Instant, into outputs: inout [Output]) -> Int {
        deadlines.cancel(.heartbeat(application))
        releaseAgents(of: application, at: now, into: &outputs)
        let names = provider.devices.sorted { $0.text < $1.text }
        // Later calls must find the devices closed before the first lost call goes on its way.
        for device in names { withdraw(application, from: device, opened: true, into: &outputs) }
        return names.reduce(0) { $0 + abandon(callsOf: application, at: $1, into: &outputs) }
    }

    func succeed(_ application: ApplicationID, _ id: RequestID, _ reply: ProviderReply = .done, into outputs: inout [Output]) {
        guard applications[application] != nil else { return }
        outputs.append(.reply(application, id, .success(reply)))
    }

    func refuse(_ application: ApplicationID, _ id: RequestID, _ refusal: Refusal, into outputs: inout [Output]) {
        guard applications[application] != nil else { return }
        outputs.append(.reply(application, id, .failure(refusal)))
    }

    mutating func expire(_ timer: Timer, at now: Instant, into outputs: inout [Output]) {
        switch timer {
        case .heartbeat(let application):
            heartbeatExpired(application, at: now, into: &outputs)
        case .accept(let leg):
            abandon(leg, into: &outputs)
        case .media(let leg):
            abandon(leg, into: &outputs)
        case .agent(let agent):
            agentTimeIsUp(agent, at: now, into: &outputs)
        }
    }
}
