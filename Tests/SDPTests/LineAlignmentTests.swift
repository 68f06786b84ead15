import Kernel
import SDP
import Testing

struct LineAlignmentTests {
    /// Makes a description of media lines such as `audio 4000 RTP/AVP 0`.
    private func session(_ lines: String...) throws -> SessionDescription {
        let head = "v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\n"
        return try SessionDescription(parsing: Array((head + lines.map { "m=\($0)\n" }.joined()).utf8))
    }

    private func text(_ session: SessionDescription) -> [String] {
        session.media.map { "\($0.kind) \($0.port) \($0.proto)" }
    }

    @Test(
        "lines of a session never go away and never change places",
        arguments: [
            (["audio 4000 RTP/AVP 0"], ["audio 6000 RTP/AVP 8"], ["audio 6000 RTP/AVP"]),
            (["audio 4000 RTP/AVP 0", "video 5000 RTP/AVP 99"], ["audio 6000 RTP/AVP 8"], ["audio 6000 RTP/AVP", "video 0 RTP/AVP"]),
            (
                ["audio 4000 RTP/AVP 0", "video 0 RTP/AVP 99"], ["video 8000 RTP/AVP 99", "audio 6000 RTP/AVP 8"],
                ["audio 6000 RTP/AVP", "video 8000 RTP/AVP"]
            ),
            (["audio 0 RTP/SAVP 0", "audio 4000 RTP/AVP 0"], ["audio 6000 RTP/AVP 8"], ["audio 0 RTP/SAVP", "audio 6000 RTP/AVP"]),
            (["audio 0 RTP/AVP 0", "audio 4000 RTP/AVP 0"], ["audio 6000 RTP/AVP 8"], ["audio 0 RTP/AVP", "audio 6000 RTP/AVP"]),
            (["audio 4000 RTP/AVP 0"], ["audio 6000 RTP/AVP 8", "text 7000 RTP/AVP 98"], ["audio 6000 RTP/AVP", "text 7000 RTP/AVP"]),
            (["audio 4000 RTP/SAVP 0"], ["audio 6000 RTP/AVP 8"], ["audio 6000 RTP/AVP"]),
            (["image 4000 udptl t38"], ["audio 6000 RTP/AVP 8"], ["image 0 udptl", "audio 6000 RTP/AVP"]),
            ([], ["audio 6000 RTP/AVP 8"], ["audio 6000 RTP/AVP"]), (["audio 4000 RTP/AVP 0"], [], ["audio 0 RTP/AVP"]),
        ])
    func aligned(previous: [String], offer: [String], expected: [String]) throws {
        let head = "v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\n"
        let before = try SessionDescription(parsing: Array((head + previous.map { "m=\($0)\n" }.joined()).utf8))
        let new = try SessionDescription(parsing: Array((head + offer.map { "m=\($0)\n" }.joined()).utf8))
        let sent = new.aligned(toLinesOf: before)
        #expect(text(sent) == expected)
        #expect(new.restoring(linesOf: new) == new)
        #expect(sent.restoring(linesOf: new, sentAs: sent).media == new.media)
    }

    @Test("a rejected line keeps its formats, as the grammar wants one")
    func rejectedFormats() throws {
        let sent = try session("audio 1 RTP/AVP 0").aligned(toLinesOf: session("video 5000 RTP/AVP 99 100"))
        #expect(sent.media[0].formats == ["99", "100"])
        #expect(sent.media[0].attributes.isEmpty)
    }

    @Test("an answer goes back with the lines of the offer, and without the padding")
    func restored() throws {
        let before = try session("audio 4000 RTP/AVP 0", "text 4100 RTP/AVP 98")
        let offer = try session("video 5000 RTP/AVP 99", "audio 6000 RTP/AVP 8")
        let sent = offer.aligned(toLinesOf: before)
        #expect(text(sent) == ["audio 6000 RTP/AVP", "text 0 RTP/AVP", "video 5000 RTP/AVP"])
        let answer = try session("audio 7000 RTP/AVP 8", "text 0 RTP/AVP 98", "video 0 RTP/AVP 99")
        #expect(text(answer.restoring(linesOf: offer, sentAs: sent)) == ["video 0 RTP/AVP", "audio 7000 RTP/AVP"])
        #expect(text(answer.restoring(linesOf: offer)) == ["video 0 RTP/AVP", "audio 7000 RTP/AVP"])
    }

    @Test("of two lines of a kind each answer goes to its own, also when one is rejected")
    func twoOfAKind() throws {
        let before = try session("audio 0 RTP/AVP 0", "audio 4000 RTP/AVP 0")
        let offer = try session("audio 6000 RTP/AVP 8", "audio 6002 RTP/AVP 0")
        let sent = offer.aligned(toLinesOf: before)
        #expect(text(sent) == ["audio 6002 RTP/AVP", "audio 6000 RTP/AVP"])
        let answer = try session("audio 7002 RTP/AVP 0", "audio 0 RTP/AVP 8")
        #expect(text(answer.restoring(linesOf: offer, sentAs: sent)) == ["audio 0 RTP/AVP", "audio 7002 RTP/AVP"])
    }

    @Test("an answer with lines missing gives rejected ones")
    func shortAnswer() throws {
        let offer = try session("audio 6000 RTP/AVP 8", "video 5000 RTP/AVP 99")
        #expect(text(try session("audio 7000 RTP/AVP 8").restoring(linesOf: offer)) == ["audio 7000 RTP/AVP", "video 0 RTP/AVP"])
        #expect(text(try session().restoring(linesOf: offer, sentAs: offer)) == ["audio 0 RTP/AVP", "video 0 RTP/AVP"])
    }

    @Test("a random history of offers never loses a line")
    func neverShrinks() throws {
        var random = SeededRandom(seed: 3264)
        let kinds = ["audio 4000 RTP/AVP 0", "audio 0 RTP/AVP 8", "audio 4002 RTP/SAVP 0", "video 5000 RTP/AVP 99", "text 1 RTP/AVP 98"]
        var last = try session()
        for _ in 0..<300 {
            var offer = try session()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                offer.media += try session(kinds[Int.random(in: 0..<kinds.count, using: &random)]).media
            }
            let sent = offer.aligned(toLinesOf: last)
            #expect(Array(sent.media.map(\.kind).prefix(last.media.count)) == last.media.map(\.kind))
            #expect(sent.media.filter { !$0.isRejected }.count == offer.media.filter { !$0.isRejected }.count)
            #expect(sent.restoring(linesOf: offer, sentAs: sent).media.map(\.kind) == offer.media.map(\.kind))
            last = sent
        }
        #expect(last.media.count <= 16)
    }
}
