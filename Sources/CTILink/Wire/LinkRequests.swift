import CTI
import CallControl
import Kernel
import SDP

// Requests, as an application writes them. LinkMethod reads them.

extension ProviderRequest {
    /// The method and the parameters of the request.
    var link: (method: String, parameters: JSON) {
        switch self {
        case .openProvider(let user, let password, let heartbeat):
            (
                "OpenProvider",
                .members(["user": .string(user), "password": .string(password), "heartbeat": heartbeat.map { .seconds($0) }])
            )
        case .closeProvider: ("CloseProvider", [:])
        case .heartbeat: ("Heartbeat", [:])
        case .openDevice(let device): ("OpenDevice", ["device": .string(device.text)])
        case .closeDevice(let device): ("CloseDevice", ["device": .string(device.text)])
        case .registerMedia(let device, let media): ("RegisterMedia", media.json(device))
        case .unregisterMedia(let device): ("UnregisterMedia", ["device": .string(device.text)])
        case .accept(let leg): ("AcceptCall", ["connection": .number(leg.rawValue)])
        case .answer(let leg): ("AnswerCall", ["connection": .number(leg.rawValue)])
        case .reject(let leg, let cause): ("RejectCall", ["connection": .number(leg.rawValue), "cause": cause.json])
        case .redirect(let leg, let redirect): ("DeflectCall", redirect.json(leg))
        case .hold(let leg): ("HoldCall", ["connection": .number(leg.rawValue)])
        case .retrieve(let leg): ("RetrieveCall", ["connection": .number(leg.rawValue)])
        case .drop(let leg, let cause): ("ClearConnection", ["connection": .number(leg.rawValue), "cause": cause.json])
        case .setMedia(let leg, let local):
            ("SetMedia", ["connection": .number(leg.rawValue), "address": .string("\(local.ip)"), "port": .number(UInt64(local.port))])
        case .makeCall(let device, let line, let called, let data, let how):
            (
                "MakeCall",
                how.json(["device": .string(device.text), "line": .string(line.text), "to": .string(called.text), "data": data.json])
            )
        case .consult(let leg, let called, let data, let how):
            ("ConsultationCall", how.json(["connection": .number(leg.rawValue), "to": .string(called.text), "data": data.json]))
        case .transfer(let leg, let other):
            ("TransferCall", ["connection": .number(leg.rawValue), "other": .number(other.rawValue)])
        case .conference(let leg, let other):
            ("ConferenceCall", ["connection": .number(leg.rawValue), "other": .number(other.rawValue)])
        case .join(let leg, let device, let line, let role):
            (
                "SingleStepConferenceCall",
                [
                    "connection": .number(leg.rawValue), "device": .string(device.text), "line": .string(line.text),
                    "participation": .string(LinkParticipation(role).rawValue),
                ]
            )
        case .takeOver(let leg, let device):
            ("PickupCall", ["connection": .number(leg.rawValue), "device": .string(device.text)])
        case .record(let leg, let step):
            ("RecordCall", ["connection": .number(leg.rawValue), "step": .string(step.rawValue)])
        case .routeSelect(let leg, let numbers):
            ("RouteSelect", ["connection": .number(leg.rawValue), "to": .array(numbers.map { .string($0.text) })])
        case .routeEnd(let leg): ("RouteEnd", ["connection": .number(leg.rawValue)])
        case .park(let leg, let number):
            ("ParkCall", .members(["connection": .number(leg.rawValue), "number": number.map { .string($0.text) }]))
        case .monitorParks(true): ("MonitorStart", [:])
        case .monitorParks(false): ("MonitorStop", [:])
        case .setMessageWaiting(let device, let number, let summary):
            (
                "SetMessageWaiting",
                [
                    "device": .string(device.text), "line": .string(number.text), "new": .number(UInt64(summary.new)),
                    "old": .number(UInt64(summary.old)),
                ]
            )
        case .attach(let leg, let data): ("AttachData", ["connection": .number(leg.rawValue), "data": data.json])
        case .snapshot(let device): ("SnapshotDevice", ["device": .string(device.text)])
        case .agentStates: ("GetAgentStates", [:])
        case .monitorAgents(let on): ("MonitorAgents", ["on": .bool(on)])
        case .setAgentState(let agent, let wish):
            ("SetAgentState", .members(wish.state.json.merging(["agent": .string(agent.text)]) { $1 }))
        case .reserveAgent(let agent, let wrapUp, let within):
            ("ReserveAgent", ["agent": .string(agent.text), "wrapUp": .seconds(wrapUp), "within": .seconds(within)])
        case .releaseAgent(let agent): ("ReleaseAgent", ["agent": .string(agent.text)])
        }
    }
}

extension Redirect {
    fileprivate func json(_ leg: LegID) -> JSON {
        .members([
            "connection": .number(leg.rawValue), "to": .string(to.text),
            "also": also.isEmpty ? nil : .array(also.map { .string($0.text) }),
            "callingSearchSpace": .string(callingSearchSpace.rawValue), "ring": ring.map { .seconds($0) }, "supervised": .bool(supervised),
            "data": data.json, "showCaller": .string(showCaller.link.rawValue), "calling": showCaller.party?.json,
            "calledAddress": .string(calledAddress.rawValue),
        ])
    }
}

extension Redirect.ShownCaller {
    fileprivate var link: LinkShownCaller {
        switch self {
        case .original: .original
        case .ours: .ours
        case .modified: .modified
        }
    }

    fileprivate var party: Party? {
        if case .modified(let party) = self { party } else { nil }
    }
}

extension Origination {
    /// The parameters of a request with those that say how the call begins.
    fileprivate func json(_ parameters: [String: JSON?]) -> JSON {
        .members(parameters.merging(["autoAnswer": answersItself ? .bool(true) : nil, "calling": calling?.json]) { $1 })
    }
}

extension MediaRegistration {
    fileprivate func json(_ device: DeviceName) -> JSON {
        let (kind, local): (LinkMediaKind, TransportAddress?) =
            switch self {
            case .none: (.none, nil)
            case .routing: (.routing, nil)
            case .fixed(let address, _): (.fixed, address)
            case .dynamic: (.dynamic, nil)
            }
        return .members([
            "device": .string(device.text), "kind": .string(kind.rawValue), "address": local.map { .string("\($0.ip)") },
            "port": local.map { .number(UInt64($0.port)) }, "formats": capabilities.map { .array($0.formats.map(\.json)) },
            "packetTime": capabilities.map { .number(Double($0.packetTime)) },
            "telephoneEvent": capabilities.map { .number($0.telephoneEvent ?? 0) },
        ])
    }

    private var capabilities: MediaCapabilities? {
        switch self {
        case .none, .routing: nil
        case .fixed(_, let capabilities), .dynamic(let capabilities): capabilities
        }
    }
}
