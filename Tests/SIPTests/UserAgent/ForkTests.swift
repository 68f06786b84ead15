import Kernel
import Testing

@testable import SIP

/// Proxies that fork.
struct ForkTests {
    var network = TestNetwork("alice")

    /// An INVITE of alice's to a proxy, played by hand.
    private mutating func dial() throws -> (SessionID, SIPRequest) {
        let alice = network.newSession()
        network.command("alice", alice, .invite(network.outgoing("alice", to: "proxy")))
        let invite = try #require(network.passages.first?.request)
        return (alice, invite)
    }

    private mutating func answer(_ invite: SIPRequest, _ status: Int, _ tag: String) {
        var response = invite.response(status: status)
        response.common.to.tag = tag
        response.common.contacts = [NameAddress(uri: SIPURI(user: tag, host: "192.0.2.50"))]
        if status >= 180, status < 300 { response.body = Array("from \(tag)".utf8) }
        network.post(.response(response), from: "proxy", to: "alice")
        network.run(for: .milliseconds(20))
    }

    @Test("the first 2xx wins; those of other branches are acknowledged and ended, each once")
    mutating func firstWins() throws {
        let (alice, invite) = try dial()
        answer(invite, 183, "one")
        answer(invite, 180, "two")
        answer(invite, 200, "two")
        answer(invite, 200, "one")
        answer(invite, 200, "one")
        answer(invite, 200, "three")
        answer(invite, 200, "two")
        #expect(network["alice"].told(alice) == ["progressed 183 from one", "progressed 180 from two", "accepted from two"])
        let sent = network.passages.filter { $0.from == "alice" }.compactMap(\.request).dropFirst().map {
            "\($0.method.text) \($0.common.to.tag ?? "")"
        }
        #expect(sent.filter { $0.hasPrefix("ACK") } == ["ACK two", "ACK one", "ACK one", "ACK three", "ACK two"])
        let byes = Set(
            network.passages.compactMap(\.request).filter { $0.method == .bye }.map {
                "\($0.common.to.tag ?? "") \($0.common.cseq) \($0.uri)"
            })
        #expect(byes == ["one 2 sip:one@192.0.2.50", "three 2 sip:three@192.0.2.50"])
        #expect(
            network.passages.compactMap(\.request).allSatisfy {
                $0.method != .bye || $0.headers["Reason"]?.contains("Q.850;cause=26") == true
            })
        #expect(network["alice"].agent.sessionCount == 1)
    }

    @Test("a peer that makes up branches without end is not followed")
    mutating func manyBranches() throws {
        let (_, invite) = try dial()
        for number in 0..<200 { answer(invite, 200, "t\(number)") }
        let byes = Set(network.passages.compactMap(\.request).filter { $0.method == .bye }.map(\.common.to.tag))
        #expect(byes.count == UserAgent.mostBranches - 1)
        #expect(network.passages.filter { $0.request?.method == .ack }.count == UserAgent.mostBranches)
    }

    @Test("a 2xx that comes after the session has ended is acknowledged and ended")
    mutating func lateBranch() throws {
        let (alice, invite) = try dial()
        answer(invite, 200, "one")
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.forget()
        answer(invite, 200, "one")
        #expect(network.trace.filter { $0.contains("ACK") }.count == 1)
        answer(invite, 200, "two")
        #expect(network.trace.filter { $0.contains("ACK") }.count == 2)
        let byes = Set(network.passages.compactMap(\.request).filter { $0.method == .bye && $0.common.to.tag == "two" }.map(\.common.via))
        #expect(byes.count == 1)
        #expect(network["alice"].events.isEmpty)
        #expect(network.leftovers() == [])
    }

    @Test("the route set of a call is the Record-Route of its 2xx from the far end, and Record-Route is given back by the called side")
    mutating func routes() throws {
        network = TestNetwork("alice", "bob")
        let loose = { (host: String) in NameAddress(uri: SIPURI(host: host, parameters: [SIPParameter("lr")])) }
        var invite = Sample.request(.invite)
        invite.common.recordRoutes = [loose("192.0.2.50"), loose("192.0.2.51")]
        network.post(.request(invite), from: "proxy", to: "bob")
        network.run(for: .milliseconds(10))
        let bob = try #require(network["bob"].events.last?.session)
        network.command("bob", bob, network.accept("bob"))
        let success = try #require(network.passages.last?.response)
        #expect(success.common.recordRoutes == invite.common.recordRoutes)
        var ack = Sample.request(.ack, branch: "z9hG4bK-ack", toTag: success.common.to.tag)
        ack.common.cseq = 1
        network.post(.request(ack), from: "proxy", to: "bob")
        network.run(for: .milliseconds(10))
        network.command("bob", bob, .end(status: 487, headers: SIPHeaders()))
        let bye = try #require(network.passages.last?.request)
        #expect(bye.common.routes == [loose("192.0.2.50"), loose("192.0.2.51")])
        #expect(bye.uri == invite.common.contacts[0].uri)
        #expect(network.passages.last?.to == "proxy")

        network.passages = []
        let (_, sent) = try dial()
        var accepted = sent.response(status: 200)
        accepted.common.to.tag = "far"
        accepted.common.contacts = [NameAddress(uri: SIPURI(user: "far", host: "192.0.2.9"))]
        accepted.common.recordRoutes = [loose("192.0.2.51"), loose("192.0.2.50")]
        network.post(.response(accepted), from: "proxy", to: "alice")
        network.run(for: .milliseconds(20))
        let acknowledgement = try #require(network.passages.last?.request)
        #expect(acknowledgement.method == .ack)
        #expect(acknowledgement.common.routes == [loose("192.0.2.50"), loose("192.0.2.51")])
        #expect(acknowledgement.uri == SIPURI(user: "far", host: "192.0.2.9"))
    }

    @Test("a strict router becomes the Request-URI, with the target at the end of the route")
    mutating func strictRouter() throws {
        let (_, invite) = try dial()
        var accepted = invite.response(status: 200)
        accepted.common.to.tag = "far"
        accepted.common.contacts = [NameAddress(uri: SIPURI(user: "far", host: "192.0.2.9"))]
        accepted.common.recordRoutes = [
            NameAddress(uri: SIPURI(host: "192.0.2.51", parameters: [SIPParameter("lr")])), NameAddress(uri: SIPURI(host: "192.0.2.50")),
        ]
        network.post(.response(accepted), from: "proxy", to: "alice")
        network.run(for: .milliseconds(20))
        let acknowledgement = try #require(network.passages.last?.request)
        #expect(acknowledgement.uri == SIPURI(host: "192.0.2.50"))
        #expect(acknowledgement.common.routes.map(\.uri.host) == ["192.0.2.51", "192.0.2.9"])
    }

    @Test("an INVITE that was forked to us twice is a call once, and a 482")
    mutating func merged() {
        network = TestNetwork("bob")
        let invite = Sample.request(.invite)
        network.post(.request(invite), to: "bob")
        network.post(.request(Sample.request(.invite, branch: "z9hG4bK-other")), to: "bob")
        network.run(for: .milliseconds(20))
        #expect(network["bob"].events.map(\.event.summary) == ["invited"])
        #expect(network.trace.filter { $0 == "bob→stranger 482 INVITE" }.count == 1)
    }
}
