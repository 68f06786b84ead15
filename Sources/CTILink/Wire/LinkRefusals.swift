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
        case .tooManyFailures: ("tooManyFailures", 40)
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
        case .noSuchAgent: ("noSuchAgent", 24)
        case .agentNotControlled: ("agentNotControlled", 25)
        case .agentNotReady: ("agentNotReady", 26)
        case .callControl(let failure):
            switch failure {
            case .noSuchLeg: ("noSuchConnection", 12)
            case .limitReached: ("limitReached", 13)
            case .wrongState: ("wrongState", 14)
            case .invalidDestination: ("invalidDestination", 15)
            case .noSuchLine: ("noSuchLine", 16)
            case .destinationFailed: ("destinationFailed", 17)
            case .mediaRefused: ("mediaRefused", 18)
            case .notOfOneDevice: ("notOfOneDevice", 19)
            case .noParkNumber: ("noParkNumber", 20)
            case .parkNumberTaken: ("parkNumberTaken", 21)
            case .noRecording: ("noRecording", 22)
            case .recordingFailed: ("recordingFailed", 23)
            }
        }
    }

    private var facts: [String: JSON] {
        switch self {
        case .providerNotOpen: [:]
        case .providerAlreadyOpen(let user), .badCredentials(let user), .tooManyFailures(let user), .secureConnectionRequired(let user):
            ["user": .string(user)]
        case .missingGroup(let user, let group, let device):
            ["user": .string(user), "group": .string(group.rawValue)].merging(device.map { ["device": .string($0.text)] } ?? [:]) { $1 }
        case .noSuchDevice(let device), .deviceNotOpen(let device), .mediaNotRegistered(let device): ["device": .string(device.text)]
        case .deviceNotControlled(let user, let device), .registrationConflict(let device, let user):
            ["user": .string(user), "device": .string(device.text)]
        case .wrongDeviceKind(let device, let kind): ["device": .string(device.text), "kind": .string(kind.rawValue)]
        case .noSuchCall(let leg): ["connection": .number(leg.rawValue)]
        case .limitReached(let what, let limit): ["what": .string(what), "limit": .number(Double(limit))]
        case .noSuchAgent(let agent): ["agent": .string(agent.text)]
        case .agentNotControlled(let user, let agent): ["user": .string(user), "agent": .string(agent.text)]
        case .agentNotReady(let agent, let state): ["agent": .string(agent.text)].merging(state.json.compactMapValues { $0 }) { $1 }
        case .callControl(let failure):
            switch failure {
            case .noSuchLeg(let leg): ["connection": .number(leg.rawValue)]
            case .wrongState(let state): ["state": .string(state.rawValue)]
            case .invalidDestination(let number): ["number": .string(number.text)]
            case .noSuchLine(let device, let line): ["device": .string(device.text), "line": .string(line.text)]
            case .destinationFailed(let number, let cause): ["number": .string(number.text), "cause": cause.json]
            case .limitReached(let what, let limit): ["what": .string(what), "limit": .number(Double(limit))]
            case .mediaRefused: [:]
            case .notOfOneDevice(let leg, let other): ["connection": .number(leg.rawValue), "other": .number(other.rawValue)]
            case .noRecording: [:]
            case .recordingFailed(let reason): ["reason": .string(reason)]
            case .noParkNumber(let number), .parkNumberTaken(let number): ["number": .string(number.text)]
            }
        }
    }

    private static let members = [
        "refusal", "user", "group", "device", "kind", "connection", "what", "limit", "state", "number", "line", "cause",
        "other", "reason", "agent",
    ]

    /// Reads the `error` member of a reply.
    init(_ error: JSON) throws(LinkMistake) {
        let facts = try LinkArguments(error["data"], at: "error.data", allowed: Refusal.members)
        switch try facts.string("refusal") {
        case "providerNotOpen": self = .providerNotOpen
        case "providerAlreadyOpen": self = .providerAlreadyOpen(user: try facts.string("user"))
        case "tooManyFailures": self = .tooManyFailures(user: try facts.string("user"))
        case "badCredentials": self = .badCredentials(user: try facts.string("user"))
        case "missingGroup":
            let device = try facts.optionalString("device").map { DeviceName($0) }
            self = .missingGroup(user: try facts.string("user"), try facts.word("group"), device: device)
        case "secureConnectionRequired": self = .secureConnectionRequired(user: try facts.string("user"))
        case "noSuchDevice": self = .noSuchDevice(try facts.device())
        case "deviceNotControlled": self = .deviceNotControlled(user: try facts.string("user"), try facts.device())
        case "deviceNotOpen": self = .deviceNotOpen(try facts.device())
        case "wrongDeviceKind":
            guard let kind = Device.Kind(rawValue: try facts.string("kind")) else { throw facts.wrong("kind", "a kind of device", nil) }
            self = .wrongDeviceKind(try facts.device(), kind)
        case "registrationConflict": self = .registrationConflict(try facts.device(), user: try facts.string("user"))
        case "mediaNotRegistered": self = .mediaNotRegistered(try facts.device())
        case "noSuchConnection": self = .noSuchCall(try facts.leg())
        case "limitReached": self = .limitReached(try facts.string("what"), try facts.whole("limit", in: 0...Int(Int32.max)))
        case "noSuchAgent": self = .noSuchAgent(try facts.agent())
        case "agentNotControlled": self = .agentNotControlled(user: try facts.string("user"), try facts.agent())
        case "agentNotReady": self = .agentNotReady(try facts.agent(), try facts.agentState())
        case "wrongState":
            guard let state = LegState(rawValue: try facts.string("state")) else { throw facts.wrong("state", "a connection state", nil) }
            self = .callControl(.wrongState(state))
        case "invalidDestination": self = .callControl(.invalidDestination(try facts.number("number")))
        case "noSuchLine": self = .callControl(.noSuchLine(try facts.device(), try facts.number("line")))
        case "destinationFailed": self = .callControl(.destinationFailed(try facts.number("number"), try facts.cause()))
        case "mediaRefused": self = .callControl(.mediaRefused)
        case "notOfOneDevice": self = .callControl(.notOfOneDevice(try facts.leg(), try facts.leg("other")))
        case "noRecording": self = .callControl(.noRecording)
        case "recordingFailed": self = .callControl(.recordingFailed(try facts.string("reason")))
        case "noParkNumber": self = .callControl(.noParkNumber(try facts.number("number")))
        case "parkNumberTaken": self = .callControl(.parkNumberTaken(try facts.number("number")))
        case let other: throw LinkMistake(text: "the refusal \"\(other)\" is unknown")
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
        case .tooManyFailures(let user):
            "wrong passwords came from this address too often: for a while none is looked at, for user \(user) or for any"
        case .missingGroup(let user, let group, let device):
            "user \(user) is not in the group \"\(group.rawValue)\"" + (device.map { ", which this needs at device \($0)" } ?? "")
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
        case .noSuchAgent(let agent): "there is no agent \(agent)"
        case .agentNotControlled(let user, let agent):
            "no phone of agent \(agent) is among the controlled devices of user \(user), who is not in the group \"\(AccessGroup.controlAllDevices.rawValue)\""
        case .agentNotReady(let agent, let state): "agent \(agent) is not ready but \(state.word)\(state.reason.map { ", \($0)" } ?? "")"
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
        case .notOfOneDevice(let leg, let other): "the connections \(leg.rawValue) and \(other.rawValue) are not of one device in two calls"
        case .noRecording: "the call is not being recorded, or its recording is in that state already"
        case .recordingFailed(let reason): "the call cannot be recorded: \(reason)"
        case .noParkNumber(let number): "\(number) is no park number"
        case .parkNumberTaken(let number): "a call waits at \(number) already"
        }
    }
}
