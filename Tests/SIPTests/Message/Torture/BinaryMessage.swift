/// The message of RFC 4475 section 3.1.1.11, whose body has binary octets, NUL and lone line ends among them.
enum BinaryMessage {
    static let mpart01 = TortureMessage(
        "mpart01", "3.1.1.11", "Multipart MIME Message", .accepted,
        #"""
        MESSAGE sip:kumiko@example.org SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport
        Max-Forwards: 70
        Route: <sip:127.0.0.1:5080>
        Identity: r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuLIK0YWVKZhKv9Mj8UeXqkMVbnVq37CD+813gvYjcBUaZngQmXc9WNZSDNGCzA+fWl\#
        9MEUHWIZo1CeJebdY/XlgKeTa0Olvq0rt70Q5jiSfbqMJmQFteeivUhkMWYUA=
        Contact: <sip:fluffy@127.0.0.1:5070>
        To: <sip:kumiko@example.org>
        From: <sip:fluffy@example.com>;tag=2fb0dcc9
        Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..
        CSeq: 1 MESSAGE
        Content-Transfer-Encoding: binary
        Content-Type: multipart/mixed;boundary=7a9cbec02ceef655
        Date: Sat, 15 Oct 2005 04:44:56 GMT
        User-Agent: SIPimp.org/0.2.5 (curses)
        Content-Length: 553

        --7a9cbec02ceef655
        Content-Type: text/plain
        Content-Transfer-Encoding: binary

        Hello
        --7a9cbec02ceef655
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: binary


        """#, octets: signature,
        """

        --7a9cbec02ceef655--

        """)

    /// What the second part holds.
    private static let signature = [
        "3082015206092A864886F70D010702A08201433082013F020101310930070605",
        "2B0E03021A300B06092A864886F70D010701318201203082011C020101307C30",
        "70310B3009060355040613025553311330110603550408130A43616C69666F72",
        "6E69613111300F0603550407130853616E204A6F7365310E300C060355040A13",
        "05736970697431293027060355040B1320536970697420546573742043657274",
        "6966696361746520417574686F7269747902080195007102330113300706052B",
        "0E03021A300D06092A864886F70D01010105000481808EF466F948F0522DD2E5",
        "978E9D95AAE9F2FE15A06659716292E8DA2AA8D8350A68CEFFAE3CBD2BFF1675",
        "DDD5648E593DD64728F26220F7E941749E330D9A15EDABDB93D10C42102E7B72",
        "89D29CC0C9AE2EFBC7C0CFF9172F3B027E4FC027E1546DE4B6AA3ABB3E66CCCB",
        "5DD6C64B8383149CB8E6FF182D944FE57B65BC99D005",
    ].flatMap(octets)

    private static func octets(_ text: String) -> [UInt8] {
        let digits = text.utf8.map { $0 < 58 ? $0 - 48 : $0 - 55 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
