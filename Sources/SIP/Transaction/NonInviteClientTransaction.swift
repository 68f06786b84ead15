import Kernel

/// The non-INVITE client transaction (RFC 3261 section 17.1.2).
struct NonInviteClientTransaction {
    enum State: Equatable {
        case trying(retransmitAfter: Duration)
        case proceeding
        case completed
        case terminated
    }

    private(set) var state: State
    private let bytes: [UInt8]
    private let isReliable: Bool
    private let timing: TransactionTiming

    /// Begins the transaction by sending the request; `patience` in place of 64*T1 is for a peer that seems to be gone.
    init(
        _ request: SIPRequest, isReliable: Bool, timing: TransactionTiming, patience: Duration? = nil,
        into actions: inout [TransactionAction]
    ) {
        self.isReliable = isReliable
        self.timing = timing
        bytes = request.encoded
        state = .trying(retransmitAfter: timing.t1)
        actions.append(.transmit(bytes))
        if !isReliable { actions.append(.start(.e, timing.t1)) }
        actions.append(.start(.f, patience ?? timing.limit))
    }

    mutating func receive(_ response: SIPResponse, into actions: inout [TransactionAction]) {
        switch (state, response.status) {
        case (.trying, 100..<200), (.proceeding, 100..<200):
            state = .proceeding
            actions.append(.deliver(response))
        case (.trying, 200...), (.proceeding, 200...):
            actions += [.stop(.e), .stop(.f), .deliver(response)]
            if isReliable {
                state = .terminated
                actions.append(.terminated)
            } else {
                state = .completed
                actions.append(.start(.k, timing.t4))
            }
        default:
            break
        }
    }

    mutating func expire(_ timer: TransactionTimer, into actions: inout [TransactionAction]) {
        switch (timer, state) {
        case (.e, .trying(let interval)):
            let next = min(interval * 2, timing.t2)
            state = .trying(retransmitAfter: next)
            actions += [.transmit(bytes), .start(.e, next)]
        case (.e, .proceeding):
            actions += [.transmit(bytes), .start(.e, timing.t2)]
        case (.f, .trying), (.f, .proceeding):
            state = .terminated
            actions += [.stop(.e), .timedOut, .terminated]
        case (.k, .completed):
            state = .terminated
            actions.append(.terminated)
        default:
            break
        }
    }
}
