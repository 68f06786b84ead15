import SIP
import Testing

/// Header fields: reading, writing, and what can never be written.
struct HeaderTests {
    private static func request(_ fields: String) throws(SIPParseError) -> SIPRequest {
        let text = FramerTests.request + fields + "\r\n\r\n"
        guard case .request(let request) = try SIPMessage.parse(Array(text.utf8)) else {
            throw SIPParseError(reason: "a response", offset: 0)
        }
        return request
    }

    @Test(
        "Compact forms are expanded",
        arguments: [
            ("c", "Content-Type"), ("E", "Content-Encoding"), ("s", "Subject"), ("k", "Supported"), ("o", "Event"), ("r", "Refer-To"),
            ("b", "Referred-By"), ("u", "Allow-Events"), ("x", "Session-Expires"), ("y", "Identity"), ("a", "Accept-Contact"),
            ("j", "Reject-Contact"), ("d", "Request-Disposition"),
        ])
    func compact(_ short: String, _ long: String) throws {
        let headers = try Self.request("\(short): value").headers
        #expect(headers.fields.map(\.name) == [long] && headers[long] == "value")
    }

    @Test func `Fields that are repeated and lists with commas are the same`() throws {
        let repeated = try Self.request("Route: <sip:a;lr>\r\nRoute: <sip:b;lr>\r\nm: <sip:c>;q=1\r\nContact: \"D, E\" <sip:d>")
        let listed = try Self.request("Route: <sip:a;lr> , <sip:b;lr>\r\nContact: <sip:c>;q=1,\"D, E\" <sip:d>")
        #expect(repeated == listed)
        #expect(listed.common.contacts.map(\.displayName) == [nil, "D, E"])
    }

    @Test func `Folds become a space wherever they stand`() throws {
        let request = try Self.request(
            "Contact: \"Blue\r\n  Heron\" <sip:a@h>, Blue\r\n\tHeron <sip:b@h>\r\nX-Note: one\r\n two\r\n\t three")
        #expect(request.common.contacts.map(\.displayName) == ["Blue Heron", "Blue Heron"])
        #expect(request.headers["x-note"] == "one two three")
    }

    @Test(
        "A fault says which field, what was expected and what was found",
        arguments: [
            ("Via: SIP/2.0/UDP ;branch=1", "Malformed Via: expected sent-by after the transport, found \";branch=1\""),
            ("Contact: <sip:a", "Malformed Contact: expected \">\" behind the URI, found the end"),
            ("Max-Forwards: many", "Malformed Max-Forwards: expected a number from 0 to 255, found \"many\""),
            ("To: <sip:c@h>", "Malformed To: it stands more than once"),
            ("No colon", "Malformed header field No: expected a colon, found \"colon\""),
        ])
    func faults(_ line: String, _ reason: String) {
        let error = #expect(throws: SIPParseError.self) { try Self.request(line) }
        #expect(error?.reason == reason)
        #expect(error?.answerable?.common.callID == "1")
    }

    @Test func `An ACK is never answered`() {
        let text = FramerTests.request.replacing("OPTIONS", with: "ACK") + "Max-Forwards: x\r\n\r\n"
        let error = #expect(throws: SIPParseError.self) { try SIPMessage.parse(Array(text.utf8)) }
        #expect(error?.answerable == nil)
    }

    @Test func `There is an end to header fields and to bytes`() {
        let many = #expect(throws: SIPParseError.self) { try Self.request(String(repeating: "X: 1\r\n", count: 300) + "Y: 1") }
        #expect(many?.reason == "More than 256 header fields" && many?.answerable != nil)
        let large = #expect(throws: SIPParseError.self) { try Self.request("X: " + String(repeating: "x", count: 70_000)) }
        #expect(large?.status == 513)
    }

    @Test func `Lists are split outside of quotes and brackets, options found whatever their case`() throws {
        let headers = try Self.request("Allow: INVITE , ACK,,BYE\r\nAllow: INFO\r\nSupported: timer,\"a, b\", <x,y>").headers
        #expect(headers.list("allow") == ["INVITE", "ACK", "BYE", "INFO"])
        #expect(headers.list("Supported") == ["timer", "\"a, b\"", "<x,y>"])
        #expect(headers.hasOption("supported", "Timer") && !headers.hasOption("Supported", "100rel"))
        #expect(SIPHeaders().isEmpty && !headers.isEmpty)
    }

    @Test func `No value can become a header field of its own`() throws {
        let evil = "x\r\nEvil: 1\r\n\r\nbody\n\u{0B}"
        var request = try Self.request("Max-Forwards: 1")
        request.common.callID = evil
        request.common.from.displayName = evil
        request.common.from.parameters.append(SIPParameter("p\r\nEvil", evil))
        request.common.to.uri.user = evil
        request.common.to.uri.parameters = [SIPParameter("n" + evil, evil)]
        request.common.via[0].parameters.append(SIPParameter("v", evil))
        request.uri.headers = evil
        request.uri.host = "host" + evil
        request.method = .other("M" + evil)
        request.headers.add("Subject\r\nEvil", evil)
        let lines = String(decoding: request.encoded, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(!lines.contains { $0.hasPrefix("Evil") || $0.contains("\n") || $0.contains("\r") })
        #expect(lines.suffix(2) == ["", ""])
        #expect(lines.count == 11)
        var response = request.response(status: 200, reason: evil)
        response.headers.set("Warning", evil)
        #expect(!String(decoding: response.encoded, as: UTF8.self).split(separator: "\r\n").contains { $0.hasPrefix("Evil") })
    }

    @Test func `A response copies what it must and has the usual phrase`() throws {
        let request = try Self.request("Record-Route: <sip:p;lr>\r\nRoute: <sip:q;lr>\r\nContact: <sip:c>\r\nSubject: x")
        let response = request.response(status: 486)
        #expect(response.reason == "Busy Here")
        #expect(response.common.via == request.common.via && response.common.recordRoutes == request.common.recordRoutes)
        #expect(response.common.from == request.common.from && response.common.cseq == 1 && response.common.cseqMethod == .options)
        #expect(response.common.routes.isEmpty && response.common.contacts.isEmpty && response.headers.isEmpty && response.body.isEmpty)
        #expect(
            SIPStatus.phrase(for: 499) == "Client Error" && SIPStatus.phrase(for: -7) == "Progress"
                && SIPStatus.phrase(for: 999) == "Global Failure")
    }

    @Test func `Tags and Via parameters can be read and set`() throws {
        var address = try NameAddress(parsing: "\"A \\\"B\\\" \\\\\" <sip:a@h;x=1>;TAG=abc;flag;note=\"a;b\"")
        #expect(
            address.displayName == #"A "B" \"# && address.tag == "abc" && address.parameter("flag") == ""
                && address.parameter("note") == "a;b")
        #expect(try NameAddress(parsing: address.description) == address)
        address.tag = "def"
        #expect(address.tag == "def")
        address.tag = nil
        #expect(address.tag == nil && address.parameters.count == 2)
        var via = Via(transport: "UDP", host: "h", port: 5070, parameters: [SIPParameter("rport"), SIPParameter("branch", "z9hG4bKx")])
        #expect(via.rport == "" && via.received == nil && via.branch == "z9hG4bKx")
        via.rport = "1234"
        via.received = "192.0.2.1"
        #expect(via.description == "SIP/2.0/UDP h:5070;rport=1234;branch=z9hG4bKx;received=192.0.2.1")
    }

    @Test func `Methods are known by their letters and case`() {
        #expect(SIPMethod("INVITE") == .invite && SIPMethod("invite") == .other("invite"))
        #expect([SIPMethod.prack, .update, .other("X")].map(\.text) == ["PRACK", "UPDATE", "X"])
    }
}
