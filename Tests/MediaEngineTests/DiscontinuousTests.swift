import Audio
import Foundation
import MediaEngine
import RTP
import SDP
import Testing

/// Opus to peers that prefer that nothing is sent in pauses (`usedtx=1`).
struct DiscontinuousTests {
    private func call(_ house: House, _ peer: Peer, isDiscontinuous: Bool = true) throws -> House.Session {
        try house.call(peer) {
            $0.format = .opus
            $0.receivePayloadType = AudioFormat.opus.payloadType
            $0.isDiscontinuous = isDiscontinuous
        }
    }

    /// How many packets' time lies between packets.
    private func steps(_ packets: [Peer.Heard]) -> [UInt32] {
        zip(packets, packets.dropFirst()).map { ($1.header.timestamp &- $0.header.timestamp) / 960 }
    }

    /// Whether each packet behind a gap has the marker (RFC 3551 section 4.1), no other has, and none is lost.
    private func isMarked(_ packets: [Peer.Heard]) -> Bool {
        zip(packets, packets.dropFirst()).allSatisfy {
            $1.header.sequence == $0.header.sequence &+ 1 && $1.header.marker == ($1.header.timestamp &- $0.header.timestamp > 960)
        }
    }

    private func sound(_ parts: (amplitude: Double, seconds: Double)...) throws -> Clip {
        let samples = parts.flatMap { part in (0..<Int(16_000 * part.seconds)).map { Int16(part.amplitude * sin(Double($0) * 0.16)) } }
        let clip = try Clip(Sound(samples: samples, rate: 16_000))
        clip.encode(.opus)
        return clip
    }

    @Test("a pause is its first 200 ms and a packet each 400 ms, until something plays")
    func pause() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer)
        let pause = try peer.hear(13)
        #expect(steps(pause).suffix(3) == [20, 20, 20])
        #expect(pause.allSatisfy { Array(Codec.opus.silence) == $0.payload })
        house.play(session, 1, try sound((8000, 0.2)))
        let next = try peer.hear(5)
        #expect(steps([pause[12]] + next).dropFirst() == [1, 1, 1, 1])
        #expect(isMarked(pause + next))
    }

    @Test("a pause within a prompt is left out, a sustained tone and a pause of less than 200 ms are not")
    func prompts() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer)
        _ = try peer.hear(12)
        house.play(session, 1, try sound((8000, 3), (0, 1), (8000, 0.2), (0, 0.18), (8000, 0.2)))
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let isSilence = { (packet: Peer.Heard) in packet.payload == Array(Codec.opus.silence) }
        let packets = Array(try peer.hearPending().drop(while: isSilence).reversed().drop(while: isSilence).reversed())
        #expect(isMarked(packets))
        #expect(steps(packets).filter { $0 > 1 } == [20, 20])
        #expect(steps(packets).reduce(0, +) + 1 == 229)
    }

    @Test("a peer that does not ask for it is sent every packet")
    func others() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer, isDiscontinuous: false)
        house.play(session, 1, try sound((8000, 0.1), (0, 0.6), (8000, 0.1)))
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        #expect(steps(try peer.hearPending()).allSatisfy { $0 == 1 })
    }

    @Test("those who confer are sent little while nobody speaks, and all of a tone")
    func bridges() throws {
        let house = try House()
        let (one, other) = (try Peer(), try Peer())
        let first = try house.open()
        try house.connect(first, one) { $0.packetTime = 20 }
        let second = try house.open(beside: first.id)
        try house.connect(second, other) {
            $0.format = .opus
            $0.receivePayloadType = AudioFormat.opus.payloadType
            $0.isDiscontinuous = true
        }
        let bridge = try house.engine.makeBridge(beside: first.id)
        house.tell(first, .join(bridge, as: .talker))
        house.tell(second, .join(bridge, as: .talker))
        try house.settle(second)
        let tone = (0..<160).map { G711Law.mu.encode(Int16(8000 * sin(2 * .pi * 400 * Double($0) / 8000))) }
        try one.speak(paced: Array(repeating: tone, count: 100))
        let heard = try other.hearPending()
        try one.speak(paced: Array(repeating: [UInt8](repeating: 0xFF, count: 160), count: 60))
        let quiet = try other.hearPending()
        #expect(steps(heard.suffix(80)).allSatisfy { $0 == 1 })
        // libopus leaves out twenty packets at a time.
        #expect(steps(quiet).contains(21))
        #expect(quiet.count < 45)
        #expect(isMarked(heard + quiet))
    }

    @Test("pauses that a peer leaves out are no loss, and do not count against how it sounded")
    func received() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer, isDiscontinuous: false)
        let silence = Array(Codec.opus.silence)
        peer.rtp.drain()
        for packet in 0..<55 {
            _ = try peer.hear(1)
            if packet < 15 || packet % 20 == 14 {
                peer.rtp.send(peer.packet(AudioFormat.opus.payloadType, marker: packet > 15, silence), to: peer.target)
            }
            peer.timestamp &+= 960
        }
        try house.fence(session, peer)
        let statistics = try house.close(session)
        #expect(statistics.received == 18)
        #expect(statistics.lost == 0)
        #expect((statistics.meanOpinionScore ?? 0) > 4)
    }
}
