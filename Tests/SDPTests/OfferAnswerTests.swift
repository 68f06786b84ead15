import Kernel
import SDP
import Testing

struct OfferAnswerTests {
    static let us = TransportAddress(ip: .v4(0xC000_0201), port: 16_384)
    static let them = "192.0.2.9"

    private func offer(_ lines: String..., address: String = "IN IP4 192.0.2.9") throws -> SessionDescription {
        let head = ["v=0", "o=- 1 1 \(address)", "s=-", "c=\(address)", "t=0 0"]
        return try SessionDescription(parsing: Array((head + lines).joined(separator: "\r\n").utf8))
    }

    private func answer(_ offer: SessionDescription) throws -> (answer: SessionDescription, audio: NegotiatedAudio) {
        try MediaCapabilities.g711.answer(offer, at: OfferAnswerTests.us)
    }

    @Test("our offer names all we can do")
    func ourOffer() {
        let text = String(decoding: MediaCapabilities.g711.offer(at: OfferAnswerTests.us).encoded, as: UTF8.self)
        let expected = """
            v=0
            o=- 1 1 IN IP4 192.0.2.1
            s=-
            c=IN IP4 192.0.2.1
            t=0 0
            m=audio 16384 RTP/AVP 0 8 13 101
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            a=rtpmap:13 CN/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:20
            a=sendrecv

            """
        #expect(text == expected.replacing("\n", with: "\r\n"))
    }

    @Test("events are offered for each clock rate, on payload types that are free")
    func eventsForEachRate() {
        let formats = [
            AudioFormat(name: "opus", clockRate: 48_000, channels: 2, payloadType: 96), .pcmu,
            AudioFormat(name: "L16", clockRate: 16_000, payloadType: 97),
            .pcma,
        ]
        let line = MediaCapabilities(formats: formats, telephoneEvent: 98).offer(at: OfferAnswerTests.us, direction: .sendOnly).media[0]
        #expect(
            line.telephoneEvents == [
                TelephoneEvents(payloadType: 98, clockRate: 8000), TelephoneEvents(payloadType: 99, clockRate: 48_000),
                TelephoneEvents(payloadType: 100, clockRate: 16_000),
            ])
        #expect(line.attributes.direction == .sendOnly)
        #expect(MediaCapabilities(formats: formats, telephoneEvent: nil).offer(at: OfferAnswerTests.us).media[0].telephoneEvents.isEmpty)
    }

    @Test("comfort noise is offered with codecs of its clock, and not with others")
    func offeredNoise() {
        #expect(MediaCapabilities(formats: [.g722]).offer(at: OfferAnswerTests.us).media[0].formats == ["9", "13", "101"])
        #expect(MediaCapabilities(formats: [.opus]).offer(at: OfferAnswerTests.us).media[0].formats == ["107", "101"])
    }

    @Test("Opus is answered with its parameters, and comfort noise where the codec has the clock for it")
    func opusAndNoise() throws {
        let lines = ["m=audio 4000 RTP/AVP 96 0 13", "a=rtpmap:96 opus/48000/2", "a=ptime:40"]
        let offer = try offer(lines[0], lines[1], lines[2])
        let opus = try MediaCapabilities(formats: [.opus]).answer(offer, at: OfferAnswerTests.us)
        #expect(opus.answer.media[0].formats == ["96"])
        #expect(opus.answer.media[0].attributes.contains(SDPAttribute("fmtp", "96 useinbandfec=1")))
        #expect(opus.audio.comfortNoise == nil)
        let narrow = try MediaCapabilities.all.answer(offer, at: OfferAnswerTests.us)
        #expect(narrow.answer.media[0].formats == ["0", "96", "13"])
        #expect(narrow.audio.comfortNoise == 13)
        #expect(narrow.audio.packetTime == 40)
    }

    @Test(
        "a peer that prefers that nothing is sent in pauses says so for Opus, by default it does not (RFC 7587 section 6.1)",
        arguments: [
            ("a=fmtp:96 maxplaybackrate=16000; UseDTX=1;useinbandfec=1", true), ("a=fmtp:96 usedtx=1", true), ("a=fmtp:96 usedtx=0", false),
            ("a=fmtp:97 usedtx=1", false), ("a=fmtp:96", false), ("a=fmtp:96 xusedtx=1", false), ("a=sendrecv", false),
        ])
    func discontinuous(attribute: String, isAsked: Bool) throws {
        let lines = ["m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2"]
        let peer = try offer(lines[0], lines[1], attribute)
        let ours = MediaCapabilities(formats: [AudioFormat(name: "opus", clockRate: 48_000, channels: 2, payloadType: 96)])
        #expect(try ours.answer(peer, at: OfferAnswerTests.us).audio.isDiscontinuous == isAsked)
        #expect(try ours.settle(offer: ours.offer(at: OfferAnswerTests.us), answer: peer).isDiscontinuous == isAsked)
    }

    @Test("an answer has our order of preference and the offer's payload types")
    func order() throws {
        let offer = try offer(
            "m=audio 4000 RTP/AVP 18 108 100 96", "a=rtpmap:108 PCMA/8000", "a=rtpmap:100 pcmu/8000", "a=rtpmap:96 telephone-event/8000",
            "a=fmtp:96 0-16")
        let (answer, audio) = try answer(offer)
        #expect(answer.media[0].formats == ["100", "108", "96"])
        #expect(answer.media[0].attributes.contains(SDPAttribute("fmtp", "96 0-15")))
        #expect(audio.format == AudioFormat(name: "pcmu", clockRate: 8000, payloadType: 100))
        #expect(audio.receivePayloadType == 100)
        #expect(audio.alsoReceive == [AudioFormat(name: "PCMA", clockRate: 8000, payloadType: 108)])
        #expect(audio.sendEvents == TelephoneEvents(payloadType: 96, clockRate: 8000))
        #expect(audio.receiveEvents == audio.sendEvents)
        #expect(audio.remote == TransportAddress("192.0.2.9:4000"))
        #expect(audio.remoteRTCP == TransportAddress("192.0.2.9:4001"))
        #expect(audio.packetTime == 20)
    }

    @Test("only the first audio line over RTP/AVP that fits is taken, and every line is answered")
    func lines() throws {
        let offer = try offer(
            "m=video 5000 RTP/AVP 99", "a=rtpmap:99 H264/90000", "m=audio 4002 RTP/SAVP 0", "m=audio 4004 RTP/AVP 18",
            "m=audio 4006 RTP/AVP 8",
            "m=audio 4008 RTP/AVP 8", "m=image 6000 udptl t38")
        let (answer, audio) = try answer(offer)
        #expect(answer.media.map(\.kind) == offer.media.map(\.kind))
        #expect(answer.media.map(\.proto) == offer.media.map(\.proto))
        #expect(answer.media.map(\.port) == [0, 0, 0, 16_384, 0, 0])
        #expect(answer.media[0].formats == ["99"] && answer.media[0].attributes.isEmpty)
        #expect(audio.remote.port == 4006)
        #expect(audio.format == .pcma)
    }

    @Test(
        "an answer's direction is the offer's turned round, within what we want",
        arguments: [
            ("sendrecv", MediaDirection.sendReceive, MediaDirection.sendReceive), ("sendonly", .sendReceive, .receiveOnly),
            ("recvonly", .sendReceive, .sendOnly), ("inactive", .sendReceive, .inactive), ("sendrecv", .sendOnly, .sendOnly),
            ("sendonly", .sendOnly, .inactive), ("recvonly", .sendOnly, .sendOnly), ("sendrecv", .inactive, .inactive),
            ("sendonly", .receiveOnly, .receiveOnly),
        ])
    func directions(offered: String, wanted: MediaDirection, agreed: MediaDirection) throws {
        let offer = try offer("m=audio 4000 RTP/AVP 0", "a=\(offered)")
        let result = try MediaCapabilities.g711.answer(offer, at: OfferAnswerTests.us, direction: wanted)
        #expect(result.answer.direction(of: result.answer.media[0]) == agreed)
        #expect(result.audio.direction == agreed)
    }

    @Test("an offer of address 0.0.0.0 is a hold, whatever our family is")
    func oldHold() throws {
        let result = try MediaCapabilities.g711.answer(
            offer("m=audio 4000 RTP/AVP 0", address: "IN IP4 0.0.0.0"), at: TransportAddress(ip: .loopbackV6, port: 4000))
        #expect(result.audio.direction == .receiveOnly)
    }

    @Test(
        "the packet time is what the peer asks for, within its maximum",
        arguments: [("a=ptime:30", 30), ("a=maxptime:10", 10), ("a=ptime:40\r\na=maxptime:20", 20), ("a=maxptime:60", 20), ("a=x", 20)])
    func packetTime(lines: String, expected: Int) throws {
        #expect(try answer(offer("m=audio 4000 RTP/AVP 0", lines)).audio.packetTime == expected)
    }

    @Test("a shared port for RTCP is answered when it is offered, and only then")
    func mux() throws {
        let shared = try answer(offer("m=audio 4000 RTP/AVP 0", "a=rtcp-mux"))
        #expect(shared.answer.media[0].rtcpMux && shared.audio.rtcpMux)
        #expect(shared.audio.remoteRTCP == shared.audio.remote)
        let apart = try answer(offer("m=audio 4000 RTP/AVP 0", "a=rtcp:9000"))
        #expect(!apart.answer.media[0].rtcpMux && !apart.audio.rtcpMux)
        #expect(apart.audio.remoteRTCP.port == 9000)
    }

    @Test("events are matched by clock rate; of another rate they are heard but not sent")
    func eventRates() throws {
        let both = try answer(
            offer("m=audio 4000 RTP/AVP 0 97 98", "a=rtpmap:97 telephone-event/48000", "a=rtpmap:98 telephone-event/8000"))
        #expect(both.audio.sendEvents?.payloadType == 98 && both.audio.receiveEvents?.payloadType == 98)
        #expect(both.answer.media[0].formats == ["0", "98"])
        let other = try answer(offer("m=audio 4000 RTP/AVP 0 97", "a=rtpmap:97 telephone-event/48000"))
        #expect(other.audio.sendEvents == nil)
        #expect(other.audio.receiveEvents == TelephoneEvents(payloadType: 97, clockRate: 48_000))
        let none = try answer(offer("m=audio 4000 RTP/AVP 0"))
        #expect(none.audio.sendEvents == nil && none.audio.receiveEvents == nil)
        let mute = MediaCapabilities(formats: [.pcmu], telephoneEvent: nil)
        let refused = try mute.answer(offer("m=audio 4000 RTP/AVP 0 98", "a=rtpmap:98 telephone-event/8000"), at: OfferAnswerTests.us)
        #expect(refused.audio.receiveEvents == nil && refused.answer.media[0].formats == ["0"])
    }

    @Test("events are answered for each clock rate among the formats that are taken, and for no other")
    func eventsOfEachRate() throws {
        let events = ["a=rtpmap:101 telephone-event/8000", "a=rtpmap:102 telephone-event/48000", "a=rtpmap:103 telephone-event/16000"]
        let offer = try offer("m=audio 4000 RTP/AVP 0 111 101 102 103", "a=rtpmap:111 opus/48000/2", events[0], events[1], events[2])
        let both = try MediaCapabilities.all.answer(offer, at: OfferAnswerTests.us)
        #expect(both.answer.media[0].formats == ["0", "111", "101", "102"])
        #expect(both.audio.sendEvents == TelephoneEvents(payloadType: 101, clockRate: 8000))
        #expect(both.audio.receiveEvents == both.audio.sendEvents)
        #expect(both.audio.alsoReceiveEvents == [TelephoneEvents(payloadType: 102, clockRate: 48_000)])
        let wide = try MediaCapabilities(formats: [.opus]).answer(offer, at: OfferAnswerTests.us)
        #expect(wide.answer.media[0].formats == ["111", "102"])
        #expect(wide.audio.receiveEvents?.payloadType == 102 && wide.audio.alsoReceiveEvents.isEmpty)
    }

    @Test("the times of an offer are answered")
    func times() throws {
        var offered = try offer("m=audio 4000 RTP/AVP 0")
        offered.timeLines = ["t=3034423619 3042462419"]
        #expect(try answer(offered).answer.timeLines == offered.timeLines)
    }

    private func failure(_ offer: SessionDescription) -> NegotiationFailure? {
        do throws(NegotiationFailure) {
            _ = try MediaCapabilities.g711.answer(offer, at: OfferAnswerTests.us)
            return nil
        } catch { return error }
    }

    @Test(
        "nothing is sent to an address that is no host's",
        arguments: ["239.1.1.1", "224.0.0.1", "255.255.255.255", "0.0.0.1", "ff02::1"])
    func notUnicast(address: String) throws {
        let written = "IN IP\(address.contains(":") ? 6 : 4) \(address)"
        #expect(try failure(offer("m=audio 4000 RTP/AVP 0", address: written)) == .noAddress(address))
        #expect(try failure(offer("m=audio 4000 RTP/AVP 0", "a=rtcp:4001 \(written)")) == .noAddress(address))
    }

    @Test("an offer without audio that we can take fails, and says why")
    func failures() throws {
        #expect(try failure(offer()) == .noAudioLine(offered: []))
        #expect(
            try failure(offer("m=video 4000 RTP/AVP 0", "m=audio 1 RTP/SAVP 0"))
                == .noAudioLine(offered: ["video RTP/AVP", "audio RTP/SAVP"]))
        #expect(try failure(offer("m=audio 0 RTP/AVP 0")) == .audioOff)
        #expect(
            try failure(offer("m=audio 4000 RTP/AVP 18 97", "a=rtpmap:97 iLBC/8000"))
                == .noSharedFormat(theirs: ["18 G729/8000", "97 iLBC/8000"], ours: ["0 PCMU/8000", "8 PCMA/8000"]))
        #expect(try failure(offer("m=audio 4000 RTP/AVP 0", address: "IN IP4 phone.example")) == .noAddress("phone.example"))
        #expect(try failure(offer("m=audio 4000 RTP/AVP 0", address: "IN IP6 2001:db8::1")) == .otherAddressFamily)
        var bare = try offer("m=audio 4000 RTP/AVP 0")
        bare.connection = nil
        #expect(failure(bare) == .noAddress(nil))
    }
}
