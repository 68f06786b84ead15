import Kernel
import Testing

@testable import SIP

/// User agents joined by a network in virtual time, with everything that goes over it written down.
struct TestNetwork {
    /// A message on its way, or one that was lost.
    struct Passage {
        let at: Instant
        let from: String
        let to: String
        let message: SIPMessage
        let isLost: Bool

        /// `alice→bob INVITE`, `bob→alice 200 INVITE`.
        var summary: String { "\(from)→\(to) \(Sample.summary(message))" }
        var request: SIPRequest? { if case .request(let request) = message { request } else { nil } }
        var response: SIPResponse? { if case .response(let response) = message { response } else { nil } }
    }

    struct Host {
        var agent: UserAgent
        var events: [(session: SessionID, event: SessionEvent)] = []
        var requests: [(id: IncomingID, request: SIPRequest)] = []
        var responses: [SIPResponse] = []

        /// What a session told, in short.
        func told(_ session: SessionID) -> [String] { events.filter { $0.session == session }.map(\.event.summary) }
    }

    private struct Arrival {
        let at: Instant
        let order: Int
        let bytes: [UInt8]
        let from: TransportAddress
        let to: TransportAddress
    }

    static let addresses: [String: TransportAddress] = [
        "alice": TransportAddress(ip: .v4(0xC000_0201), port: 5060), "bob": TransportAddress(ip: .v4(0xC000_0202), port: 5060),
        "carol": TransportAddress(ip: .v4(0xC000_0203), port: 5060), "stranger": TransportAddress(ip: .v4(0xC000_0209), port: 5070),
        "proxy": TransportAddress(ip: .v4(0xC000_0232), port: 5060),
    ]

    private(set) var now = Instant.zero
    var hosts: [String: Host] = [:]
    var passages: [Passage] = []
    var delay: Duration = .milliseconds(10)
    var transport = Hop.Transport.udp
    /// Whether a message is lost: asked once for each.
    var isLost: (Passage) -> Bool = { _ in false }
    /// What a host's owner does at once about an event.
    var reaction: (String, SessionID, SessionEvent) -> [SessionCommand] = { _, _, _ in [] }
    private var arrivals: [Arrival] = []
    private var order = 0
    private var lastSession: UInt64 = 0

    init(_ names: String..., configure: (inout UserAgent.Configuration) -> Void = { _ in }) {
        var configuration = UserAgent.Configuration(product: "Test")
        configure(&configuration)
        for (index, name) in (names.isEmpty ? ["alice", "bob"] : names).enumerated() {
            hosts[name] = Host(agent: UserAgent(configuration: configuration, seed: UInt64(index + 1)))
        }
    }

    subscript(name: String) -> Host { hosts[name] ?? Host(agent: UserAgent(configuration: UserAgent.Configuration(), seed: 0)) }

    static func name(of address: TransportAddress) -> String {
        addresses.first { $0.value.ip == address.ip }?.key ?? "\(address)"
    }

    func hop(_ from: String, _ to: String) -> Hop {
        Hop(
            transport: transport, local: TestNetwork.addresses[from] ?? TransportAddress(ip: .v4(0), port: 0),
            remote: TestNetwork.addresses[to] ?? TransportAddress(ip: .v4(0), port: 0))
    }

    // MARK: Doing

    mutating func give(_ name: String, _ input: UserAgent.Input) {
        var outputs: [UserAgent.Output] = []
        hosts[name]?.agent.receive(input, at: now, into: &outputs)
        for output in outputs {
            switch output {
            case .transmit(let bytes, let hop): transmit(bytes, from: hop.local, to: hop.remote)
            case .session(let id, let event):
                hosts[name]?.events.append((id, event))
                for command in reaction(name, id, event) { give(name, .session(id, command)) }
            case .request(let id, let request, _): hosts[name]?.requests.append((id, request))
            case .response(_, let response): hosts[name]?.responses.append(response)
            }
        }
    }

    mutating func command(_ name: String, _ session: SessionID, _ command: SessionCommand) { give(name, .session(session, command)) }

    /// Sends a message of a peer that is no user agent of ours.
    mutating func post(_ message: SIPMessage, from: String = "stranger", to: String) {
        transmit(message.encoded, from: hop(from, to).local, to: hop(from, to).remote)
    }

    private mutating func transmit(_ bytes: [UInt8], from: TransportAddress, to: TransportAddress) {
        let (sender, receiver) = (TestNetwork.name(of: from), TestNetwork.name(of: to))
        guard let message = try? SIPMessage.parse(bytes) else {
            Issue.record("\(sender) sent what cannot be read: \(String(decoding: bytes, as: UTF8.self))")
            return
        }
        let passage = Passage(at: now, from: sender, to: receiver, message: message, isLost: false)
        let isLost = isLost(passage)
        passages.append(Passage(at: now, from: sender, to: receiver, message: message, isLost: isLost))
        guard !isLost else { return }
        order += 1
        arrivals.append(Arrival(at: now.advanced(by: delay), order: order, bytes: bytes, from: from, to: to))
    }

    mutating func run(for duration: Duration) {
        let end = now.advanced(by: duration)
        while let step = nextStep, step <= end {
            now = max(now, step)
            let due = arrivals.filter { $0.at <= now }.sorted { $0.order < $1.order }
            arrivals.removeAll { $0.at <= now }
            for arrival in due { deliver(arrival) }
            for name in hosts.keys.sorted() {
                if let deadline = hosts[name]?.agent.nextDeadline, deadline <= now { give(name, .deadline) }
            }
        }
        now = end
    }

    private var nextStep: Instant? {
        (arrivals.map(\.at) + hosts.values.compactMap(\.agent.nextDeadline)).min()
    }

    private mutating func deliver(_ arrival: Arrival) {
        let name = TestNetwork.name(of: arrival.to)
        let hop = Hop(transport: transport, local: arrival.to, remote: arrival.from)
        do throws(SIPParseError) {
            give(name, .received(try SIPMessage.parse(arrival.bytes), over: hop))
        } catch {
            give(name, .malformed(error, over: hop))
        }
    }

    // MARK: Calling

    mutating func newSession() -> SessionID {
        lastSession += 2
        return SessionID(lastSession)
    }

    func outgoing(_ from: String, to: String, method: SIPMethod = .invite, body: String = "offer") -> OutgoingRequest {
        let hop = hop(from, to)
        let address = { (name: String) in NameAddress(uri: SIPURI(user: name, host: "\(TestNetwork.addresses[name]?.ip ?? .v4(0))")) }
        return OutgoingRequest(
            method: method, uri: address(to).uri, from: address(from), to: address(to),
            contact: NameAddress(uri: SIPURI(user: from, host: "\(hop.local.ip)", port: hop.local.port)), hop: hop, body: Array(body.utf8))
    }

    func accept(_ name: String, _ body: String = "answer") -> SessionCommand {
        let address = TestNetwork.addresses[name]
        let uri = SIPURI(user: name, host: "\(address?.ip ?? .v4(0))", port: address?.port)
        return .accept(contact: NameAddress(uri: uri), headers: SIPHeaders(), body: Array(body.utf8))
    }

    /// Dials; gives the sessions of both, the called one once its INVITE has come.
    mutating func dial(_ from: String = "alice", _ to: String = "bob", body: String = "offer") -> (SessionID, SessionID) {
        let session = newSession()
        command(from, session, .invite(outgoing(from, to: to, body: body)))
        run(for: delay)
        return (session, hosts[to]?.events.last?.session ?? SessionID(0))
    }

    /// Dials, answers, and waits until both are settled; what went over the wire is forgotten.
    mutating func call(_ from: String = "alice", _ to: String = "bob") -> (SessionID, SessionID) {
        let (caller, called) = dial(from, to)
        command(to, called, accept(to))
        run(for: delay * 4)
        forget()
        return (caller, called)
    }

    mutating func forget() {
        passages = []
        for name in hosts.keys {
            hosts[name]?.events = []
        }
    }

    /// What went over the wire, in order.
    var trace: [String] { passages.map { $0.summary + ($0.isLost ? " (lost)" : "") } }

    /// Waits until every transaction is over, and says what is left.
    mutating func leftovers(after duration: Duration = .seconds(70)) -> [String] {
        run(for: duration)
        return hosts.filter { !$0.value.agent.isIdle || $0.value.agent.nextDeadline != nil }.map {
            "\($0.key): \($0.value.agent.sessionCount) sessions, \($0.value.agent.transactionCount) transactions, "
                + "next at \(String(describing: $0.value.agent.nextDeadline))"
        }.sorted()
    }
}

extension SessionEvent {
    /// The event in short: `progressed 180`, `acknowledged answer`, `ended bye`.
    var summary: String {
        func text(_ body: [UInt8]) -> String { body.isEmpty ? "" : " " + String(decoding: body, as: UTF8.self) }
        return switch self {
        case .invited(let request, _): "invited" + text(request.body)
        case .progressed(let response): "progressed \(response.status)" + text(response.body)
        case .accepted(let response): "accepted" + text(response.body)
        case .rejected(let response): "rejected \(response.status)"
        case .acknowledged(let body): "acknowledged" + text(body)
        case .offered(let request): "offered" + text(request.body)
        case .answered(let body): "answered" + text(body)
        case .offerRefused(let status): "offer refused \(status)"
        case .info(let request): "info" + text(request.body)
        case .notified(let event): "notified \(event)"
        case .ended(let end):
            switch end {
            case .bye: "ended bye"
            case .cancelled: "ended cancelled"
            case .notAcknowledged: "ended not acknowledged"
            case .expired: "ended expired"
            case .lost: "ended lost"
            case .local: "ended local"
            }
        }
    }
}
