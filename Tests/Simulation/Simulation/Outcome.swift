import CallControl

/// How a call ended, as the caller sees it.
enum Outcome: Hashable, Comparable, CustomStringConvertible {
    /// Somebody at a phone was reached.
    case agent
    /// The same, at a number to which the call was forwarded or redirected.
    case forwarded
    /// Somebody outside was reached.
    case outside
    /// An application talked with the caller, and the call ended for this reason.
    case application(UInt8)
    /// Nobody was reached, for this reason.
    case cause(UInt8)

    init(reached: Set<DeviceName>, by originator: DeviceName?, isDiverted: Bool, _ cause: Cause) {
        let others = reached.subtracting(originator.map { [$0] } ?? [])
        if others.contains(where: Site.phoneDevices.contains) {
            self = isDiverted ? .forwarded : .agent
        } else if others.contains("city") || others.contains("front-door") {
            self = .outside
        } else {
            self = others.isEmpty ? .cause(cause.q850) : .application(cause.q850)
        }
    }

    var description: String {
        switch self {
        case .agent: "an agent"
        case .forwarded: "an agent, forwarded or redirected"
        case .outside: "somebody outside"
        case .application(let cause): "an application, cause \(cause)"
        case .cause(let cause): "cause \(cause)"
        }
    }
}
