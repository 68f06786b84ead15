import CallControl
import Kernel
import SDP
import SIP
import Testing

@testable import SIPEndpoint

struct SmallPartsTests {
    @Test(
        "a network contains its hosts and no others",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::1:0/112", "2001:db8::1:ffff", true),
            ("2001:db8::1:0/112", "2001:db8::2:0", false), ("::/0", "::1", true), ("10.1.2.3/31", "10.1.2.2", true),
        ])
    func networks(network: String, host: String, isInside: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(try #require(IPAddress(host))) == isInside)
    }

    @Test("what is no network is none", arguments: ["", "x", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "2001:db8::/129", "192.0.2/24"])
    func noNetwork(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test("whoever fails too often is barred for a while, and others behind the same address are not")
    func attempts() {
        let limits = SIPConfiguration.Attempts()
        var attempts = FailedAttempts<Guesser>(window: limits.window, capacity: limits.guessers)
        let (bad, good) = (Guesser(.v4(1), user: "2001"), Guesser(.v4(1), user: "2002"))
        let barring = (1...3).map { _ in attempts.fail(bad, mostFailures: 3, at: .zero) }
        #expect(barring == [false, false, true])
        let barred = [bad, good].map { attempts.isBarred($0, at: .zero) }
        #expect(barred == [true, false])
        let later = attempts.isBarred(bad, at: Instant.zero.advanced(by: .seconds(60)))
        #expect(!later)
        #expect(attempts.count == 0)
    }

    @Test("the table of failures does not grow beyond its limit")
    func attemptsAreBounded() {
        var limits = SIPConfiguration.Attempts()
        limits.guessers = 100
        var attempts = FailedAttempts<Guesser>(window: limits.window, capacity: limits.guessers)
        for source in 0..<10_000 {
            _ = attempts.fail(Guesser(.v4(UInt32(source))), mostFailures: 3, at: Instant(nanoseconds: Int64(source)))
        }
        #expect(attempts.count == 100)
    }

    @Test("whoever knows the password starts anew")
    func success() {
        let limits = SIPConfiguration.Attempts()
        var attempts = FailedAttempts<Guesser>(window: limits.window, capacity: limits.guessers)
        let guesser = Guesser(.v4(1), user: "2001")
        _ = attempts.fail(guesser, mostFailures: 2, at: .zero)
        attempts.succeed(guesser)
        let isBarred = attempts.fail(guesser, mostFailures: 2, at: .zero)
        #expect(!isBarred)
    }

    @Test(
        "INFO brings keys in both customary bodies",
        arguments: [
            ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"), ("application/dtmf-relay", "Signal= *\r\n", "*"),
            ("Application/DTMF-Relay; x=y", "duration=100\nsignal=#", "#"), ("application/dtmf-relay", "Signal=11\r\n", "#"),
            ("application/dtmf", "7", "7"), ("application/dtmf", "A\r\n", "A"),
        ])
    func keys(type: String, body: String, key: String) {
        #expect(DTMFBody.key(contentType: type, body: Array(body.utf8))?.description == key)
    }

    @Test(
        "other bodies bring none",
        arguments: [
            ("application/dtmf-relay", "Signal=16"), ("application/dtmf-relay", ""), ("text/plain", "Signal=5"),
            ("application/dtmf", "hello"),
        ])
    func noKeys(type: String, body: String) {
        #expect(DTMFBody.key(contentType: type, body: Array(body.utf8)) == nil)
        #expect(DTMFBody.key(contentType: nil, body: Array(body.utf8)) == nil)
    }

    @Test(
        "a Request-URI names a number",
        arguments: [
            ("sip:5000@example.com", "5000"), ("tel:+49-30-(2312)5010;phone-context=x", "+493023125010"),
            ("sip:+49-30-23125010@example.com;user=phone", "+493023125010"), ("sip:5000;ext=7@example.com", "5000"),
            ("sip:a-b.c@example.com", "a-b.c"), ("sip:%35000@example.com", "5000"), ("sip:*21%23@example.com", "*21#"),
        ])
    func numbers(uri: String, number: String) throws {
        #expect(try SIPURI(parsing: uri).number?.text == number)
    }

    @Test("diversions come back as they went, and unknown reasons become unknown")
    func diversions() {
        let diversions = [Diversion(number: "2001", reason: .noAnswer), Diversion(number: "5000", reason: .deflection)]
        var headers = SIPHeaders()
        DiversionHeader.add(diversions, domain: "example.com", to: &headers)
        #expect(DiversionHeader.decode(headers) == diversions)
        headers.set("Diversion", "\"A, B\" <sip:7@example.com>;reason=do-not-disturb;counter=1, <tel:+4930>;reason=User-Busy, rubbish<")
        #expect(
            DiversionHeader.decode(headers) == [Diversion(number: "7", reason: .unknown), Diversion(number: "+4930", reason: .userBusy)])
    }
}
