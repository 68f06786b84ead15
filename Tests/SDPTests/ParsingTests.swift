import Kernel
import SDP
import Testing

/// Makes a description of lines.
func description(_ lines: String..., end: String = "\r\n") throws(SDPParseError) -> SessionDescription {
    try SessionDescription(parsing: Array(lines.map { $0 + end }.joined().utf8))
}

struct ParsingTests {
    static let phone = """
        v=0
        o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
        s=Call to John Smith
        i=SDP Offer #1
        u=http://www.jdoe.example.com/home.html
        e=Jane Doe <jane@jdoe.example.com>
        p=+1 617 555-6011
        c=IN IP4 198.51.100.1
        b=AS:128
        t=0 0
        a=recvonly
        m=audio 49170/2 RTP/AVP 0 97
        i=The microphone
        c=IN IP6 2001:db8::2
        b=TIAS:64000
        a=rtpmap:97 opus/48000/2
        a=ptime:30
        m=video 0 RTP/AVP 99
        a=rtpmap:99 h263-1998/90000

        """

    @Test("every part of a description is read")
    func everyPart() throws {
        let session = try SessionDescription(parsing: Array(ParsingTests.phone.utf8))
        let here = try #require(IPAddress("198.51.100.1"))
        #expect(session.origin == Origin(username: "jdoe", sessionID: 3_724_394_400, version: 3_724_394_405, address: .ip(here)))
        #expect(session.name == "Call to John Smith")
        #expect(session.connection == .ip(here))
        #expect(session.bandwidth == ["AS:128"])
        #expect(session.timeLines == ["t=0 0"])
        #expect(session.attributes == [SDPAttribute("recvonly")])
        #expect(session.descriptiveLines.count == 4)
        try #require(session.media.count == 2)
        let audio = session.media[0]
        #expect(audio.kind == "audio" && audio.port == 49_170 && audio.portCount == 2 && audio.proto == "RTP/AVP")
        #expect(audio.formats == ["0", "97"])
        #expect(audio.title == "The microphone")
        #expect(audio.connection?.ip == IPAddress("2001:db8::2"))
        #expect(audio.bandwidth == ["TIAS:64000"])
        #expect(audio.attributes == [SDPAttribute("rtpmap", "97 opus/48000/2"), SDPAttribute("ptime", "30")])
        #expect(session.media[1].isRejected)
    }

    @Test("what is written again is what was read, with CRLF")
    func roundTrip() throws {
        let session = try SessionDescription(parsing: Array(ParsingTests.phone.utf8))
        #expect(String(decoding: session.encoded, as: UTF8.self) == ParsingTests.phone.replacing("\n", with: "\r\n"))
        #expect(try SessionDescription(parsing: session.encoded) == session)
    }

    @Test("lines may end in LF, be empty, or be of an unknown type")
    func tolerance() throws {
        let bare = try description(
            "v=0", "o=- 1 2 IN IP4 192.0.2.1", "", "y=what", "c=IN IP4 192.0.2.1", "k=prompt", "m=audio 4000 RTP/AVP 8", "", end: "\n")
        #expect(bare.name == "-")
        #expect(bare.timeLines == ["t=0 0"])
        #expect(bare.media.count == 1)
        #expect(bare.media.first?.audioFormats == [.pcma])
        #expect(try SessionDescription(parsing: Array("v=0\no=- 1 2 IN IP4 192.0.2.1".utf8)).origin.version == 2)
    }

    @Test("a host name is carried, and a multicast address keeps its scope")
    func names() throws {
        let session = try description("v=0", "o=- 1 1 IN IP6 host.example", "s=-", "c=IN IP4 233.252.0.1/127", "t=0 0")
        #expect(session.origin.address == .name("host.example", v6: true))
        #expect(session.connection == .name("233.252.0.1/127", v6: false))
        #expect(session.connection?.ip == nil)
        #expect(try SessionDescription(parsing: session.encoded) == session)
    }

    @Test(
        "a fault is named with its line, what was expected, and what was found",
        arguments: [
            ("", 1, "v=0", "the end"), ("v=1\n", 1, "v=0", "`v=1`"), ("o=- 1 1 IN IP4 192.0.2.1\n", 1, "v=0", "`o=- 1 1 IN IP4 192.0.2.1`"),
            ("v=0\n", 2, "an o= line", "the end"), ("v=0\ns=-\n", 2, "an o= line", "`s=-`"),
            ("v=0\no=- 1 1 IN IP4\n", 2, "o= with user name, session, version, network type, address type and address", "`o=- 1 1 IN IP4`"),
            ("v=0\no=- 1 x IN IP4 192.0.2.1\n", 2, "a number", "`x`"), ("v=0\no=- 1 1 ATM IP4 192.0.2.1\n", 2, "network type IN", "`ATM`"),
            ("v=0\no=- 1 1 IN IP5 192.0.2.1\n", 2, "address type IP4 or IP6", "`IP5`"),
            ("+m\n", 3, "a letter, `=` and a value", "`m`"),
            ("+m=audio x RTP/AVP 0\n", 3, "a port from 0 to 65535", "`x`"),
            ("+m=audio 65536 RTP/AVP 0\n", 3, "a port from 0 to 65535", "`65536`"),
            ("+m=audio 1/0 RTP/AVP 0\n", 3, "a number of ports from 1 to 65535", "`1/0`"),
            ("+m=audio\n", 3, "m= with media type, port, protocol and formats", "`m=audio`"),
            ("+t=now\n", 3, "t= with a start and a stop time", "`t=now`"), ("+\n\na=:x\n", 5, "a= with a name", "`a=:x`"),
            ("+c=IN IP4\n", 3, "c= with network type, address type and address", "`c=IN IP4`"),
            ("+v=0\n", 3, "v= and o= only once", "`v=0`"), ("+a=x\0y\n", 3, "text without NUL and without CR but at its end", "`a=x\0y`"),
        ])
    func faults(text: String, line: Int, expected: String, found: String) {
        let text = text.replacing("+", with: "v=0\no=- 1 1 IN IP4 192.0.2.1\n", maxReplacements: 1)
        #expect(throws: SDPParseError(line: line, expected: expected, found: found)) {
            try SessionDescription(parsing: Array(text.utf8))
        }
    }

    @Test("what is found is cut off, and never fails on bytes that are not text")
    func foundIsShort() throws {
        let bytes = Array("v=0\no=- 1 1 IN IP4 192.0.2.1\n".utf8) + Array(repeating: 0xFF, count: 500)
        let error = #expect(throws: SDPParseError.self) { try SessionDescription(parsing: bytes) }
        #expect(try #require(error).found.count <= 82)
        #expect(try #require(error).description.hasPrefix("SDP line 3: expected a letter"))
    }

    @Test("sizes are limited")
    func limits() throws {
        let head = "v=0\no=- 1 1 IN IP4 192.0.2.1\n"
        func parse(_ rest: String) throws(SDPParseError) -> SessionDescription {
            try SessionDescription(parsing: Array((head + rest).utf8))
        }
        #expect(throws: SDPParseError.self) { try parse(String(repeating: "a=x\n", count: 20_000)) }
        #expect(throws: SDPParseError.self) { try parse(String(repeating: "a=x\n", count: SessionDescription.Limits.lines)) }
        #expect(throws: SDPParseError.self) {
            try parse(String(repeating: "m=audio 1 RTP/AVP 0\n", count: SessionDescription.Limits.media + 1))
        }
        #expect(throws: SDPParseError.self) { try parse("m=audio 1 RTP/AVP" + String(repeating: " 0", count: 129) + "\n") }
        #expect(try parse(String(repeating: "m=audio 1 RTP/AVP 0\n", count: SessionDescription.Limits.media)).media.count == 64)
        #expect(try parse("a=x:" + String(repeating: "y", count: 60_000)).attributes.first?.value?.count == 60_000)
        #expect(try parse("").media.isEmpty)
    }

    @Test("a session number beyond 64 bits is taken")
    func longSessionNumber() throws {
        #expect(throws: Never.self) { try description("v=0", "o=- 99999999999999999999999999 1 IN IP4 192.0.2.1") }
    }

    @Test("bytes changed at random never trap, and what is read is written and read the same")
    func fuzz() throws {
        var random = SeededRandom(seed: 8866)
        let original = Array(ParsingTests.phone.utf8)
        var read = 0
        for _ in 0..<4000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
                default: bytes.removeLast(Int.random(in: 0..<min(40, bytes.count), using: &random))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard let session = try? SessionDescription(parsing: bytes) else { continue }
            read += 1
            let again = try SessionDescription(parsing: session.encoded)
            #expect(again.media.count == session.media.count && again.attributes == session.attributes)
            _ = try? MediaCapabilities.g711.answer(session, at: TransportAddress(ip: .loopbackV4, port: 4000))
            _ = try? MediaCapabilities.g711.settle(offer: session, answer: again)
        }
        #expect(read > 500)
    }

    @Test("random bytes never trap")
    func noise() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = try? SessionDescription(parsing: Array("v=0\no=- 1 1 IN IP4 192.0.2.1\n".utf8) + bytes)
            _ = try? SessionDescription(parsing: bytes)
        }
    }
}
