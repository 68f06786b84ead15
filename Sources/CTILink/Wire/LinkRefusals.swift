import CTI
import CallControl
import Kernel

// Why a request is refused: a number of its own, a sentence, and the facts as data.

extension Refusal {
    /// The `error` member of a JSON-RPC reply. `data.refusal` names the kind, and the members beside it say whom and what it concerns.
    var json: JSON {
        var data = facts
        data["refusal"] = .string(kind.name)
        return ["code": .number(Double(kind.code)), "message": .string(sentence), "data": .object(data)]
    }

    /// The name and the number of each kind of refusal; numbers never change their meaning.
    private var kind: (name: String, code: Int) {
        switch self {
        case .providerNotOpen: ("providerNotOpen", 1)
        case .providerAlreadyOpen: ("providerAlreadyOpen", 2)
        case .badCredentials: ("badCredentials", 3)
        case .missingGroup: ("missingGroup", 4)
        case .secureConnectionRequired: ("secureConnectionRequired", 5)
        case .noSuchDevice: ("noSuchDevice", 6)
        case .deviceNotControlled: ("deviceNotControlled", 7)
        case .deviceNotOpen: ("deviceNotOpen", 8)
        case .wrongDeviceKind: ("wrongDeviceKind", 9)
        case .registrationConflict: ("registrationConflict", 10)
        case .mediaNotRegistered: ("mediaNotRegistered", 11)
        case .noSuchCall: ("noSuchConnection", 12)
        case .limitReached: ("limitReached", 13)
        case .callControl(let failure):
            switch failure {
            case .noSuchLeg: ("noSuchConnection", 12)
            case .limitReached: ("limitReached", 13)
            case .wrongState: ("wrongState", 14)
            case .invalidDestination: ("invalidDestination", 15)
            case .noSuchLine: ("noSuchLine", 16)
            case .destinationFailed: ("destinationFailed", 17)
            case .mediaRefused: ("mediaRefused", 18)
            }
        }
    }

    private var facts: [String: JSON] {
        switch self {
        case .providerNotOpen: [:]
        case .providerAlreadyOpen(let user), .badCredentials(let user), .secureConnectionRequired(let user): ["user": .string(user)]
        case .missingGroup(let user, let group): ["user": .string(user), "group": .string(group.rawValue)]
        case .noSuchDevice(let device), .deviceNotOpen(let device), .mediaNotRegistered(let device): ["device": .string(device.text)]
        case .deviceNotControlled(let user, let device), .registrationConflict(let device, let user):
            ["user": .string(user), "device": .string(device.text)]
        case .wrongDeviceKind(let device, let kind): ["device": .string(device.text), "kind": .string(kind.rawValue)]
        case .noSuchCall(let leg): ["connection": .number(leg.rawValue)]
        case .limitReached(let what, let limit): ["what": .string(what), "limit": .number(Double(limit))]
        case .callControl(let failure):
            switch failure {
            case .noSuchLeg(let leg): ["connection": .number(leg.rawValue)]
            case .wrongState(let state): ["state": .string(state.rawValue)]
            case .invalidDestination(let number): ["number": .string(number.text)]
            case .noSuchLine(let device, let line): ["device": .string(device.text), "line": .string(line.text)]
            case .destinationFailed(let number, let cause): ["number": .string(number.text), "cause": cause.json]
            case .limitReached(let what, let limit): ["what": .string(what), "limit": .number(Double(limit))]
            case .mediaRefused: [:]
            }
        }
    }
}

extension Refusal {
    /// What a developer reads.
    var sentence: String {
        switch self {
        case .providerNotOpen: "no provider is open on this connection: send OpenProvider first"
        case .providerAlreadyOpen(let user): "the provider of \(user) is already open, or being opened, on this connection"
        case .badCredentials(let user): "there is no user \(user), or the password is wrong"
        case .missingGroup(let user, let group): "user \(user) is not in the group \"\(group.rawValue)\""
        case .secureConnectionRequired(let user):
            "user \(user) is in the group \"\(AccessGroup.secureConnection.rawValue)\" and must connect with TLS"
        case .noSuchDevice(let device): "there is no device \(device)"
        case .deviceNotControlled(let user, let device):
            "device \(device) is not among the controlled devices of user \(user), who is not in the group \"\(AccessGroup.controlAllDevices.rawValue)\""
        case .deviceNotOpen(let device): "device \(device) is not open: send OpenDevice first"
        case .wrongDeviceKind(let device, let kind): "device \(device) is a \(kind.rawValue), which cannot do that"
        case .registrationConflict(let device, let user): "user \(user) registered device \(device) with other media"
        case .mediaNotRegistered(let device): "media of device \(device) is not registered: send RegisterMedia first"
        case .noSuchCall(let leg): "there is no connection \(leg.rawValue) at a device that is open here"
        case .limitReached(let what, let limit): "the limit of \(limit) \(what) is reached"
        case .callControl(let failure): failure.sentence
        }
    }
}

extension CallRequestFailure {
    fileprivate var sentence: String {
        switch self {
        case .noSuchLeg(let leg): "there is no connection \(leg.rawValue)"
        case .wrongState(let state): "the connection is in the state \(state.rawValue), which does not allow that"
        case .invalidDestination(let number): "\(number) cannot be reached from the calling search space"
        case .noSuchLine(let device, let line): "device \(device) has no line \(line)"
        case .destinationFailed(let number, let cause): "\(number) could not be reached, cause \(cause.q850)"
        case .limitReached(let what, let limit): "the limit of \(limit) \(what) is reached"
        case .mediaRefused: "the other party's media could not be moved"
        }
    }
}
