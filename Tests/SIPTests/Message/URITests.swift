import SIP
import Testing

/// URIs: reading, writing and comparing (RFC 3261 section 19.1).
struct URITests {
    @Test(
        "A URI is written as it was read",
        arguments: [
            "sip:alice@atlanta.com", "sip:alice:secretword@atlanta.com;transport=tcp",
            "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone", "sips:1212@gateway.com", "sip:alice@192.0.2.4", "sip:192.0.2.4:5070",
            "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", "sip:alice;day=tuesday@atlanta.com", "sip:[2001:db8::1]:5061;lr",
            "sip:a%3Ab@host", "sip:a%3bb@host", "sip:%FF@host", "sip:%00@host", "sip:J%C3%BCrgen@host", "sip:host;x=%3B",
            "tel:+49-30-23125-010", "tel:7042;phone-context=example.com", "urn:service:sos", "http://example.com/a?b=c",
            "mailto:a@example.com",
        ])
    func written(_ text: String) throws {
        let uri = try SIPURI(parsing: text)
        #expect(uri.description == text)
        #expect(try SIPURI(parsing: uri.description) == uri)
    }

    @Test(
        "What is no URI is refused with a reason",
        arguments: [
            "", "sip", ":", "sip:", "sip:@host", "sip:user@", "sip:us er@host", "sip:host:99999", "sip:host:", "sip:2001:db8::1",
            "sip:[::1", "sip:[1]",
            "sip:[:::::]", "sip:[2001:db8:::1]", "sip:a@b@c", "sip:<a@b>", "tel:", "1sip:a@b", "sip:a@host;x=a b", "x:", "sip:a@b;c=d>",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: SIPParseError.self) { try SIPURI(parsing: text) }
        #expect(error?.status == 400 && error?.reason.hasPrefix("Malformed URI: ") == true)
    }

    @Test(
        "Equal URIs of section 19.1.4",
        arguments: [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
            ),
            ("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x"),
            ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0:0:0:0:1]"),
        ])
    func equal(_ left: String, _ right: String) throws {
        let (left, right) = (try SIPURI(parsing: left), try SIPURI(parsing: right))
        #expect(left.isEquivalent(to: right) && right.isEquivalent(to: left))
    }

    @Test(
        "Different URIs of section 19.1.4",
        arguments: [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:a@host", "sips:a@host"), ("sip:a:b@host", "sip:a%3Ab@host"), ("sip:a@[::1]", "sip:a@[::2]"),
        ])
    func different(_ left: String, _ right: String) throws {
        let (left, right) = (try SIPURI(parsing: left), try SIPURI(parsing: right))
        #expect(!left.isEquivalent(to: right) && !right.isEquivalent(to: left))
    }

    @Test func `A changed user is not written as the old one was`() throws {
        var uri = try SIPURI(parsing: "sip:a%3Ab@host")
        uri.user = "c"
        #expect(uri.description == "sip:c@host")
    }

    @Test func `Parameters are found by name, whatever its case`() throws {
        let uri = try SIPURI(parsing: "sip:host;LR;Transport=TCP;maddr=[::1]")
        #expect(uri.parameter("lr") == "" && uri.parameter("maddr") == "[::1]" && uri.parameter("ttl") == nil)
        #expect(uri.transportParameter == "tcp")
    }
}
