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
                        ["call": .number($0.call.rawValue), "connection": .number($0.leg.rawValue), "state": .string($0.state.rawValue)]
                    })
            ]
        }
    }
}

extension JSON {
    static func seconds(_ duration: Duration) -> JSON { .number(Double(duration.wholeMilliseconds) / 1000) }
}
