import Kernel

// Requests outside of sessions, and what all requests and responses of ours have in common.
extension UserAgent {
    /// The methods that we take.
    static let allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"

    /// How often a request is sent again at most, because of challenges (a proxy's and the peer's, each once stale) or a too short interval.
    static let mostAttempts = 4

    /// Adds a Via with a new branch (RFC 3261 section 18.1.1, RFC 3581).
    mutating func addVia(_ request: inout SIPRequest, _ hop: Hop) {
        var via = Via(
            transport: hop.transport.rawValue, host: hop.local.ip.isV6 ? "[\(hop.local.ip)]" : "\(hop.local.ip)", port: hop.local.port)
        via.parameters = [SIPParameter("branch", "z9hG4bK" + random.token(16))]
        if hop.transport == .udp { via.parameters.append(SIPParameter("rport")) }
        request.common.via = [via]
    }

    /// A request outside of a dialog as it is sent the first time.
    mutating func makeRequest(_ outgoing: OutgoingRequest, fromTag: String) -> SIPRequest {
        var from = outgoing.from
        from.tag = from.tag ?? fromTag
        let common = SIPCommonHeaders(
            via: [], from: from, to: outgoing.to, callID: outgoing.continuing?.callID ?? random.token(24),
            cseq: outgoing.continuing?.cseq ?? 1,
            cseqMethod: outgoing.method, contacts: outgoing.contact.map { [$0] } ?? [], routes: outgoing.routes)
        var request = SIPRequest(
            method: outgoing.method, uri: outgoing.uri, common: common, maxForwards: outgoing.maxForwards, headers: outgoing.headers,
            body: outgoing.body)
        request.headers.set("User-Agent", configuration.product)
        addVia(&request, outgoing.hop)
        return request
    }

    /// Sends a request outside of sessions.
    mutating func send(_ outgoing: OutgoingRequest, as use: TransactionUse, at now: Instant) {
        let request = makeRequest(outgoing, fromTag: random.token(10))
        let id = transactions.send(request, over: outgoing.hop, at: now, into: &events)
        uses[id] = use
    }

    /// Takes a request from the wire: notes where it came from (RFC 3261 section 18.2.1, RFC 3581) and finds its transaction.
    mutating func receive(_ request: SIPRequest, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        var request = request
        request.noteSource(hop)
        transactions.receive(request, over: hop, tag: random.token(10), at: now, into: &events)
    }

    /// Answers what could not be read, if an answer is due; without state.
    mutating func refuse(_ error: SIPParseError, over hop: Hop, into outputs: inout [Output]) {
        guard var request = error.answerable, request.method != .ack else { return }
        request.noteSource(hop)
        var response = request.response(status: error.status, reason: error.reason)
        response.common.to.tag = response.common.to.tag ?? random.token(10)
        response.headers.add("Server", configuration.product)
        outputs.append(.transmit(response.encoded, over: hop.response(to: request)))
    }

    /// Answers with what every response of ours has.
    @discardableResult
    mutating func reply(
        _ id: TransactionID, to request: SIPRequest, status: Int, reason: String? = nil, tag: String? = nil, contact: NameAddress? = nil,
        headers: SIPHeaders = SIPHeaders(), body: [UInt8] = [], at now: Instant
    ) -> [UInt8] {
        var response = request.response(status: status, reason: reason)
        if response.common.to.tag == nil { response.common.to.tag = tag ?? random.token(10) }
        if let contact { response.common.contacts = [contact] }
        response.headers = headers
        response.headers.set("Server", configuration.product)
        // Why the description of a new call is not acceptable (RFC 3261 section 13.3.1.3), unless somebody knows better.
        if status == 488, request.common.to.tag == nil, headers["Warning"] == nil {
            response.headers.add("Warning", SIPWarning.incompatibleFormat.rawValue)
        }
        response.body = body
        if !body.isEmpty, headers["Content-Type"] == nil { response.headers.add("Content-Type", "application/sdp") }
        return transactions.respond(id, response, at: now, into: &events)
    }

    /// Answers a request that the owner was given.
    mutating func respond(
        _ id: IncomingID, _ status: Int, _ reason: String?, _ headers: SIPHeaders, _ contacts: [NameAddress], _ body: [UInt8],
        _ tag: String?, at now: Instant
    ) {
        guard let transaction = incoming.removeValue(forKey: id), let request = transactions.request(of: transaction) else { return }
        var response = request.response(status: status, reason: reason)
        response.common.to.tag = response.common.to.tag ?? tag ?? random.token(10)
        response.common.contacts = contacts
        response.headers = headers
        response.headers.set("Server", configuration.product)
        response.body = body
        transactions.respond(transaction, response, at: now, into: &events)
    }

    /// Gives the response to a request of the owner's, or tries again with credentials.
    mutating func outgoingAnswered(
        _ id: OutgoingID, _ outgoing: OutgoingRequest, _ attempts: Int, _ sent: SIPRequest, _ response: SIPResponse, at now: Instant,
        into outputs: inout [Output]
    ) {
        if let again = retry(sent, after: response, with: outgoing.credentials, attempts: attempts, sequence: sent.common.cseq + 1) {
            let next = transactions.send(again, over: outgoing.hop, at: now, into: &events)
            uses[next] = .outgoing(id, outgoing, attempts: attempts + 1)
        } else {
            outputs.append(.response(id, response))
        }
    }

    /// The request with credentials for the challenge of a 401 or 407 and a new number; `nil` when there is no more to try (RFC 3261 section 22.2).
    mutating func retry(
        _ sent: SIPRequest, after response: SIPResponse, with credentials: DigestCredentials?, attempts: Int, sequence: UInt32
    ) -> SIPRequest? {
        guard response.status == 401 || response.status == 407, let credentials, attempts < UserAgent.mostAttempts else { return nil }
        let isProxy = response.status == 407
        let name = isProxy ? "Proxy-Authorization" : "Authorization"
        let challenges = response.headers.all(isProxy ? "Proxy-Authenticate" : "WWW-Authenticate").compactMap {
            try? DigestChallenge(parsing: $0)
        }
        // A second challenge means wrong credentials, unless it only says that the nonce was too old.
        guard let challenge = DigestChallenge.strongest(of: challenges), sent.headers[name] == nil || challenge.isStale else { return nil }
        var request = sent
        request.common.cseq = sequence
        let answer = credentials.answer(
            to: challenge, method: request.method.text, uri: request.uri.description, body: request.body, cnonce: random.token(16),
            nonceCount: 1)
        request.headers.set(name, answer)
        guard let hop = hopOfVia(request) else { return nil }
        addVia(&request, hop)
        return request
    }

    /// A hop with the transport and address of our Via, enough to write a new one.
    private func hopOfVia(_ request: SIPRequest) -> Hop? {
        guard let via = request.common.via.first, let transport = Hop.Transport(rawValue: via.transport), let ip = IPAddress(via.host)
        else { return nil }
        let local = TransportAddress(ip: ip, port: via.port ?? 5060)
        return Hop(transport: transport, local: local, remote: local)
    }
}

extension SIPRequest {
    /// Adds `received`, and fills `rport` when it is asked for.
    mutating func noteSource(_ hop: Hop) {
        guard !common.via.isEmpty else { return }
        if IPAddress(common.via[0].host) != hop.remote.ip || common.via[0].rport != nil { common.via[0].received = "\(hop.remote.ip)" }
        if common.via[0].rport != nil { common.via[0].rport = String(hop.remote.port) }
    }
}
