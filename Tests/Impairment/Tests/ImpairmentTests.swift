import Kernel
import Testing

@testable import Impairment

struct ImpairmentTests {
    private static func decisions(_ path: ImpairedPath, seed: UInt64, pace: Double) -> [Int] {
        var random = SeededRandom(seed: seed)
        return (0..<500).map { path.copies(sent: Double($0) * pace, &random).count }
    }

    @Test("the same seed decides the same for each packet, whenever it comes; another seed does not")
    func seeds() {
        let path = ImpairedPath(loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 15, drift: 100)
        let decisions = ImpairmentTests.decisions(path, seed: 1, pace: 20)
        #expect(decisions == ImpairmentTests.decisions(path, seed: 1, pace: 21.5))
        #expect(decisions != ImpairmentTests.decisions(path, seed: 2, pace: 20))
        #expect((25...75).contains(decisions.count { $0 == 0 }))
        #expect((25...75).contains(decisions.count { $0 == 2 }))
    }

    @Test("a clock that is too fast makes packets come early, one that is too slow late", arguments: [(200.0, -720.0), (-200, 720)])
    func drift(partsPerMillion: Double, milliseconds: Double) {
        let arrivals = ImpairedPath(drift: partsPerMillion).arrivals(180_001, seed: 1)
        #expect(abs(arrivals[180_000].at - 3_600_000 - milliseconds) < 1)
    }

    @Test("the ports in a session description are put in place, and its length with them")
    func ports() {
        let body = "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 127.0.0.1\r\n"
        let ports = SessionPorts("INVITE sip:5000@127.0.0.1 SIP/2.0\r\nl: \(body.utf8.count)\r\n\r\n" + body, port: 40_002)
        #expect(ports.audio == 4000)
        let changed = "v=0\r\nm=audio 40002 RTP/AVP 0\r\na=rtcp:40003 IN IP4 127.0.0.1\r\n"
        #expect(ports.message == "INVITE sip:5000@127.0.0.1 SIP/2.0\r\nContent-Length: \(changed.utf8.count)\r\n\r\n" + changed)
    }

    @Test("a message without a session description stays as it is")
    func noPorts() {
        for message in ["BYE sip:5000@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n", "", "\r\n\r\n", "x\r\n\r\nm=audio\r\n"] {
            let ports = SessionPorts(message, port: 40_002)
            #expect(ports.audio == nil && ports.message == message)
        }
    }
}
