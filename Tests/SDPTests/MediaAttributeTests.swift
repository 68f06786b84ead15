import Kernel
import SDP
import Testing

struct MediaAttributeTests {
    private func session(_ lines: String...) throws -> SessionDescription {
        let head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-"]
        return try SessionDescription(parsing: Array((head + lines).joined(separator: "\r\n").utf8))
    }

    @Test(
        "a line's direction is its own, else the session's, else both ways",
        arguments: [
            (nil, nil, MediaDirection.sendReceive), ("sendonly", nil, .sendOnly), (nil, "recvonly", .receiveOnly),
            ("inactive", "sendonly", .sendOnly),
            ("sendonly", "sendrecv", .sendReceive), (nil, "inactive", .inactive),
        ] as [(String?, String?, MediaDirection)])
    func direction(common: String?, own: String?, expected: MediaDirection) throws {
        var session = try session("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0")
        if let common { session.attributes = [SDPAttribute(common)] }
        if let own { session.media[0].attributes = [SDPAttribute("ptime", "20"), SDPAttribute(own)] }
        #expect(session.direction(of: session.media[0]) == expected)
    }

    @Test(
        "an unspecified address puts on hold as RFC 2543 did",
        arguments: [("sendrecv", MediaDirection.sendOnly), ("sendonly", .sendOnly), ("recvonly", .inactive), ("inactive", .inactive)])
    func oldHold(stated: String, expected: MediaDirection) throws {
        let session = try session("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0", "a=\(stated)")
        #expect(session.direction(of: session.media[0]) == expected)
    }

    @Test("a rejected line flows neither way")
    func rejectedLine() throws {
        let session = try session("c=IN IP4 192.0.2.1", "m=audio 0 RTP/AVP 0", "a=sendrecv")
        #expect(session.direction(of: session.media[0]) == .inactive)
        #expect(session.activeAudio == nil)
    }

    @Test("a line's address is its own, else the session's; a name is none")
    func addresses() throws {
        let session = try session(
            "c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0", "c=IN IP6 2001:db8::7", "m=audio 4004 RTP/AVP 0",
            "c=IN IP4 media.example.org")
        #expect(session.remote(of: session.media[0]) == TransportAddress("192.0.2.1:4000"))
        #expect(session.remote(of: session.media[1]) == TransportAddress("[2001:db8::7]:4002"))
        #expect(session.remote(of: session.media[2]) == nil)
        #expect(session.remoteRTCP(of: session.media[2]) == nil)
    }

    @Test(
        "RTCP goes to the port above, or where a=rtcp says",
        arguments: [
            (nil, "192.0.2.1:4001"), ("53020", "192.0.2.1:53020"), ("53020 IN IP4 192.0.2.9", "192.0.2.9:53020"),
            ("53020 IN IP6 2001:db8::9", "[2001:db8::9]:53020"), ("53020 IN IP4 name.example", "192.0.2.1:53020"), ("x", "192.0.2.1:4001"),
            ("", "192.0.2.1:4001"), ("0", "192.0.2.1:4001"), ("70000", "192.0.2.1:4001"),
        ] as [(String?, String)])
    func rtcp(value: String?, expected: String) throws {
        var session = try session("c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0")
        if let value { session.media[0].attributes.append(SDPAttribute("rtcp", value)) }
        #expect(session.remoteRTCP(of: session.media[0]) == TransportAddress(expected))
    }

    @Test("the highest port has no port above it")
    func highestPort() throws {
        let session = try session("c=IN IP4 192.0.2.1", "m=audio 65535 RTP/AVP 0")
        #expect(session.remoteRTCP(of: session.media[0])?.port == 65_535)
    }

    @Test(
        "static payload types have the meaning of RFC 3551",
        arguments: [
            (0, "PCMU", 8000, 1), (3, "GSM", 8000, 1), (4, "G723", 8000, 1), (5, "DVI4", 8000, 1), (6, "DVI4", 16_000, 1),
            (7, "LPC", 8000, 1),
            (8, "PCMA", 8000, 1), (9, "G722", 8000, 1), (10, "L16", 44_100, 2), (11, "L16", 44_100, 1), (12, "QCELP", 8000, 1),
            (13, "CN", 8000, 1),
            (14, "MPA", 90_000, 1), (15, "G728", 8000, 1), (16, "DVI4", 11_025, 1), (17, "DVI4", 22_050, 1), (18, "G729", 8000, 1),
        ] as [(UInt8, String, UInt32, UInt8)])
    func staticTypes(type: UInt8, name: String, rate: UInt32, channels: UInt8) {
        #expect(AudioFormat(staticPayloadType: type) == AudioFormat(name: name, clockRate: rate, channels: channels, payloadType: type))
    }

    @Test("other payload types have no meaning of their own")
    func dynamicTypes() {
        for type in [1, 2, 19, 20, 26, 31, 34, 72, 96, 127, 255] as [UInt8] { #expect(AudioFormat(staticPayloadType: type) == nil) }
    }

    @Test("rtpmap wins over a static meaning, and what has neither is skipped")
    func formats() throws {
        let session = try session(
            "m=audio 4000 RTP/AVP 0 96 8 97 98 300 x 101 110", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 G726-32/8000",
            "a=rtpmap:96 opus/48000/2",
            "a=rtpmap:98 broken", "a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 Telephone-Event/48000")
        #expect(
            session.media[0].audioFormats == [
                .pcmu, AudioFormat(name: "opus", clockRate: 48_000, channels: 2, payloadType: 96),
                AudioFormat(name: "G726-32", clockRate: 8000, payloadType: 8),
            ])
        let events = [TelephoneEvents(payloadType: 101, clockRate: 8000), TelephoneEvents(payloadType: 110, clockRate: 48_000)]
        #expect(session.media[0].telephoneEvents == events)
    }

    @Test(
        "a malformed rtpmap is refused",
        arguments: [
            "", "96", "96 ", "x PCMU/8000", "128 PCMU/8000", "96 PCMU", "96 PCMU/0", "96 PCMU/x", "96 PCMU/8000/0", "96 PCMU/8000/x",
            "96 a/1/2/3",
        ])
    func malformedMap(text: String) {
        #expect(AudioFormat(rtpmap: text) == nil)
    }

    @Test("a format is written as it is read", arguments: ["0 PCMU/8000", "96 opus/48000/2", "11 L16/44100"])
    func mapRoundTrip(text: String) {
        #expect(AudioFormat(rtpmap: text)?.rtpmap == text)
    }

    @Test("formats match without regard to case and payload type, but not across rates and channels")
    func matching() {
        #expect(AudioFormat(name: "pcmu", clockRate: 8000, payloadType: 96).matches(.pcmu))
        #expect(!AudioFormat(name: "PCMU", clockRate: 16_000, payloadType: 0).matches(.pcmu))
        #expect(!AudioFormat(name: "PCMU", clockRate: 8000, channels: 2, payloadType: 0).matches(.pcmu))
    }

    @Test(
        "packet times are read, and nonsense is not",
        arguments: [
            ("20", 20), ("30.0", 30), ("", nil), ("x", nil), ("0", nil), ("-20", nil), ("99999999999999999999", nil), ("1001", nil),
        ] as [(String, Int?)])
    func packetTimes(text: String, expected: Int?) throws {
        var session = try session("m=audio 4000 RTP/AVP 0")
        session.media[0].attributes = [SDPAttribute("ptime", text), SDPAttribute("maxptime", text)]
        #expect(session.media[0].packetTime == expected)
        #expect(session.media[0].maximumPacketTime == expected)
    }
}
