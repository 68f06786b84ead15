import Audio
import Kernel
import RTP
import SDP
import Testing

@testable import MediaEngine

/// Sessions that move from a thread that is full to another one.
@Suite(.timeLimit(.minutes(1)))
struct MovingTests {
    private let house: House
    private let clip: Clip

    init() throws {
        house = try House { $0.threads = 2 }
        clip = try Noise.clip(16_000, seed: 3)
    }

    /// How many sessions a thread has.
    private func sessions(_ thread: Int) -> Int { 16 - house.engine.slots.room(on: thread) }

    /// Lets the other thread have a session, and gives what its peer heard meanwhile.
    @discardableResult
    private func move(_ session: House.Session, _ peer: Peer) throws -> [Peer.Heard] {
        let home = MediaEngine.thread(of: session.id)
        let before = sessions(1 - home)
        house.engine.threads[home].submit(.relieve(.init(host: house.engine.threads[1 - home], count: 1)))
        var heard: [Peer.Heard] = []
        while sessions(1 - home) == before { heard += try peer.hear(1) }
        return heard
    }

    @Test("a prompt goes on where it was, without a packet lost or doubled, and what comes is taken")
    func goesOn() throws {
        let peer = try Peer()
        let session = try house.open()
        house.play(session, 1, clip)
        try house.connect(session, peer)
        let heard = try peer.hear(5) + move(session, peer) + peer.hear(60)
        #expect(heard.isContinuous)
        #expect(heard.audio == Array(clip.copy(.mu).prefix(heard.count * 160)))
        #expect(heard.allSatisfy { $0.port == session.address.port })
        peer.press("7")
        _ = try house.events.wait("the key") { $0.keys(session.id) == "7" ? true : nil }
    }

    @Test("what it is told arrives in order, wherever it is, and so does what it reports")
    func order() throws {
        let peer = try Peer()
        let session = try house.call(peer)
        for number in 1...4 { house.play(session, UInt64(number), clip) }
        try move(session, peer)
        for number in 5...8 { house.play(session, UInt64(number), clip) }
        house.tell(session, .stopPlaying)
        try house.settle(session)
        #expect(house.events.now { $0.played(session.id) } == (1...8).map { -$0 })
    }

    @Test("for a bridge it comes home, with what it was told meanwhile")
    func comesHome() throws {
        let (one, other) = (try Peer(), try Peer())
        let first = try house.call(one)
        try move(first, one)
        let second = try house.open(beside: first.id)
        try house.connect(second, other)
        let bridge = try house.engine.makeBridge(beside: first.id)
        house.tell(first, .join(bridge, as: .talker), .music(nil))
        house.tell(second, .join(bridge, as: .talker))
        try house.settle(first)
        try house.settle(second)
        #expect([sessions(0), sessions(1)].sorted() == [0, 2])
        #expect(house.events.now { $0.notJoined.isEmpty })
        other.rtp.drain()
        let loud = Array(repeating: UInt8(0x90), count: 160)
        for _ in 0..<25 {
            try one.speak(paced: [loud])
            if try other.hearPending().contains(where: { $0.payload.contains { $0 != 0xFF } }) { return }
        }
        Issue.record("nothing was heard across the bridge")
    }

    @Test("when it ends, both its slots and its ports are free, and what it is told afterwards concerns nobody")
    func ends() throws {
        let peer = try Peer()
        for _ in 0..<20 {
            let session = try house.call(peer)
            try move(session, peer)
            let statistics = try house.close(session)
            #expect(statistics.dropped == 0)
            house.play(session, 1, clip)
            #expect(sessions(0) + sessions(1) == 0)
        }
        #expect(house.events.now { $0.count { if case .closed = $0 { true } else { false } } } == 20)
    }

    @Test("a session in a bridge stays where the bridge is")
    func staysInBridge() throws {
        let session = try house.call(try Peer())
        house.tell(session, .join(try house.engine.makeBridge(beside: session.id), as: .talker))
        let home = MediaEngine.thread(of: session.id)
        house.engine.threads[home].submit(.relieve(.init(host: house.engine.threads[1 - home], count: 1)))
        for _ in 0..<10 { try house.settle(session) }
        #expect(sessions(1 - home) == 0)
    }
}
