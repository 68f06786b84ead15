import Audio
import Foundation
import Kernel
import MediaEngine
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
}
