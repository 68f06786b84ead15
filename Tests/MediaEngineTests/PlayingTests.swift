import Audio
import Kernel
import MediaEngine
import RTP
import SDP
import Testing

struct PlayingTests {
    @Test("a prompt is heard byte by byte in packets of 20 ms, the first with the marker, and then silence", arguments: G711Law.allCases)
    func prompt(law: G711Law) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clip = try Noise.clip(1500, seed: 1)
        // What is played before the call is connected waits for it.
        house.play(session, 7, clip)
        try house.connect(session, peer) { $0.use(law) }
        let heard = try peer.hear(13)
        #expect(heard.audio == clip.copy(law) + Array(repeating: law.silence, count: 13 * 160 - 1500))
        #expect(heard.allSatisfy { $0.payload.count == 160 && $0.header.payloadType == (law == .mu ? 0 : 8) })
        #expect(heard.allSatisfy { $0.port == session.address.port })
        #expect(heard[0].header.marker)
        #expect(heard.isContinuous)
        #expect(try house.events.wait("the end of the prompt") { $0.played(session.id).isEmpty ? nil : $0.played(session.id) } == [7])
    }

    @Test("clips join without a gap, within a play and from one to the next")
    func joined() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clips = try [(1000, 1), (37, 2), (3, 3), (501, 4)].map { try Noise.clip($0, seed: $1) }
        house.play(session, 1, clips[0], clips[1], clips[2])
        house.play(session, 2, clips[3])
        try house.connect(session, peer)
        let heard = try peer.hear(11)
        let expected = clips.flatMap { $0.copy(.mu) }
        #expect(heard.audio == expected + Array(repeating: 0xFF, count: 11 * 160 - expected.count))
        #expect(heard.isContinuous)
        #expect(try house.events.wait("both ends") { $0.played(session.id).count == 2 ? $0.played(session.id) : nil } == [1, 2])
    }

    @Test("a clip that is played twice at once is heard twice, in both sessions")
    func shared() throws {
        let house = try House { $0.threads = 2 }
        let clip = try Noise.clip(480, seed: 5)
        var calls: [(Peer, House.Session)] = []
        for _ in 0..<4 {
            let (peer, session) = (try Peer(), try house.open())
            house.play(session, 1, clip)
            house.play(session, 2, clip)
            try house.connect(session, peer)
            calls.append((peer, session))
        }
        var sources: Set<UInt32> = []
        for (peer, session) in calls {
            let heard = try peer.hear(7)
            #expect(heard.audio == clip.copy(.mu) + clip.copy(.mu) + Array(repeating: 0xFF, count: 160))
            #expect(heard.isContinuous)
            #expect(heard.allSatisfy { $0.port == session.address.port })
            sources.insert(heard[0].header.ssrc)
        }
        #expect(sources.count == 4)
    }

    @Test("what is played later is heard without a break in the stream")
    func later() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        var heard = try peer.hear(3)
        let clip = try Noise.clip(320, seed: 6)
        house.play(session, 1, clip)
        while heard.count < 300, heard[heard.count - 1].payload.allSatisfy({ $0 == 0xFF }) { heard += try peer.hear(1) }
        heard += try peer.hear(2)
        #expect(Array(heard.audio.suffix(480)) == clip.copy(.mu) + Array(repeating: 0xFF, count: 160))
        #expect(heard.isContinuous)
    }

    @Test("stopping forgets what plays and what waits, and silence follows at once")
    func stopped() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let long = try Noise.clip(80_000, seed: 7)
        for number in 1...3 { house.play(session, UInt64(number), long, long) }
        try house.connect(session, peer)
        var heard = try peer.hear(5)
        house.tell(session, .stopPlaying)
        #expect(try house.events.wait("the end of all") { $0.played(session.id).count == 3 ? $0.played(session.id) : nil } == [-1, -2, -3])
        while heard.count < 300, heard[heard.count - 1].payload.contains(where: { $0 != 0xFF }) { heard += try peer.hear(1) }
        heard += try peer.hear(3)
        #expect(heard.suffix(4).allSatisfy { $0.payload.allSatisfy { $0 == 0xFF } })
        #expect(heard.isContinuous)
        // Nothing is left of it: the next prompt is heard from its beginning, and its end is reported.
        let short = try Noise.clip(160, seed: 8)
        house.play(session, 4, short)
        _ = try house.events.wait("the end of the next") { $0.played(session.id).last == 4 ? true : nil }
        #expect((try peer.hearPending() + peer.hear(1)).map(\.payload).contains(short.copy(.mu)))
    }

    @Test("a play of nothing is over at once")
    func nothing() throws {
        let house = try House()
        let session = try house.open()
        let empty = try Clip(Sound(samples: [], rate: 8000))
        house.play(session, 1)
        house.play(session, 2, empty, empty)
        #expect(try house.events.wait("both ends") { $0.played(session.id).count == 2 ? $0.played(session.id) : nil } == [1, 2])
    }

    @Test("an empty clip among others is no gap, and the play ends with the last that sounds")
    func emptyAmongOthers() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let (empty, clip) = (try Clip(Sound(samples: [], rate: 8000)), try Noise.clip(200, seed: 9))
        house.play(session, 1, empty, clip, empty, clip, empty)
        try house.connect(session, peer)
        #expect(try peer.hear(3).audio == clip.copy(.mu) + clip.copy(.mu) + Array(repeating: 0xFF, count: 80))
        #expect(try house.events.wait("the end") { $0.played(session.id).isEmpty ? nil : $0.played(session.id) } == [1])
    }

    @Test("when the law changes, the prompt goes on in the other at the same place")
    func otherLaw() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clip = try Noise.clip(16_000, seed: 10)
        house.play(session, 1, clip)
        try house.connect(session, peer)
        var heard = try peer.hear(3)
        try house.connect(session, peer) { $0.use(.a) }
        while heard.count < 90, heard[heard.count - 1].header.payloadType == 0 { heard += try peer.hear(1) }
        heard += try peer.hear(3)
        #expect(heard.last?.header.payloadType == 8)
        #expect(heard.isContinuous)
        for (number, packet) in heard.enumerated() {
            let law: G711Law = packet.header.payloadType == 8 ? .a : .mu
            #expect(packet.payload == Array(clip.copy(law)[number * 160..<(number + 1) * 160]))
        }
    }

    @Test("while the call is held nothing is sent and the prompt waits; then it goes on where it was, with the marker")
    func held() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clip = try Noise.clip(16_000, seed: 11)
        house.play(session, 1, clip)
        try house.connect(session, peer)
        var heard = try peer.hear(4)
        try house.connect(session, peer) { $0.direction = .receiveOnly }
        try house.fence(session, peer)
        heard += try peer.hearPending()
        // Three rounds without a packet.
        #expect(peer.rtp.receive(within: .milliseconds(60)) == nil)
        try house.connect(session, peer)
        let before = heard.count
        heard += try peer.hear(3)
        #expect(heard[before].header.marker)
        #expect(heard.isContinuous)
        #expect(heard.audio == Array(clip.copy(.mu)[..<heard.audio.count]))
    }

    @Test("what is told to a session that is over is not heard by the next in its place")
    func generations() throws {
        let house = try House { $0.sessionsPerThread = 1 }
        let (first, peer) = (try house.open(), try Peer())
        _ = try house.close(first)
        let second = try house.call(peer)
        house.play(first, 9, try Noise.clip(8000, seed: 12))
        house.tell(first, .close)
        try house.settle(second)
        #expect(try peer.hear(5).allSatisfy { $0.payload.allSatisfy { $0 == 0xFF } })
        #expect(house.events.now { $0.closed(second.id) } == nil)
        #expect(first.id != second.id)
    }

    @Test("what never came to its end is reported as stopped when the session closes, before the close")
    func closedWhilePlaying() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        for number in 1...2 { house.play(session, UInt64(number), try Noise.clip(80_000, seed: 13)) }
        _ = try peer.hear(3)
        _ = try house.close(session)
        #expect(house.events.now { $0.played(session.id) } == [-1, -2])
        let last = house.events.now { $0.last }
        guard case .closed = last else {
            Issue.record("\(String(describing: last)) came last")
            return
        }
    }
}
