import Kernel
import Testing

@testable import SIP

enum ServerStep: Sendable, CustomStringConvertible {
    case again
    case ack
    case respond(Int)
    case timer(TransactionTimer)

    var description: String {
        switch self {
        case .again: "again"
        case .ack: "ACK"
        case .respond(let status): "\(status)"
        case .timer(let timer): "\(timer)"
        }
    }
}

/// Figures 7 and 8 of RFC 3261 with RFC 6026.
struct ServerTransactionTests {
    typealias Row = TransactionRow<ServerStep>

    static let inviteRows: [Row] = [
        Row([], ["send 100 INVITE"], "proceeding"),
        Row([.again], ["send 100 INVITE"], "proceeding"),
        Row([.respond(180)], ["send 180 INVITE"], "proceeding"),
        Row([.respond(180), .again], ["send 180 INVITE"], "proceeding"),
        Row([.ack], [], "proceeding"),
        Row([.respond(200)], ["send 200 INVITE", "start l 32.0"], "accepted"),
        Row([.respond(200), .again], [], "accepted"),
        Row([.respond(200), .respond(486)], [], "accepted"),
        Row([.respond(200), .ack], [], "accepted"),
        Row([.respond(200), .timer(.l)], ["over"], "terminated"),
        Row([.respond(486)], ["send 486 INVITE", "start g 0.5", "start h 32.0"], "completed"),
        Row([.respond(486), .again], ["send 486 INVITE"], "completed"),
        Row([.respond(486), .timer(.g)], ["send 486 INVITE", "start g 1.0"], "completed"),
        Row([.respond(486), .timer(.g), .timer(.g), .timer(.g), .timer(.g)], ["send 486 INVITE", "start g 4.0"], "completed"),
        Row([.respond(486), .timer(.h)], ["stop g", "timed out", "over"], "terminated"),
        Row([.respond(486), .ack], ["stop g", "stop h", "start i 5.0"], "confirmed"),
        Row([.respond(486), .ack, .ack], [], "confirmed"),
        Row([.respond(486), .ack, .again], [], "confirmed"),
        Row([.respond(486), .ack, .timer(.g)], [], "confirmed"),
        Row([.respond(486), .ack, .timer(.i)], ["over"], "terminated"),
        Row([.respond(486)], ["send 486 INVITE", "start h 32.0"], "completed", isReliable: true),
        Row([.respond(486), .ack], ["stop g", "stop h", "over"], "terminated", isReliable: true),
    ]

    @Test("an INVITE server transaction follows its table", arguments: inviteRows)
    func invite(row: Row) {
        let request = Sample.request(.invite)
        var actions: [TransactionAction] = []
        var machine = InviteServerTransaction(
            trying: request.response(status: 100).encoded, isReliable: row.isReliable, timing: .standard, into: &actions)
        for step in row.steps {
            actions = []
            switch step {
            case .again: machine.receiveAgain(into: &actions)
            case .ack: machine.acknowledge(into: &actions)
            case .respond(let status): machine.respond(status, request.response(status: status).encoded, into: &actions)
            case .timer(let timer): machine.expire(timer, into: &actions)
            }
        }
        #expect(actions.map(\.testDescription) == row.actions)
        #expect("\(machine.state)".hasPrefix(row.state))
    }

    static let otherRows: [Row] = [
        Row([], [], "trying"),
        Row([.again], [], "trying"),
        Row([.respond(183)], ["send 183 OPTIONS"], "proceeding"),
        Row([.respond(183), .again], ["send 183 OPTIONS"], "proceeding"),
        Row([.respond(200)], ["send 200 OPTIONS", "start j 32.0"], "completed"),
        Row([.respond(183), .respond(404)], ["send 404 OPTIONS", "start j 32.0"], "completed"),
        Row([.respond(200), .again], ["send 200 OPTIONS"], "completed"),
        Row([.respond(200), .respond(404)], [], "completed"),
        Row([.respond(200), .timer(.j)], ["over"], "terminated"),
        Row([.respond(200)], ["send 200 OPTIONS", "over"], "terminated", isReliable: true),
    ]

    @Test("a server transaction of any other method follows its table", arguments: otherRows)
    func other(row: Row) {
        let request = Sample.request(.options)
        var actions: [TransactionAction] = []
        var machine = NonInviteServerTransaction(isReliable: row.isReliable, timing: .standard)
        for step in row.steps {
            actions = []
            switch step {
            case .again: machine.receiveAgain(into: &actions)
            case .ack: break
            case .respond(let status): machine.respond(status, request.response(status: status).encoded, into: &actions)
            case .timer(let timer): machine.expire(timer, into: &actions)
            }
        }
        #expect(actions.map(\.testDescription) == row.actions)
        #expect("\(machine.state)".hasPrefix(row.state))
    }
}
