import Kernel
import Testing

@testable import SIP

/// Requests outside of sessions, and what cannot be read.
struct OutsideTests {
    var network = TestNetwork()

    @Test(
        "a request outside of sessions is the owner's to answer",
        arguments: [SIPMethod.options, .register, .message, .subscribe, .other("DANCE")])
    mutating func received(method: SIPMethod) throws {
        network.post(.request(Sample.request(method)), to: "bob")
        network.run(for: .milliseconds(10))
        let (id, request) = try #require(network["bob"].requests.first)
        #expect(request.method == method)
        var headers = SIPHeaders()
        headers.add("X-Extra", "1")
        let contact = NameAddress(uri: SIPURI(user: "bob", host: "192.0.2.2"))
        network.give("bob", .respond(id, status: 200, reason: "Gladly", headers: headers, contacts: [contact], body: [65]))
        let response = try #require(network.passages.last?.response)
        #expect(response.status == 200)
        #expect(response.reason == "Gladly")
        #expect(response.headers["X-Extra"] == "1")
        #expect(response.headers["Server"] == "Test")
        #expect(response.common.contacts == [contact])
        #expect(response.common.to.tag != nil)
        #expect(response.body == [65])
        network.give("bob", .respond(id, status: 500, reason: nil, headers: headers, contacts: [], body: []))
        network.run(for: .milliseconds(10))
        #expect(network.passages.count == 2)
        #expect(network.leftovers() == [])
    }

    @Test("a request of ours is sent again until it is answered, and the final response is told")
    mutating func sent() throws {
        var lost = 0
        network.isLost = { _ in
            lost += 1
            return lost < 3
        }
        network.give("alice", .send(OutgoingID(1), network.outgoing("alice", to: "bob", method: .options, body: "")))
        network.run(for: .seconds(2))
        let (id, _) = try #require(network["bob"].requests.first)
        network.give("bob", .respond(id, status: 404, reason: nil, headers: SIPHeaders(), contacts: [], body: []))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].responses.map(\.status) == [404])
        #expect(network["bob"].requests.count == 1)
        #expect(network.leftovers() == [])
    }

    @Test("nobody there is a 408, a hop that is gone a 503, both with the request's own Call-ID")
    mutating func failed() throws {
        network.give("alice", .send(OutgoingID(1), network.outgoing("alice", to: "stranger", method: .register, body: "")))
        let callID = try #require(network.passages.first?.request?.common.callID)
        network.run(for: .seconds(33))
        network.give("alice", .send(OutgoingID(2), network.outgoing("alice", to: "stranger", method: .register, body: "")))
        network.give("alice", .unreachable(network.hop("alice", "stranger")))
        #expect(network["alice"].responses.map(\.status) == [408, 503])
        #expect(network["alice"].responses.first?.common.callID == callID)
        #expect(network.leftovers() == [])
    }

    @Test("a request goes on with the Call-ID and number that the owner names")
    mutating func continuing() throws {
        var request = network.outgoing("alice", to: "bob", method: .register, body: "")
        request.continuing = (callID: "registration", cseq: 17)
        network.give("alice", .send(OutgoingID(1), request))
        let sent = try #require(network.passages.first?.request)
        #expect(sent.common.callID == "registration")
        #expect(sent.common.cseq == 17)
    }

    @Test("the answer goes to the port that the request came from when it asks for that, else to the one it names")
    mutating func rport() throws {
        for (asks, port) in [(true, UInt16(40_000)), (false, 5070)] {
            var hop = Sample.hop
            hop.remote.port = 40_000
            var agent = UserAgent(configuration: UserAgent.Configuration(), seed: 1)
            var outputs: [UserAgent.Output] = []
            agent.receive(.received(.request(Sample.request(.invite, rport: asks)), over: hop), at: .zero, into: &outputs)
            guard case .transmit(let bytes, let back) = outputs.first, case .response(let trying) = try SIPMessage.parse(bytes) else {
                Issue.record("expected a 100")
                return
            }
            #expect(back.remote == TransportAddress(ip: hop.remote.ip, port: port))
            #expect(trying.common.via[0].rport == (asks ? "40000" : nil))
            #expect(trying.common.via[0].received == (asks ? "192.0.2.9" : nil))
        }
    }

    @Test(
        "what is malformed is answered with what is wrong, or dropped when it needs no answer",
        arguments: [
            ("INVITE sip:bob@192.0.2.2 SIP/2.0", "Max-Forwards: many", 400), ("INVITE sip:bob@192.0.2.2 SIP/3.0", "Max-Forwards: 70", 505),
            ("ACK sip:bob@192.0.2.2 SIP/2.0", "Max-Forwards: many", 0), ("SIP/2.0 200 OK", "Max-Forwards: many", 0),
            ("INVITE sip:bob@192.0.2.2 SIP/2.0", "Max-Forwards:\r\n a\r\n b", 400),
            ("INVITE sip:bob@192.0.2.2 SIP/2.0", "Odd x\r\n Evil: 1", 400),
        ])
    mutating func malformed(start: String, field: String, status: Int) throws {
        let method = start.hasPrefix("ACK") ? "ACK" : "INVITE"
        let text = [
            start, "Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bK-1;rport", "From: <sip:a@192.0.2.9>;tag=1", "To: <sip:bob@192.0.2.2>",
            "Call-ID: c", "CSeq: 1 \(method)", field, "Content-Length: 0", "", "",
        ].joined(separator: "\r\n")
        let error = try #require(throws: SIPParseError.self) { try SIPMessage.parse(Array(text.utf8)) }
        network.give("bob", .malformed(error, over: Sample.hop))
        #expect(network.passages.map { $0.response?.status } == (status == 0 ? [] : [status]))
        #expect(network["bob"].agent.isIdle)
        if let response = network.passages.first?.response {
            #expect(response.common.to.tag != nil)
            #expect(response.common.via[0].rport == "5070")
            #expect(!response.reason.isEmpty)
            #expect(response.headers.fields.map(\.name) == ["Server"])
        }
    }
}
