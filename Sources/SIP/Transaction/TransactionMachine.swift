/// One of the four machines, so that a table can hold them side by side. What does not concern a machine changes nothing.
enum TransactionMachine {
    case inviteClient(InviteClientTransaction)
    case client(NonInviteClientTransaction)
    case inviteServer(InviteServerTransaction)
    case server(NonInviteServerTransaction)

    /// Whether this is a client transaction without a final response.
    var awaitsResponse: Bool {
        switch self {
        case .inviteClient(let machine): machine.awaitsResponse
        case .client(let machine): machine.state != .completed
        case .inviteServer, .server: false
        }
    }

    /// The timers that may be set.
    var timers: [TransactionTimer] {
        switch self {
        case .inviteClient: [.a, .b, .d, .m]
        case .client: [.e, .f, .k]
        case .inviteServer: [.g, .h, .i, .l]
        case .server: [.j]
        }
    }

    mutating func receive(_ response: SIPResponse, into actions: inout [TransactionAction]) {
        switch self {
        case .inviteClient(var machine):
            machine.receive(response, into: &actions)
            self = .inviteClient(machine)
        case .client(var machine):
            machine.receive(response, into: &actions)
            self = .client(machine)
        case .inviteServer, .server: break
        }
    }

    mutating func giveUp(into actions: inout [TransactionAction]) {
        guard case .inviteClient(var machine) = self else { return }
        machine.giveUp(into: &actions)
        self = .inviteClient(machine)
    }

    func receiveAgain(into actions: inout [TransactionAction]) {
        switch self {
        case .inviteServer(let machine): machine.receiveAgain(into: &actions)
        case .server(let machine): machine.receiveAgain(into: &actions)
        case .inviteClient, .client: break
        }
    }

    mutating func acknowledge(into actions: inout [TransactionAction]) {
        guard case .inviteServer(var machine) = self else { return }
        machine.acknowledge(into: &actions)
        self = .inviteServer(machine)
    }

    mutating func respond(_ status: Int, _ bytes: [UInt8], into actions: inout [TransactionAction]) {
        switch self {
        case .inviteServer(var machine):
            machine.respond(status, bytes, into: &actions)
            self = .inviteServer(machine)
        case .server(var machine):
            machine.respond(status, bytes, into: &actions)
            self = .server(machine)
        case .inviteClient, .client: break
        }
    }

    mutating func expire(_ timer: TransactionTimer, into actions: inout [TransactionAction]) {
        switch self {
        case .inviteClient(var machine):
            machine.expire(timer, into: &actions)
            self = .inviteClient(machine)
        case .client(var machine):
            machine.expire(timer, into: &actions)
            self = .client(machine)
        case .inviteServer(var machine):
            machine.expire(timer, into: &actions)
            self = .inviteServer(machine)
        case .server(var machine):
            machine.expire(timer, into: &actions)
            self = .server(machine)
        }
    }
}

/// A request that is kept for long and never changed: a transaction is copied without copying it.
final class KeptRequest: Sendable {
    let value: SIPRequest

    init(_ value: SIPRequest) { self.value = value }
}
