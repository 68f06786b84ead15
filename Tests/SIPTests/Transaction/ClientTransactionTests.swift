import Kernel
import Testing

@testable import SIP

enum ClientStep: Sendable, CustomStringConvertible {
    case response(Int)
    case timer(TransactionTimer)
    case giveUp

    var description: String {
        switch self {
        case .response(let status): "\(status)"
        case .timer(let timer): "\(timer)"
        case .giveUp: "give up"
        }
    }
}

/// Figures 5 and 6 of RFC 3261 with RFC 6026.
struct ClientTransactionTests {
    typealias Row = TransactionRow<ClientStep>

    static let inviteRows: [Row] = [
        Row([], ["send INVITE", "start a 0.5", "start b 32.0"], "calling"),
        Row([.timer(.a)], ["send INVITE", "start a 1.0"], "calling"),
        Row([.timer(.a), .timer(.a), .timer(.a), .timer(.a)], ["send INVITE", "start a 8.0"], "calling"),
        Row([.timer(.b)], ["stop a", "timed out", "over"], "terminated"),
        Row([.response(100)], ["stop a", "deliver 100", "stop b"], "proceeding"),
        Row([.response(100), .response(180)], ["deliver 180"], "proceeding"),
        Row([.response(100), .timer(.a)], [], "proceeding"),
        Row([.response(200)], ["stop a", "stop b", "start m 32.0", "deliver 200"], "accepted"),
        Row([.response(180), .response(200)], ["stop a", "stop b", "start m 32.0", "deliver 200"], "accepted"),
        Row([.response(200), .response(200)], ["deliver 200"], "accepted"),
        Row([.response(200), .response(486)], [], "accepted"),
        Row([.response(200), .response(180)], [], "accepted"),
        Row([.response(200), .timer(.m)], ["over"], "terminated"),
        Row([.response(302)], ["stop a", "stop b", "send ACK", "deliver 302", "start d 32.0"], "completed"),
        Row([.response(180), .response(486)], ["stop a", "stop b", "send ACK", "deliver 486", "start d 32.0"], "completed"),
        Row([.response(486), .response(486)], ["send ACK"], "completed"),
        Row([.response(486), .response(200)], [], "completed"),
        Row([.response(486), .response(100)], [], "completed"),
        Row([.response(486), .timer(.d)], ["over"], "terminated"),
        Row([.response(180), .giveUp], ["start b 32.0"], "proceeding"),
        Row([.response(180), .giveUp, .response(180)], ["deliver 180"], "proceeding"),
        Row([.response(180), .giveUp, .timer(.b)], ["stop a", "timed out", "over"], "terminated"),
        Row([.giveUp], [], "calling"),
        Row([.giveUp, .response(100)], ["stop a", "deliver 100"], "proceeding"),
        Row([.giveUp, .response(100), .timer(.b)], ["stop a", "timed out", "over"], "terminated"),
        Row([], ["send INVITE", "start b 32.0"], "calling", isReliable: true),
        Row([.response(486)], ["stop a", "stop b", "send ACK", "deliver 486", "over"], "terminated", isReliable: true),
        Row([.response(200)], ["stop a", "stop b", "start m 32.0", "deliver 200"], "accepted", isReliable: true),
    ]

    @Test("an INVITE client transaction follows its table", arguments: inviteRows)
    func invite(row: Row) {
        let request = Sample.request(.invite)
        var actions: [TransactionAction] = []
        var machine = InviteClientTransaction(KeptRequest(request), isReliable: row.isReliable, timing: .standard, into: &actions)
        for step in row.steps {
            actions = []
            switch step {
            case .response(let status): machine.receive(request.response(status: status), into: &actions)
            case .timer(let timer): machine.expire(timer, into: &actions)
            case .giveUp: machine.giveUp(into: &actions)
            }
        }
        #expect(actions.map(\.testDescription) == row.actions)
        #expect("\(machine.state)".hasPrefix(row.state))
    }

    static let otherRows: [Row] = [
        Row([], ["send OPTIONS", "start e 0.5", "start f 32.0"], "trying"),
        Row([.timer(.e)], ["send OPTIONS", "start e 1.0"], "trying"),
        Row([.timer(.e), .timer(.e), .timer(.e)], ["send OPTIONS", "start e 4.0"], "trying"),
        Row([.timer(.e), .timer(.e), .timer(.e), .timer(.e)], ["send OPTIONS", "start e 4.0"], "trying"),
        Row([.timer(.f)], ["stop e", "timed out", "over"], "terminated"),
        Row([.response(100)], ["deliver 100"], "proceeding"),
        Row([.response(100), .timer(.e)], ["send OPTIONS", "start e 4.0"], "proceeding"),
        Row([.response(100), .timer(.f)], ["stop e", "timed out", "over"], "terminated"),
        Row([.response(200)], ["stop e", "stop f", "deliver 200", "start k 5.0"], "completed"),
        Row([.response(100), .response(404)], ["stop e", "stop f", "deliver 404", "start k 5.0"], "completed"),
        Row([.response(200), .response(200)], [], "completed"),
        Row([.response(200), .timer(.e)], [], "completed"),
        Row([.response(200), .timer(.k)], ["over"], "terminated"),
        Row([], ["send OPTIONS", "start f 32.0"], "trying", isReliable: true),
        Row([.response(200)], ["stop e", "stop f", "deliver 200", "over"], "terminated", isReliable: true),
    ]

    @Test("a client transaction of any other method follows its table", arguments: otherRows)
    func other(row: Row) {
        let request = Sample.request(.options)
        var actions: [TransactionAction] = []
        var machine = NonInviteClientTransaction(request, isReliable: row.isReliable, timing: .standard, into: &actions)
        for step in row.steps {
            actions = []
            switch step {
            case .response(let status): machine.receive(request.response(status: status), into: &actions)
            case .timer(let timer): machine.expire(timer, into: &actions)
            case .giveUp: break
            }
        }
        #expect(actions.map(\.testDescription) == row.actions)
        #expect("\(machine.state)".hasPrefix(row.state))
    }

    @Test("the ACK of a refusal repeats the INVITE's Via, From, Call-ID, number and route, and takes To from the response")
    func acknowledgementOfRefusal() {
        var request = Sample.request(.invite, cseq: 7)
        request.common.routes = [NameAddress(uri: SIPURI(host: "192.0.2.50", parameters: [SIPParameter("lr")]))]
        var response = request.response(status: 486)
        response.common.to.tag = "ours"
        let ack = request.acknowledgement(of: response)
        #expect(ack.method == .ack)
        #expect(ack.uri == request.uri)
        #expect(ack.common.via == request.common.via)
        #expect(ack.common.from == request.common.from)
        #expect(ack.common.to.tag == "ours")
        #expect(ack.common.callID == "call")
        #expect(ack.common.cseq == 7)
        #expect(ack.common.cseqMethod == .ack)
        #expect(ack.common.routes == request.common.routes)
    }
}
