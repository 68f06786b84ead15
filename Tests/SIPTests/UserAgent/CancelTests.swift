import Kernel
import Testing

@testable import SIP

/// CANCEL, and what it meets on its way.
struct CancelTests {
    var network = TestNetwork()

    private mutating func hangUp(_ session: SessionID) {
        network.command("alice", session, .end(status: 487, headers: SIPHeaders()))
    }

    @Test("a caller that gives up cancels; the called side answers 200 and 487 and tells its owner")
    mutating func cancel() {
        let (alice, bob) = network.dial()
        network.command("bob", bob, .progress(status: 180, headers: SIPHeaders(), body: []))
        network.run(for: .milliseconds(20))
        network.forget()
        hangUp(alice)
        network.run(for: .milliseconds(20))
        #expect(network.trace == ["alice→bob CANCEL", "bob→alice 200 CANCEL", "bob→alice 487 INVITE", "alice→bob ACK"])
        #expect(network["alice"].told(alice) == ["ended local"])
        #expect(network["bob"].told(bob) == ["ended cancelled"])
        #expect(network["bob"].agent.sessionCount == 0)
        #expect(network.leftovers() == [])
    }

    @Test("a CANCEL has the Request-URI, Call-ID, From, To, number and Via of its INVITE")
    mutating func cancelCopies() throws {
        let (alice, _) = network.dial()
        network.run(for: .milliseconds(20))
        hangUp(alice)
        let invite = try #require(network.passages.first?.request)
        let cancel = try #require(network.passages.last?.request)
        #expect(cancel.method == .cancel)
        #expect(cancel.uri == invite.uri)
        #expect(cancel.common.callID == invite.common.callID)
        #expect(cancel.common.from == invite.common.from)
        #expect(cancel.common.to == invite.common.to)
        #expect(cancel.common.cseq == invite.common.cseq)
        #expect(cancel.common.via == invite.common.via)
    }

    @Test("a CANCEL waits until something has come back")
    mutating func cancelWaits() {
        let alice = network.newSession()
        network.isLost = { $0.from == "bob" }
        network.command("alice", alice, .invite(network.outgoing("alice", to: "bob")))
        hangUp(alice)
        network.run(for: .milliseconds(400))
        #expect(network.trace.filter { $0.contains("CANCEL") } == [])
        network.isLost = { _ in false }
        // The INVITE is sent again at 0.5 s, and gets its 100 again.
        network.run(for: .milliseconds(200))
        #expect(network.trace.suffix(4) == ["alice→bob CANCEL", "bob→alice 200 CANCEL", "bob→alice 487 INVITE", "alice→bob ACK"])
        #expect(network.leftovers() == [])
    }

    @Test("a caller that gives up on nobody says nothing, and is done after 32 seconds")
    mutating func cancelNobody() {
        let alice = network.newSession()
        network.command("alice", alice, .invite(network.outgoing("alice", to: "stranger")))
        hangUp(alice)
        #expect(network.leftovers(after: .seconds(33)) == [])
        #expect(network["alice"].told(alice) == ["ended local"])
        #expect(!network.trace.contains { $0.contains("CANCEL") })
    }

    @Test("a CANCEL that crosses the 200 is followed by ACK and BYE, and changes nothing at the called side")
    mutating func crossing() {
        let (alice, bob) = network.dial()
        network.run(for: .milliseconds(20))
        network.forget()
        network.command("bob", bob, network.accept("bob"))
        hangUp(alice)
        network.run(for: .milliseconds(30))
        #expect(
            network.trace == [
                "bob→alice 200 INVITE", "alice→bob CANCEL", "alice→bob ACK", "alice→bob BYE", "bob→alice 200 CANCEL", "bob→alice 200 BYE",
            ])
        #expect(network["alice"].told(alice) == ["ended local"])
        #expect(network["bob"].told(bob) == ["acknowledged", "ended bye"])
        #expect(network.leftovers() == [])
    }

    @Test("a 200 that is repeated after its CANCEL is acknowledged again, but ended once")
    mutating func crossingWithLostACK() {
        let (alice, bob) = network.dial()
        network.run(for: .milliseconds(20))
        network.isLost = { $0.from == "alice" && $0.request?.method != .cancel }
        network.command("bob", bob, network.accept("bob"))
        hangUp(alice)
        network.run(for: .seconds(3))
        let byes = Set(network.passages.compactMap { $0.request?.method == .bye ? $0.request?.common.via[0].branch : nil })
        #expect(byes.count == 1)
        #expect(network.trace.filter { $0.hasPrefix("alice→bob ACK") }.count == 3)
        network.isLost = { _ in false }
        #expect(network.leftovers() == [])
    }

    @Test(
        "why the caller gave up is said in a CANCEL that had to wait, and in the BYE after a 200 that crossed it", arguments: [true, false])
    mutating func cancelSaysWhy(crosses: Bool) {
        var alice = network.newSession()
        if crosses {
            let bob: SessionID
            (alice, bob) = network.dial()
            network.run(for: .milliseconds(20))
            network.command("bob", bob, network.accept("bob"))
        } else {
            network.command("alice", alice, .invite(network.outgoing("alice", to: "bob")))
        }
        var headers = SIPHeaders()
        headers.add("Reason", "Q.850;cause=26")
        network.command("alice", alice, .end(status: 487, headers: headers))
        network.run(for: .milliseconds(40))
        let said = network.passages.compactMap(\.request).filter { $0.method == .cancel || $0.method == .bye }
        #expect(said.map(\.method) == (crosses ? [.cancel, .bye] : [.cancel]))
        #expect(said.allSatisfy { $0.headers["Reason"] == "Q.850;cause=26" })
    }

    @Test("a CANCEL of nothing is a 481")
    mutating func cancelNothing() {
        network.post(.request(Sample.request(.cancel)), to: "bob")
        network.run(for: .milliseconds(30))
        #expect(network.trace == ["stranger→bob CANCEL", "bob→stranger 481 CANCEL"])
        #expect(network["bob"].events.isEmpty)
    }

    @Test("a peer that never ends a cancelled INVITE is forgotten after 32 seconds, even if it goes on ringing")
    mutating func cancelWithoutEnd() {
        let alice = network.newSession()
        network.command("alice", alice, .invite(network.outgoing("alice", to: "stranger")))
        guard let invite = network.passages.last?.request else { return }
        network.post(.response(invite.response(status: 180)), to: "alice")
        network.run(for: .milliseconds(20))
        hangUp(alice)
        for _ in 0..<10 {
            network.post(.response(invite.response(status: 180)), to: "alice")
            network.run(for: .seconds(3))
        }
        #expect(network["alice"].agent.sessionCount == 1)
        network.run(for: .seconds(3))
        #expect(network["alice"].agent.sessionCount == 0)
        #expect(network["alice"].agent.transactionCount == 0)
        #expect(network["alice"].told(alice) == ["progressed 180", "ended local"])
    }
}
