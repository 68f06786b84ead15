import Kernel
import Testing

@testable import SIP

/// Offers within a session.
struct ReofferTests {
    var network = TestNetwork()

    private mutating func offer(_ name: String, _ session: SessionID, _ body: String) {
        network.command(name, session, .offer(Array(body.utf8)))
    }

    private mutating func answerEverything() {
        network.reaction = { name, _, event in
            if case .offered(let request) = event {
                [.answer(Array((request.body.isEmpty ? "offer of \(name)" : "answer of \(name)").utf8))]
            } else {
                []
            }
        }
    }

    @Test("either side may make a new offer", arguments: [("alice", "bob"), ("bob", "alice")])
    mutating func newOffer(from: String, to: String) throws {
        let (alice, bob) = network.call()
        let (mine, theirs) = from == "alice" ? (alice, bob) : (bob, alice)
        offer(from, mine, "new")
        network.run(for: .milliseconds(20))
        #expect(network[to].told(theirs) == ["offered new"])
        network.command(to, theirs, .answer(Array("new answer".utf8)))
        network.run(for: .milliseconds(20))
        #expect(network.trace == ["\(from)→\(to) INVITE", "\(to)→\(from) 100 INVITE", "\(to)→\(from) 200 INVITE", "\(from)→\(to) ACK"])
        #expect(network[from].told(mine) == ["answered new answer"])
        #expect(network[to].told(theirs) == ["offered new", "acknowledged"])
        let invite = try #require(network.passages.first?.request)
        #expect(invite.common.contacts.count == 1)
        #expect(invite.common.to.tag != nil)
        #expect(invite.headers["Content-Type"] == "application/sdp")
        #expect(network.leftovers(after: .seconds(40)).count == 2)
        network.command(from, mine, .end(status: 487, headers: SIPHeaders()))
        #expect(network.leftovers() == [])
    }

    @Test("an offer that is refused leaves the session as it was")
    mutating func refusedOffer() {
        let (alice, bob) = network.call()
        offer("alice", alice, "new")
        network.run(for: .milliseconds(20))
        network.command("bob", bob, .refuseOffer(status: 488))
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(alice) == ["offer refused 488"])
        offer("bob", bob, "other")
        network.run(for: .milliseconds(20))
        #expect(network["alice"].told(alice) == ["offer refused 488", "offered other"])
    }

    @Test("without an offer the other side is asked for one, and the answer goes with the ACK")
    mutating func lateOffer() {
        answerEverything()
        let (alice, bob) = network.call()
        offer("alice", alice, "")
        network.run(for: .milliseconds(40))
        #expect(network["alice"].told(alice) == ["answered offer of bob"])
        #expect(network["bob"].told(bob) == ["offered"])
        network.command("alice", alice, .acknowledge(Array("mine".utf8)))
        network.run(for: .milliseconds(20))
        #expect(network["bob"].told(bob) == ["offered", "acknowledged mine"])
    }

    @Test("offers wait for their turn: for the ACK, for a running exchange, for an answer that is owed")
    mutating func queued() {
        answerEverything()
        let (alice, bob) = network.dial()
        network.command("bob", bob, network.accept("bob"))
        offer("bob", bob, "too early")
        offer("bob", bob, "early")
        network.run(for: .milliseconds(40))
        #expect(network["alice"].told(alice) == ["accepted answer", "offered early"])
        #expect(network["bob"].told(bob) == ["invited offer", "acknowledged", "answered answer of alice"])
        network.run(for: .seconds(1))
        network.forget()
        offer("alice", alice, "")
        offer("alice", alice, "next")
        network.run(for: .milliseconds(40))
        #expect(network["alice"].told(alice) == ["answered offer of bob"])
        network.command("alice", alice, .acknowledge(Array("mine".utf8)))
        network.run(for: .milliseconds(40))
        #expect(network["bob"].told(bob) == ["offered", "acknowledged mine", "offered next", "acknowledged"])
    }

    @Test(
        "offers that meet are each refused with 491 and made again: that of the caller after 2.1 to 4 s, the other's within 2 s",
        arguments: [1, 2, 3, 4, 5])
    mutating func glare(seed: UInt64) throws {
        for (name, more) in [("alice", 0), ("bob", 100)] as [(String, UInt64)] {
            network.hosts[name]?.agent = UserAgent(configuration: UserAgent.Configuration(), seed: seed + more)
        }
        answerEverything()
        let (alice, bob) = network.call()
        offer("alice", alice, "alices")
        offer("bob", bob, "bobs")
        network.run(for: .milliseconds(20))
        let mine = try #require(network["alice"].agent.deadlines[SessionDeadline(session: alice, kind: .retryOffer)])
        let theirs = try #require(network["bob"].agent.deadlines[SessionDeadline(session: bob, kind: .retryOffer)])
        #expect((2100...4000).contains(network.now.duration(to: mine).wholeMilliseconds))
        #expect((0...2000).contains(network.now.duration(to: theirs).wholeMilliseconds))
        network.run(for: .seconds(10))
        #expect(network.trace.filter { $0.contains("491") }.count == 2)
        #expect(network["alice"].told(alice) == ["offered bobs", "acknowledged", "answered answer of bob"])
        #expect(network["bob"].told(bob) == ["answered answer of alice", "offered alices", "acknowledged"])
    }

    @Test("a new offer replaces one that waits after a glare")
    mutating func glareReplaced() {
        answerEverything()
        let (alice, bob) = network.call()
        offer("alice", alice, "first")
        offer("bob", bob, "bobs")
        network.run(for: .milliseconds(30))
        offer("alice", alice, "second")
        network.run(for: .seconds(10))
        #expect(network["bob"].told(bob).filter { $0.hasPrefix("offered") } == ["offered second"])
    }

    @Test("an offer during another that is not answered yet is refused with 500 and Retry-After")
    mutating func offerDuringOffer() throws {
        let (alice, bob) = network.call()
        offer("alice", alice, "first")
        network.run(for: .milliseconds(20))
        let invite = try #require(network.passages.first?.request)
        var second = invite
        second.method = .update
        second.common.cseqMethod = .update
        second.common.cseq += 1
        second.common.via[0].branch = "z9hG4bK-second"
        network.post(.request(second), from: "alice", to: "bob")
        network.run(for: .milliseconds(20))
        let refusal = try #require(network.passages.first { $0.response?.status == 500 }?.response)
        #expect(refusal.headers["Retry-After"] != nil)
        #expect(network["bob"].told(bob) == ["offered first"])
        _ = alice
    }

    @Test("an UPDATE with an offer is answered without an ACK")
    mutating func update() throws {
        answerEverything()
        let (_, bob) = network.call()
        let update = try inDialog(.update, body: "by update")
        network.post(.request(update), from: "alice", to: "bob")
        network.run(for: .seconds(2))
        let success = try #require(network.passages.last?.response)
        #expect(success.status == 200)
        #expect(success.body == Array("answer of bob".utf8))
        #expect(network["bob"].told(bob) == ["offered by update"])
        #expect(network.trace.count == 2)
    }

    /// A request of alice's in the dialog of the only session, as bob sees it.
    private func inDialog(_ method: SIPMethod, body: String = "") throws -> SIPRequest {
        let dialog = try #require(network["alice"].agent.sessions.values.first?.dialog)
        var request = dialog.request(method, sequence: dialog.localSequence + 1)
        var via = Via(transport: "UDP", host: "192.0.2.1", port: 5060)
        via.branch = "z9hG4bK-by-hand-\(method)"
        request.common.via = [via]
        request.body = Array(body.utf8)
        return request
    }

    @Test("a peer that moved is reached at its new Contact")
    mutating func targetRefresh() throws {
        answerEverything()
        let (_, bob) = network.call()
        var invite = try inDialog(.invite, body: "moved")
        invite.common.contacts = [NameAddress(uri: SIPURI(user: "alice", host: "192.0.2.1", port: 5099))]
        network.post(.request(invite), from: "alice", to: "bob")
        network.run(for: .milliseconds(20))
        network.command("bob", bob, .info(contentType: "text/plain", body: []))
        let info = try #require(network.passages.last?.request)
        #expect(info.method == .info)
        #expect(info.uri.port == 5099)
    }

    @Test("a BYE while an offer runs ends both, and no transaction stays behind", arguments: ["alice", "bob"])
    mutating func byeDuringOffer(who: String) {
        let (alice, bob) = network.call()
        offer("alice", alice, "new")
        network.run(for: .milliseconds(20))
        network.command(who, who == "alice" ? alice : bob, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(40))
        #expect(network.trace.contains("bob→alice 487 INVITE"))
        #expect(network["alice"].told(alice).last == (who == "alice" ? "ended local" : "ended bye"))
        #expect(network.leftovers() == [])
    }

    @Test("an offer that gets no answer at all, or a 481, ends the session", arguments: [0, 481, 408])
    mutating func peerGone(status: Int) throws {
        let (alice, _) = network.call()
        network.isLost = { $0.to == "bob" }
        offer("alice", alice, "new")
        if status > 0 {
            let invite = try #require(network.passages.last?.request)
            network.post(.response(invite.response(status: status)), from: "bob", to: "alice")
        }
        network.run(for: .seconds(33))
        #expect(network["alice"].told(alice) == ["ended lost"])
        #expect(network.trace.contains("alice→bob BYE (lost)"))
    }

    @Test("a peer that falls silent after its 100 to an offer ends the session when 32 seconds are up, and blocks no other offer for ever")
    mutating func silenceAfterTrying() {
        let (alice, _) = network.call()
        offer("alice", alice, "new")
        network.run(for: .milliseconds(20))
        network.isLost = { $0.from == "bob" }
        network.run(for: .seconds(31))
        #expect(network["alice"].told(alice) == [])
        network.run(for: .seconds(2))
        #expect(network["alice"].told(alice) == ["ended lost"])
        network.run(for: .seconds(40))
        #expect(network["alice"].agent.isIdle)
    }

    @Test("a 200 to an offer that comes again is acknowledged again")
    mutating func lostACK() {
        answerEverything()
        let (alice, bob) = network.call()
        var lost = 0
        network.isLost = { passage in
            guard passage.request?.method == .ack, lost < 1 else { return false }
            lost += 1
            return true
        }
        offer("alice", alice, "new")
        network.run(for: .seconds(3))
        #expect(network.trace.filter { $0.hasPrefix("alice→bob ACK") }.count == 2)
        #expect(network["alice"].told(alice) == ["answered answer of bob"])
        #expect(network["bob"].told(bob) == ["offered new", "acknowledged"])
    }

    @Test("a re-INVITE that is cancelled is answered 487, and the session goes on")
    mutating func cancelledOffer() throws {
        let (_, bob) = network.call()
        let invite = try inDialog(.invite, body: "new")
        network.post(.request(invite), from: "alice", to: "bob")
        network.run(for: .milliseconds(20))
        network.post(.request(invite.cancellation()), from: "alice", to: "bob")
        network.run(for: .milliseconds(20))
        #expect(network.trace.contains("bob→alice 487 INVITE"))
        #expect(network.trace.contains("bob→alice 200 CANCEL"))
        network.command("bob", bob, .answer([1]))
        network.command("bob", bob, .info(contentType: "text/plain", body: []))
        #expect(network.trace.last == "bob→alice INFO")
        #expect(network["bob"].told(bob) == ["offered new"])
    }
}
