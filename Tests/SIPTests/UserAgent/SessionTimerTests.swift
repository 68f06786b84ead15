import Kernel
import Testing

@testable import SIP

/// RFC 4028.
struct SessionTimerTests {
    var network = TestNetwork()

    private mutating func answerEverything() {
        network.reaction = { _, _, event in if case .offered = event { [.answer(Array("same".utf8))] } else { [] } }
    }

    private func interval(_ headers: SIPHeaders?) -> String? { headers?["Session-Expires"] }

    @Test("both sides agree on an interval, and the caller refreshes by UPDATE at half of it, for hours")
    mutating func refreshedByCaller() throws {
        answerEverything()
        let (_, bob) = network.dial()
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(20))
        let success = try #require(network.passages.last { $0.response?.status == 200 }?.response)
        #expect(interval(network.passages.first?.request?.headers) == "1800")
        #expect(network.passages.first?.request?.headers["Min-SE"] == "90")
        #expect(interval(success.headers) == "1800;refresher=uac")
        #expect(success.headers.hasOption("Require", "timer"))
        network.forget()
        network.run(for: .seconds(899))
        #expect(network.trace == [])
        network.run(for: .seconds(2))
        #expect(network.trace == ["alice→bob UPDATE", "bob→alice 200 UPDATE"])
        #expect(interval(network.passages.first?.request?.headers) == "1800;refresher=uac")
        network.run(for: .seconds(7200))
        #expect(network.passages.filter { $0.request?.method == .update }.count == 9)
        #expect(network["alice"].events.isEmpty)
        #expect(network["bob"].events.isEmpty)
        #expect(network["bob"].agent.sessionCount == 1)
    }

    @Test("a peer without UPDATE is refreshed by a re-INVITE with the same description, of which the owner hears nothing")
    mutating func refreshedByInvite() throws {
        answerEverything()
        let (alice, bob) = network.call()
        network.hosts["alice"]?.agent.sessions[alice]?.peerTakesUpdate = false
        network.run(for: .seconds(901))
        #expect(network.trace == ["alice→bob INVITE", "bob→alice 100 INVITE", "bob→alice 200 INVITE", "alice→bob ACK"])
        #expect(network.passages.first?.request?.body == Array("offer".utf8))
        #expect(network["alice"].told(alice) == [])
        #expect(network["bob"].told(bob) == ["offered offer", "acknowledged"])
    }

    @Test("a session that is not refreshed is ended by the refresher at the interval, by the other a little earlier")
    mutating func expires() {
        let (alice, bob) = network.call()
        network.isLost = { $0.request?.method == .update || $0.request?.method == .bye }
        network.hosts["alice"]?.agent.deadlines.cancel(SessionDeadline(session: alice, kind: .refresh))
        network.run(for: .seconds(1767))
        #expect(network["bob"].told(bob) == [])
        network.run(for: .seconds(2))
        #expect(network["bob"].told(bob) == ["ended expired"])
        #expect(network["alice"].told(alice) == [])
        network.run(for: .seconds(33))
        #expect(network["alice"].told(alice) == ["ended expired"])
        #expect(network.leftovers() == [])
    }

    @Test("a refresh that nobody answers ends the session")
    mutating func refreshUnanswered() {
        let (alice, bob) = network.call()
        network.isLost = { $0.request?.method == .update }
        network.run(for: .seconds(940))
        #expect(network["alice"].told(alice) == ["ended lost"])
        #expect(network["bob"].told(bob) == ["ended bye"])
    }

    @Test("a refresh that is refused is tried again until the session expires")
    mutating func refreshRefused() {
        let (alice, _) = network.call()
        var refused = 0
        network.isLost = { $0.request?.method == .update }
        for _ in 0..<95 {
            network.run(for: .seconds(10))
            guard let update = network.passages.last?.request, update.method == .update, refused < 3 else { continue }
            refused += 1
            network.forget()
            network.post(.response(update.response(status: 500)), from: "bob", to: "alice")
        }
        #expect(refused == 3)
        #expect(network["alice"].told(alice) == [])
    }

    @Test("a peer that knows no timers is refreshed by us, whoever called")
    mutating func peerWithoutTimers() throws {
        network.post(.request(Sample.request(.invite)), to: "bob")
        network.run(for: .milliseconds(10))
        let bob = try #require(network["bob"].events.last?.session)
        network.command("bob", bob, network.accept("bob"))
        let success = try #require(network.passages.last?.response)
        #expect(interval(success.headers) == "1800;refresher=uas")
        #expect(!success.headers.hasOption("Require", "timer"))
        network.post(.request(Sample.request(.ack, branch: "z9hG4bK-2", toTag: success.common.to.tag)), to: "bob")
        network.forget()
        network.run(for: .seconds(901))
        #expect(network.trace.first == "bob→stranger INVITE")
        #expect(interval(network.passages.first?.request?.headers) == "1800;refresher=uac")
    }

    @Test(
        "the interval is what was asked for, within our minimum and the caller's, and not above what we want",
        arguments: [
            ("600", nil, "600;refresher=uac"), ("90;refresher=uas", nil, "90;refresher=uas"), ("36000", nil, "1800;refresher=uac"),
            ("36000;refresher=uac", "3600", "3600;refresher=uac"), (nil, nil, "1800;refresher=uac"), ("junk", nil, "1800;refresher=uac"),
        ] as [(String?, String?, String)])
    mutating func negotiation(wanted: String?, minimum: String?, settled: String) throws {
        var invite = Sample.request(.invite)
        invite.headers.add("Supported", "timer")
        if let wanted { invite.headers.add("Session-Expires", wanted) }
        if let minimum { invite.headers.add("Min-SE", minimum) }
        network.post(.request(invite), to: "bob")
        network.run(for: .milliseconds(10))
        let bob = try #require(network["bob"].events.last?.session)
        network.command("bob", bob, network.accept("bob"))
        #expect(interval(network.passages.last?.response?.headers) == settled)
    }

    @Test("an interval that is too short for us is a 422 with our minimum, for an INVITE and within a session")
    mutating func tooShort() throws {
        var invite = Sample.request(.invite)
        invite.headers.add("Supported", "timer")
        invite.headers.add("Session-Expires", "60")
        network.post(.request(invite), to: "bob")
        network.run(for: .milliseconds(10))
        var refusal = try #require(network.passages.last?.response)
        #expect(refusal.status == 422)
        #expect(refusal.headers["Min-SE"] == "90")
        #expect(network["bob"].agent.sessionCount == 0)
        let (alice, bob) = network.call()
        network.hosts["alice"]?.agent.sessions[alice]?.refresh = SessionRefresh(interval: .seconds(60), weRefresh: true)
        network.isLost = { $0.from == "alice" && $0.response == nil && $0.request?.headers["Session-Expires"]?.hasPrefix("90") == true }
        network.command("alice", alice, .offer([65]))
        network.run(for: .milliseconds(20))
        refusal = try #require(network.passages.last { $0.response != nil }?.response)
        #expect(refusal.status == 422)
        #expect(refusal.headers["Min-SE"] == "90")
        #expect(network["bob"].told(bob) == [])
    }

    @Test("a 422 to our INVITE is answered with a longer interval, once more after a challenge")
    mutating func longerInterval() throws {
        let alice = network.newSession()
        var outgoing = network.outgoing("alice", to: "stranger")
        outgoing.credentials = DigestCredentials(username: "alice", password: "secret")
        network.command("alice", alice, .invite(outgoing))
        let first = try #require(network.passages.last?.request)
        var short = first.response(status: 422)
        short.headers.add("Min-SE", "3600")
        network.post(.response(short), to: "alice")
        network.run(for: .milliseconds(10))
        let second = try #require(network.passages.last?.request)
        #expect(second.method == .invite)
        #expect(second.common.cseq == 2)
        #expect(second.common.callID == first.common.callID)
        #expect(second.common.from == first.common.from)
        #expect(second.common.via[0].branch != first.common.via[0].branch)
        #expect(interval(second.headers) == "3600")
        #expect(second.headers["Min-SE"] == "3600")
        var challenge = second.response(status: 401)
        challenge.headers.add("WWW-Authenticate", DigestChallenge(realm: "r", nonce: "n", algorithm: .md5).text)
        network.post(.response(challenge), to: "alice")
        network.run(for: .milliseconds(10))
        let third = try #require(network.passages.last?.request)
        #expect(third.common.cseq == 3)
        #expect(interval(third.headers) == "3600")
        #expect(third.headers["Authorization"] != nil)
        // The same minimum again is no reason to try again.
        var again = third.response(status: 422)
        again.headers.add("Min-SE", "3600")
        network.post(.response(again), to: "alice")
        network.run(for: .milliseconds(10))
        #expect(network["alice"].told(alice) == ["rejected 422"])
    }

    @Test("a 422 to a refresh is answered with a longer interval")
    mutating func longerRefresh() throws {
        let (alice, _) = network.call()
        network.isLost = { $0.request?.method == .update }
        network.run(for: .seconds(901))
        let update = try #require(network.passages.last?.request)
        var short = update.response(status: 422)
        short.headers.add("Min-SE", "2000")
        network.isLost = { _ in false }
        network.post(.response(short), from: "bob", to: "alice")
        network.run(for: .milliseconds(20))
        let again = try #require(network.passages.last { $0.request?.method == .update }?.request)
        #expect(interval(again.headers) == "2000;refresher=uac")
        #expect(again.common.cseq == update.common.cseq + 1)
        #expect(network.passages.last?.response?.status == 200)
        #expect(network["alice"].told(alice) == [])
    }
}
