import Kernel
import Testing

@testable import SIP

/// Messages that do not arrive.
struct LossTests {
    var network = TestNetwork()

    @Test("a lost ACK is sent again when the 200 comes again, and the owners hear nothing of it")
    mutating func lostACK() {
        let (alice, bob) = network.dial()
        var lost = 0
        network.isLost = { passage in
            guard passage.request?.method == .ack, lost < 2 else { return false }
            lost += 1
            return true
        }
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .seconds(3))
        #expect(network.trace.filter { $0 == "bob→alice 200 INVITE" }.count == 3)
        #expect(network.trace.filter { $0.hasPrefix("alice→bob ACK") }.count == 3)
        let acks = network.passages.filter { $0.request?.method == .ack }.map(\.message)
        #expect(acks.allSatisfy { $0 == acks.first })
        #expect(network["alice"].told(alice) == ["accepted answer"])
        #expect(network["bob"].told(bob) == ["invited offer", "acknowledged"])
    }

    @Test("a 200 is repeated at 0.5, 1.5, 3.5, 7.5 s, then every 4 s, over streams as well", arguments: [Hop.Transport.udp, .tcp])
    mutating func lostSuccess(transport: Hop.Transport) {
        network.transport = transport
        let (alice, bob) = network.dial()
        network.isLost = { $0.summary == "bob→alice 200 INVITE" }
        let begin = network.now
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(31_990))
        let times = network.passages.filter { $0.summary == "bob→alice 200 INVITE" }.map { begin.duration(to: $0.at).wholeMilliseconds }
        #expect(times == [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        #expect(network["bob"].told(bob) == ["invited offer"])
        network.run(for: .milliseconds(10))
        #expect(network["bob"].told(bob) == ["invited offer", "ended not acknowledged"])
        #expect(network.trace.last == "bob→alice BYE")
        _ = alice
    }

    @Test("whoever hangs up before the ACK came says BYE once it has come")
    mutating func hangUpBeforeACK() {
        let (alice, bob) = network.dial()
        network.isLost = { $0.request?.method == .ack }
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(20))
        network.command("bob", bob, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(200))
        #expect(!network.trace.contains("bob→alice BYE"))
        network.isLost = { _ in false }
        network.run(for: .milliseconds(400))
        #expect(network.trace.suffix(4) == ["bob→alice 200 INVITE", "alice→bob ACK", "bob→alice BYE", "alice→bob 200 BYE"])
        #expect(network["bob"].told(bob) == ["invited offer", "ended local"])
        #expect(network["alice"].told(alice) == ["accepted answer", "ended bye"])
        #expect(network.leftovers() == [])
    }

    @Test("whoever hangs up before an ACK that never comes says BYE after 32 seconds")
    mutating func hangUpWithoutACK() {
        let (_, bob) = network.dial()
        network.isLost = { $0.request?.method == .ack }
        network.command("bob", bob, network.accept("bob"))
        network.command("bob", bob, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .seconds(33))
        #expect(network.trace.contains("bob→alice BYE"))
        #expect(network["bob"].told(bob) == ["invited offer", "ended local"])
        #expect(network.leftovers() == [])
    }

    @Test("a caller may say BYE although its ACK was lost")
    mutating func byeInsteadOfACK() {
        let (alice, bob) = network.dial()
        network.isLost = { $0.request?.method == .ack }
        network.command("bob", bob, network.accept("bob"))
        network.run(for: .milliseconds(20))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .milliseconds(20))
        #expect(network["bob"].told(bob) == ["invited offer", "ended bye"])
        #expect(network.leftovers() == [])
    }

    @Test(
        "with every third message lost, calls are set up, changed and ended, and nothing is left", arguments: 1...20 as ClosedRange<UInt64>)
    mutating func lossy(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        network.isLost = { _ in random.next() % 3 == 0 }
        network.reaction = { _, _, event in
            if case .offered = event { [.answer(Array("second answer".utf8))] } else { [] }
        }
        let accept = network.accept("bob")
        for _ in 0..<10 {
            let session = network.newSession()
            network.command("alice", session, .invite(network.outgoing("alice", to: "bob")))
            network.run(for: .seconds(12))
            for ringing in network["bob"].events.map(\.session) { network.command("bob", ringing, accept) }
            network.run(for: .seconds(12))
            network.command("alice", session, .offer(Array("second offer".utf8)))
            network.run(for: .seconds(12))
            network.command("alice", session, .end(status: 487, headers: SIPHeaders()))
        }
        network.run(for: .seconds(40))
        // A call that the caller gave up before it heard anything rings on: that is for the owner to end.
        for ringing in network["bob"].events.map(\.session) { network.command("bob", ringing, .end(status: 480, headers: SIPHeaders())) }
        #expect(network["alice"].events.filter { $0.event.summary == "accepted answer" }.count >= 7)
        #expect(network["alice"].events.filter { $0.event.summary == "answered second answer" }.count >= 6)
        #expect(network.leftovers(after: .seconds(150)) == [])
        for host in network.hosts.values {
            for session in Set(host.events.map(\.session)) {
                let told = host.told(session)
                #expect(told.last.map { $0.hasPrefix("ended") || $0.hasPrefix("rejected") } == true, "\(told)")
                #expect(told.filter { $0.hasPrefix("ended") || $0.hasPrefix("rejected") }.count == 1, "\(told)")
            }
        }
    }
}
