import Kernel

/// Every transaction of a user agent, with its timers. It matches what comes in, runs the four machines, and says what is new.
struct TransactionTable {
    /// What the table tells the user agent.
    ///
    /// What is large is kept aside, so that events are quick to move.
    enum Event {
        case transmit([UInt8], Hop)
        /// A new request with a transaction of its own.
        indirect case request(TransactionID, SIPRequest, Hop)
        /// An ACK that belongs to no transaction: that of a 2xx.
        indirect case acknowledgement(SIPRequest, Hop)
        /// A response, with the request it answers: over a stream the transaction may be over already.
        indirect case response(TransactionID, SIPResponse, to: SIPRequest, over: Hop)
        /// A client transaction ended without an answer to its request: 408 when none came, 503 when the hop is gone.
        indirect case failed(TransactionID, status: Int, of: SIPRequest)
        /// A client transaction is over: nothing more comes from it.
        case ended(TransactionID)
    }

    /// A transaction with what it was begun with.
    private struct Entry {
        var machine: TransactionMachine
        let hop: Hop
        let request: KeptRequest
        let serverKey: ServerTransactionKey?
        let clientKey: ClientTransactionKey?
    }

    struct Timer: Hashable {
        let transaction: TransactionID
        let timer: TransactionTimer
    }

    private let timing: TransactionTiming
    private let limit: Int
    private var entries = Table<TransactionID, Entry>()
    private var servers: [ServerTransactionKey: TransactionID] = [:]
    private var clients: [ClientTransactionKey: TransactionID] = [:]
    private var merges: [MergeKey: TransactionID] = [:]
    private var deadlines = Deadlines<Timer>()
    private var last: UInt64 = 0
    private var actions: [TransactionAction] = []

    init(timing: TransactionTiming, limit: Int) {
        self.timing = timing
        self.limit = limit
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= limit }
    var nextDeadline: Instant? { deadlines.next }

    // MARK: Client

    /// Sends a request in a new transaction. `patience`: how long to wait for the answer of a request that is no INVITE, if not 64*T1.
    mutating func send(
        _ request: SIPRequest, over hop: Hop, patience: Duration? = nil, at now: Instant, into events: inout [Event]
    ) -> TransactionID {
        last += 1
        let id = TransactionID(rawValue: last)
        actions.removeAll(keepingCapacity: true)
        let isReliable = hop.transport.isReliable
        let kept = KeptRequest(request)
        let machine: TransactionMachine =
            request.method == .invite
            ? .inviteClient(InviteClientTransaction(kept, isReliable: isReliable, timing: timing, into: &actions))
            : .client(
                NonInviteClientTransaction(request, isReliable: isReliable, timing: timing, patience: patience, into: &actions))
        let key = ClientTransactionKey(request.common)
        entries[id] = Entry(machine: machine, hop: hop, request: kept, serverKey: nil, clientKey: key)
        if let key { clients[key] = id }
        perform(id, at: now, into: &events)
        return id
    }

    /// The request of a transaction.
    func request(of id: TransactionID) -> SIPRequest? { entries[id]?.request.value }

    /// The hop of a transaction: for a server transaction, where its responses go.
    func hop(of id: TransactionID) -> Hop? { entries[id]?.hop }

    /// Lets an INVITE that waits for its final response wait for 64*T1 and no longer.
    mutating func giveUp(_ id: TransactionID, at now: Instant, into events: inout [Event]) {
        actions.removeAll(keepingCapacity: true)
        entries[id]?.machine.giveUp(into: &actions)
        perform(id, at: now, into: &events)
    }

    mutating func receive(_ response: SIPResponse, at now: Instant, into events: inout [Event]) {
        // More than one Via means that it went astray (RFC 3261 section 8.1.3.3).
        guard response.common.via.count == 1 else { return }
        guard let key = ClientTransactionKey(response.common), let id = clients[key] else { return }
        actions.removeAll(keepingCapacity: true)
        entries[id]?.machine.receive(response, into: &actions)
        perform(id, at: now, into: &events)
    }

    // MARK: Server

    mutating func receive(_ request: SIPRequest, over hop: Hop, tag: String, at now: Instant, into events: inout [Event]) {
        guard let key = ServerTransactionKey(request) else { return }
        if let id = servers[key] {
            receiveAgain(request, id, at: now, into: &events)
        } else if request.method == .ack {
            events.append(.acknowledgement(request, hop))
        } else if isFull {
            // Without state, and with no more work than this.
            var busy = request.response(status: 503)
            busy.headers.add("Retry-After", "5")
            busy.common.to.tag = busy.common.to.tag ?? tag
            events.append(.transmit(busy.encoded, hop.response(to: request)))
        } else {
            begin(request, key, over: hop, at: now, into: &events)
        }
    }

    private mutating func begin(
        _ request: SIPRequest, _ key: ServerTransactionKey, over hop: Hop, at now: Instant, into events: inout [Event]
    ) {
        last += 1
        let id = TransactionID(rawValue: last)
        let back = hop.response(to: request)
        actions.removeAll(keepingCapacity: true)
        let machine: TransactionMachine
        if request.method == .invite {
            let trying = request.response(status: 100).encoded
            machine = .inviteServer(
                InviteServerTransaction(trying: trying, isReliable: hop.transport.isReliable, timing: timing, into: &actions))
        } else {
            machine = .server(NonInviteServerTransaction(isReliable: hop.transport.isReliable, timing: timing))
        }
        entries[id] = Entry(machine: machine, hop: back, request: KeptRequest(request), serverKey: key, clientKey: nil)
        servers[key] = id
        perform(id, at: now, into: &events)
        let merge = MergeKey(request)
        if request.common.to.tag == nil, request.method != .cancel {
            if merges[merge] != nil {
                var loop = request.response(status: 482)
                loop.common.to.tag = "merged"
                respond(id, loop, at: now, into: &events)
                return
            }
            merges[merge] = id
        }
        events.append(.request(id, request, hop))
    }

    private mutating func receiveAgain(_ request: SIPRequest, _ id: TransactionID, at now: Instant, into events: inout [Event]) {
        actions.removeAll(keepingCapacity: true)
        if request.method != .ack {
            entries[id]?.machine.receiveAgain(into: &actions)
        } else if case .inviteServer(let machine) = entries[id]?.machine, machine.state == .accepted {
            if let hop = entries[id]?.hop { events.append(.acknowledgement(request, hop)) }
        } else {
            entries[id]?.machine.acknowledge(into: &actions)
        }
        perform(id, at: now, into: &events)
    }

    /// Answers the request of a server transaction; gives the bytes that were sent.
    @discardableResult
    mutating func respond(_ id: TransactionID, _ response: SIPResponse, at now: Instant, into events: inout [Event]) -> [UInt8] {
        let bytes = response.encoded
        actions.removeAll(keepingCapacity: true)
        entries[id]?.machine.respond(response.status, bytes, into: &actions)
        perform(id, at: now, into: &events)
        return bytes
    }

    /// Sends the last provisional response to an INVITE again.
    mutating func repeatProvisional(_ id: TransactionID, at now: Instant, into events: inout [Event]) {
        guard case .inviteServer(let machine) = entries[id]?.machine, machine.isPending else { return }
        actions.removeAll(keepingCapacity: true)
        machine.receiveAgain(into: &actions)
        perform(id, at: now, into: &events)
    }

    /// The INVITE that a CANCEL wants to cancel (RFC 3261 section 9.2), and whether it still waits for its final response.
    func target(ofCancel request: SIPRequest) -> (id: TransactionID, isPending: Bool)? {
        guard let key = ServerTransactionKey(request, method: .invite), let id = servers[key],
            case .inviteServer(let machine) = entries[id]?.machine
        else { return nil }
        return (id, machine.isPending)
    }

    // MARK: Time and transport

    mutating func expire(at now: Instant, into events: inout [Event]) {
        while let due = deadlines.popExpired(at: now) {
            actions.removeAll(keepingCapacity: true)
            entries[due.transaction]?.machine.expire(due.timer, into: &actions)
            perform(due.transaction, at: now, into: &events)
        }
    }

    /// Ends the client transactions that still wait for an answer over this hop (RFC 3261 section 17.1.4).
    mutating func unreachable(_ hop: Hop, into events: inout [Event]) {
        // A table has no order; events must have one, the same in every run.
        let hit = entries.filter {
            $0.value.hop.transport == hop.transport && $0.value.hop.remote == hop.remote && $0.value.machine.awaitsResponse
        }
        for id in hit.map(\.key).sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let request = entries[id]?.request else { continue }
            events.append(.failed(id, status: 503, of: request.value))
            forget(id, into: &events)
        }
    }

    private mutating func perform(_ id: TransactionID, at now: Instant, into events: inout [Event]) {
        guard !actions.isEmpty, let hop = entries[id]?.hop, let request = entries[id]?.request else { return }
        let isClient = entries[id]?.clientKey != nil
        for action in actions {
            switch action {
            case .transmit(let bytes): events.append(.transmit(bytes, hop))
            case .start(let timer, let duration): deadlines.set(Timer(transaction: id, timer: timer), at: now.advanced(by: duration))
            case .stop(let timer): deadlines.cancel(Timer(transaction: id, timer: timer))
            case .deliver(let response): events.append(.response(id, response, to: request.value, over: hop))
            case .timedOut: if isClient { events.append(.failed(id, status: 408, of: request.value)) }
            case .terminated: forget(id, into: &events)
            }
        }
    }

    private mutating func forget(_ id: TransactionID, into events: inout [Event]) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        if let key = entry.clientKey {
            clients[key] = nil
            events.append(.ended(id))
        }
        if let key = entry.serverKey {
            servers[key] = nil
            let merge = MergeKey(entry.request.value)
            if merges[merge] == id { merges[merge] = nil }
        }
        for timer in entry.machine.timers { deadlines.cancel(Timer(transaction: id, timer: timer)) }
    }
}

extension Hop {
    /// Where the responses to a request go (RFC 3261 section 18.2.2, RFC 3581): over a stream back where it came from; over UDP to the address it came
    /// from, and to the port it came from if it asks for that, else to the one it names.
    func response(to request: SIPRequest) -> Hop {
        guard transport == .udp, let via = request.common.via.first, via.rport == nil else { return self }
        var back = self
        back.remote.port = via.port ?? 5060
        return back
    }
}
