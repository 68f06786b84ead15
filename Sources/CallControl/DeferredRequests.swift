import Kernel

// A request that moves media waits while an exchange of offer and answer is under way (RFC 3264 section 4), so that no application has to try again.
extension CallControl {
    /// The most requests that wait at one call.
    static let mostDeferred = 8

    /// Whether nothing about the media of a call is under way, whoever its parties talk through.
    private func isAtRest(_ call: CallID) -> Bool { calls[call]?.isQuiet ?? conferences[call]?.isAtRest ?? true }

    /// Whether a request may go on now; if not, it comes again when the call is quiet, or is refused when too many wait.
    mutating func isQuiet(
        _ call: CallID, for id: CallRequestID, _ request: CallRequest, on leg: LegID, into outputs: inout [Output]
    ) -> Bool {
        guard !isAtRest(call) else { return true }
        if deferred[call, default: []].count < CallControl.mostDeferred {
            deferred[call, default: []].append(Deferred(id: id, request: request, leg: leg))
        } else {
            refuse(id, .limitReached("requests that wait for media", CallControl.mostDeferred), into: &outputs)
        }
        return false
    }

    /// Lets the requests go on that waited, until one of them moves media again.
    mutating func resumeDeferred(_ call: CallID, at now: Instant, into outputs: inout [Output]) {
        while isAtRest(call), let next = deferred[call]?.first {
            deferred[call]?.removeFirst()
            if deferred[call]?.isEmpty == true { deferred[call] = nil }
            receive(next.request, next.id, at: now, into: &outputs)
        }
    }

    /// A party of the call is gone, with whom the requests had to do.
    mutating func refuseDeferred(at call: CallID, into outputs: inout [Output]) {
        for request in deferred.removeValue(forKey: call) ?? [] {
            refuse(request.id, .wrongState(legs[request.leg]?.publicState ?? .null), into: &outputs)
        }
    }

    /// The leg that requests wait for is about to go.
    mutating func refuseDeferred(of leg: LegID, into outputs: inout [Output]) {
        guard let call = legs[leg]?.call, let waiting = deferred[call] else { return }
        let rest = waiting.filter { $0.leg != leg }
        deferred[call] = rest.isEmpty ? nil : rest
        for request in waiting where request.leg == leg { refuse(request.id, .wrongState(.null), into: &outputs) }
    }
}
