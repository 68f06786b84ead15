import Kernel
import Testing

struct IPAddressTests {
    @Test(
        "an IPv6 address is written as RFC 5952 says",
        arguments: [
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:DB8::AbCd", "2001:db8::abcd"),
            ("0:0:0:0:0:0:0:0", "::"), ("::1", "::1"), ("1::", "1::"), ("1:0:0:0:0:0:0:0", "1::"), ("0:0:0:0:0:0:0:1", "::1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("[fe80::1]", "fe80::1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:0201", "::ffff:192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func canonicalText(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isV6)
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test("an IPv4 address is four decimal octets", arguments: ["0.0.0.0", "255.255.255.255", "192.0.2.1", "10.0.0.254"])
    func dottedDecimal(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isV6)
        #expect(address.description == text)
    }

    @Test(
        "what is no literal is refused",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.-4", "1..2.3", "1.2.3.4 ", "1.2.3.0004", "0x1.2.3.4", "example.org",
            "localhost", ":",
            ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "::1:2:3:4:5:6:7:8", "12345::", "::g", "::1.2.3",
            "1.2.3.4::",
            "::1.2.3.4:5", "fe80::1%eth0", "[::1", "::1]", "[192.0.2.1]", "[]", "[[::1]]", "::ffff:192.0.2.256", "１.2.3.4",
        ])
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("random text never traps, and what is read is written and read the same")
    func randomText() {
        var random = SeededRandom(seed: 4291)
        let alphabet = Array("0123456789abcdefF:.[]::g")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
            guard let address = IPAddress(text) else { continue }
            #expect(IPAddress(address.description) == address)
        }
        for _ in 0..<2_000 {
            let zeroes: [UInt64] = [.max, 0xFFFF_0000_0000_FFFF, 0xFFFF, 0]
            let address = IPAddress.v6(random.next() & zeroes[Int(random.next() % 4)], random.next() & zeroes[Int(random.next() % 4)])
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test("unspecified addresses of both families are known")
    func unspecified() {
        #expect(IPAddress("0.0.0.0")?.isUnspecified == true)
        #expect(IPAddress("::")?.isUnspecified == true)
        #expect(!IPAddress.loopbackV4.isUnspecified && !IPAddress.loopbackV6.isUnspecified)
    }

    @Test(
        "a transport address has a port, and brackets around IPv6",
        arguments: ["192.0.2.1:5060", "[2001:db8::1]:5060", "[::]:0", "127.0.0.1:65535"])
    func transport(text: String) {
        #expect(TransportAddress(text)?.description == text)
    }

    @Test(
        "a malformed transport address is refused",
        arguments: [
            "", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:+5060", "192.0.2.1:-1", "2001:db8::1:5060",
            "[192.0.2.1]:5060", "a:1",
        ])
    func malformedTransport(text: String) {
        #expect(TransportAddress(text) == nil)
    }

    @Test(
        "an address is one host's, or it is multicast, broadcast or reserved",
        arguments: [
            ("192.0.2.1", true), ("127.0.0.1", true), ("1.0.0.0", true), ("223.255.255.255", true), ("2001:db8::1", true),
            ("fe80::1", true),
            ("::1", true), ("::ffff:192.0.2.1", true), ("0.0.0.0", false), ("0.0.0.1", false), ("224.0.0.1", false), ("239.1.1.1", false),
            ("240.0.0.1", false), ("255.255.255.255", false), ("::", false), ("ff02::1", false), ("::ffff:239.1.1.1", false),
        ])
    func unicast(text: String, isUnicast: Bool) throws {
        #expect(try #require(IPAddress(text)).isUnicast == isUnicast)
    }

    @Test(
        "an address is private that means something in its own network only",
        arguments: [
            ("10.1.2.3", true), ("172.16.0.1", true), ("172.31.255.255", true), ("192.168.1.1", true), ("169.254.1.1", true),
            ("100.64.0.1", true), ("127.0.0.1", true), ("::1", true), ("fd00::1", true), ("fe80::1", true), ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false), ("172.32.0.1", false), ("192.169.0.1", false), ("100.128.0.1", false), ("198.51.100.1", false),
            ("2001:db8::1", false), ("::ffff:198.51.100.1", false),
        ])
    func isPrivate(text: String, isPrivate: Bool) throws {
        #expect(try #require(IPAddress(text)).isPrivate == isPrivate)
    }
}
