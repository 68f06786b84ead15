import Kernel
import Testing

@testable import SIP

/// Matching, limits and ways back.
struct TransactionTableTests {
    var table = TransactionTable(timing: .standard, limit: 100)
    var events: [TransactionTable.Event] = []
    var now = Instant.zero

    /// What happened since the last time: `request 1`, `ack`, `response 2 180`, `failed 2 408`, `ended 2`, `send 100 INVITE`.
    mutating func happened() -> [String] {
        defer { events = [] }
        return events.map { event in
            switch event {
            case .transmit(let bytes, _): "send " + Sample.summary(bytes)
            case .request(let id, _, _): "request \(id.rawValue)"
            case .acknowledgement: "ack"
            case .response(let id, let response, _, _): "response \(id.rawValue) \(response.status)"
            case .failed(let id, let status, _): "failed \(id.rawValue) \(status)"
            case .ended(let id): "ended \(id.rawValue)"
            }
        }
    }

    mutating func receive(_ request: SIPRequest, over hop: Hop = Sample.hop) {
        table.receive(request, over: hop, tag: "tag", at: now, into: &events)
    }

    mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let next = table.nextDeadline, next <= end {
            now = next
            table.expire(at: now, into: &events)
        }
        now = end
    }

    @Test("a request is repeated when branch, sent-by and method are the same, and new when one of them is not")
    mutating func repeats() {
        receive(Sample.request(.options, callID: "a"))
        #expect(happened() == ["request 1"])
        receive(Sample.request(.options, callID: "a"))
        #expect(happened() == [])
        receive(Sample.request(.options, branch: "z9hG4bK-2", callID: "b"))
        receive(Sample.request(.options, host: "192.0.2.10", callID: "c"))
        receive(Sample.request(.message, callID: "d"))
        #expect(happened() == ["request 2", "request 3", "request 4"])
    }

    @Test("an ACK of a refusal goes to its INVITE, that of a 2xx to the session")
    mutating func acknowledgements() {
        receive(Sample.request(.invite))
        table.respond(TransactionID(rawValue: 1), Sample.request(.invite).response(status: 486), at: now, into: &events)
        #expect(happened() == ["send 100 INVITE", "request 1", "send 486 INVITE"])
        receive(Sample.request(.ack))
        #expect(happened() == [])
        pass(.seconds(6))
        #expect(table.count == 0)
        receive(Sample.request(.ack, branch: "z9hG4bK-other"))
        #expect(happened() == ["ack"])
        #expect(table.count == 0)
    }

    @Test("an ACK of a 2xx that wrongly has the branch of its INVITE goes to the session")
    mutating func acknowledgementWithBranchOfInvite() {
        receive(Sample.request(.invite))
        table.respond(TransactionID(rawValue: 1), Sample.request(.invite).response(status: 200), at: now, into: &events)
        _ = happened()
        receive(Sample.request(.ack))
        #expect(happened() == ["ack"])
    }

    @Test("peers of RFC 2543, without the cookie, are matched by what the request says", arguments: ["", "1", "z9hG4bK"])
    mutating func oldPeers(branch: String) {
        receive(Sample.request(.invite, branch: branch, callID: "a"))
        table.respond(TransactionID(rawValue: 1), Sample.request(.invite).response(status: 486), at: now, into: &events)
        #expect(happened() == ["send 100 INVITE", "request 1", "send 486 INVITE"])
        receive(Sample.request(.invite, branch: branch, callID: "a"))
        #expect(happened() == ["send 486 INVITE"])
        receive(Sample.request(.ack, branch: branch, callID: "a", toTag: "ours"))
        #expect(happened() == [])
        receive(Sample.request(.invite, branch: branch, callID: "b"))
        receive(Sample.request(.invite, branch: branch, callID: "a", cseq: 2))
        #expect(happened() == ["send 100 INVITE", "request 2", "send 100 INVITE", "request 3"])
    }

    @Test("a CANCEL finds its INVITE, whether it waits or not, and no other")
    mutating func cancel() {
        receive(Sample.request(.invite))
        let found = table.target(ofCancel: Sample.request(.cancel))
        #expect(found?.id.rawValue == 1)
        #expect(found?.isPending == true)
        #expect(table.target(ofCancel: Sample.request(.cancel, branch: "z9hG4bK-2")) == nil)
        #expect(table.target(ofCancel: Sample.request(.cancel, host: "192.0.2.10")) == nil)
        table.respond(TransactionID(rawValue: 1), Sample.request(.invite).response(status: 200), at: now, into: &events)
        #expect(table.target(ofCancel: Sample.request(.cancel))?.isPending == false)
    }

    @Test("the same request by another way is refused with 482, and the first is not disturbed")
    mutating func merged() {
        receive(Sample.request(.invite))
        receive(Sample.request(.invite, branch: "z9hG4bK-2"))
        #expect(happened() == ["send 100 INVITE", "request 1", "send 100 INVITE", "send 482 INVITE"])
        receive(Sample.request(.invite))
        #expect(happened() == ["send 100 INVITE"])
        // Within a dialog the number tells.
        receive(Sample.request(.info, branch: "z9hG4bK-3", toTag: "ours", cseq: 2))
        receive(Sample.request(.info, branch: "z9hG4bK-4", toTag: "ours", cseq: 2))
        #expect(happened() == ["request 3", "request 4"])
    }

    @Test("beyond the limit a request gets 503 with Retry-After and leaves nothing behind, while known ones go on")
    mutating func limit() {
        for number in 0..<100 { receive(Sample.request(.options, branch: "z9hG4bK-\(number)", callID: "\(number)")) }
        _ = happened()
        receive(Sample.request(.invite, branch: "z9hG4bK-more", callID: "more"))
        #expect(events.count == 1)
        guard case .transmit(let bytes, _) = events.first, case .response(let response) = try? SIPMessage.parse(bytes) else {
            Issue.record("expected a response")
            return
        }
        #expect(response.status == 503)
        #expect(response.headers["Retry-After"] != nil)
        #expect(response.common.to.tag == "tag")
        #expect(table.count == 100)
        _ = happened()
        table.respond(TransactionID(rawValue: 1), Sample.request(.options).response(status: 200), at: now, into: &events)
        receive(Sample.request(.options, branch: "z9hG4bK-0", callID: "0"))
        #expect(happened() == ["send 200 OPTIONS", "send 200 OPTIONS"])
        pass(.seconds(33))
        #expect(table.count == 99)
    }

    @Test("a response belongs to the request with its branch and method; strays and those with several Via are dropped")
    mutating func responses() {
        let request = Sample.request(.invite, branch: "z9hG4bK-mine")
        let id = table.send(request, over: Sample.hop, at: now, into: &events)
        let cancel = table.send(request.cancellation(), over: Sample.hop, at: now, into: &events)
        _ = happened()
        table.receive(request.cancellation().response(status: 200), at: now, into: &events)
        #expect(happened() == ["response \(cancel.rawValue) 200"])
        var stray = request.response(status: 180)
        stray.common.via[0].branch = "z9hG4bK-other"
        table.receive(stray, at: now, into: &events)
        var twice = request.response(status: 180)
        twice.common.via.append(twice.common.via[0])
        table.receive(twice, at: now, into: &events)
        var none = request.response(status: 180)
        none.common.via = []
        table.receive(none, at: now, into: &events)
        #expect(happened() == [])
        table.receive(request.response(status: 180), at: now, into: &events)
        #expect(happened() == ["response \(id.rawValue) 180"])
    }

    @Test("a request without an answer fails with 408 after 64 T1, and its last timer ends it")
    mutating func timeout() {
        let id = table.send(Sample.request(.options), over: Sample.hop, at: now, into: &events)
        pass(.milliseconds(31_999))
        // 0, 0.5, 1.5, 3.5, 7.5, … 31.5
        #expect(happened() == Array(repeating: "send OPTIONS", count: 11))
        pass(.milliseconds(1))
        #expect(happened() == ["failed \(id.rawValue) 408", "ended \(id.rawValue)"])
        #expect(table.nextDeadline == nil)
        #expect(table.count == 0)
    }

    @Test("when a hop is gone, requests over it fail with 503 in the order in which they were sent, and no others")
    mutating func unreachable() {
        var elsewhere = Sample.hop
        elsewhere.remote.port = 9
        var stream = Sample.hop
        stream.transport = .tcp
        for number in 1...20 {
            _ = table.send(Sample.request(.options, branch: "z9hG4bK-\(number)"), over: Sample.hop, at: now, into: &events)
        }
        _ = table.send(Sample.request(.invite, branch: "z9hG4bK-a"), over: elsewhere, at: now, into: &events)
        _ = table.send(Sample.request(.invite, branch: "z9hG4bK-b"), over: stream, at: now, into: &events)
        _ = happened()
        table.unreachable(Sample.hop, into: &events)
        #expect(happened() == (1...20).flatMap { ["failed \($0) 503", "ended \($0)"] })
        #expect(table.count == 2)
    }

    @Test("responses go where the request came from, to the port it asks for")
    func wayBack() {
        #expect(Sample.hop.response(to: Sample.request(.options)).remote.port == 5070)
        var other = Sample.hop
        other.remote.port = 40_000
        #expect(other.response(to: Sample.request(.options)).remote.port == 5070)
        var asked = Sample.request(.options, rport: true)
        asked.noteSource(other)
        #expect(other.response(to: asked).remote.port == 40_000)
        var bare = Sample.request(.options)
        bare.common.via[0].port = nil
        #expect(other.response(to: bare).remote.port == 5060)
        other.transport = .tcp
        #expect(other.response(to: bare).remote.port == 40_000)
    }

    @Test("received is noted when the Via names another host, and with rport always")
    func received() {
        var same = Sample.request(.options)
        same.noteSource(Sample.hop)
        #expect(same.common.via[0].received == nil)
        var named = Sample.request(.options, host: "phone.example")
        named.noteSource(Sample.hop)
        #expect(named.common.via[0].received == "192.0.2.9")
        var asked = Sample.request(.options, rport: true)
        asked.noteSource(Sample.hop)
        #expect(asked.common.via[0].received == "192.0.2.9")
        #expect(asked.common.via[0].rport == "5070")
    }
}
