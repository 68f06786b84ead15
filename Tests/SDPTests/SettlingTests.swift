import Kernel
import SDP
import Testing

struct SettlingTests {
    private let ours = MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0xC000_0201), port: 16_384))

    private func answer(_ lines: String...) throws -> SessionDescription {
        let head = ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.9", "t=0 0"]
        return try SessionDescription(parsing: Array((head + lines).joined(separator: "\r\n").utf8))
    }

    private func failure(_ offer: SessionDescription, _ answer: SessionDescription) -> NegotiationFailure? {
        do throws(NegotiationFailure) {
            _ = try MediaCapabilities.g711.settle(offer: offer, answer: answer)
            return nil
        } catch { return error }
    }

    @Test("the answer's first format is sent, with the answer's payload types")
    func firstFormat() throws {
        let answer = try answer("m=audio 4000 RTP/AVP 8 0 97", "a=rtpmap:97 telephone-event/8000", "a=ptime:30", "a=rtcp:4010")
        let audio = try MediaCapabilities.g711.settle(offer: ours, answer: answer)
        #expect(audio.format == .pcma)
        #expect(audio.alsoReceive == [.pcmu])
        #expect(audio.sendEvents == TelephoneEvents(payloadType: 97, clockRate: 8000))
        #expect(audio.receiveEvents == TelephoneEvents(payloadType: 101, clockRate: 8000))
        #expect(audio.packetTime == 30)
        #expect(audio.remote == TransportAddress("192.0.2.9:4000"))
        #expect(audio.remoteRTCP == TransportAddress("192.0.2.9:4010"))
        #expect(audio.direction == .sendReceive)
    }

    @Test("the events of each clock rate among the answered formats are heard as we numbered them, and sent with the first")
    func eventsOfEachRate() throws {
        let capabilities = MediaCapabilities(formats: [.pcmu, .opus, .l16Wide])
        let offer = capabilities.offer(at: TransportAddress(ip: .loopbackV4, port: 4000))
        let events = offer.media[0].telephoneEvents
        let audio = try capabilities.settle(
            offer: offer,
            answer: answer(
                "m=audio 4000 RTP/AVP 107 0 120 121", "a=rtpmap:107 opus/48000/2", "a=rtpmap:120 telephone-event/8000",
                "a=rtpmap:121 telephone-event/48000"))
        #expect(audio.sendEvents == TelephoneEvents(payloadType: 121, clockRate: 48_000))
        #expect(audio.receiveEvents == events[1] && audio.alsoReceiveEvents == [events[0]])
    }

    @Test(
        "comfort noise is taken from an answer that has it as we numbered it and begins with a codec of its clock",
        arguments: [("0 13", nil, 13), ("0", nil, nil), ("107 0 13", "107 opus/48000/2", nil), ("0 98", "98 CN/8000", nil)]
            as [(String, String?, UInt8?)])
    func comfortNoise(formats: String, map: String?, expected: UInt8?) throws {
        let capabilities = MediaCapabilities.all
        let offer = capabilities.offer(at: TransportAddress(ip: .loopbackV4, port: 4000))
        let answer = try answer("m=audio 4000 RTP/AVP \(formats)", "a=" + (map.map { "rtpmap:" + $0 } ?? "sendrecv"))
        let audio = try capabilities.settle(offer: offer, answer: answer)
        #expect(audio.comfortNoise == expected)
        #expect(!audio.alsoReceive.contains { $0.name == "CN" })
    }

    @Test("a peer that renumbers a format is sent its number, and sends ours")
    func renumbered() throws {
        let wide = AudioFormat(name: "L16", clockRate: 16_000, payloadType: 96)
        let capabilities = MediaCapabilities(formats: [wide], telephoneEvent: nil)
        let offer = capabilities.offer(at: TransportAddress(ip: .loopbackV4, port: 4000))
        let audio = try capabilities.settle(offer: offer, answer: answer("m=audio 4000 RTP/AVP 112", "a=rtpmap:112 l16/16000/1"))
        #expect(audio.format.payloadType == 112)
        #expect(audio.receivePayloadType == 96)
    }

    @Test(
        "the direction is what both agreed to, from our side",
        arguments: [
            (MediaDirection.sendReceive, "sendonly", MediaDirection.receiveOnly), (.sendReceive, "recvonly", .sendOnly),
            (.sendOnly, "recvonly", .sendOnly),
            (.sendOnly, "sendrecv", .sendOnly), (.sendReceive, "inactive", .inactive), (.receiveOnly, "sendonly", .receiveOnly),
            (.sendOnly, "sendonly", .inactive),
        ])
    func directions(offered: MediaDirection, answered: String, agreed: MediaDirection) throws {
        let audio = try MediaCapabilities.g711.settle(
            offer: ours.withDirection(offered), answer: answer("m=audio 4000 RTP/AVP 0", "a=\(answered)"))
        #expect(audio.direction == agreed)
    }

    @Test("RTCP shares the port only when both say so")
    func mux() throws {
        var offer = ours
        let answer = try answer("m=audio 4000 RTP/AVP 0", "a=rtcp-mux")
        #expect(try !MediaCapabilities.g711.settle(offer: offer, answer: answer).rtcpMux)
        offer.media[0].attributes.append(SDPAttribute("rtcp-mux"))
        let audio = try MediaCapabilities.g711.settle(offer: offer, answer: answer)
        #expect(audio.rtcpMux && audio.remoteRTCP == audio.remote)
    }

    @Test("an answer that does not fit the offer's lines fails")
    func lines() throws {
        #expect(try failure(ours, answer()) == .lineCount(offered: 1, answered: 0))
        #expect(try failure(ours, answer("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0")) == .lineCount(offered: 1, answered: 2))
        #expect(try failure(ours, answer("m=video 4000 RTP/AVP 0")) == .lineKind(index: 0, offered: "audio", answered: "video"))
        #expect(try failure(ours, answer("m=audio 0 RTP/AVP 0")) == .audioOff)
        #expect(
            try failure(ours, answer("m=audio 4000 RTP/AVP 18"))
                == .noSharedFormat(theirs: ["18 G729/8000"], ours: ["0 PCMU/8000", "8 PCMA/8000"]))
        #expect(try failure(ours, answer("m=audio 4000 RTP/AVP 0", "c=IN IP4 239.1.1.1")) == .noAddress("239.1.1.1"))
        let silent = SessionDescription(origin: ours.origin)
        #expect(failure(silent, silent) == .noAudioLine(offered: []))
    }

    @Test("every failure says something")
    func descriptions() {
        let all: [NegotiationFailure] = [
            .noAudioLine(offered: []), .audioOff, .noSharedFormat(theirs: ["18 G729/8000"], ours: []), .noAddress("a.example"),
            .noAddress(nil),
            .otherAddressFamily, .lineCount(offered: 1, answered: 2), .lineKind(index: 0, offered: "audio", answered: "video"),
        ]
        #expect(Set(all.map(\.description)).count == all.count)
    }

    @Test("what we answer to our own offer settles to the same stream seen from both sides")
    func bothSides() throws {
        let caller = TransportAddress(ip: .v4(0xC000_0205), port: 4000)
        let callee = TransportAddress(ip: .v4(0xC000_0206), port: 6000)
        let offer = MediaCapabilities.g711.offer(at: caller)
        let (answer, heard) = try MediaCapabilities(formats: [.pcma]).answer(offer, at: callee)
        let settled = try MediaCapabilities.g711.settle(offer: offer, answer: answer)
        #expect(settled.format == heard.format)
        #expect(settled.remote == callee && heard.remote == caller)
        #expect(settled.sendEvents == heard.receiveEvents && settled.receiveEvents == heard.sendEvents)
        #expect(settled.comfortNoise == 13 && heard.comfortNoise == 13)
    }
}
