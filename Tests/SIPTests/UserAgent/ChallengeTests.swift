import Kernel
import Testing

@testable import SIP

/// Answering 401 and 407.
struct ChallengeTests {
    var network = TestNetwork("alice")
    let verifier = DigestVerifier(realm: "house", secret: Array("key".utf8))

    private func challenge(_ request: SIPRequest, _ status: Int = 401, isStale: Bool = false) -> SIPResponse {
        var response = request.response(status: status)
        response.common.to.tag = "x"
        for value in verifier.challenges(at: network.now, isStale: isStale) {
            response.headers.add(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate", value)
        }
        return response
    }

    private func isRight(_ request: SIPRequest, isProxy: Bool = false) -> Bool {
        verifier.verify(request, at: network.now, isProxy: isProxy) { $0 == "alice" ? "secret" : nil } == .verified("alice")
    }

    private mutating func dial(password: String? = "secret") throws -> (SessionID, SIPRequest) {
        let alice = network.newSession()
        var outgoing = network.outgoing("alice", to: "stranger")
        outgoing.credentials = password.map { DigestCredentials(username: "alice", password: $0) }
        network.command("alice", alice, .invite(outgoing))
        return (alice, try #require(network.passages.last?.request))
    }

    /// Sends a response to alice, and gives what she sends next that is no ACK.
    private mutating func answer(_ response: SIPResponse) throws -> SIPRequest? {
        let before = network.passages.count
        network.post(.response(response), to: "alice")
        network.run(for: .milliseconds(10))
        return network.passages.dropFirst(before).compactMap(\.request).first { $0.method != .ack }
    }

    @Test("an INVITE is sent again with credentials, a new number and branch, and the same Call-ID and tag", arguments: [401, 407])
    mutating func invite(status: Int) throws {
        let (alice, first) = try dial()
        let second = try #require(try answer(challenge(first, status)))
        #expect(isRight(second, isProxy: status == 407))
        #expect(second.common.cseq == first.common.cseq + 1)
        #expect(second.common.callID == first.common.callID)
        #expect(second.common.from == first.common.from)
        #expect(second.common.to.tag == nil)
        #expect(second.common.via.first?.branch != first.common.via.first?.branch)
        #expect(second.body == first.body)
        #expect(network.trace.contains("alice→stranger ACK"))
        var success = second.response(status: 200)
        success.common.to.tag = "y"
        success.common.contacts = [NameAddress(uri: SIPURI(user: "s", host: "192.0.2.9", port: 5070))]
        #expect(try answer(success) == nil)
        #expect(network["alice"].told(alice) == ["accepted"])
        let ack = try #require(network.passages.last?.request)
        #expect(ack.common.cseq == second.common.cseq)
        let name = status == 407 ? "Proxy-Authorization" : "Authorization"
        #expect(ack.headers[name] == second.headers[name])
    }

    @Test("a second challenge means that the credentials are wrong")
    mutating func wrongPassword() throws {
        let (alice, first) = try dial(password: "wrong")
        let second = try #require(try answer(challenge(first)))
        #expect(!isRight(second))
        #expect(try answer(challenge(second)) == nil)
        #expect(network["alice"].told(alice) == ["rejected 401"])
    }

    @Test("a nonce that was too old is answered anew, but not for ever")
    mutating func stale() throws {
        let (alice, first) = try dial()
        var last = first
        var tries = 0
        while let next = try answer(challenge(last, isStale: tries > 0)) {
            #expect(isRight(next))
            last = next
            tries += 1
        }
        #expect(tries == UserAgent.mostAttempts)
        #expect(network["alice"].told(alice) == ["rejected 401"])
    }

    @Test("a proxy and the peer may both ask")
    mutating func proxyAndPeer() throws {
        let (alice, first) = try dial()
        let second = try #require(try answer(challenge(first, 407)))
        let third = try #require(try answer(challenge(second, 401)))
        #expect(isRight(third))
        #expect(third.headers["Proxy-Authorization"] == second.headers["Proxy-Authorization"])
        #expect(network["alice"].told(alice) == [])
    }

    @Test("without credentials, or with a challenge that we cannot answer, the owner gets it")
    mutating func handedOver() throws {
        let (alice, first) = try dial(password: nil)
        #expect(try answer(challenge(first)) == nil)
        #expect(network["alice"].told(alice) == ["rejected 401"])
        let (other, invite) = try dial()
        var odd = invite.response(status: 401)
        odd.headers.add("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512")
        odd.headers.add("WWW-Authenticate", "Basic realm=\"r\"")
        #expect(try answer(odd) == nil)
        #expect(network["alice"].told(other) == ["rejected 401"])
    }

    @Test("requests outside of sessions are sent again with credentials, over a stream as well", arguments: [Hop.Transport.udp, .tcp])
    mutating func outside(transport: Hop.Transport) throws {
        network.transport = transport
        var request = network.outgoing("alice", to: "stranger", method: .register, body: "")
        request.credentials = DigestCredentials(username: "alice", password: "secret")
        network.give("alice", .send(OutgoingID(1), request))
        let first = try #require(network.passages.last?.request)
        let second = try #require(try answer(challenge(first)))
        #expect(isRight(second))
        #expect(try answer(second.response(status: 200)) == nil)
        #expect(network["alice"].responses.map(\.status) == [200])
    }

    @Test("requests in a session are sent again with its credentials", arguments: ["INVITE", "INFO", "BYE"])
    mutating func inDialog(method: String) throws {
        let (alice, invite) = try dial()
        var success = invite.response(status: 200)
        success.common.to.tag = "y"
        success.common.contacts = [NameAddress(uri: SIPURI(user: "s", host: "192.0.2.9", port: 5070))]
        _ = try answer(success)
        network.forget()
        switch method {
        case "INVITE": network.command("alice", alice, .offer([65]))
        case "INFO": network.command("alice", alice, .info(contentType: "text/plain", body: [65]))
        default: network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        }
        let first = try #require(network.passages.last?.request)
        // Another request in between must not take the same number.
        network.command("alice", alice, .info(contentType: "text/plain", body: []))
        let last = network.passages.compactMap(\.request).map(\.common.cseq).max() ?? 0
        let second = try #require(try answer(challenge(first, 407)))
        #expect(second.method.text == method)
        #expect(second.common.to.tag == "y")
        #expect(isRight(second, isProxy: true))
        #expect(second.common.cseq == last + 1)
    }
}
