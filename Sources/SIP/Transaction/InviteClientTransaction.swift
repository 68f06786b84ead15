import Kernel

/// The INVITE client transaction (RFC 3261 section 17.1.1 with the Accepted state of RFC 6026).
struct InviteClientTransaction {
    enum State: Equatable {
        case calling(retransmitAfter: Duration)
        case proceeding
        /// Final responses of 300 and more are answered with this ACK, again and again.
        case completed(acknowledgement: [UInt8])
        /// 2xx are passed on: each to be acknowledged by the transaction user.
        case accepted
        case terminated
    }

    private(set) var state: State
    private let request: KeptRequest
    private let bytes: [UInt8]
    private let isReliable: Bool
    private let timing: TransactionTiming
    /// Whether nobody waits for the final response any more: then timer B runs on behind a provisional one.
    private var isGivenUp = false

    /// Begins the transaction by sending the INVITE.
    init(_ request: KeptRequest, isReliable: Bool, timing: TransactionTiming, into actions: inout [TransactionAction]) {
        self.request = request
        self.isReliable = isReliable
        self.timing = timing
        bytes = request.value.encoded
        state = .calling(retransmitAfter: timing.t1)
        actions.append(.transmit(bytes))
        if !isReliable { actions.append(.start(.a, timing.t1)) }
        actions.append(.start(.b, timing.limit))
    }

    /// Whether no final response has come.
    var awaitsResponse: Bool {
        switch state {
        case .calling, .proceeding: true
        case .completed, .accepted, .terminated: false
        }
    }

    mutating func receive(_ response: SIPResponse, into actions: inout [TransactionAction]) {
        switch (state, response.status) {
        case (.calling, 100..<200):
            state = .proceeding
            actions += [.stop(.a), .deliver(response)]
            if !isGivenUp { actions.append(.stop(.b)) }
        case (.proceeding, 100..<200):
            actions.append(.deliver(response))
        case (.calling, 200..<300), (.proceeding, 200..<300):
            state = .accepted
            actions += [.stop(.a), .stop(.b), .start(.m, timing.limit), .deliver(response)]
        case (.accepted, 200..<300):
            actions.append(.deliver(response))
        case (.calling, 300...), (.proceeding, 300...):
            let acknowledgement = request.value.acknowledgement(of: response).encoded
            actions += [.stop(.a), .stop(.b), .transmit(acknowledgement), .deliver(response)]
            if isReliable {
                state = .terminated
                actions.append(.terminated)
            } else {
                state = .completed(acknowledgement: acknowledgement)
                actions.append(.start(.d, .seconds(32)))
            }
        case (.completed(let acknowledgement), 300...):
            actions.append(.transmit(acknowledgement))
        default:
            break
        }
    }

    /// Waits no longer than timer B for the final response: the INVITE was cancelled, or its dialog is over (section 9.1).
    mutating func giveUp(into actions: inout [TransactionAction]) {
        isGivenUp = true
        if case .proceeding = state { actions.append(.start(.b, timing.limit)) }
    }

    mutating func expire(_ timer: TransactionTimer, into actions: inout [TransactionAction]) {
        switch (timer, state) {
        case (.a, .calling(let interval)):
            state = .calling(retransmitAfter: interval * 2)
            actions += [.transmit(bytes), .start(.a, interval * 2)]
        case (.b, .calling), (.b, .proceeding):
            state = .terminated
            actions += [.stop(.a), .timedOut, .terminated]
        case (.d, .completed), (.m, .accepted):
            state = .terminated
            actions.append(.terminated)
        default:
            break
        }
    }
}

extension SIPRequest {
    /// The ACK of a final response of 300 or more (RFC 3261 section 17.1.1.3).
    func acknowledgement(of response: SIPResponse) -> SIPRequest {
        let copied = SIPCommonHeaders(
            via: Array(common.via.prefix(1)), from: common.from, to: response.common.to, callID: common.callID, cseq: common.cseq,
            cseqMethod: .ack,
            routes: common.routes)
        return SIPRequest(method: .ack, uri: uri, common: copied)
    }

    /// The CANCEL of this request (RFC 3261 section 9.1).
    func cancellation() -> SIPRequest {
        let copied = SIPCommonHeaders(
            via: Array(common.via.prefix(1)), from: common.from, to: common.to, callID: common.callID, cseq: common.cseq,
            cseqMethod: .cancel,
            routes: common.routes)
        return SIPRequest(method: .cancel, uri: uri, common: copied)
    }
}
