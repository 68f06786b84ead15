import SDP
import SIP
import Testing

@testable import SIPEndpoint

struct SessionBodyTests {
    static let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"

    static func headers(_ fields: [String: String]) -> SIPHeaders {
        var headers = SIPHeaders()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { headers.add(name, value) }
        return headers
    }

    static func status(_ body: String, _ fields: [String: String]) -> Int? {
        do throws(BodyRefusal) {
            _ = try SessionBody.read(Array(body.utf8), headers(fields))
            return nil
        } catch {
            return error.status
        }
    }

    @Test(
        "a description is read whatever the case and parameters of its type",
        arguments: ["application/sdp", "Application/SDP ; charset=utf-8"])
    func plain(type: String) throws {
        let read = try SessionBody.read(Array(SessionBodyTests.sdp.utf8), SessionBodyTests.headers(["Content-Type": type]))
        #expect(read?.media.count == 1)
    }

    @Test("an empty body is no description")
    func empty() throws {
        #expect(try SessionBody.read([], SessionBodyTests.headers(["Content-Type": "text/plain"])) == nil)
    }

    @Test("a body of another type is refused with 415, unless its sender says that it may be ignored")
    func otherTypes() {
        #expect(SessionBodyTests.status("hello", ["Content-Type": "text/plain"]) == 415)
        #expect(
            SessionBodyTests.status("hello", ["Content-Type": "text/plain", "Content-Disposition": "render; handling=optional"]) == nil)
        #expect(
            SessionBodyTests.status("hello", ["Content-Type": "text/plain", "Content-Disposition": "session; handling=required"]) == 415)
        #expect(SessionBodyTests.status(SessionBodyTests.sdp, ["Content-Type": "application/sdp", "Content-Encoding": "gzip"]) == 415)
    }

    @Test("a description that cannot be read is refused with 400")
    func malformed() {
        #expect(SessionBodyTests.status("v=1\r\n", ["Content-Type": "application/sdp"]) == 400)
    }

    @Test("the description is found among the parts of a body")
    func multipart() throws {
        let body = """
            --unique\r
            Content-Type: text/plain\r
            \r
            hello --unique\r
            --unique\r
            content-type: application/sdp\r
            \r
            \(SessionBodyTests.sdp)\r
            --unique--\r

            """
        let headers = SessionBodyTests.headers(["Content-Type": "multipart/mixed; boundary=\"unique\""])
        #expect(try SessionBody.read(Array(body.utf8), headers)?.media.first?.port == 4000)
        #expect(SessionBodyTests.status("--unique\r\n\r\nx\r\n--unique--\r\n", ["Content-Type": "multipart/mixed;boundary=unique"]) == 415)
        #expect(SessionBodyTests.status("--unique", ["Content-Type": "multipart/mixed;boundary=unique"]) == 415)
    }
}
