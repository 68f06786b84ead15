import SIP
import Testing

/// RFC 4475 and RFC 5118, whole, in one-byte segments, and two to a segment.
struct TortureTests {
    static let readable = TortureMessage.all.filter { $0.verdict == .accepted }
    static let cuttable = TortureMessage.all.filter { $0.stream == .whole }

    @Test("A datagram is read, answered with an error or dropped, as the RFC says", arguments: TortureMessage.all)
    func datagram(_ message: TortureMessage) {
        do throws(SIPParseError) {
            _ = try SIPMessage.parse(message.bytes)
            #expect(message.verdict == .accepted)
        } catch {
            switch message.verdict {
            case .accepted: Issue.record("\(error.reason) at \(error.offset)")
            case .refused(let status):
                #expect(error.status == status, "\(error.reason)")
                #expect(error.answerable != nil, "\(error.reason)")
                #expect(!error.reason.isEmpty && error.offset <= message.bytes.count)
            case .dropped: #expect(error.answerable == nil)
            }
        }
    }

    @Test("The answer to a refused request can be read by whoever sent it", arguments: TortureMessage.all)
    func answer(_ message: TortureMessage) throws {
        guard case .refused = message.verdict else { return }
        do throws(SIPParseError) {
            _ = try SIPMessage.parse(message.bytes)
        } catch {
            guard let request = error.answerable else { return }
            let response = request.response(status: error.status, reason: error.reason)
            #expect(try SIPMessage.parse(response.encoded) == .response(response), "\(error.reason)")
        }
    }

    @Test("What was read is the same after it has been written and read again", arguments: readable)
    func roundTrip(_ message: TortureMessage) throws {
        let parsed = try SIPMessage.parse(message.bytes)
        #expect(try SIPMessage.parse(parsed.encoded) == parsed)
    }

    @Test("A stream brings the same as a datagram, byte by byte", arguments: cuttable)
    func byteByByte(_ message: TortureMessage) throws {
        var framer = SIPStreamFramer()
        var frames: [SIPStreamFramer.Frame] = []
        for byte in message.bytes {
            framer.append([byte])
            while let frame = try framer.next() { frames.append(frame) }
        }
        #expect(frames == [Self.frame(message.bytes)])
        #expect(framer.pendingBytes == 0)
    }

    @Test("Two messages in a segment are two messages, the second unharmed by the first", arguments: cuttable)
    func twoToASegment(_ message: TortureMessage) throws {
        let other = LayerMessages.zeromf.bytes
        for (first, second) in [(message.bytes, other), (other, message.bytes), (message.bytes, message.bytes)] {
            var framer = SIPStreamFramer()
            framer.append(first + second)
            var frames: [SIPStreamFramer.Frame] = []
            while let frame = try framer.next() { frames.append(frame) }
            #expect(frames == [Self.frame(first), Self.frame(second)])
        }
    }

    @Test("A stream that cannot be cut is given up, with an answer", arguments: TortureMessage.all.filter { $0.stream == .uncuttable })
    func uncuttable(_ message: TortureMessage) {
        for segments in [[message.bytes], message.bytes.map { [$0] }] {
            var framer = SIPStreamFramer()
            var failure: SIPParseError?
            for segment in segments where failure == nil {
                framer.append(segment)
                do throws(SIPParseError) {
                    while let frame = try framer.next() { Issue.record("\(frame)") }
                } catch {
                    failure = error
                }
            }
            #expect(failure?.status == 400)
            #expect(failure?.answerable != nil)
        }
    }

    @Test func `A Content-Length that promises more makes a stream wait, and not longer than a message may be`() throws {
        var framer = SIPStreamFramer()
        framer.append(InvalidMessages.clerr.bytes)
        #expect(try framer.next() == nil)
        framer.append([UInt8](repeating: 65, count: 9999))
        guard case .message(.request(let request)) = try framer.next() else {
            Issue.record("expected the message")
            return
        }
        #expect(request.body.count == 9999)
    }

    @Test func `What a datagram ignores behind a message is the next message of a stream`() throws {
        guard case .request(let datagram) = try SIPMessage.parse(ValidMessages.dblreq.bytes) else {
            Issue.record("expected a request")
            return
        }
        #expect(datagram.method == .register && datagram.body.isEmpty)
        var framer = SIPStreamFramer()
        framer.append(ValidMessages.dblreq.bytes)
        var methods: [SIPMethod] = []
        while let frame = try framer.next() {
            if case .message(.request(let request)) = frame { methods.append(request.method) }
        }
        #expect(methods == [.register, .invite])
        #expect(framer.pendingBytes == 3)
    }

    private static func frame(_ bytes: [UInt8]) -> SIPStreamFramer.Frame {
        do throws(SIPParseError) {
            return .message(try SIPMessage.parse(bytes))
        } catch {
            return .malformed(error)
        }
    }
}
