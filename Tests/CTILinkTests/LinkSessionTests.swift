import CTI
import CallControl
import Foundation
import Kernel
import SDP
import Testing

@testable import CTILink

/// JSON-RPC 2.0 on the one side, the CTIManager's requests and events on the other.
struct LinkSessionTests {
    private var session = LinkSession()

    /// What comes back for a message that is refused, as (code, text, id).
    private static func refusal(of message: String) throws -> (code: JSON?, text: String, id: JSON?) {
        var session = LinkSession()
        guard case .send(let reply)? = session.receive(message) else { throw Surprise() }
        let json = try JSON(parsing: reply)
        #expect(json["jsonrpc"] == "2.0")
        guard case .string(let text)? = json["error"]?["message"] else { throw Surprise() }
        return (json["error"]?["code"], text, json["id"])
    }

    @Test(
        "each method becomes the request that it stands for",
        arguments: [
            (
                #""OpenProvider","params":{"user":"desk","password":"x","heartbeat":7.5}"#,
                .openProvider(user: "desk", password: "x", heartbeat: .milliseconds(7500))
            ),
            (#""CloseProvider""#, .closeProvider),
            (#""Heartbeat","params":{}"#, .heartbeat),
            (#""OpenDevice","params":{"device":"main-line"}"#, .openDevice("main-line")),
            (#""RegisterMedia","params":{"device":"d","kind":"none"}"#, .registerMedia("d", .none)),
            (#""RegisterMedia","params":{"device":"d","kind":"dynamic"}"#, .registerMedia("d", .dynamic(.g711))),
            (
                #""RegisterMedia","params":{"device":"d","kind":"static","address":"::1","port":4000,"telephoneEvent":0}"#,
                .registerMedia(
                    "d",
                    .fixed(TransportAddress(ip: .loopbackV6, port: 4000), MediaCapabilities(formats: [.pcmu, .pcma], telephoneEvent: nil)))
            ),
            (#""AnswerCall","params":{"connection":9}"#, .answer(LegID(9))),
            (#""RejectCall","params":{"connection":9,"cause":{"q850":17}}"#, .reject(LegID(9), .userBusy)),
            (#""ClearConnection","params":{"connection":9}"#, .drop(LegID(9), .normalClearing)),
            (
                #""DeflectCall","params":{"connection":9,"to":"2001","ring":12,"supervised":true,"callingSearchSpace":"callingAddress"}"#,
                .redirect(LegID(9), Redirect(to: "2001", callingSearchSpace: .callingAddress, ring: .seconds(12), supervised: true))
            ),
            (
                #""SetMedia","params":{"connection":9,"address":"192.0.2.7","port":4000}"#,
                .setMedia(LegID(9), TransportAddress(ip: .v4(0xC000_0207), port: 4000))
            ),
        ] as [(String, ProviderRequest)])
    func requests(call: String, expected: ProviderRequest) {
        var session = LinkSession()
        #expect(session.receive(#"{"jsonrpc":"2.0","id":1,"method":"# + call + "}") == .request(RequestID(1), expected))
    }

    @Test("a response bears the request's id, be it a number or a string, and a notification gets none")
    mutating func replies() {
        _ = session.receive(#"{"jsonrpc":"2.0","id":"a","method":"Heartbeat"}"#)
        _ = session.receive(#"{"jsonrpc":"2.0","method":"Heartbeat"}"#)
        _ = session.receive(#"{"jsonrpc":"2.0","id":3,"method":"MakeCall","params":{"device":"d","line":"1","to":"2"}}"#)
        #expect(
            session.reply(RequestID(3), .success(.made(CallID(5), LegID(6))))
                == #"{"id":3,"jsonrpc":"2.0","result":{"call":5,"connection":6}}"#)
        #expect(session.reply(RequestID(2), .success(.done)) == nil)
        #expect(session.reply(RequestID(1), .success(.done)) == #"{"id":"a","jsonrpc":"2.0","result":null}"#)
        #expect(session.reply(RequestID(1), .success(.done)) == nil)
    }

    @Test("a refusal names the user, the device and the missing right, in words and as data")
    mutating func refusals() throws {
        _ = session.receive(#"{"jsonrpc":"2.0","id":1,"method":"OpenDevice","params":{"device":"desk-2000"}}"#)
        let text = session.reply(RequestID(1), .failure(.deviceNotControlled(user: "desk", "desk-2000"))) ?? ""
        let error = try #require(JSON(parsing: text)["error"])
        #expect(error["data"] == ["refusal": "deviceNotControlled", "user": "desk", "device": "desk-2000"])
        #expect(
            error["message"]
                == "device desk-2000 is not among the controlled devices of user desk, who is not in the group \"Standard CTI Allow Control of All Devices\""
        )
    }

    @Test(
        "what is wrong with a message is said in words and by JSON-RPC's number",
        arguments: [
            ("{", -32700, "the message is no JSON"),
            ("[]", -32600, "batches are not taken: send one request a message"),
            ("7", -32600, "expected a JSON-RPC request, an object, found a number"),
            (#"{"id":1,"method":"Heartbeat"}"#, -32600, #"a request has the member "jsonrpc": "2.0""#),
            (#"{"jsonrpc":"2.0","id":[],"method":"Heartbeat"}"#, -32600, "`id` is a string or a number"),
            (
                #"{"jsonrpc":"2.0","id":1,"metod":"x","method":"Heartbeat"}"#, -32600,
                "a request has no member `metod`; did you mean `method`?"
            ),
            (#"{"jsonrpc":"2.0","id":1,"method":"AnswrCall"}"#, -32601, "there is no method `AnswrCall`; did you mean `AnswerCall`?"),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"AnswerCall","params":{"conection":1}}"#, -32602,
                "AnswerCall has no parameter `conection`; did you mean `connection`?"
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"AnswerCall"}"#, -32602,
                "AnswerCall lacks `connection`: expected a whole number from 1 to 9007199254740991"
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"AnswerCall","params":{"connection":1.5}}"#, -32602,
                "`connection` of AnswerCall is 1.5: expected a whole number from 1 to 9007199254740991"
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"SetMedia","params":{"connection":1,"address":"localhost","port":4000}}"#, -32602,
                "`address` of SetMedia is \"localhost\": expected an IPv4 or IPv6 address"
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"AnswerCall","params":[1]}"#, -32602,
                "AnswerCall takes an object of named parameters, found an array"
            ),
        ] as [(String, Int, String)])
    func mistakes(message: String, code: Int, text: String) throws {
        let refusal = try LinkSessionTests.refusal(of: message)
        #expect(refusal.code == .number(Double(code)))
        #expect(refusal.text == text)
    }

    @Test("nesting without end, and numbers without bounds, are refused like any other mistake")
    func hostile() throws {
        #expect(try LinkSessionTests.refusal(of: String(repeating: "[", count: 60_000)).code == -32700)
        #expect(try LinkSessionTests.refusal(of: #"{"a":"# + String(repeating: #"{"a":"#, count: 10_000)).code == -32700)
        let huge = #"{"jsonrpc":"2.0","id":1,"method":"AnswerCall","params":{"connection":1e308}}"#
        #expect(try LinkSessionTests.refusal(of: huge).code == -32602)
    }

    @Test("of one application 256 requests wait at most")
    mutating func limit() throws {
        for _ in 0..<256 { _ = session.receive(#"{"jsonrpc":"2.0","id":1,"method":"Heartbeat"}"#) }
        guard case .send(let refusal)? = session.receive(#"{"jsonrpc":"2.0","id":9,"method":"Heartbeat"}"#) else { throw Surprise() }
        #expect(try JSON(parsing: refusal)["error"]?["code"] == -32000)
        _ = session.reply(RequestID(1), .success(.done))
        #expect(session.receive(#"{"jsonrpc":"2.0","id":9,"method":"Heartbeat"}"#) == .request(RequestID(257), .heartbeat))
    }

    @Test("events bear the names of CSTA, and causes their Q.850 number")
    func events() throws {
        let event = CallEvent(call: CallID(5), leg: LegID(6), device: "main-line", line: "5000", kind: .failed(.userBusy))
        let json = try JSON(parsing: LinkSession.notification(.call(event)))
        #expect(json["method"] == "Failed" && json["id"] == nil)
        #expect(
            json["params"] == ["call": 5, "connection": 6, "device": "main-line", "line": "5000", "cause": ["q850": 17, "name": "busy"]])
    }

    @Test("an Offered event holds what a table of it says, and no more")
    func described() throws {
        let setUp = SetUp(calling: Party(number: "+4930", name: "Ada"), called: "5000", media: .solicit)
        let events: [ProviderEvent] = [
            .call(CallEvent(call: CallID(1), leg: LegID(2), device: "d", line: "1", kind: .offered(setUp))), .inService("d"),
            .mediaAddressNeeded(LegID(2)), .providerShutdown(reason: "x"),
        ]
        for event in events {
            let (name, parameters) = event.link
            let described = try #require(LinkEvent.all.first { $0.name == name })
            guard case .object(let members) = parameters else { throw Surprise() }
            #expect(Set(members.keys).isSubset(of: described.members))
        }
    }

    @Test("an Offered event tells where the caller's audio is, and never its description, which may hold keys")
    func noKeys() throws {
        let offer = """
            v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n\
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n
            """
        let setUp = SetUp(calling: Party(number: nil), called: "5000", media: .offer(try SessionDescription(parsing: Array(offer.utf8))))
        let event = CallEvent(call: CallID(1), leg: LegID(2), device: "d", line: "1", kind: .offered(setUp))
        let text = LinkSession.notification(.call(event))
        #expect(try JSON(parsing: text)["params"]?["callerMedia"] == ["address": "::1", "port": 40000, "family": "IPv6"])
        #expect(!text.contains("inline") && !text.contains("AES"))
    }

    @Test("the description in Docs is the one that the code makes (frontdesk describe-link > Docs/cti-link.openrpc.json)")
    func documented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = try String(contentsOf: root.appendingPathComponent("Docs/cti-link.openrpc.json"), encoding: .utf8)
        #expect(file == LinkDescription.text)
    }

    private struct Surprise: Error {}
}
