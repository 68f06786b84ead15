import CTI
import CallControl
import Kernel
import StrictYAML

/// Reads the groups `users`, `service-parameters` and `attendant`.
enum UserReader {
    static func configuration(_ root: YAMLReader, devices: [DeviceName: Device]) -> CTIConfiguration {
        var users: [String: CTIUser] = [:]
        for pair in root.node("users")?.mapping ?? [] {
            guard let reader = YAMLReader(pair.value, "user `\(pair.key)`", at: pair.mark, root.problems) else { continue }
            let groups = reader.optional("groups", as: .list(of: .word(AccessGroup.allCases.map(\.rawValue)))) ?? []
            let controlled = reader.optional("controlled-devices", as: .list(of: .word(devices.keys.map(\.text).sorted()))) ?? []
            if let hash = passwordHash(reader, of: pair.key) {
                users[pair.key] = CTIUser(
                    passwordHash: hash, groups: Set(groups.compactMap { AccessGroup(rawValue: $0) }),
                    controlledDevices: Set(controlled.map { DeviceName($0) }))
            }
            reader.finish()
        }
        return CTIConfiguration(users: users, devices: devices, parameters: parameters(root.group("service-parameters")))
    }

    /// The stored hash, or the hash of a password in plain text.
    private static func passwordHash(_ reader: YAMLReader, of user: String) -> String? {
        if let stored = reader.optional("password-hash", as: .marked(.text)) {
            if PasswordHash(text: stored.value) != nil { return stored.value }
            reader.problems.error("expected a hash as `frontdesk password` prints it", at: stored.mark)
            return nil
        }
        guard let password = reader.optionalText("password") else {
            reader.problems.error("\(reader.name) needs `password-hash` (or `password`)", at: reader.mark)
            return nil
        }
        return try? PasswordHash(hashing: password, of: user).text
    }

    private static func parameters(_ reader: YAMLReader?) -> CTIServiceParameters {
        var parameters = CTIServiceParameters()
        guard let reader else { return parameters }
        parameters.maximumDevicesPerProvider = reader.int(
            "maximum-devices-per-provider", in: 1...1_000_000, default: parameters.maximumDevicesPerProvider)
        parameters.maximumDevicesPerNode = reader.int(
            "maximum-devices-per-node", in: 1...1_000_000, default: parameters.maximumDevicesPerNode)
        parameters.heartbeatMinimum = reader.duration("application-heartbeat-minimum-interval", default: parameters.heartbeatMinimum)
        parameters.heartbeatMaximum = reader.duration("application-heartbeat-maximum-interval", default: parameters.heartbeatMaximum)
        parameters.newCallAccept = reader.duration("cti-new-call-accept-timer", default: parameters.newCallAccept)
        parameters.routeSelect = reader.duration("route-select-timer", default: parameters.routeSelect)
        parameters.mediaExchange = reader.duration("media-exchange-timer", default: parameters.mediaExchange)
        reader.finish()
        return parameters
    }

    static func attendant(_ reader: YAMLReader?, devices: [DeviceName: Device]) -> AttendantSettings? {
        guard let reader else { return nil }
        let user = reader.text("user")
        let password = reader.text("password")
        let controllable = devices.values.filter { $0.kind == .ctiPort || $0.kind == .routePoint }.map(\.name.text).sorted()
        let names = reader.required("devices", as: .list(of: .word(controllable)))
        reader.finish()
        guard let user, let password, let names else { return nil }
        return AttendantSettings(user: user, password: password, devices: names.map { DeviceName($0) })
    }
}
