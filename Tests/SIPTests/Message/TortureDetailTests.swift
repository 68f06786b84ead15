import SIP
import Testing

/// What the RFCs say about the meaning of their messages.
struct TortureDetailTests {
    private func request(_ message: TortureMessage) throws -> SIPRequest {
        guard case .request(let request) = try SIPMessage.parse(message.bytes) else { throw SIPParseError(reason: "a response", offset: 0) }
        return request
    }

    private func response(_ message: TortureMessage) throws -> SIPResponse {
        guard case .response(let response) = try SIPMessage.parse(message.bytes) else {
            throw SIPParseError(reason: "a request", offset: 0)
        }
        return response
    }

    @Test func `The tortuous INVITE is read to the last parameter`() throws {
        let invite = try request(ValidMessages.wsinv)
        let common = invite.common
        #expect(invite.uri.parameters == [SIPParameter("unknownparam")])
        #expect(
            common.to
                == NameAddress(
                    uri: SIPURI(user: "vivekg", host: "chair-dnrc.example.com"), parameters: [SIPParameter("tag", "1918181833n")]))
        #expect(common.from.displayName == #"J Rosenberg \""#)
        #expect(common.from.tag == "98asjd8")
        #expect(invite.maxForwards == 68)
        #expect(common.callID == "wsinv.ndaksdj@192.0.2.1")
        #expect(common.cseq == 9 && common.cseqMethod == .invite)
        #expect(common.via.map(\.host) == ["192.0.2.2", "spindle.example.com", "192.168.255.111"])
        #expect(common.via.map(\.transport) == ["UDP", "TCP", "UDP"])
        #expect(common.via.map(\.branch) == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"])
        #expect(invite.headers["Subject"] == "")
        #expect(invite.headers["NewFangledHeader"] == "newfangled value continued newfangled value")
        #expect(invite.headers["UnknownHeaderWithUnusualValue"] == ";;,,;;,;")
        #expect(common.routes.first?.uri.parameter("lr") == "")
        #expect(common.routes.first?.uri.parameter("unknownwith") == "value")
        #expect(common.contacts.first?.displayName == #"Quoted string """#)
        #expect(
            common.contacts.first?.parameters == [
                SIPParameter("newparam", "newvalue"), SIPParameter("secondparam"), SIPParameter("q", "0.33"),
            ])
        #expect(invite.body.count == 150)
    }

    @Test func `Odd characters stay what they are`() throws {
        let message = try request(ValidMessages.intmeth)
        #expect(message.method == .other("!interesting-Method0123456789_*+`.%indeed'~"))
        #expect(message.uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
        #expect(message.uri.host == "example.com")
        #expect(message.common.to.displayName == "BEL:\u{07} NUL:\u{00} DEL:\u{7F}")
        #expect(message.common.from.displayName == "token1~` token2'+_ token3*%!.-")
        #expect(message.common.from.parameter("fromparam''~+*_!.-%") == "работающий")
        #expect(message.common.from.tag == "_token~1'+`*%!-.")
        #expect(message.headers["extensionHeader-!.%*+_`'~"] == "\u{FEFF}大停電")
    }

    @Test func `Escapes are resolved where they are escapes, and written again where they must be`() throws {
        let invite = try request(ValidMessages.esc01)
        #expect(invite.uri.user == "sips:user@example.com" && invite.uri.host == "example.net")
        #expect(invite.uri.description == "sip:sips%3Auser%40example.com@example.net")
        #expect(invite.common.to.uri.user == "user")
        #expect(invite.common.from.uri.description == "sip:I%20have%20spaces@example.net")
        #expect(invite.common.contacts.first?.uri.parameters == [SIPParameter("lr"), SIPParameter("name", "value%41")])
        let nulls = try request(ValidMessages.escnull)
        #expect(nulls.common.contacts.map(\.uri.user) == ["\u{0}", "\u{0}\u{0}"])
        let register = try request(ValidMessages.esc02)
        #expect(register.method == .other("RE%47IST%45R"))
        #expect(register.common.to.displayName == "%Z%45")
        #expect(register.common.contacts.map(\.uri.user) == ["alias1", "alias3"])
        #expect(register.headers["C%6Fntact"] == "<sip:alias2@host2.example.com>")
    }

    @Test func `Long values and many fields are read whole`() throws {
        let invite = try request(ValidMessages.longreq)
        #expect(invite.common.via.count == 34)
        #expect(invite.common.via.last?.received == "192.0.2.5")
        #expect(invite.common.from.tag == "12" + many("982", 50) + "424")
        #expect(invite.common.to.uri.port == 6000)
        #expect(invite.body.count == 150)
    }

    @Test func `Semicolons before the at sign belong to the user`() throws {
        #expect(try request(ValidMessages.semiuri).uri == SIPURI(parsing: "sip:user;par=u%40example.net@example.com"))
        #expect(try request(ValidMessages.semiuri).uri.user == "user;par=u@example.net")
        #expect(try request(ValidMessages.semiuri).headers.list("Accept").count == 6)
    }

    @Test func `Parameters behind a bare Contact are the field's, those in brackets the URI's`() throws {
        let bare = try #require(try request(LayerMessages.cparam01).common.contacts.first)
        #expect(bare.parameters == [SIPParameter("unknownparam")] && bare.uri.parameters.isEmpty)
        let bracketed = try #require(try request(LayerMessages.cparam02).common.contacts.first)
        #expect(bracketed.parameters.isEmpty && bracketed.uri.parameters == [SIPParameter("unknownparam")])
        #expect(try request(LayerMessages.regescrt).common.contacts.first?.uri.headers == "Route=%3Csip:sip.example.com%3E")
    }

    @Test func `Unknown schemes are kept for the layer above to refuse`() throws {
        #expect(try request(LayerMessages.unkscm).uri.scheme == "nobodyknowsthisscheme")
        #expect(try request(LayerMessages.novelsc).uri.description == "soap.beep://192.0.2.103:3002")
        let register = try request(LayerMessages.unksm2)
        #expect(register.common.to.uri.scheme == "isbn" && register.common.from.uri.user == "//www.example.com")
    }

    @Test func `Reason phrases may be anything, and nothing`() throws {
        #expect(try response(ValidMessages.unreason).reason == "= 2**3 * 5**2 но сто девяносто девять - простое")
        #expect(try response(ValidMessages.noreason).reason == "")
    }

    @Test func `A binary body is taken byte for byte`() throws {
        let message = try request(BinaryMessage.mpart01)
        #expect(message.body.count == 553)
        #expect(message.body.suffix(22) == TortureMessage.lines("--7a9cbec02ceef655--\n")[...])
    }

    @Test func `A port inside the brackets belongs to the address`() throws {
        #expect(try request(IPv6Messages.portAmbiguous).uri == SIPURI(host: "[2001:db8::10:5070]"))
        #expect(try request(IPv6Messages.portUnambiguous).uri == SIPURI(host: "[2001:db8::10]", port: 5070))
        #expect(try request(IPv6Messages.viaReceivedWithDelimiters).common.via.first?.received == "[2001:db8::9:255]")
        #expect(try request(IPv6Messages.viaReceivedNoDelimiters).common.via.first?.received == "2001:db8::9:255")
    }

    @Test("Every list of option tags is split", arguments: ["Require", "Proxy-Require"])
    func options(_ name: String) throws {
        #expect(try request(LayerMessages.bext01).headers.list(name).count == 2)
    }
}
