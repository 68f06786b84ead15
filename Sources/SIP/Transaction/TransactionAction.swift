import Kernel

/// What a transaction wants done. Appended in order.
enum TransactionAction: Equatable {
    /// Send these bytes.
    case transmit([UInt8])
    /// Set a timer, in place of an earlier one of that name.
    case start(TransactionTimer, Duration)
    /// Cancel a timer.
    case stop(TransactionTimer)
    /// Give the response to the transaction user (client).
    case deliver(SIPResponse)
    /// No answer came (client: 408), or the ACK never did (server).
    case timedOut
    /// The transaction is over and can be forgotten.
    case terminated
}

/// The timers of RFC 3261 section 17 and RFC 6026, by their letters.
enum TransactionTimer: Hashable {
    case a, b, d, e, f, g, h, i, j, k, l, m
}

/// T1, T2 and T4 of RFC 3261 section 17.1.1.1.
struct TransactionTiming: Equatable {
    var t1: Duration
    var t2: Duration
    var t4: Duration

    /// 64*T1: how long a transaction waits for its end.
    var limit: Duration { t1 * 64 }
}
