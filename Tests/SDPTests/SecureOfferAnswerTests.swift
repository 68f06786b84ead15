import Kernel
import SDP
import Testing

/// SRTP by SDES in offer and answer.
struct SecureOfferAnswerTests {
    private let here = TransportAddress(ip: .v4(0xC000_0201), port: 4000)

    private func protection(_ isRequired: Bool = false, seed: UInt64 = 1) -> MediaProtection {
        var random = SeededRandom(seed: seed)
        return MediaProtection(isRequired: isRequired, using: &random)
    }

    /// The key of RFC 4568 section 6.1's example has this form: 30 bytes in base64.
    private static let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

    /// An offer with these media lines.
    private func offer(_ lines: String...) throws -> SessionDescription {
        let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" + lines.joined(separator: "\r\n") + "\r\n"
        return try SessionDescription(parsing: Array(text.utf8))
    }

    @Test("what both ends make of an exchange fits together", arguments: [false, true], [false, true])
    func bothEnds(callerRequires: Bool, calledRequires: Bool) throws {
        let (caller, called) = (protection(callerRequires, seed: 1), protection(calledRequires, seed: 2))
        let there = TransportAddress(ip: .v4(0xC000_0202), port: 5000)
        let sent = MediaCapabilities.g711.offer(at: here, protection: caller)
        let offer = try SessionDescription(parsing: sent.encoded)
        #expect(offer.isSecure == callerRequires)
        let (answer, theirs) = try MediaCapabilities.g711.answer(offer, at: there, protection: called)
        let ours = try MediaCapabilities.g711.settle(
            offer: sent, answer: SessionDescription(parsing: answer.encoded), protection: caller)
        let keys = try #require(ours.keys)
        #expect(theirs.keys == SRTPKeys(send: keys.receive, receive: keys.send))
        #expect(keys.send != keys.receive)
        #expect(keys.send.suite == .aesGCM128)
        #expect(answer.media[0].proto == (callerRequires ? "RTP/SAVP" : "RTP/AVP"))
    }

    @Test("an answerer without keys makes a best-effort offer plain")
    func bestEffortToPlain() throws {
        let mine = protection()
        let sent = MediaCapabilities.g711.offer(at: here, protection: mine)
        let (answer, theirs) = try MediaCapabilities.g711.answer(sent, at: here, protection: nil)
        #expect(theirs.keys == nil)
        #expect(answer.media[0].keyLines.isEmpty)
        #expect(try MediaCapabilities.g711.settle(offer: sent, answer: answer, protection: mine).keys == nil)
    }

    @Test(
        "the profile is taken as the peer sends it, and answered as it was sent",
        arguments: ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"])
    func profiles(profile: String) throws {
        let offer = try offer("m=audio 4000 \(profile) 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(Self.key)|2^20")
        let (answer, audio) = try MediaCapabilities.g711.answer(offer, at: here, protection: protection())
        #expect(answer.media[0].proto == profile)
        #expect(audio.keys?.receive.base64 == Self.key)
        #expect(audio.keys?.send.suite == .aesCM128SHA1Tag80)
        #expect(answer.media[0].keyLines == ["1 AES_CM_128_HMAC_SHA1_80 inline:\(audio.keys?.send.base64 ?? "")"])
    }

    @Test("of a secured and a plain line the secured one is taken, and the other rejected")
    func twoLines() throws {
        let offer = try offer(
            "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/SAVP 0", "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:\(Self.key)")
        let (answer, audio) = try MediaCapabilities.g711.answer(offer, at: here, protection: protection())
        #expect(answer.media.map(\.isRejected) == [true, false])
        #expect(audio.remote.port == 4002 && audio.keys != nil)
        let (plain, _) = try MediaCapabilities.g711.answer(offer, at: here, protection: nil)
        #expect(plain.media.map(\.isRejected) == [false, true])
    }

    @Test(
        "an offer that cannot be protected is refused where it must be, with the reason",
        arguments: [
            ("m=audio 4000 RTP/AVP 0", "", NegotiationFailure.plainRefused),
            (
                "m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_192_CM_HMAC_SHA1_80 inline:AAAA",
                .noSharedSuite(theirs: ["AES_192_CM_HMAC_SHA1_80"])
            ),
            (
                "m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
                .noSharedSuite(theirs: ["AES_CM_128_HMAC_SHA1_80"])
            ),
            (
                "m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(key)|1:0",
                .noSharedSuite(theirs: ["AES_CM_128_HMAC_SHA1_80"])
            ),
            (
                "m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(key) UNENCRYPTED_SRTP",
                .noSharedSuite(theirs: ["AES_CM_128_HMAC_SHA1_80"])
            ),
        ])
    func refused(line: String, attribute: String, failure: NegotiationFailure) throws {
        let offer = try attribute.isEmpty ? offer(line) : offer(line, attribute)
        #expect(throws: failure) { try MediaCapabilities.g711.answer(offer, at: here, protection: protection(true)) }
    }

    @Test("an offer of SRTP alone is refused by a side that may have no keys")
    func noKeys() throws {
        let offer = try offer("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(Self.key)")
        #expect(throws: NegotiationFailure.noKeys) { try MediaCapabilities.g711.answer(offer, at: here, protection: nil) }
    }

    @Test("a plain answer to an offer of SRTP is refused, and so is one with keys for another suite than its tag's")
    func badAnswers() throws {
        let mine = protection(true)
        let sent = MediaCapabilities.g711.offer(at: here, protection: mine)
        let plain = try offer("m=audio 4000 RTP/SAVP 0")
        #expect(throws: NegotiationFailure.plainRefused) {
            try MediaCapabilities.g711.settle(offer: sent, answer: plain, protection: mine)
        }
        let other = try offer("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(Self.key)")
        #expect(throws: NegotiationFailure.noSharedSuite(theirs: ["1 AES_CM_128_HMAC_SHA1_80"])) {
            try MediaCapabilities.g711.settle(offer: sent, answer: other, protection: mine)
        }
    }

    @Test("a key is never printed, however one prints it")
    func secrecy() throws {
        let sent = MediaCapabilities.g711.offer(at: here, protection: protection())
        let (answer, audio) = try MediaCapabilities.g711.answer(sent, at: here, protection: protection(seed: 2))
        let keys = try #require(audio.keys)
        var printed = "\(sent) \(answer) \(audio) \(keys)" + String(reflecting: sent) + String(reflecting: audio)
        dump(audio, to: &printed)
        dump(answer, to: &printed)
        for key in [keys.send, keys.receive] {
            #expect(!printed.contains(key.base64))
            #expect(!printed.contains("\(key.bytes[0]), \(key.bytes[1]), \(key.bytes[2])"))
        }
    }

    @Test("a description without keys tells none")
    func withoutKeys() {
        let sent = MediaCapabilities.g711.offer(at: here, protection: protection())
        #expect(sent.media[0].keyLines.count == SRTPSuite.allCases.count)
        #expect(sent.withoutKeys.media[0].keyLines.isEmpty)
    }

    @Test("keys in base64 are read with and without filling, and nothing else is", arguments: SRTPSuite.allCases)
    func base64(suite: SRTPSuite) {
        var random = SeededRandom(seed: 3)
        let key = SRTPKey(suite: suite, using: &random)
        #expect(SRTPKey(suite: suite, base64: key.base64) == key)
        #expect(SRTPKey(suite: suite, base64: key.base64.filter { $0 != "=" }) == key)
        #expect(SRTPKey(suite: suite, base64: key.base64 + "A") == nil)
        #expect(SRTPKey(suite: suite, base64: "=" + key.base64.dropFirst()) == nil)
        #expect(SRTPKey(suite: suite, base64: "é" + key.base64.dropFirst()) == nil)
    }

    @Test("a best-effort offer becomes secure for a device that takes nothing plain, and its answer fits the offer again")
    func bestEffortToRequired() throws {
        let offer = try offer(
            "m=audio 4000 RTP/AVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(Self.key)", "m=video 4002 RTP/AVP 96")
        let secured = try #require(offer.secured)
        #expect(secured.isSecure && secured.media.map(\.proto) == ["RTP/SAVP", "RTP/AVP"] && secured.media[1].isRejected)
        let (answer, _) = try MediaCapabilities.g711.answer(secured, at: here, protection: protection(true))
        #expect(answer.isSecure)
        let settled = try MediaCapabilities.g711.answer(offer, at: here, protection: protection(true)).answer
        #expect(answer.answering(offer).media.map(\.proto) == settled.media.map(\.proto))
        #expect(offer.canBeSecure)
    }

    @Test("an offer without keys cannot become secure")
    func plainToRequired() throws {
        #expect(try offer("m=audio 4000 RTP/AVP 0").secured == nil)
        let secure = try offer("m=audio 4000 RTP/SAVP 0")
        #expect(secure.secured == secure)
    }

    @Test(
        "a key identifier is taken with its key, and a malformed one makes the key useless",
        arguments: [
            ("|2^31|1:4", [0, 0, 0, 1]), ("|1:1", [1]), ("|258:2", [1, 2]), ("|1:0", nil), ("|256:1", nil), ("|1:129", nil), ("|x:1", nil),
        ] as [(String, [UInt8]?)])
    func identifier(parameters: String, bytes: [UInt8]?) throws {
        let offer = try offer("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(Self.key)\(parameters)")
        let audio = try? MediaCapabilities.g711.answer(offer, at: here, protection: protection()).audio
        #expect(audio?.keys?.receive.identifier == bytes)
        #expect(audio?.keys?.send.identifier == (bytes == nil ? nil : []))
    }

    // MARK: DTLS

    private func capable(_ byte: UInt8) -> MediaCapabilities {
        var capabilities = MediaCapabilities.g711
        capabilities.fingerprint = DTLSFingerprint(digest: Array(repeating: byte, count: 32))
        return capabilities
    }

    @Test("of an offer of DTLS both ends learn whom the handshake must show, and one of them begins")
    func dtls() throws {
        let (ours, theirs) = (capable(0x0A), capable(0xFE))
        var prefers = protection()
        prefers.prefersDTLS = true
        let sent = ours.offer(at: here, protection: prefers)
        #expect(sent.media[0].proto == "UDP/TLS/RTP/SAVP" && sent.isSecure && sent.media[0].keyLines.count == 1)
        let offer = try SessionDescription(parsing: sent.encoded)
        let (answer, audio) = try theirs.answer(offer, at: here, protection: protection())
        #expect(audio.dtls == DTLSTerms(peer: try #require(ours.fingerprint), begins: true))
        #expect(audio.keys == nil && audio.rtcpMux)
        #expect(answer.media[0].proto == "UDP/TLS/RTP/SAVP")
        let settled = try ours.settle(offer: sent, answer: SessionDescription(parsing: answer.encoded), protection: prefers)
        #expect(settled.dtls == DTLSTerms(peer: try #require(theirs.fingerprint), begins: false))
    }

    @Test(
        "who begins is as the offer says, and the fingerprint may stand above all lines",
        arguments: [("actpass", true), ("active", false), ("passive", true)])
    func setup(setup: String, begins: Bool) throws {
        let print = "a=fingerprint:SHA-256 " + Array(repeating: "ab", count: 32).joined(separator: ":")
        var text = String(decoding: try offer("m=audio 4000 UDP/TLS/RTP/SAVPF 0", "a=setup:\(setup)").encoded, as: UTF8.self)
        text = text.replacing("m=audio", with: print + "\r\nm=audio")
        let (answer, audio) = try capable(1).answer(SessionDescription(parsing: Array(text.utf8)), at: here, protection: protection())
        #expect(audio.dtls?.begins == begins)
        #expect(answer.media[0].attributes.contains(SDPAttribute("setup", begins ? "active" : "passive")))
    }

    @Test(
        "an offer of DTLS that cannot be checked is refused",
        arguments: ["a=setup:actpass", "a=fingerprint:sha-1 AB:CD", "a=fingerprint:sha-256 AB:CD", "a=fingerprint:sha-256 "])
    func noFingerprint(line: String) throws {
        let offer = try offer("m=audio 4000 UDP/TLS/RTP/SAVP 0", line)
        #expect(throws: NegotiationFailure.noSharedSuite(theirs: ["DTLS-SRTP"])) {
            try capable(1).answer(offer, at: here, protection: protection())
        }
        #expect(throws: NegotiationFailure.noKeys) { try capable(1).answer(offer, at: here, protection: nil) }
    }

    @Test("an answer that shows no fingerprint, or leaves open who begins, is none", arguments: ["a=setup:active", "a=setup:actpass"])
    func badAnswer(line: String) throws {
        var prefers = protection()
        prefers.prefersDTLS = true
        let sent = capable(1).offer(at: here, protection: prefers)
        let print = line == "a=setup:active" ? "" : "\r\na=fingerprint:sha-256 " + Array(repeating: "AB", count: 32).joined(separator: ":")
        let answer = try offer("m=audio 4000 UDP/TLS/RTP/SAVP 0", line + print)
        #expect(throws: NegotiationFailure.self) { try capable(1).settle(offer: sent, answer: answer, protection: prefers) }
    }
}
