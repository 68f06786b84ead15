import CallControl

/// Who asked call control for what: each asker names its requests itself, so the switchboard gives them names of its own on the way.
struct Askers: Sendable {
    /// Whom a result goes to, with the name that it has there.
    enum Asker: Equatable, Sendable {
        case cti(CallRequestID)
        case driver(CallRequestID)
    }

    /// The askers by themselves.
    enum Kind: Sendable {
        case cti
        case driver
    }

    private var waiting: [CallRequestID: Asker] = [:]
    private var last: UInt64 = 0

    var isEmpty: Bool { waiting.isEmpty }

    /// A name for a request that is told apart from all others.
    mutating func name(_ id: CallRequestID, for kind: Kind) -> CallRequestID {
        last += 1
        waiting[CallRequestID(last)] = kind == .cti ? .cti(id) : .driver(id)
        return CallRequestID(last)
    }

    /// Who gets the result of a request: each is answered once.
    mutating func take(_ name: CallRequestID) -> Asker? {
        waiting.removeValue(forKey: name)
    }
}
