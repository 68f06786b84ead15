import Kernel
import Testing

@testable import SIP

/// A row of a transaction's table: what happens to it in turn, and what the last of it leads to.
struct TransactionRow<Step: Sendable>: Sendable, CustomTestStringConvertible {
    var isReliable = false
    var steps: [Step]
    var actions: [String]
    var state: String

    init(_ steps: [Step], _ actions: [String], _ state: String, isReliable: Bool = false) {
        self.steps = steps
        self.actions = actions
        self.state = state
        self.isReliable = isReliable
    }

    var testDescription: String { "\(isReliable ? "over a stream: " : "")\(steps) → \(state)" }
}

extension TransactionTiming {
    static let standard = TransactionTiming(t1: .milliseconds(500), t2: .seconds(4), t4: .seconds(5))
}

extension TransactionAction: CustomTestStringConvertible {
    /// `send INVITE`, `start a 0.5`, `stop a`, `deliver 200`, `timed out`, `over`.
    public var testDescription: String {
        switch self {
        case .transmit(let bytes): "send " + Sample.summary(bytes)
        case .start(let timer, let duration): "start \(timer) \(Double(duration.wholeMilliseconds) / 1000)"
        case .stop(let timer): "stop \(timer)"
        case .deliver(let response): "deliver \(response.status)"
        case .timedOut: "timed out"
        case .terminated: "over"
        }
    }
}

/// Messages to try things with.
enum Sample {
    static func request(
        _ method: SIPMethod, branch: String = "z9hG4bK-1", host: String = "192.0.2.9", callID: String = "call", fromTag: String = "theirs",
        toTag: String? = nil, cseq: UInt32 = 1, rport: Bool = false, body: String = ""
    ) -> SIPRequest {
        var via = Via(transport: "UDP", host: host, port: 5070)
        via.branch = branch
        if rport { via.rport = "" }
        var from = NameAddress(uri: SIPURI(user: "stranger", host: host))
        from.tag = fromTag
        var to = NameAddress(uri: SIPURI(user: "bob", host: "192.0.2.2"))
        to.tag = toTag
        let common = SIPCommonHeaders(
            via: [via], from: from, to: to, callID: callID, cseq: cseq, cseqMethod: method == .ack ? .ack : method,
            contacts: [NameAddress(uri: SIPURI(user: "stranger", host: host, port: 5070))])
        return SIPRequest(
            method: method, uri: SIPURI(user: "bob", host: "192.0.2.2"), common: common, body: Array(body.utf8))
    }

    /// `INVITE`, `200 INVITE`, or what is wrong.
    static func summary(_ bytes: [UInt8]) -> String {
        do throws(SIPParseError) {
            return summary(try SIPMessage.parse(bytes))
        } catch {
            return error.reason
        }
    }

    static func summary(_ message: SIPMessage) -> String {
        switch message {
        case .request(let request): request.method.text
        case .response(let response): "\(response.status) \(response.common.cseqMethod.text)"
        }
    }

    static let hop = Hop(
        transport: .udp, local: TransportAddress(ip: .v4(0xC000_0202), port: 5060),
        remote: TransportAddress(ip: .v4(0xC000_0209), port: 5070))
}
