import Kernel

/// The INVITE server transaction (RFC 3261 section 17.2.1 with the Accepted state of RFC 6026).
struct InviteServerTransaction {
    enum State: Equatable {
        /// The last provisional response, sent again for each repeated INVITE.
        case proceeding(last: [UInt8])
        /// A final response of 300 or more, sent until the ACK comes.
        case completed(response: [UInt8], retransmitAfter: Duration)
        /// A 2xx was sent; repeating it is the transaction user's matter.
        case accepted
        case confirmed
        case terminated
    }

    private(set) var state: State
    private let isReliable: Bool
    private let timing: TransactionTiming

    /// Begins the transaction with `100 Trying` (RFC 3261 section 17.2.1).
    init(trying: [UInt8], isReliable: Bool, timing: TransactionTiming, into actions: inout [TransactionAction]) {
        self.isReliable = isReliable
        self.timing = timing
        state = .proceeding(last: trying)
        actions.append(.transmit(trying))
    }

    /// Whether no final response has been sent.
    var isPending: Bool {
        if case .proceeding = state { true } else { false }
    }

    /// Sends what was sent last again: for a repeated INVITE, or so that no proxy on the way gives up (section 13.3.1.1).
    func receiveAgain(into actions: inout [TransactionAction]) {
        switch state {
        case .proceeding(let last): actions.append(.transmit(last))
        case .completed(let response, _): actions.append(.transmit(response))
        case .accepted, .confirmed, .terminated: break
        }
    }

    mutating func respond(_ status: Int, _ bytes: [UInt8], into actions: inout [TransactionAction]) {
        guard case .proceeding = state else { return }
        actions.append(.transmit(bytes))
        switch status {
        case ..<200:
            state = .proceeding(last: bytes)
        case ..<300:
            state = .accepted
            actions.append(.start(.l, timing.limit))
        default:
            state = .completed(response: bytes, retransmitAfter: timing.t1)
            if !isReliable { actions.append(.start(.g, timing.t1)) }
            actions.append(.start(.h, timing.limit))
        }
    }

    /// An ACK of the final response of 300 or more.
    mutating func acknowledge(into actions: inout [TransactionAction]) {
        guard case .completed = state else { return }
        actions += [.stop(.g), .stop(.h)]
        if isReliable {
            state = .terminated
            actions.append(.terminated)
        } else {
            state = .confirmed
            actions.append(.start(.i, timing.t4))
        }
    }

    mutating func expire(_ timer: TransactionTimer, into actions: inout [TransactionAction]) {
        switch (timer, state) {
        case (.g, .completed(let response, let interval)):
            let next = min(interval * 2, timing.t2)
            state = .completed(response: response, retransmitAfter: next)
            actions += [.transmit(response), .start(.g, next)]
        case (.h, .completed):
            state = .terminated
            actions += [.stop(.g), .timedOut, .terminated]
        case (.i, .confirmed), (.l, .accepted):
            state = .terminated
            actions.append(.terminated)
        default:
            break
        }
    }
}
