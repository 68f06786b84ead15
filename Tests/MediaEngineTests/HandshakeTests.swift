import Kernel
import MediaEngine
import RTP
import SDP
import Testing

/// DTLS-SRTP between two engines.
struct HandshakeTests {
    /// A session of each house, connected with each other.
    private func connect(
        _ one: House, _ two: House, expecting fingerprint: DTLSFingerprint? = nil
    ) throws -> (House.Session, House.Session) {
        let (first, second) = (try one.open(), try two.open())
        for (house, session, peer, print, begins) in [
            (one, first, second, two.engine.fingerprint, true), (two, second, first, fingerprint ?? one.engine.fingerprint, false),
        ] {
            var audio = try Peer().audio
            audio.remote = peer.address
            audio.remoteRTCP = peer.address
            audio.rtcpMux = true
            audio.dtls = DTLSTerms(peer: try #require(print), begins: begins)
            house.tell(session, .connect(audio))
        }
        return (first, second)
    }

    @Test("a handshake in the media makes the keys, and both hear each other")
    func agrees() throws {
        let (one, two) = (try House(), try House())
        let (first, second) = try connect(one, two)
        one.tell(first, .sendKeys([try #require(DTMFKey("5"))]))
        two.tell(second, .sendKeys([try #require(DTMFKey("6"))]))
        _ = try two.events.wait("the first one's audio") { $0.heard(second.id) == 1 ? true : nil }
        _ = try one.events.wait("the second one's audio") { $0.heard(first.id) == 1 ? true : nil }
        // Audio may overtake the last words of the handshake, so that some of it was dropped.
        #expect(try one.close(first).received > 0)
        #expect(try two.close(second).received > 0)
    }

    @Test("a certificate that the signalling does not name is refused, and nothing is sent or heard")
    func wrongCertificate() throws {
        let (one, two, stranger) = (try House(), try House(), try House())
        let (first, second) = try connect(one, two, expecting: stranger.engine.fingerprint)
        let failure = try two.events.wait("the refusal") { events -> DTLSFailure? in
            for case .notSecured(second.id, let failure) in events { return failure }
            return nil
        }
        #expect(failure == .wrongCertificate)
        #expect(one.events.now { $0.heard(first.id) } == 0)
        #expect(try one.close(first).received == 0)
    }

    @Test("before the keys are there nothing plain is sent, and nothing plain is heard")
    func nothingPlain() throws {
        let (house, peer) = (try House(), try Peer())
        let fingerprint = try #require(house.engine.fingerprint)
        let session = try house.call(peer) { $0.dtls = DTLSTerms(peer: fingerprint, begins: false) }
        for _ in 0..<5 { peer.speak() }
        house.play(session, 1, try Noise.clip(1600, seed: 3))
        _ = try house.events.wait("the end of the play") { $0.played(session.id) == [1] ? true : nil }
        let counts = try house.close(session)
        #expect(counts.unauthentic == 5 && counts.received == 0)
        #expect(try peer.hearPending().isEmpty)
    }

    @Test("a flood of datagrams that look like a handshake's is taken up to a limit, and the rest dropped and counted")
    func flood() throws {
        let (house, peer) = (try House(), try Peer())
        let fingerprint = try #require(house.engine.fingerprint)
        let session = try house.call(peer) { $0.dtls = DTLSTerms(peer: fingerprint, begins: false) }
        // A thread takes one datagram of a session at least each time it goes round.
        for _ in 0..<260 {
            peer.rtp.send([22, 0xFE, 0xFD] + Array(repeating: 0, count: 60), to: peer.target)
            try house.settle(session)
        }
        #expect(try house.close(session).dropped == 60)
    }
}
