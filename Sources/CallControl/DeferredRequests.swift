import Kernel

// A request that moves media waits while an exchange of offer and answer is under way (RFC 3264 section 4), so that no application has to try again.
extension CallControl {
    /// The most requests that wait at one call.
    static let mostDeferred = 8

    /// Whether a request may go on now; if not, it comes again when the call is quiet, or is refused when too many wait.
    mutating func isQuiet(
        _ call: CallID, for id: CallRequestID, _ request: CallRequest, on leg: LegID, into outputs: inout [Output]
    ) -> Bool {
        guard let state = calls[call], !state.isQuiet else { return true }
        if state.deferred.count < CallControl.mostDeferred {
            calls[call]?.deferred.append(Deferred(id: id, request: request, leg: leg))
        } else {
            refuse(id, .limitReached("requests that wait for media", CallControl.mostDeferred), into: &outputs)
        }
        return false
    }

    /// Lets the requests go on that waited, until one of them moves media again.
    mutating func resumeDeferred(_ call: CallID, at now: Instant, into outputs: inout [Output]) {
        while let state = calls[call], state.isQuiet, let next = state.deferred.first {
            calls[call]?.deferred.removeFirst()
            receive(next.request, next.id, at: now, into: &outputs)
        }
    }

    /// A party of the call is gone, with whom the requests had to do.
    mutating func refuseDeferred(at call: CallID, into outputs: inout [Output]) {
        guard let waiting = calls[call]?.deferred, !waiting.isEmpty else { return }
        calls[call]?.deferred = []
        for request in waiting { refuse(request.id, .wrongState(legs[request.leg]?.publicState ?? .null), into: &outputs) }
    }

    /// The leg that requests wait for is about to go.
    mutating func refuseDeferred(of leg: LegID, into outputs: inout [Output]) {
        guard let call = legs[leg]?.call, let waiting = calls[call]?.deferred, !waiting.isEmpty else { return }
        calls[call]?.deferred.removeAll { $0.leg == leg }
        for request in waiting where request.leg == leg { refuse(request.id, .wrongState(.null), into: &outputs) }
    }
}
