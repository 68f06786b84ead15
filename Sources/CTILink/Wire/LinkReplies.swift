import CTI
import CallControl
import Kernel

extension ProviderReply {
    /// The result of the request.
    var json: JSON {
        switch self {
        case .done: .null
        case .opened(let heartbeat): ["heartbeat": .seconds(heartbeat)]
        case .made(let call, let leg): ["call": .number(call.rawValue), "connection": .number(leg.rawValue)]
        case .calls(let calls):
            [
                "calls": .array(
                    calls.map {
                        .members([
                            "call": .number($0.call.rawValue), "connection": .number($0.leg.rawValue), "state": .string($0.state.rawValue),
                            "position": $0.position.map { .number(Double($0)) },
                        ])
                    })
            ]
        case .parked(let number): ["number": .string(number.text)]
        case .recording(let file): ["file": .string(file)]
        case .agents(let agents): ["agents": .array(agents.map(\.json))]
        }
    }

    init(_ result: JSON?, to request: ProviderRequest) throws(LinkMistake) {
        let arguments = try LinkArguments(
            result, at: "result", allowed: ["heartbeat", "call", "connection", "calls", "number", "file", "agents"])
        switch request {
        case .openProvider: self = .opened(heartbeat: try arguments.optionalSeconds("heartbeat") ?? .seconds(3600))
        case .record(_, .start): self = .recording(file: try arguments.string("file"))
        case .makeCall, .consult, .join, .takeOver: self = .made(try arguments.call(), try arguments.leg())
        case .agentStates: self = .agents(try AgentSnapshot.list(arguments))
        case .park: self = .parked(at: try arguments.number("number"))
        case .snapshot:
            var calls: [CallSnapshot] = []
            for entry in try arguments.list("calls") {
                let one = try LinkArguments(entry, at: "result.calls", allowed: ["call", "connection", "state", "position"])
                guard let state = LegState(rawValue: try one.string("state")) else {
                    throw one.wrong("state", "a connection state", one.json("state"))
                }
                calls.append(
                    CallSnapshot(
                        call: try one.call(), leg: try one.leg(), state: state,
                        position: try one.optionalWhole("position", in: 1...Int(Int32.max))))
            }
            self = .calls(calls)
        default: self = .done
        }
    }
}

extension JSON {
    static func seconds(_ duration: Duration) -> JSON { .number(Double(duration.wholeMilliseconds) / 1000) }
}
