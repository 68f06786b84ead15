import Kernel
import Testing

@testable import SIP

/// Requests in a dialog, and those that only seem to be in one.
struct InDialogTests {
    var network = TestNetwork()

    /// A request of alice's in the dialog of her only session.
    private func inDialog(_ method: SIPMethod, ahead: UInt32 = 1, branch: String = "z9hG4bK-by-hand", body: String = "") throws
        -> SIPRequest
    {
        let dialog = try #require(network["alice"].agent.sessions.values.first?.dialog)
        var request = dialog.request(method, sequence: dialog.localSequence &+ ahead)
        var via = Via(transport: "UDP", host: "192.0.2.1", port: 5060)
        via.branch = branch
        request.common.via = [via]
        request.body = Array(body.utf8)
        return request
    }

    /// Sends it to bob, and gives his answer.
    private mutating func ask(_ request: SIPRequest) throws -> SIPResponse {
        network.post(.request(request), from: "alice", to: "bob")
        network.run(for: .milliseconds(10))
        return try #require(network.passages.last?.response)
    }

    @Test("INFO is answered 200 and told, with its body")
    mutating func info() throws {
        let (alice, bob) = network.call()
        network.command("alice", alice, .info(contentType: "application/dtmf-relay", body: Array("Signal=5".utf8)))
        network.run(for: .milliseconds(20))
        #expect(network.trace == ["alice→bob INFO", "bob→alice 200 INFO"])
        #expect(network["bob"].told(bob) == ["info Signal=5"])
        #expect(network.passages.first?.request?.headers.all("Content-Type") == ["application/dtmf-relay"])
    }

    @Test(
        "INFO of a type that nobody reads is refused with those that are read, unless its sender does not mind",
        arguments: [
            ("application/media_control+xml", "render", "<x/>", 415), ("application/dtmf;x=y", "render", "5", 200),
            ("text/plain", "render; handling=optional", "x", 200), ("text/plain", "render", "", 200),
        ])
    func infoOfType(type: String, disposition: String, body: String, status: Int) throws {
        var it = InDialogTests()
        it.network = TestNetwork { $0.infoTypes = ["application/dtmf-relay", "application/dtmf"] }
        let (_, bob) = it.network.call()
        var request = try it.inDialog(.info, body: body)
        request.headers.add("Content-Type", type)
        request.headers.add("Content-Disposition", disposition)
        let response = try it.ask(request)
        #expect(response.status == status)
        #expect(response.headers["Accept"] == (status == 415 ? "application/dtmf-relay, application/dtmf" : nil))
        #expect(it.network["bob"].told(bob).isEmpty == (status == 415))
    }

    @Test("OPTIONS is answered with what we can do")
    mutating func options() throws {
        _ = network.call()
        let response = try ask(try inDialog(.options))
        #expect(response.status == 200)
        #expect(response.headers.hasOption("Allow", "INVITE"))
        #expect(response.headers["Accept"] == "application/sdp")
        #expect(!response.headers.hasOption("Supported", "100rel"))
        #expect(network["bob"].requests.isEmpty)
    }

    @Test(
        "a method that we do not take is refused with 405 and those that we do",
        arguments: [SIPMethod.refer, .message, .notify, .other("DANCE")])
    mutating func unknownMethod(method: SIPMethod) throws {
        _ = network.call()
        let response = try ask(try inDialog(method))
        #expect(response.status == 405)
        #expect(response.headers["Allow"] == UserAgent.allow)
    }

    @Test(
        "a request that requires what we do not know is refused with 420 and its name",
        arguments: ["100rel", "replaces, timer, precondition"])
    mutating func required(options: String) throws {
        var invite = Sample.request(.invite)
        invite.headers.add("Require", options)
        network.post(.request(invite), to: "bob")
        network.run(for: .milliseconds(20))
        let response = try #require(network.passages.last { $0.from == "bob" }?.response)
        #expect(response.status == 420)
        #expect(response.headers["Unsupported"] == (options == "100rel" ? "100rel" : "replaces, precondition"))
        #expect(network["bob"].events.isEmpty)
        #expect(network["bob"].agent.sessionCount == 0)
        _ = network.call()
        var info = try inDialog(.info)
        info.headers.add("Require", options)
        #expect(try ask(info).status == 420)
    }

    @Test("a number that is not above the last is a 500, and changes nothing", arguments: [0, UInt32.max])
    mutating func oldNumber(ahead: UInt32) throws {
        let (alice, bob) = network.call()
        network.command("alice", alice, .info(contentType: "text/plain", body: []))
        network.run(for: .milliseconds(20))
        network.forget()
        #expect(try ask(try inDialog(.bye, ahead: ahead)).status == 500)
        #expect(network["bob"].told(bob) == [])
        #expect(try ask(try inDialog(.info, ahead: 7, branch: "z9hG4bK-gap")).status == 200)
        #expect(network["bob"].told(bob) == ["info"])
    }

    @Test("a request that comes again is answered again, and told once")
    mutating func repeated() throws {
        let (_, bob) = network.call()
        let info = try inDialog(.info, body: "x")
        #expect(try ask(info).status == 200)
        #expect(try ask(info).status == 200)
        #expect(network["bob"].told(bob) == ["info x"])
    }

    @Test("after BYE a request in the dialog is a 481", arguments: [SIPMethod.invite, .info, .options, .update, .bye])
    mutating func afterBye(method: SIPMethod) throws {
        let (_, bob) = network.call()
        let late = try inDialog(method, ahead: 2, branch: "z9hG4bK-late")
        #expect(try ask(try inDialog(.bye)).status == 200)
        network.forget()
        #expect(try ask(late).status == 481)
        #expect(network["bob"].told(bob) == [])
    }

    @Test("a request of a dialog that we do not know is a 481", arguments: [SIPMethod.invite, .info, .options, .update, .bye, .message])
    mutating func unknownDialog(method: SIPMethod) throws {
        _ = network.call()
        var wrongTag = try inDialog(method)
        wrongTag.common.to.tag = "nobodys"
        #expect(try ask(wrongTag).status == 481)
        var wrongPeer = try inDialog(method, branch: "z9hG4bK-2")
        wrongPeer.common.from.tag = "nobodys"
        #expect(try ask(wrongPeer).status == 481)
        var wrongCall = try inDialog(method, branch: "z9hG4bK-3")
        wrongCall.common.callID = "nobodys"
        #expect(try ask(wrongCall).status == 481)
        #expect(network["bob"].events.isEmpty)
    }

    @Test("a request that belongs in a dialog but has none is a 481", arguments: [SIPMethod.bye, .info, .update, .prack])
    mutating func noDialog(method: SIPMethod) throws {
        #expect(try ask(Sample.request(method)).status == 481)
    }

    @Test("an ACK of nothing is dropped")
    mutating func strayACK() {
        network.post(.request(Sample.request(.ack, toTag: "nobodys")), to: "bob")
        network.post(.request(Sample.request(.ack)), to: "bob")
        network.run(for: .seconds(1))
        #expect(network.trace == ["stranger→bob ACK", "stranger→bob ACK"])
        #expect(network["bob"].agent.isIdle)
    }

    @Test("a BYE from the caller of a call that still rings ends it, and its INVITE")
    mutating func byeWhileRinging() throws {
        let invite = Sample.request(.invite)
        network.post(.request(invite), to: "bob")
        network.run(for: .milliseconds(10))
        let bob = try #require(network["bob"].events.last?.session)
        network.command("bob", bob, .progress(status: 180, headers: SIPHeaders(), body: []))
        let tag = try #require(network.passages.last?.response?.common.to.tag)
        network.post(.request(Sample.request(.bye, branch: "z9hG4bK-2", toTag: tag, cseq: 2)), to: "bob")
        network.run(for: .milliseconds(10))
        #expect(network.trace.contains("bob→stranger 487 INVITE"))
        #expect(network.trace.contains("bob→stranger 200 BYE"))
        #expect(network["bob"].told(bob) == ["invited", "ended bye"])
    }

    @Test("a second INVITE of a call that still rings is a 500 with Retry-After")
    mutating func inviteWhileRinging() throws {
        network.post(.request(Sample.request(.invite)), to: "bob")
        network.run(for: .milliseconds(10))
        let bob = try #require(network["bob"].events.last?.session)
        network.command("bob", bob, .progress(status: 180, headers: SIPHeaders(), body: []))
        let tag = try #require(network.passages.last?.response?.common.to.tag)
        network.post(.request(Sample.request(.invite, branch: "z9hG4bK-2", toTag: tag, cseq: 2)), to: "bob")
        network.run(for: .milliseconds(10))
        let response = try #require(network.passages.last?.response)
        #expect(response.status == 500)
        #expect(response.headers["Retry-After"] != nil)
        #expect(network["bob"].told(bob) == ["invited"])
    }

    @Test("numbers of our requests rise, whatever comes between")
    mutating func ownNumbers() {
        network.reaction = { _, _, event in if case .offered = event { [.answer([65])] } else { [] } }
        let (alice, _) = network.call()
        network.command("alice", alice, .info(contentType: "text/plain", body: []))
        network.command("alice", alice, .offer([66]))
        network.command("alice", alice, .info(contentType: "text/plain", body: []))
        network.run(for: .milliseconds(50))
        network.command("alice", alice, .end(status: 487, headers: SIPHeaders()))
        let numbers = network.passages.filter { $0.from == "alice" }.compactMap(\.request).filter { $0.method != .ack }.map(\.common.cseq)
        #expect(numbers == [2, 3, 4, 5])
        #expect(network.passages.first { $0.request?.method == .ack }?.request?.common.cseq == 3)
    }
}
