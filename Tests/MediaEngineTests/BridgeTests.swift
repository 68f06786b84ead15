import Audio
import Foundation
import Kernel
import MediaEngine
import SDP
import Testing

struct BridgeTests {
    /// A member of a bridge that says one and the same sample all the time, so that what others hear tells who spoke.
    struct Member {
        let peer: Peer
        let session: House.Session
        let law: G711Law
        let byte: UInt8

        var level: Int { Int(law.decode(byte)) }
        /// How it hears a sum.
        func hears(_ sum: Int) -> [UInt8] { Array(repeating: law.encode(Int16(clamping: sum)), count: 160) }
    }

    private func member(_ house: House, _ level: Int16, _ law: G711Law = .mu, beside: Member? = nil) throws -> Member {
        let peer = try Peer()
        let session = try house.open(beside: beside?.session.id)
        try house.connect(session, peer) { $0.use(law) }
        return Member(peer: peer, session: session, law: law, byte: law.encode(level))
    }

    /// Lets everyone speak and hear; gives what each heard last.
    @discardableResult
    private func talk(_ members: [Member], rounds: Int = 25) throws -> [[UInt8]] {
        for member in members { member.peer.rtp.drain() }
        var last: [[UInt8]] = Array(repeating: [], count: members.count)
        for _ in 0..<rounds {
            for (index, member) in members.enumerated() {
                last[index] = try member.peer.hear(1)[0].payload
                member.peer.speak(Array(repeating: member.byte, count: 160), payloadType: member.law == .mu ? 0 : 8)
            }
        }
        return last
    }

    /// Lets everyone speak until each has heard what is expected of it.
    private func talk(_ members: [Member], until expected: [[UInt8]]) throws {
        var heard: [[UInt8]] = []
        for _ in 0..<20 {
            heard = try talk(members, rounds: 5)
            if heard == expected { return }
        }
        #expect(heard.map(\.first) == expected.map(\.first))
        #expect(heard == expected)
    }

    private func bridge(_ house: House, _ members: [Member], listeners: [Member] = []) throws -> BridgeID {
        let bridge = try house.engine.makeBridge(beside: members[0].session.id)
        for member in members { house.tell(member.session, .join(bridge, as: .talker)) }
        for member in listeners { house.tell(member.session, .join(bridge, as: .listener)) }
        return bridge
    }

    private let silence: [UInt8] = Array(repeating: 0xFF, count: 160)

    @Test("everyone hears all others and not itself, each in its own law")
    func mixing() throws {
        let house = try House()
        let members = [try member(house, 1000), try member(house, -6000, .a), try member(house, 9000)]
        _ = try bridge(house, members)
        let sum = members.reduce(0) { $0 + $1.level }
        try talk(members, until: members.map { $0.hears(sum - $0.level) })
    }

    @Test("voices that are too loud together are limited, and do not wrap")
    func saturation() throws {
        let house = try House()
        let members = [try member(house, 30_000), try member(house, 30_000), try member(house, 0)]
        _ = try bridge(house, members)
        try talk(members, until: [members[0].hears(members[1].level), members[1].hears(members[0].level), members[2].hears(32_767)])
    }

    @Test("a listener hears everybody, and nobody hears it")
    func listener() throws {
        let house = try House()
        let (one, other, monitor) = (try member(house, 2000), try member(house, 5000), try member(house, 15_000))
        _ = try bridge(house, [one, other], listeners: [monitor])
        try talk([one, other, monitor], until: [one.hears(other.level), other.hears(one.level), monitor.hears(one.level + other.level)])
        // A listener becomes a talker by joining again.
        let bridge = try bridge(house, [one, other])
        house.tell(monitor.session, .join(bridge, as: .talker))
        try talk(
            [one, other, monitor],
            until: [
                one.hears(other.level + monitor.level), other.hears(one.level + monitor.level), monitor.hears(one.level + other.level),
            ])
    }

    @Test("who is alone hears music, which gives way to other talkers and to what is played, and comes back")
    func music() throws {
        let house = try House()
        let (one, other) = (try member(house, 2000), try member(house, 5000))
        let tune = try Clip(Sound(samples: Array(repeating: 60, count: 1600), rate: 8000))
        let notes: [UInt8] = Array(repeating: G711Law.mu.encode(60), count: 160)
        let bridge = try bridge(house, [one])
        house.tell(one.session, .music(tune))
        try talk([one], until: [notes])
        house.tell(other.session, .join(bridge, as: .listener))
        try talk([one, other], until: [notes, other.hears(one.level)])
        house.tell(other.session, .join(bridge, as: .talker))
        try talk([one, other], until: [one.hears(other.level), other.hears(one.level)])
        // On hold: out of the bridge, with music.
        house.tell(one.session, .leave)
        try talk([one, other], until: [notes, silence])
        let announcement = try Clip(Sound(samples: Array(repeating: 40, count: 320), rate: 8000))
        one.peer.rtp.drain()
        house.play(one.session, 1, announcement)
        let heard = try one.peer.hear(20).audio
        let said = Array(repeating: G711Law.mu.encode(40), count: 320)
        #expect(heard.indices.contains { heard[$0...].starts(with: said) })
        #expect(heard.suffix(160) == notes[...])
        house.tell(one.session, .music(nil))
        try talk([one], until: [silence])
    }

    @Test("music of any length runs in a loop without a gap")
    func loop() throws {
        let house = try House()
        let one = try member(house, 0)
        let tune = try Noise.clip(777, seed: 30)
        house.tell(one.session, .music(tune))
        let notes = tune.copy(.mu)
        let heard = try one.peer.hear(40).audio
        let start = try #require(heard.indices.first { heard[$0...].starts(with: notes[..<100]) })
        #expect(heard[start...].enumerated().allSatisfy { $1 == notes[$0 % notes.count] })
    }

    @Test("a recording has the first talker left and the others right, without what was said in a pause")
    func recording() throws {
        let (house, path) = (try House(), RecordingTests.Path())
        let members = [try member(house, 1000), try member(house, 3000), try member(house, 7000)]
        let bridge = try bridge(house, members)
        try talk(members)
        house.engine.command(bridge, .record(path: path.text))
        try talk(members, rounds: 20)
        house.engine.command(bridge, .pauseRecording)
        try house.settle(members[0].session)
        house.tell(members[2].session, .leave)
        try talk(members, rounds: 20)
        house.engine.command(bridge, .resumeRecording)
        try talk(members, rounds: 20)
        house.engine.command(bridge, .stopRecording)
        let result = try house.events.wait("the recording") { $0.recorded(bridge).first }
        let (left, right) = try Wave.channels(of: path.text)
        #expect(try result.get() == .milliseconds(left.count / 8))
        #expect(left.count >= 35 * 160 && left.count <= 50 * 160)
        let (one, both) = (members[0].level, members[1].level + members[2].level)
        // A packet may come too late on a busy machine.
        #expect(left.count { Int($0) == one } > left.count * 9 / 10)
        #expect(right.prefix(15 * 160).count { Int($0) == both } > 12 * 160)
        #expect(right.suffix(15 * 160).count { Int($0) == members[1].level } > 12 * 160)
    }

    @Test("a bridge takes 32 members, and says so to the next")
    func full() throws {
        let house = try House {
            $0.sessionsPerThread = 40
            $0.ports = 26_000...26_199
        }
        let sessions = try (0..<33).map { _ in try house.open() }
        let bridge = try house.engine.makeBridge(beside: sessions[0].id)
        for session in sessions { house.tell(session, .join(bridge, as: .listener)) }
        let refused = try house.events.wait("the refusal") { $0.notJoined.first }
        #expect(refused.session == sessions[32].id && refused.failure == .bridgeFull(32))
        house.tell(sessions[0], .close)
        _ = try house.events.wait("the end") { $0.closed(sessions[0].id) }
        house.tell(sessions[32], .join(bridge, as: .listener))
        try house.settle(sessions[32])
        #expect(house.events.now { $0.notJoined.count } == 1)
    }

    @Test("a bridge of another thread, and one that is closed, are refused; those who were in it go on")
    func refused() throws {
        let house = try House { $0.threads = 2 }
        let one = try member(house, 2000)
        let stranger = try member(house, 4000)
        let other = try member(house, 5000, beside: one)
        let bridge = try bridge(house, [one, other])
        house.tell(stranger.session, .join(bridge, as: .talker))
        #expect(try house.events.wait("a refusal") { $0.notJoined.first }.failure == .otherThread)
        try talk([one, other], until: [one.hears(other.level), other.hears(one.level)])
        house.engine.command(bridge, .close)
        try talk([one, other], until: [silence, silence])
        house.tell(one.session, .join(bridge, as: .talker))
        #expect(try house.events.wait("a refusal") { $0.notJoined.dropFirst().first }.failure == .noSuchBridge)
    }

    @Test("who ends leaves, and the others go on")
    func ending() throws {
        let house = try House()
        let members = [try member(house, 1000), try member(house, 3000), try member(house, 7000)]
        _ = try bridge(house, members)
        _ = try house.close(members[1].session)
        let rest = [members[0], members[2]]
        try talk(rest, until: [rest[0].hears(rest[1].level), rest[1].hears(rest[0].level)])
    }
}
