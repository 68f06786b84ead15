import SIP
import Testing

/// Streams cut into messages.
struct FramerTests {
    static let request =
        "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@example.com>\r\n"
        + "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n"

    private func failure(_ text: String) -> SIPParseError? {
        var framer = SIPStreamFramer()
        framer.append(Array(text.utf8))
        do throws(SIPParseError) {
            while try framer.next() != nil {}
            return nil
        } catch {
            return error
        }
    }

    private func frames(_ segments: [String]) throws -> [String] {
        var framer = SIPStreamFramer()
        var seen: [String] = []
        for segment in segments {
            framer.append(Array(segment.utf8))
            while let frame = try framer.next() {
                switch frame {
                case .keepAlivePing: seen.append("ping")
                case .message: seen.append("message")
                case .malformed: seen.append("malformed")
                }
            }
        }
        return seen
    }

    @Test func `Two line ends are a ping, however they come, and one is nothing`() throws {
        let message = Self.request + "Content-Length: 0\r\n\r\n"
        #expect(try frames(["\r\n\r\n"]) == ["ping"])
        #expect(try frames(["\r", "\n", "\r", "\n"]) == ["ping"])
        #expect(try frames([message + "\r\n\r\n" + message]) == ["message", "ping", "message"])
        #expect(try frames([message + "\r\n" + message]) == ["message", "message"])
        #expect(try frames(["\r\n\r\n\r\n\r\n\r\n" + message]) == ["ping", "ping", "message"])
        #expect(try frames(["\r\n\r", message]) == ["message"])
    }

    @Test func `Stray line ends do not pile up`() throws {
        var framer = SIPStreamFramer()
        for _ in 0..<1000 { framer.append([13, 13, 10, 10]) }
        while let frame = try framer.next() { #expect(frame == .keepAlivePing) }
        #expect(framer.pendingBytes < 4)
    }

    @Test(
        "Content-Length is found in any form",
        arguments: [
            "Content-Length: 3", "l:3", "L : 3", "content-length :\r\n 3", "CONTENT-LENGTH:\r\n\t003  ", "l: 3\r\nContent-Length: 3",
        ])
    func forms(_ line: String) throws {
        #expect(try frames([Self.request + line + "\r\n\r\nabc"]) == ["message"])
        #expect(
            try frames((Self.request + line + "\r\n\r\nabc\r\n\r\n").utf8.map { String(decoding: [$0], as: UTF8.self) }) == [
                "message", "ping",
            ])
    }

    @Test(
        "A stream whose messages have no end that one could know is given up",
        arguments: [
            ("", 400), ("Content-Length: -1\r\n", 400), ("l:\r\n", 400), ("l: 3x\r\n", 400), ("l: 3, 3\r\n", 400),
            ("l: 3\r\nl: 4\r\n", 400),
            ("l: 65536\r\n", 513), ("l: 99999999999999999999999\r\n", 400),
        ])
    func givenUp(_ line: String, _ status: Int) throws {
        let error = try #require(failure(Self.request + line + "\r\nabc"))
        #expect(error.status == status)
        #expect(error.answerable?.common.via.first?.branch == "z9hG4bK1")
    }

    @Test func `A header without end is given up, and not kept`() throws {
        var framer = SIPStreamFramer()
        var failed = false
        for _ in 0..<4096 where !failed {
            framer.append(Array("X-Long: aaaaaaaa\r\n".utf8))
            do throws(SIPParseError) { _ = try framer.next() } catch { failed = error.status == 513 }
        }
        #expect(failed)
        #expect(framer.pendingBytes < SIPStreamFramer.maximumHeaderBytes + 64)
    }

    @Test func `A malformed message leaves the stream in order`() throws {
        let bad = "OPTIONS sip:a b SIP/2.0\r\nl: 2\r\n\r\nhi"
        #expect(try frames([bad + Self.request + "l: 0\r\n\r\n"]) == ["malformed", "message"])
    }

    @Test func `A header line in the body is no header line`() throws {
        let body = "Content-Length: 9999\r\n"
        #expect(
            try frames([Self.request + "l: \(body.utf8.count)\r\n\r\n" + body + Self.request + "l: 0\r\n\r\n"]) == ["message", "message"])
    }

    @Test func `A thousand messages in one segment are a thousand messages`() throws {
        let message = Self.request + "l: 4\r\n\r\nbody"
        #expect(try frames([String(repeating: message, count: 1000)]).count == 1000)
    }
}
