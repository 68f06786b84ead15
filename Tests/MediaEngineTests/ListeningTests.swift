import Audio
import Foundation
import Kernel
import MediaEngine
import SDP
import Testing

/// Who answers, and how loud: on real sockets.
struct ListeningTests {
    private func tone(_ seconds: Double, _ level: Double, hertz: Double = 1000) -> [UInt8] {
        (0..<Int(seconds * 8000)).map { G711Law.mu.encode(Int16(level * sin(2 * .pi * hertz * Double($0) / 8000))) }
    }

    private func frames(_ audio: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: audio.count, by: 160).map { Array(audio[$0..<min($0 + 160, audio.count)]) }
    }

    @Test("a short word and a pause are a human's, and a tone before silence is a beep", arguments: [false, true])
    func finds(records: Bool) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectAnswer(true))
        if records { house.tell(session, .record(path: "/dev/null")) }
        try house.settle(session)
        var random = SeededRandom(seed: 3)
        let word = (0..<4000).map { _ in G711Law.mu.encode(Int16.random(in: -9000...9000, using: &random)) }
        try peer.speak(paced: frames(word + tone(1.2, 0) + tone(0.3, 9000) + tone(0.4, 0)))
        let found = try house.events.wait("what was found") { events -> [AnswerDetector.Finding]? in
            let found = events.compactMap { if case .found(session.id, let finding) = $0 { finding } else { nil } }
            return found.count == 2 ? found : nil
        }
        #expect(found == [.answered(by: .human), .beep])
    }

    /// Packets of something like a voice, a pitch that glides with harmonics that come and go, between two pauses.
    private func voice(_ codec: Codec, before: Double, _ seconds: Double, after: Double) throws -> [[UInt8]] {
        let samples = (0..<Int((before + seconds + after) * Double(codec.rate))).map { index -> Int16 in
            let time = Double(index) / Double(codec.rate) - before
            guard time >= 0, time < seconds else { return 0 }
            let phase = 2 * .pi * (120 * time + 4 * sin(5 * time))
            return Int16(4000 * (1...8).reduce(0.0) { $0 + sin(phase * Double($1)) * (1 + sin(3 * time + Double($1))) / 2 })
        }
        let encoder = try #require(codec.makeEncoder())
        var bytes = [UInt8](repeating: 0, count: 1500)
        let frame = codec.rate / 50
        return stride(from: 0, to: samples.count - frame + 1, by: frame).map { start in
            let part = Array(samples[start..<start + frame])
            return Array(bytes[..<encoder.encode(part, frame, into: &bytes, bytes.count)])
        }
    }

    private func spoke(_ house: House, _ session: House.Session) -> Int {
        house.events.now { $0.count { if case .spoke(session.id) = $0 { true } else { false } } }
    }

    @Test(
        "somebody who begins to speak is told once, and a recording that follows begins with the first words",
        arguments: [AudioFormat.pcmu, .g722])
    func speech(format: AudioFormat) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("words-\(UUID().uuidString).wav")
        defer { try? FileManager.default.removeItem(at: file) }
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) {
            $0.format = format
            $0.receivePayloadType = format.payloadType
        }
        house.play(session, 1, try Noise.clip(16_000, seed: 4))
        house.tell(session, .detectSpeech(true))
        try house.settle(session)
        let codec: Codec = format == .g722 ? .g722 : .pcmu
        let packets = try voice(codec, before: 0.5, 1.2, after: 0.3)
        try peer.speak(paced: Array(packets[..<55]), payloadType: format.payloadType)
        _ = try house.events.wait("the first words") { events in
            events.contains { if case .spoke(session.id) = $0 { true } else { false } } ? true : nil
        }
        house.tell(session, .record(path: file.path))
        try peer.speak(paced: Array(packets[55...]), payloadType: format.payloadType)
        house.tell(session, .stopRecording)
        _ = try house.events.wait("the recording") { $0.recorded(session.id).first }
        #expect(spoke(house, session) == 1)
        let spoken = try Sound.read(path: file.path).spokenSeconds
        #expect(spoken > 1.1, "\(spoken) s of the 1.2 s of words are recorded")
    }

    @Test("a key in the audio and a click are not speech")
    func noSpeech() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectSpeech(true))
        try house.settle(session)
        let key = Tone.key(try #require(DTMFKey("5")), for: .milliseconds(400)).samples.map { G711Law.mu.encode($0) }
        try peer.speak(paced: frames(tone(0.2, 0) + key + tone(0.3, 0) + tone(0.02, 20_000, hertz: 300) + tone(0.4, 0)))
        try house.fence(session, peer)
        #expect(spoke(house, session) == 0)
    }

    @Test("nobody is told of who speaks when it is no longer asked for")
    func noLonger() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectSpeech(true), .detectSpeech(false))
        try house.settle(session)
        try peer.speak(paced: voice(.pcmu, before: 0, 0.6, after: 0))
        try house.fence(session, peer)
        #expect(spoke(house, session) == 0)
    }
}

extension Sound {
    /// How much of it is loud.
    fileprivate var spokenSeconds: Double {
        let frames = stride(from: 0, to: samples.count - rate / 50, by: rate / 50)
        return Double(frames.count { start in samples[start..<start + rate / 50].contains { abs(Int($0)) > 1500 } }) / 50
    }
}
