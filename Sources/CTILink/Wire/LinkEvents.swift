import CTI
import CallControl
import Kernel
import SDP

// Events: notifications of the server, named as in CSTA.

extension ProviderEvent {
    /// The method and the parameters of the notification.
    var link: (method: String, parameters: JSON) {
        switch self {
        case .providerShutdown(let reason): ("ProviderShutdown", ["reason": .string(reason)])
        case .inService(let device): ("BackInService", ["device": .string(device.text)])
        case .outOfService(let device): ("OutOfService", ["device": .string(device.text)])
        case .mediaAddressNeeded(let leg): ("MediaAddressNeeded", ["connection": .number(leg.rawValue)])
        case .mediaStarted(let leg, let audio): ("MediaStarted", ["connection": .number(leg.rawValue), "media": audio.json])
        case .mediaStopped(let leg): ("MediaStopped", ["connection": .number(leg.rawValue)])
        case .routeRequest(let leg, let setUp):
            ("RouteRequest", .members(setUp.json.merging(["connection": .number(leg.rawValue)]) { $1 }))
        case .reRoute(let leg, let cause): ("ReRoute", ["connection": .number(leg.rawValue), "cause": cause.json])
        case .routeUsed(let leg, let number): ("RouteUsed", ["connection": .number(leg.rawValue), "to": .string(number.text)])
        case .routeEnd(let leg): ("RouteEnd", ["connection": .number(leg.rawValue)])
        case .data(let leg, let data): ("CallInformation", ["connection": .number(leg.rawValue), "data": data.json])
        case .agentState(let agent, let state):
            ("AgentState", .members(state.json.merging(["agent": .string(agent.text)]) { $1 }))
        case .call(let event): event.link
        }
    }

    /// Reads a notification; `nil` for one that this client does not know, which a newer server may send.
    init?(method: String, parameters: JSON?) throws(LinkMistake) {
        guard let description = LinkEvent.byName[method] else { return nil }
        let arguments = try LinkArguments(parameters, at: method, allowed: description.members)
        switch method {
        case "ProviderShutdown": self = .providerShutdown(reason: try arguments.string("reason"))
        case "BackInService": self = .inService(try arguments.device())
        case "OutOfService": self = .outOfService(try arguments.device())
        case "MediaAddressNeeded": self = .mediaAddressNeeded(try arguments.leg())
        case "MediaStarted":
            guard let media = try arguments.object("media", allowed: NegotiatedAudio.members) else {
                throw arguments.wrong("media", "an object", nil)
            }
            self = .mediaStarted(try arguments.leg(), try NegotiatedAudio(media))
        case "MediaStopped": self = .mediaStopped(try arguments.leg())
        case "AgentState": self = .agentState(try arguments.agent(), try arguments.agentState())
        case "RouteRequest": self = .routeRequest(try arguments.leg(), try SetUp(arguments))
        case "ReRoute": self = .reRoute(try arguments.leg(), try arguments.cause())
        case "RouteUsed": self = .routeUsed(try arguments.leg(), try arguments.number("to"))
        case "RouteEnd": self = .routeEnd(try arguments.leg())
        case "CallInformation": self = .data(try arguments.leg(), try arguments.callData())
        default:
            guard let kind = try CallEvent.Kind(method, arguments) else { return nil }
            self = .call(
                CallEvent(
                    call: try arguments.call(), leg: arguments.json("connection") == nil ? nil : try arguments.leg(),
                    device: try arguments.optionalString("device").map { DeviceName($0) },
                    line: try arguments.optionalString("line").map { DirectoryNumber($0) }, kind: kind))
        }
    }
}

extension CallEvent {
    fileprivate var link: (method: String, parameters: JSON) {
        let (name, details) = kind.link
        var members: [String: JSON?] = [
            "call": .number(call.rawValue), "connection": leg.map { .number($0.rawValue) }, "device": device.map { .string($0.text) },
            "line": line.map { .string($0.text) },
        ]
        members.merge(details) { $1 }
        return (name, .members(members))
    }
}

extension CallEvent.Kind {
    fileprivate var link: (name: String, details: [String: JSON?]) {
        switch self {
        case .originated(let number): ("Originated", ["to": .string(number.text)])
        case .offered(let setUp): ("Offered", setUp.json)
        case .delivered: ("Delivered", [:])
        case .established(let party): ("Established", ["with": party.json])
        case .diverted(let number, let cause): ("Diverted", ["to": .string(number.text), "cause": cause.json])
        case .queued(let position): ("Queued", ["position": .number(Double(position))])
        case .transferred(let party): ("Transferred", ["to": party.json])
        case .conferenced(let parties): ("Conferenced", ["parties": .array(parties.map(\.json))])
        case .bridged(let device, let state): ("Bridged", ["at": .string(device.text), "state": .string(state.rawValue)])
        case .parked(let number): ("Parked", ["number": .string(number.text)])
        case .unparked(let number, let how): ("Unparked", ["number": .string(number.text), "reason": .string(how.rawValue)])
        case .held: ("Held", [:])
        case .retrieved: ("Retrieved", [:])
        case .failed(let cause): ("Failed", ["cause": cause.json])
        case .connectionCleared(let cause): ("ConnectionCleared", ["cause": cause.json])
        case .digit(let digit): ("DigitsDialed", ["digits": .string(digit)])
        case .callCleared(let cause): ("CallCleared", ["cause": cause.json])
        }
    }

    fileprivate init?(_ name: String, _ arguments: LinkArguments) throws(LinkMistake) {
        switch name {
        case "Originated": self = .originated(to: try arguments.number("to"))
        case "Offered": self = .offered(try SetUp(arguments))
        case "Delivered": self = .delivered
        case "Established": self = .established(with: try arguments.party("with"))
        case "Diverted": self = .diverted(to: try arguments.number("to"), try arguments.cause())
        case "Queued": self = .queued(position: try arguments.whole("position", in: 1...Int(Int32.max)))
        case "Transferred": self = .transferred(to: try arguments.party("to"))
        case "Conferenced": self = .conferenced(try arguments.parties("parties"))
        case "Bridged":
            guard let state = LegState(rawValue: try arguments.string("state")) else {
                throw arguments.wrong("state", "a connection state", arguments.json("state"))
            }
            self = .bridged(at: try arguments.device("at"), state)
        case "Parked": self = .parked(at: try arguments.number("number"))
        case "Unparked": self = .unparked(from: try arguments.number("number"), try arguments.word("reason"))
        case "Held": self = .held
        case "Retrieved": self = .retrieved
        case "Failed": self = .failed(try arguments.cause())
        case "ConnectionCleared": self = .connectionCleared(try arguments.cause())
        case "DigitsDialed": self = .digit(try arguments.string("digits"))
        case "CallCleared": self = .callCleared(try arguments.cause())
        default: return nil
        }
    }
}

/// An event of the CTI link as the description shows it.
struct LinkEvent {
    let name: String
    let summary: String
    let members: [String]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let place = ["call", "connection", "device", "line"]

    static let all: [LinkEvent] =
        [
            LinkEvent(name: "ProviderShutdown", summary: "The provider closed and says no more.", members: ["reason"]),
            LinkEvent(name: "BackInService", summary: "An opened device works.", members: ["device"]),
            LinkEvent(name: "OutOfService", summary: "An opened device does not work.", members: ["device"]),
            LinkEvent(name: "Originated", summary: "A device begins a call.", members: place + ["to"]),
            LinkEvent(
                name: "Offered", summary: "A call is offered: accept, answer, deflect or reject it within the new call accept timer.",
                members: place + SetUp.members),
            LinkEvent(name: "Delivered", summary: "The device is being alerted.", members: place),
            LinkEvent(name: "Established", summary: "The device takes part in the call, with the other party.", members: place + ["with"]),
            LinkEvent(name: "Diverted", summary: "The call left the device for another number.", members: place + ["to", "cause"]),
            LinkEvent(
                name: "Queued", summary: "The call waits behind others on the line: its place, of which 1 is next.",
                members: place + ["position"]),
            LinkEvent(
                name: "Transferred", summary: "The call was transferred to this party; who stays is in the named call from here on.",
                members: place + ["to"]),
            LinkEvent(
                name: "Conferenced", summary: "Who takes part from here on, the device included, but for those who listen silently.",
                members: place + ["parties"]),
            LinkEvent(
                name: "Bridged", summary: "Another device with the same line has this call, in this state; null when it is over.",
                members: place + ["at", "state"]),
            LinkEvent(name: "Parked", summary: "The call waits at a park number.", members: place + ["number"]),
            LinkEvent(
                name: "Unparked", summary: "It waits there no longer: retrieved, reverted to who parked it, or cleared.",
                members: place + ["number", "reason"]),
            LinkEvent(name: "Held", summary: "The device holds the call.", members: place),
            LinkEvent(name: "Retrieved", summary: "The device talks again.", members: place),
            LinkEvent(name: "Failed", summary: "The call cannot reach the device.", members: place + ["cause"]),
            LinkEvent(name: "ConnectionCleared", summary: "The device left the call.", members: place + ["cause"]),
            LinkEvent(name: "DigitsDialed", summary: "The other party sent a key outside of the media.", members: place + ["digits"]),
            LinkEvent(name: "CallCleared", summary: "The call is over for everyone.", members: place + ["cause"]),
            LinkEvent(
                name: "MediaAddressNeeded", summary: "Where does the media of this call go? Answer with SetMedia.", members: ["connection"]),
            LinkEvent(
                name: "MediaStarted", summary: "Media flows as described; again when the peer changes it.",
                members: ["connection", "media"]),
            LinkEvent(name: "MediaStopped", summary: "Media no longer flows to this device.", members: ["connection"]),
            LinkEvent(
                name: "RouteRequest", summary: "Where is this call to go? Answer with RouteSelect or RouteEnd within 5 s.",
                members: ["connection"] + SetUp.members),
            LinkEvent(
                name: "ReRoute", summary: "None of the numbers took the call, the last for this cause: answer as RouteRequest.",
                members: ["connection", "cause"]),
            LinkEvent(name: "RouteUsed", summary: "This number took the call.", members: ["connection", "to"]),
            LinkEvent(name: "RouteEnd", summary: "Nothing more is asked about this call.", members: ["connection"]),
            LinkEvent(name: "CallInformation", summary: "The data that travels with the call changed.", members: ["connection", "data"]),
        ] + agents
}
