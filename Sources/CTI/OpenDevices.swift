import CallControl
import Kernel

// Applications open devices and register how they terminate media there.
extension CTIManager {
    mutating func openDevice(
        _ name: DeviceName, _ id: RequestID, _ application: ApplicationID, _ provider: Provider, into outputs: inout [Output]
    ) {
        guard let device = configuration.devices[name] else { return refuse(application, id, .noSuchDevice(name), into: &outputs) }
        guard mayControl(name, provider.user) else {
            return refuse(application, id, .deviceNotControlled(user: provider.user, name), into: &outputs)
        }
        guard device.kind != .trunk else { return refuse(application, id, .wrongDeviceKind(name, device.kind), into: &outputs) }
        succeed(application, id, into: &outputs)
        guard !provider.devices.contains(name) else { return }
        var opened = provider
        opened.devices.insert(name)
        applications[application]?.state = .open(opened)
        let isNew = devices[name] == nil
        devices[name, default: OpenDevice()].openers.append(application)

        // Past a limit the administrator is told once, and devices go on being opened.
        let parameters = configuration.parameters
        if opened.devices.count == parameters.maximumDevicesPerProvider + 1 {
            outputs.append(.alarm(.devicesPerProvider(user: provider.user, limit: parameters.maximumDevicesPerProvider)))
        }
        if isNew, devices.count == parameters.maximumDevicesPerNode + 1 {
            outputs.append(.alarm(.devicesPerNode(limit: parameters.maximumDevicesPerNode)))
        }
        outputs.append(.event(application, unreachable.contains(name) ? .outOfService(name) : .inService(name)))
    }

    func mayControl(_ device: DeviceName, _ user: String) -> Bool {
        guard let user = configuration.users[user] else { return false }
        return user.groups.contains(.controlAllDevices) || user.controlledDevices.contains(device)
    }

    mutating func closeDevice(_ name: DeviceName, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        guard isOpen(name, application) else { return refuse(application, id, .deviceNotOpen(name), into: &outputs) }
        succeed(application, id, into: &outputs)
        close(name, application, into: &outputs)
    }

    /// Closes a device for an application; the calls that it had there have lost it.
    mutating func close(_ name: DeviceName, _ application: ApplicationID, into outputs: inout [Output]) {
        if var provider = applications[application]?.provider {
            provider.devices.remove(name)
            applications[application]?.state = .open(provider)
        }
        withdraw(application, from: name, opened: true, into: &outputs)
        _ = abandon(callsOf: application, at: name, into: &outputs)
    }

    mutating func registerMedia(
        _ name: DeviceName, _ media: MediaRegistration, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]
    ) {
        guard let open = devices[name], open.openers.contains(application), let device = configuration.devices[name] else {
            return refuse(application, id, .deviceNotOpen(name), into: &outputs)
        }
        guard device.kind == .ctiPort || device.kind == .routePoint else {
            return refuse(application, id, .wrongDeviceKind(name, device.kind), into: &outputs)
        }
        if media.capabilities != nil, let refusal = lackOfKeys(at: name, for: application) {
            return refuse(application, id, refusal, into: &outputs)
        }
        let conflict = open.registrations.first {
            $0.application != application && (device.kind == .ctiPort || !$0.media.agrees(with: media))
        }
        if let conflict {
            let user = applications[conflict.application]?.provider?.user ?? ""
            return refuse(application, id, .registrationConflict(name, user: user), into: &outputs)
        }
        devices[name]?.registrations.removeAll { $0.application == application }
        devices[name]?.registrations.append(OpenDevice.Registration(application: application, media: media))
        if open.registrations.isEmpty { outputs.append(.callControl(.device(name, available: true))) }
        succeed(application, id, into: &outputs)
    }

    mutating func unregisterMedia(_ name: DeviceName, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        guard isOpen(name, application) else { return refuse(application, id, .deviceNotOpen(name), into: &outputs) }
        withdraw(application, from: name, opened: false, into: &outputs)
        succeed(application, id, into: &outputs)
    }

    /// Takes back the registration of an application, and its opening too. Without a registration the device takes no calls.
    mutating func withdraw(_ application: ApplicationID, from name: DeviceName, opened: Bool, into outputs: inout [Output]) {
        guard var device = devices[name] else { return }
        let had = !device.registrations.isEmpty
        device.registrations.removeAll { $0.application == application }
        if opened { device.openers.removeAll { $0 == application } }
        devices[name] = device.openers.isEmpty ? nil : device
        if had, device.registrations.isEmpty { outputs.append(.callControl(.device(name, available: false))) }
    }

    func isOpen(_ device: DeviceName, _ application: ApplicationID) -> Bool {
        applications[application]?.provider?.devices.contains(device) == true
    }

    mutating func snapshot(_ name: DeviceName, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        guard isOpen(name, application) else { return refuse(application, id, .deviceNotOpen(name), into: &outputs) }
        let calls = legsAt[name, default: []].sorted().compactMap { leg in
            legs[leg].flatMap { tracked in
                tracked.call.map { CallSnapshot(call: $0, leg: leg, state: tracked.state, position: position(of: leg)) }
            }
        }
        succeed(application, id, .calls(calls), into: &outputs)
    }

    mutating func deviceChanged(_ name: DeviceName, _ available: Bool, into outputs: inout [Output]) {
        let isNews = available ? unreachable.remove(name) != nil : unreachable.insert(name).inserted
        guard isNews, let device = devices[name] else { return }
        for application in device.openers { outputs.append(.event(application, available ? .inService(name) : .outOfService(name))) }
    }

    /// Takes over a changed configuration: providers and devices to which somebody lost the right are closed, all others go on undisturbed.
    mutating func adopt(_ new: CTIConfiguration, at now: Instant, into outputs: inout [Output]) {
        let before = configuration.devices
        configuration = new
        adoptAgents(at: now)
        for application in applications.keys.sorted() {
            guard let provider = applications[application]?.provider else { continue }
            guard new.users[provider.user]?.groups.contains(.enabled) == true else {
                closeProvider(of: application, at: now, into: &outputs)
                outputs.append(.event(application, .providerShutdown(reason: "user \(provider.user) may no longer connect")))
                continue
            }
            for name in provider.devices.sorted(by: { $0.text < $1.text })
            where new.devices[name] == nil || new.devices[name]?.kind != before[name]?.kind || !mayControl(name, provider.user) {
                close(name, application, into: &outputs)
                outputs.append(.event(application, .outOfService(name)))
            }
        }
    }
}
