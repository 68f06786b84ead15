import Kernel

/// The non-INVITE server transaction (RFC 3261 section 17.2.2).
struct NonInviteServerTransaction {
    enum State: Equatable {
        case trying
        case proceeding(last: [UInt8])
        case completed(response: [UInt8])
        case terminated
    }

    private(set) var state = State.trying
    private let isReliable: Bool
    private let timing: TransactionTiming

    init(isReliable: Bool, timing: TransactionTiming) {
        self.isReliable = isReliable
        self.timing = timing
    }

    func receiveAgain(into actions: inout [TransactionAction]) {
        switch state {
        case .proceeding(let bytes), .completed(let bytes): actions.append(.transmit(bytes))
        case .trying, .terminated: break
        }
    }

    mutating func respond(_ status: Int, _ bytes: [UInt8], into actions: inout [TransactionAction]) {
        switch state {
        case .trying, .proceeding:
            actions.append(.transmit(bytes))
            if status < 200 {
                state = .proceeding(last: bytes)
            } else if isReliable {
                state = .terminated
                actions.append(.terminated)
            } else {
                state = .completed(response: bytes)
                actions.append(.start(.j, timing.limit))
            }
        case .completed, .terminated:
            break
        }
    }

    mutating func expire(_ timer: TransactionTimer, into actions: inout [TransactionAction]) {
        guard timer == .j, case .completed = state else { return }
        state = .terminated
        actions.append(.terminated)
    }
}
