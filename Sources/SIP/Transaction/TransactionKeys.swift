/// What a request is matched to its server transaction by (RFC 3261 section 17.2.3).
struct ServerTransactionKey: Hashable {
    private let branch: String
    private let sentBy: String
    private let method: SIPMethod

    /// The key of a request; an ACK has that of its INVITE.
    init?(_ request: SIPRequest, method: SIPMethod? = nil) {
        guard let via = request.common.via.first else { return nil }
        let port = via.port.map { ":\($0)" } ?? ""
        sentBy = via.host.lowercased() + port
        let own = request.method == .ack ? .invite : request.method
        self.method = method ?? own
        if let branch = via.branch, branch.hasPrefix("z9hG4bK"), branch.utf8.count > 7 {
            self.branch = branch
        } else {
            // A peer of RFC 2543: what its request says must be the same. The To tag of an ACK is ours, so To is left out.
            let common = request.common
            branch = "\(via.branch ?? "")|\(common.callID)|\(common.from.tag ?? "")|\(common.cseq)|\(request.uri)"
        }
    }
}

/// What a response is matched to its client transaction by (RFC 3261 section 17.1.3).
struct ClientTransactionKey: Hashable {
    private let branch: String
    private let method: SIPMethod

    init?(_ common: SIPCommonHeaders) {
        guard let branch = common.via.first?.branch else { return nil }
        self.branch = branch
        method = common.cseqMethod
    }
}

/// What tells a request that came twice by different ways (RFC 3261 section 8.2.2.2).
struct MergeKey: Hashable {
    private let callID: String
    private let fromTag: String
    private let cseq: UInt32
    private let method: SIPMethod

    init(_ request: SIPRequest) {
        callID = request.common.callID
        fromTag = request.common.from.tag ?? ""
        cseq = request.common.cseq
        method = request.method
    }
}

/// Names a transaction within its table.
struct TransactionID: Hashable {
    let rawValue: UInt64
}
