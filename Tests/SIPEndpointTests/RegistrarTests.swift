import Kernel
import SIP
import Testing

@testable import SIPEndpoint

struct RegistrarTests {
    var registrar = Registrar()

    static let hop = Hop(
        transport: .udp, local: TransportAddress(ip: .v4(0xC000_0201), port: 5060),
        remote: TransportAddress(ip: .v4(0xC000_020B), port: 5060))

    static func at(_ seconds: Int64) -> Instant { Instant.zero.advanced(by: .seconds(seconds)) }

    /// A REGISTER with contacts as they are written.
    static func request(_ contacts: [String], expires: String? = nil, callID: String = "one", cseq: UInt32 = 1) throws -> SIPRequest {
        let me = try NameAddress(parsing: "<sip:2001@example.com>;tag=a")
        var headers = SIPHeaders()
        if let expires { headers.add("Expires", expires) }
        let isWildcard = contacts == ["*"]
        let common = SIPCommonHeaders(
            via: [], from: me, to: me, callID: callID, cseq: cseq, cseqMethod: .register,
            contacts: isWildcard ? [] : try contacts.map { try NameAddress(parsing: $0) }, contactIsWildcard: isWildcard)
        return SIPRequest(method: .register, uri: SIPURI(host: "example.com"), common: common, headers: headers)
    }

    mutating func register(_ request: SIPRequest, over hop: Hop = RegistrarTests.hop, at seconds: Int64 = 0, limit: Int = 8)
        -> Registrar.Outcome
    {
        registrar.register("2001", request, over: hop, SIPConfiguration.Expiry(), limit: limit, at: RegistrarTests.at(seconds))
    }

    func seconds() -> [Int64] {
        registrar.contacts(of: "2001").map { RegistrarTests.at(0).duration(to: $0.expires).components.seconds }
    }

    @Test("a contact lasts as long as its own expires says, else as Expires says, else the standard time")
    mutating func lifetimes() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>;expires=100", "<sip:b@192.0.2.11>"], expires: "200"))
        #expect(seconds() == [200, 100])
        _ = register(try RegistrarTests.request(["<sip:c@192.0.2.11>"], cseq: 2))
        #expect(seconds() == [3600, 200, 100])
    }

    @Test("a malformed time counts as an hour, and a very long one is shortened")
    mutating func oddLifetimes() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"], expires: "soon"))
        #expect(seconds() == [3600])
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"], expires: "99999999999999999999", cseq: 2))
        #expect(seconds() == [7200])
    }

    @Test("a time that is too brief is refused with the shortest one, and changes nothing")
    mutating func tooBrief() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"]))
        let outcome = register(try RegistrarTests.request(["<sip:b@192.0.2.11>", "<sip:a@192.0.2.11>;expires=5"], cseq: 2))
        #expect(outcome == .tooBrief(60))
        #expect(registrar.contacts(of: "2001").map(\.uri.user) == ["a"])
    }

    @Test("a contact is removed with expires 0, and all of them with a star")
    mutating func removal() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>", "<sip:b@192.0.2.11>"]))
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>;expires=0"], cseq: 2))
        #expect(registrar.contacts(of: "2001").map(\.uri.user) == ["b"])
        let outcome = register(try RegistrarTests.request(["*"], expires: "0", cseq: 3))
        #expect(outcome == .accepted([], changed: true))
        #expect(registrar.nextDeadline == nil)
    }

    @Test("a star needs Expires: 0", arguments: [nil, "3600"])
    mutating func starNeedsZero(expires: String?) throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"]))
        guard case .refused(400, _) = register(try RegistrarTests.request(["*"], expires: expires, cseq: 2)) else {
            Issue.record("it was not refused with 400")
            return
        }
        #expect(registrar.contacts(of: "2001").count == 1)
    }

    @Test("a request that is older than the one that made the contact changes nothing, but a phone that restarted may do as it likes")
    mutating func order() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"], cseq: 7))
        for contact in ["<sip:a@192.0.2.11>", "<sip:a@192.0.2.11>;expires=0"] {
            guard case .refused = register(try RegistrarTests.request([contact], cseq: 7)) else {
                Issue.record("it was taken")
                return
            }
        }
        guard case .refused = register(try RegistrarTests.request(["*"], expires: "0", cseq: 6)) else {
            Issue.record("the star was taken")
            return
        }
        #expect(registrar.contacts(of: "2001").count == 1)
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>;expires=0"], callID: "two", cseq: 1))
        #expect(registrar.contacts(of: "2001").isEmpty)
    }

    @Test("a REGISTER without contacts lists those that there are")
    mutating func fetch() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>"]))
        guard case .accepted(let contacts, changed: false) = register(try RegistrarTests.request([], cseq: 2), at: 10) else {
            Issue.record("it was refused")
            return
        }
        #expect(contacts.map(\.uri.user) == ["a"])
    }

    @Test("contacts end by themselves, each at its time")
    mutating func expiry() throws {
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11>;expires=100", "<sip:b@192.0.2.11>;expires=200"]))
        #expect(registrar.nextDeadline == RegistrarTests.at(100))
        var expired = [99, 100].map { registrar.expire(at: RegistrarTests.at($0)) }
        #expect(expired == [[], ["2001"]])
        #expect(registrar.contacts(of: "2001").map(\.uri.user) == ["b"])
        expired = [registrar.expire(at: RegistrarTests.at(200))]
        #expect(expired == [["2001"]])
        #expect(registrar.contacts(of: "2001").isEmpty)
        #expect(registrar.nextDeadline == nil)
    }

    @Test("of more contacts than a phone may have the oldest goes")
    mutating func limit() throws {
        for number in 1...4 {
            _ = register(try RegistrarTests.request(["<sip:\(number)@192.0.2.11>"], cseq: UInt32(number)), limit: 3)
        }
        #expect(registrar.contacts(of: "2001").map(\.uri.user) == ["4", "3", "2"])
    }

    @Test(
        "a phone is reached where it says when it knows its own address, and else where it came from",
        arguments: [
            ("<sip:a@192.0.2.11:5070>", "192.0.2.11:5070"), ("<sip:a@192.0.2.11>", "192.0.2.11:5060"),
            ("<sip:a@10.0.0.7:5070>", "192.0.2.11:40000"),
            ("<sip:a@phone.example.com>", "192.0.2.11:40000"),
        ])
    mutating func target(contact: String, expected: String) throws {
        var hop = RegistrarTests.hop
        hop.remote.port = 40_000
        _ = register(try RegistrarTests.request([contact]), over: hop)
        #expect(registrar.contacts(of: "2001").map(\.hop.remote) == [try #require(TransportAddress(expected))])
    }

    @Test("over a stream a phone is reached by its own connection, and when that is gone where it listens")
    mutating func streams() throws {
        let hop = Hop(
            transport: .tcp, local: RegistrarTests.hop.local, remote: TransportAddress(ip: .v4(0xC000_020B), port: 40_000), connection: 9)
        _ = register(try RegistrarTests.request(["<sip:a@192.0.2.11:5070;transport=tcp>", "<sip:b@10.0.0.7;transport=tcp>"]), over: hop)
        #expect(registrar.contacts(of: "2001").map(\.hop) == [hop, hop])
        let others = registrar.forget(Hop(transport: .tcp, local: hop.local, remote: hop.remote, connection: 8))
        #expect(others.isEmpty)
        let affected = registrar.forget(hop)
        #expect(affected == ["2001"])
        let left = registrar.contacts(of: "2001")
        #expect(left.map(\.uri.user) == ["a"])
        #expect(left.first?.hop.remote.port == 5070)
        #expect(left.first?.hop.connection == 0)
    }

    @Test("a contact that is no SIP URI is refused")
    mutating func foreignContact() throws {
        guard case .refused(400, _) = register(try RegistrarTests.request(["<mailto:a@example.com>"])) else {
            Issue.record("it was taken")
            return
        }
    }
}
