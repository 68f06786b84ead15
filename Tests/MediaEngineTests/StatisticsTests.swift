import Audio
import Kernel
import MediaEngine
import RTP
import SDP
import Testing

struct StatisticsTests {
    @Test("a session that is over says how many packets it sent, received and missed")
    func counts() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        for _ in 0..<10 { peer.speak() }
        peer.lose(2)
        for _ in 0..<5 { peer.speak() }
        peer.lose(1)
        try house.fence(session, peer)
        _ = try peer.hear(5)
        let statistics = try house.close(session)
        #expect(statistics.received == 16)
        #expect(statistics.lost == 3)
        #expect(statistics.dropped == 0)
        #expect(statistics.sent == 5 + UInt64(peer.rtp.drain()))
        #expect(statistics.jitterMilliseconds > 0)
        #expect(statistics.roundTripMilliseconds == nil)
    }

    @Test("a packet that comes twice is not lost nor heard twice")
    func duplicates() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        for _ in 0..<4 {
            let bytes = peer.packet(0, Array(repeating: 0xFF, count: 160))
            peer.timestamp &+= 160
            for _ in 0..<2 { peer.rtp.send(bytes, to: peer.target) }
        }
        try house.fence(session, peer)
        let statistics = try house.close(session)
        #expect(statistics.lost == 0)
        #expect(statistics.received == 9)
        #expect(house.events.now { $0.keys(session.id) } == "D")
    }

    @Test("what is no RTP packet is dropped and counted, and harms nothing")
    func malformed() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clip = try Noise.clip(16_000, seed: 50)
        house.play(session, 1, clip)
        try house.connect(session, peer)
        try house.fence(session, peer)
        let header: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
        let malformed: [[UInt8]] = [
            [], [0x80], Array(header[..<11]), [0x40] + header[1...], [0x00] + header[1...], [0xC0] + header[1...],
            // Fifteen contributors, a header extension and padding that are not there, or go beyond the end.
            [0x8F] + header[1...], [0x90] + header[1...], [0x90] + header[1...] + [0, 0, 0, 9, 1, 2, 3, 4], [0xA0] + header[1...],
            [0xA0] + header[1...] + [1, 2, 200], [0xA0] + header[1...] + [1, 2, 0], Array("GET / HTTP/1.1\r\n\r\n".utf8),
            // A STUN binding request.
            [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + Array(repeating: 7, count: 12),
        ]
        for bytes in malformed { peer.rtp.send(bytes, to: session.address) }
        try house.fence(session, peer)
        var random = SeededRandom(seed: 51)
        for _ in 0..<40 {
            let length = Int.random(in: 0...200, using: &random)
            // Version 1, so that none of them is a packet by chance.
            let bytes = (0..<length).map { $0 == 0 ? 0x40 : UInt8(truncatingIfNeeded: random.next()) }
            peer.rtp.send(bytes, to: session.address)
        }
        try house.fence(session, peer)
        let heard = try peer.hearPending()
        #expect(heard.isContinuous && heard.audio == Array(clip.copy(.mu)[..<heard.audio.count]))
        let statistics = try house.close(session)
        #expect(statistics.dropped == UInt64(malformed.count + 40))
        #expect(statistics.received == 3)
        #expect(statistics.lost == 0)
        #expect(house.events.now { $0.keys(session.id) } == "DDD")
    }

    @Test("packets with contributors, an extension and padding are taken, and so are those without audio or too much of it")
    func oddButGood() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectTones(true), .record(path: "/dev/null"))
        try house.settle(session)
        let payloads: [(UInt8, [UInt8])] = [
            (0x82, [0, 0, 0, 1, 0, 0, 0, 2, 0xFF]), (0x90, [0, 0, 0, 1, 9, 9, 9, 9, 0xFF]), (0xA0, [0xFF, 0xFF, 2, 2]), (0x80, []),
            (0x80, Array(repeating: 0xFF, count: 1400)), (0x80, Array(repeating: 0xFF, count: 3000)),
        ]
        for (first, payload) in payloads {
            var bytes = peer.packet(0, payload)
            bytes[0] = first
            peer.rtp.send(bytes, to: session.address)
            peer.timestamp &+= 160
        }
        try house.fence(session, peer)
        let statistics = try house.close(session)
        #expect(statistics.received == 7 && statistics.dropped == 0)
    }

    @Test("a peer that says nothing is reported once, at first and again after it was heard")
    func silence() throws {
        let house = try House {
            $0.silence.first = .milliseconds(100)
            $0.silence.later = .milliseconds(60)
        }
        let peer = try Peer()
        let session = try house.call(peer)
        let first = try house.events.wait("the silence") { $0.silent(session.id).first }
        #expect(first >= .milliseconds(100) && first < .seconds(3))
        _ = try peer.hear(10)
        #expect(house.events.now { $0.silent(session.id).count } == 1)
        peer.speak()
        let second = try house.events.wait("the silence after it") { $0.silent(session.id).dropFirst().first }
        #expect(second >= .milliseconds(60))
        _ = try peer.hear(5)
        #expect(house.events.now { $0.silent(session.id).count } == 2)
    }

    @Test("a peer on hold has a limit of its own, and its reports are a sign of life; one that only listens has none")
    func onHold() throws {
        let house = try House {
            $0.silence.first = .milliseconds(100)
            $0.silence.onHold = .milliseconds(600)
        }
        let (peer, listener) = (try Peer(), try Peer())
        let held = try house.call(peer) { $0.direction = .inactive }
        let other = try house.call(listener) { $0.direction = .sendOnly }
        let silence = try house.events.wait("the silence") { $0.silent(held.id).first }
        #expect(silence >= .milliseconds(600))
        #expect(house.events.now { $0.silent(other.id) } == [])
    }

    @Test("a call's quality is estimated from what was heard, and is nothing when nothing was")
    func quality() throws {
        let (house, peer, mute) = (try House(), try Peer(), try Peer())
        let (session, silent) = (try house.call(peer), try house.call(mute))
        for _ in 0..<20 { peer.speak() }
        peer.lose(20)
        peer.speak()
        try house.fence(session, peer)
        let score = try #require(try house.close(session).meanOpinionScore)
        #expect((1.0..<2.5).contains(score))
        #expect(try house.close(silent).meanOpinionScore == nil)
    }

    @Test("a peer that is not to send may be silent, until it is to send again")
    func silenceOnHold() throws {
        let house = try House { $0.silence.first = .milliseconds(60) }
        let peer = try Peer()
        let session = try house.call(peer) { $0.direction = .sendOnly }
        let open = try house.open()
        _ = try peer.hear(10)
        #expect(house.events.now { $0.silent(session.id) + $0.silent(open.id) } == [])
        try house.connect(session, peer)
        _ = try house.events.wait("the silence") { $0.silent(session.id).first }
    }

    @Test("the engine says how many packets its threads sent and received, and how evenly")
    func figures() throws {
        let house = try House { $0.threads = 2 }
        let peers = [try Peer(), try Peer()]
        let sessions = try peers.map { try house.call($0) }
        for (session, peer) in zip(sessions, peers) { try house.fence(session, peer) }
        #expect(house.engine.figures.count == 2)
        // They are published once a second; the packets that come are the clock.
        var rounds = 0
        while house.engine.figures.contains(where: { $0.received < 1 || $0.pacing.count == 0 }), rounds < 250 {
            _ = try peers[0].hear(1)
            rounds += 1
        }
        var pacing = PacingHistogram()
        for figures in house.engine.figures {
            #expect(figures.sent > 0 && figures.received == 1)
            #expect(figures.cpuTime > .zero)
            pacing.merge(figures.pacing)
        }
        let median = pacing.gap(atShare: 0.5)
        #expect(median > .milliseconds(10) && median < .milliseconds(40))
        #expect(pacing.longest > median - .milliseconds(1))
    }
}
