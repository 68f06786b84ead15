import Audio
import Foundation
import Kernel
import MediaEngine
import RTP
import SDP
import Testing

struct RecordingTests {
    /// A path that is gone after the test.
    final class Path {
        let text = NSTemporaryDirectory() + "recording-\(UUID().uuidString).wav"

        deinit { try? FileManager.default.removeItem(atPath: text) }
    }

    /// How a frame sounds in a recording.
    private func sound(_ frame: [UInt8], _ law: G711Law = .mu) -> [Int16] { frame.map { law.decode($0) } }

    /// Where samples lie in a recording.
    private func place(of frame: [Int16], in recording: [Int16], from start: Int = 0) -> Int? {
        recording.indices.dropFirst(start).first { place in
            recording[place] == frame[0] && place + frame.count <= recording.count && Array(recording[place..<place + frame.count]) == frame
        }
    }

    /// The recording of a session, once it is complete.
    private func finish(_ house: House, _ session: House.Session, _ path: Path) throws -> [Int16] {
        house.tell(session, .stopRecording)
        let recorded = try house.events.wait("the recording") { $0.recorded(session.id).first }
        #expect(recorded.path == path.text)
        let sound = try Sound.read(path: path.text)
        #expect(sound.rate == 8000)
        #expect(try recorded.result.get() == .milliseconds(sound.samples.count / 8))
        return sound.samples
    }

    /// Lets what was sent last go through the playout.
    private func flush(_ peer: Peer) throws {
        try peer.speak(paced: Array(repeating: Array(repeating: 0xFF, count: 160), count: 8))
    }

    @Test("a recording holds what the peer sent, in either law", arguments: G711Law.allCases)
    func whole(law: G711Law) throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer) { $0.use(law) }
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        let frames = Noise.frames(50, law, seed: 20)
        try peer.speak(paced: frames, payloadType: law == .mu ? 0 : 8)
        let silence = Array(repeating: Array(repeating: law.silence, count: 160), count: 8)
        try peer.speak(paced: silence, payloadType: law == .mu ? 0 : 8)
        let recording = try finish(house, session, path)
        let start = try #require(frames.lazy.compactMap { place(of: sound($0, law), in: recording) }.first)
        // On a machine that is busy a packet may come too late for its time; by far the most are where they belong.
        let right = frames.enumerated().count { number, frame in
            let place = start + number * 160
            return place + 160 <= recording.count && Array(recording[place..<place + 160]) == sound(frame, law)
        }
        #expect(right >= 45)
        #expect(recording.count >= 50 * 160)
        // Before the first packet there was silence.
        #expect(recording[..<start].allSatisfy { abs($0) <= 8 })
    }

    @Test("a lost packet is made up in its length, and what follows keeps its place")
    func lost() throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer)
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        let frames = Noise.frames(30, seed: 21)
        try peer.speak(paced: Array(frames[..<15]))
        peer.lose(1)
        try peer.speak(paced: Array(frames[15...]))
        try flush(peer)
        let recording = try finish(house, session, path)
        let before = try #require(place(of: sound(frames[14]), in: recording))
        // The next packet is blended with what was made up.
        #expect(place(of: sound(frames[16]), in: recording) == before + 480)
        #expect(recording[before + 160..<before + 320].contains { $0 != 0 })
    }

    @Test("packets that overtake each other are put in order")
    func overtaken() throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer)
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        let frames = Noise.frames(12, seed: 22)
        try peer.speak(paced: Array(frames[..<5]))
        let early = peer.packet(0, frames[5])
        peer.timestamp &+= 160
        try peer.speak(paced: [frames[6]])
        peer.rtp.send(early, to: peer.target)
        try peer.speak(paced: Array(frames[7...]))
        try flush(peer)
        let recording = try finish(house, session, path)
        let places = frames.map { place(of: sound($0), in: recording) }
        let first = try #require(places[4])
        #expect(Array(places[4...8]) == (0..<5).map { first + $0 * 160 })
    }

    @Test("packets of 10 and of 40 ms are recorded as those of 20 ms are", arguments: [80, 320])
    func packetTimes(length: Int) throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer)
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        let audio = Noise.frames(20, seed: 23).flatMap { $0 }
        peer.rtp.drain()
        for start in stride(from: 0, to: audio.count, by: 320) {
            _ = try peer.hear(2)
            for part in stride(from: start, to: start + 320, by: length) { peer.speak(Array(audio[part..<part + length])) }
        }
        try flush(peer)
        let recording = try finish(house, session, path)
        let first = try #require(place(of: sound(Array(audio[..<160])), in: recording))
        #expect(Array(recording[first..<first + audio.count]) == sound(audio))
    }

    @Test("another source that takes over is recorded from there on")
    func newSource() throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer)
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        let frames = Noise.frames(24, seed: 24)
        try peer.speak(paced: Array(frames[..<8]))
        peer.ssrc ^= 0xFFFF
        peer.sequence = 40_000
        peer.timestamp = 0x8000_0000
        try peer.speak(paced: Array(frames[8...]))
        try flush(peer)
        let recording = try finish(house, session, path)
        #expect(place(of: sound(frames[2]), in: recording) != nil)
        let later = try #require(place(of: sound(frames[12]), in: recording))
        #expect(place(of: sound(frames[20]), in: recording) == later + 8 * 160)
    }

    @Test("a path that cannot be written is reported at once with the reason, and the call goes on")
    func unwritable() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        let path = "/no/such/folder/a.wav"
        house.tell(session, .record(path: path))
        try house.settle(session)
        let recorded = try house.events.wait("the failure") { $0.recorded(session.id).first }
        guard case .failure(.file(path, let reason)) = recorded.result, recorded.path == path else {
            Issue.record("\(recorded)")
            return
        }
        #expect(reason.contains("No such file"))
        #expect("\(MediaFailure.file(path, reason))".contains(path))
        try house.fence(session, peer)
        _ = try peer.hear(3)
        house.tell(session, .stopRecording)
        _ = try house.close(session)
        house.engine.shutdown()
        #expect(house.events.now { $0.recorded(session.id).count } == 1)
    }

    @Test("how much was spoken is told while a recording goes on, and once more before it is complete")
    func speech() throws {
        let (house, peer, path) = (try House(), try Peer(), Path())
        let session = try house.call(peer)
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        try peer.speak(paced: Noise.frames(60, .mu, seed: 20))
        _ = try house.events.wait("the reading of the first second") { $0.readings(session.id).first }
        _ = try finish(house, session, path)
        let readings = house.events.now { $0.readings(session.id) }
        #expect(readings.count >= 2)
        let last = try #require(readings.last)
        #expect(last.spoken > .milliseconds(700) && last.quiet < .seconds(1), "\(last)")
    }

    @Test("the next recording ends the one before; so do the end of the session and of the engine")
    func endings() throws {
        let house = try House()
        let (peer, other) = (try Peer(), try Peer())
        let (session, second) = (try house.call(peer), try house.call(other))
        let paths = (0..<3).map { _ in Path() }
        house.tell(session, .record(path: paths[0].text))
        try house.settle(session)
        _ = try peer.hear(10)
        house.tell(session, .record(path: paths[1].text))
        try house.settle(session)
        house.tell(second, .record(path: paths[2].text))
        _ = try peer.hear(10)
        house.tell(session, .stopRecording, .stopRecording)
        _ = try house.events.wait("two recordings") { $0.recorded(session.id).count == 2 ? true : nil }
        house.tell(session, .record(path: paths[1].text))
        try house.settle(session)
        _ = try peer.hear(10)
        _ = try house.close(session)
        house.engine.shutdown()
        let recorded = house.events.now { $0.recorded(session.id) + $0.recorded(second.id) }
        #expect(recorded.map(\.path) == [paths[0], paths[1], paths[1], paths[2]].map(\.text))
        for (path, result) in recorded { #expect(try result.get() > .milliseconds(100), "\(path)") }
        #expect(try Sound.read(path: paths[2].text).samples.count > 800)
    }
}
