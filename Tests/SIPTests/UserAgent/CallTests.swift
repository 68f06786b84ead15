import Kernel
import Testing

@testable import SIP

/// Calls that go as they should.
struct CallTests {
    var network = TestNetwork()

    @Test("a call rings, is answered, and is ended by the caller", arguments: [Hop.Transport.udp, .tcp])
    mutating func plainCall(transport: Hop.Transport) {
        network.transport = transport
        let (alice, bob) = network.dial()
        network.command("bob", bob, .progress(status: 180, headers: SIPHeaders(), body: []))
        network.run(for: .milliseconds(10))
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(20))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(
            network.trace == [
                "alice→bob INVITE", "bob→alice 100 INVITE", "bob→alice 180 INVITE", "bob→alice 200 INVITE", "alice→bob ACK",
                "alice→bob BYE",
                "bob→alice 200 BYE",
            ])
        #expect(network["alice"].told(alice) == ["progressed 180", "accepted answer", "ended local"])
        #expect(network["bob"].told(bob) == ["invited offer", "acknowledged", "ended bye"])
        #expect(bob.rawValue % 2 == 1)
        #expect(network.leftovers() == [])
    }

    @Test("the called side may hang up, too")
    mutating func calledHangsUp() {
        let (alice, bob) = network.call()
        network.command("bob", bob, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network.trace == ["bob→alice BYE", "alice→bob 200 BYE"])
        #expect(network["alice"].told(alice) == ["ended bye"])
        #expect(network["bob"].told(bob) == ["ended local"])
        #expect(network.leftovers() == [])
    }

    @Test("both may hang up at once")
    mutating func bothHangUp() {
        let (alice, bob) = network.call()
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.command("bob", bob, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network.trace == ["alice→bob BYE", "bob→alice BYE", "bob→alice 481 BYE", "alice→bob 481 BYE"])
        #expect(network["alice"].told(alice) == ["ended local"])
        #expect(network.leftovers() == [])
    }

    @Test("what one must say is said", arguments: [Hop.Transport.udp, .tcp])
    mutating func headerFields(transport: Hop.Transport) throws {
        network.transport = transport
        let (_, bob) = network.dial()
        network.command("bob", bob, .progress(status: 180, headers: SIPHeaders(), body: []))
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(30))
        let invite = try #require(network.passages[0].request)
        #expect(invite.common.via.count == 1)
        #expect(invite.common.via[0].branch?.hasPrefix("z9hG4bK") == true)
        #expect((invite.common.via[0].rport == "") == (transport == .udp))
        #expect(invite.common.from.tag != nil)
        #expect(invite.common.to.tag == nil)
        #expect(invite.maxForwards == 70)
        #expect(invite.common.contacts.count == 1)
        #expect(invite.headers["Content-Type"] == "application/sdp")
        #expect(invite.headers["User-Agent"] == "Test")
        #expect(invite.headers.hasOption("Supported", "timer"))
        #expect(!invite.headers.hasOption("Supported", "100rel"))
        for method in ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE"] { #expect(invite.headers.hasOption("Allow", method)) }
        let trying = try #require(network.passages[1].response)
        let ringing = try #require(network.passages[2].response)
        let success = try #require(network.passages[3].response)
        #expect(trying.common.to.tag == nil)
        #expect(ringing.common.to.tag != nil)
        #expect(ringing.common.to.tag == success.common.to.tag)
        #expect(ringing.common.contacts.first?.uri.host == "192.0.2.2")
        #expect((ringing.common.contacts.first?.uri.transportParameter == "tcp") == (transport == .tcp))
        #expect(success.common.contacts.first?.uri.user == "bob")
        #expect(success.headers["Server"] == "Test")
        #expect(success.headers["Content-Type"] == "application/sdp")
        #expect(success.headers.hasOption("Allow", "UPDATE"))
        #expect(success.headers.hasOption("Supported", "timer"))
        let ack = try #require(network.passages[4].request)
        #expect(ack.common.cseq == invite.common.cseq)
        #expect(ack.common.via[0].branch != invite.common.via[0].branch)
        #expect(ack.common.to.tag == success.common.to.tag)
        #expect(ack.uri == success.common.contacts.first?.uri)
    }

    @Test("without an offer the called side offers, and the answer goes with the ACK, again with each 200 that is repeated")
    mutating func lateOffer() throws {
        let (alice, bob) = network.dial(body: "")
        network.command("bob", bob, network.accept("bob", "bobs-offer"))
        network.run(for: .seconds(2))
        // 0, 0.5, 1.5
        #expect(network.trace.filter { $0 == "bob→alice 200 INVITE" }.count == 3)
        #expect(!network.trace.contains("alice→bob ACK"))
        network.command("alice", alice, .acknowledge(Array("alices-answer".utf8)))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(alice) == ["accepted bobs-offer"])
        #expect(network["bob"].told(bob) == ["invited", "acknowledged alices-answer"])
        let ack = try #require(network.passages.last?.request)
        #expect(ack.headers["Content-Type"] == "application/sdp")
        network.command("alice", alice, .acknowledge(Array("once more".utf8)))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        #expect(network.leftovers() == [])
        #expect(network.trace.filter { $0 == "alice→bob ACK" }.count == 1)
    }

    @Test("a call whose description is not acceptable is told so, unless somebody says it better", arguments: [nil, "302 pbx \"Plain\""])
    mutating func warns(own: String?) {
        let (_, bob) = network.dial()
        var headers = SIPHeaders()
        if let own { headers.add("Warning", own) }
        network.command("bob", bob, .reject(status: 488, reason: nil, headers: headers))
        network.run(for: .milliseconds(20))
        let refusal = network.passages.compactMap(\.response).last { $0.status == 488 }
        #expect(refusal?.headers["Warning"] == own ?? "305 frontdesk \"Incompatible media format\"")
    }

    @Test("a caller that hangs up while it owes an answer acknowledges before it says BYE")
    mutating func hangUpWhileAnswerIsOwed() {
        let (alice, bob) = network.dial(body: "")
        network.command("bob", bob, network.accept("bob", "bobs-offer"))
        network.run(for: .milliseconds(20))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network.trace.suffix(3) == ["alice→bob ACK", "alice→bob BYE", "bob→alice 200 BYE"])
        #expect(network.leftovers() == [])
    }

    @Test("a refusal is the end of the session", arguments: [302, 404, 486, 503, 603])
    mutating func refused(status: Int) {
        let (alice, bob) = network.dial()
        network.command("bob", bob, .reject(status: status, reason: "Because", headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(alice) == ["rejected \(status)"])
        #expect(network["bob"].told(bob) == ["invited offer"])
        #expect(network["alice"].agent.sessionCount == 0)
        #expect(network["bob"].agent.sessionCount == 0)
        #expect(network.leftovers() == [])
    }

    @Test("a call that is ended before it is answered is refused with the status given")
    mutating func endWhileRinging() {
        let (alice, bob) = network.dial()
        network.command("bob", bob, .end(status: 480, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(alice) == ["rejected 480"])
        #expect(network["bob"].told(bob) == ["invited offer", "ended local"])
        #expect(network.leftovers() == [])
    }

    @Test("nobody there is a 408 after 32 seconds, a hop that is gone a 503 at once")
    mutating func nobodyThere() {
        let alice = network.newSession()
        network.command("alice", alice, .invite(network.outgoing("alice", to: "stranger")))
        network.run(for: .milliseconds(31_900))
        #expect(network["alice"].told(alice) == [])
        network.run(for: .milliseconds(200))
        #expect(network["alice"].told(alice) == ["rejected 408"])
        let again = network.newSession()
        network.command("alice", again, .invite(network.outgoing("alice", to: "stranger")))
        network.give("alice", .unreachable(network.hop("alice", "stranger")))
        #expect(network["alice"].told(again) == ["rejected 503"])
        #expect(network.leftovers() == [])
    }

    @Test("a hop that is gone ends a session when something is sent over it")
    mutating func hopGoneInCall() {
        let (alice, _) = network.call()
        network.isLost = { $0.from == "alice" }
        network.command("alice", alice, .offer(Array("more".utf8)))
        network.give("alice", .unreachable(network.hop("alice", "bob")))
        #expect(network["alice"].told(alice) == ["ended lost"])
        #expect(network.trace.last == "alice→bob BYE (lost)")
        network.give("alice", .unreachable(network.hop("alice", "bob")))
        #expect(network["alice"].agent.sessionCount == 0)
        // What is left is the transaction of the first INVITE, for repetitions of its 200.
        #expect(network["alice"].agent.transactionCount == 1)
    }

    @Test("beyond the limit of sessions a call is refused with 503 and Retry-After, and goes through when one has ended")
    mutating func limit() {
        network = TestNetwork("alice", "bob") { $0.maximumSessions = 3 }
        network.hosts["alice"] = TestNetwork.Host(agent: UserAgent(configuration: UserAgent.Configuration(), seed: 9))
        var calls: [(SessionID, SessionID)] = []
        for _ in 0..<3 { calls.append(network.call()) }
        let (fourth, _) = network.dial()
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(fourth) == ["rejected 503"])
        #expect(network.passages.last { $0.from == "bob" }?.response?.headers["Retry-After"] != nil)
        network.command("alice", calls[0].0, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        let (fifth, bob) = network.dial()
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(fifth) == ["accepted answer"])
    }

    @Test("our own calls beyond the limit are refused with 503")
    mutating func ownLimit() {
        network = TestNetwork("alice", "bob") { $0.maximumSessions = 1 }
        _ = network.dial()
        let second = network.newSession()
        network.command("alice", second, .invite(network.outgoing("alice", to: "bob")))
        #expect(network["alice"].told(second) == ["rejected 503"])
    }

    @Test("a call that rings for minutes sends its provisional response again every minute")
    mutating func longRinging() {
        let (_, bob) = network.dial()
        network.command("bob", bob, .progress(status: 182, headers: SIPHeaders(), body: []))
        network.run(for: .seconds(185))
        #expect(network.trace.filter { $0 == "bob→alice 182 INVITE" }.count == 4)
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .seconds(185))
        #expect(network.trace.filter { $0 == "bob→alice 182 INVITE" }.count == 4)
    }

    @Test("commands that do not fit the state of a session, or name none, do nothing")
    mutating func uselessCommands() {
        let (alice, bob) = network.call()
        for command in [
            SessionCommand.progress(status: 180, headers: SIPHeaders(), body: []), network.accept("bob"),
            .reject(status: 486, reason: nil, headers: SIPHeaders()), .answer([1]), .refuseOffer(status: 488), .acknowledge([1]),
        ] {
            network.command("bob", bob, command)
            network.command("alice", alice, command)
            network.command("alice", SessionID(998), command)
        }
        network.command("alice", alice, .invite(network.outgoing("alice", to: "bob")))
        network.command("alice", SessionID(998), .end(status: 487, headers: SIPHeaders()))
        network.run(for: .seconds(1))
        #expect(network.trace == [])
        #expect(network["alice"].events.isEmpty)
    }
}
