import Kernel
import Testing

@testable import SIP

/// More than anybody should have to bear.
struct FloodTests {
    @Test("10,000 INVITEs that nobody acknowledges are bounded, harm no other session, and are all gone 40 seconds later")
    func neverAcknowledged() {
        var network = TestNetwork("alice", "bob") { $0.sessionExpires = .seconds(7200) }
        let (alice, bob) = network.call()
        let accept = network.accept("bob")
        network.isLost = { $0.to == "stranger" }
        var agent = network["bob"].agent
        var outputs: [UserAgent.Output] = []
        for number in 0..<10_000 {
            let request = Sample.request(.invite, branch: "z9hG4bK-\(number)", callID: "flood-\(number)")
            agent.receive(.received(.request(request), over: Sample.hop), at: network.now, into: &outputs)
            for case .session(let id, .invited) in outputs { agent.receive(.session(id, accept), at: network.now, into: &outputs) }
            outputs.removeAll()
        }
        #expect(agent.sessionCount == 10_001)
        #expect(agent.transactionCount <= 10_002)
        let end = network.now.advanced(by: .seconds(40))
        var sent = 0
        while let next = agent.nextDeadline, next <= end {
            agent.receive(.deadline, at: next, into: &outputs)
            sent += outputs.count
            outputs.removeAll()
        }
        #expect(agent.sessionCount == 1)
        #expect(agent.transactionCount == 0)
        // Eleven 200s, four BYEs and the word to the owner, for each.
        #expect(sent == 10_000 * 15)
        network.hosts["bob"]?.agent = agent
        network.run(for: .seconds(40))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        network.run(for: .seconds(1))
        #expect(network["bob"].told(bob) == ["ended bye"])
        #expect(network.leftovers() == [])
    }

    @Test("INVITEs beyond the limit leave nothing behind, and are answered 503")
    func beyondTheLimit() {
        var network = TestNetwork("alice", "bob") {
            $0.maximumSessions = 50
            $0.maximumTransactions = 200
        }
        for number in 0..<1000 {
            network.post(.request(Sample.request(.invite, branch: "z9hG4bK-\(number)", callID: "flood-\(number)")), to: "bob")
        }
        network.run(for: .milliseconds(20))
        #expect(network["bob"].agent.sessionCount == 50)
        #expect(network["bob"].agent.transactionCount == 200)
        #expect(network.passages.filter { $0.response?.status == 503 }.count == 950)
        #expect(network.passages.allSatisfy { $0.response?.status != 503 || $0.response?.headers["Retry-After"] != nil })
    }
}
