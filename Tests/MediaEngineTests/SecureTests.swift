import Audio
import Kernel
import RTP
import SDP
import Testing

@testable import MediaEngine

/// SRTP on real sockets.
struct SecureTests {
    private static func keys(_ suite: SRTPSuite, seed: UInt64 = 1) -> SRTPKeys {
        var random = SeededRandom(seed: seed)
        return SRTPKeys(send: SRTPKey(suite: suite, using: &random), receive: SRTPKey(suite: suite, using: &random))
    }

    /// Two sessions that talk to each other through two sockets of the test, which may forward, keep and repeat what comes.
    private struct Line {
        let house: House
        let one: House.Session
        let other: House.Session
        /// Where `one` sends to, and from where `other` hears.
        let relay: Peer

        init(_ suite: SRTPSuite, wrongKeys: Bool = false) throws {
            (house, relay) = (try House(), try Peer())
            let keys = SecureTests.keys(suite)
            let mirrored = wrongKeys ? SecureTests.keys(suite, seed: 9) : SRTPKeys(send: keys.receive, receive: keys.send)
            one = try house.call(relay) { $0.keys = keys }
            other = try house.call(relay) { $0.keys = mirrored }
            relay.target = other.address
        }

        /// Carries packets of `one` to `other`, each so many times.
        func carry(_ count: Int, times: Int = 1) throws {
            for _ in 0..<count {
                guard let (bytes, port) = relay.rtp.receive() else { throw Missing(description: "a packet to carry") }
                guard port == one.address.port else { continue }
                for _ in 0..<times { relay.rtp.send(bytes, to: other.address) }
            }
        }
    }

    @Test("a key pressed at one end is heard at the other, through each suite", arguments: SRTPSuite.allCases)
    func keysGoThrough(suite: SRTPSuite) throws {
        let line = try Line(suite)
        line.house.tell(line.one, .sendKeys([try #require(DTMFKey("7"))]))
        for _ in 0..<200 where line.house.events.now({ $0.keys(line.other.id) }) != "7" { try line.carry(1) }
        #expect(line.house.events.now { $0.keys(line.other.id) } == "7")
        #expect(try line.house.close(line.other).unauthentic == 0)
    }

    @Test("what leaves is not the audio, and carries the tag of its suite", arguments: zip(SRTPSuite.allCases, [16, 10, 4, 16]))
    func notPlain(suite: SRTPSuite, tag: Int) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.keys = SecureTests.keys(suite) }
        let clip = try Noise.clip(1600, seed: 1)
        house.play(session, 1, clip)
        let heard = try peer.hear(20)
        #expect(heard.allSatisfy { $0.payload.count == 160 + tag })
        let audio = clip.copy(.mu)
        let silence = [UInt8](repeating: 0xFF, count: 32)
        for packet in heard {
            let piece = Array(packet.payload[..<32])
            #expect(piece != silence && !stride(from: 0, to: audio.count, by: 160).contains { Array(audio[$0..<($0 + 32)]) == piece })
        }
    }

    @Test("plain packets, forged ones and repeated ones are dropped and counted, and none of them becomes the peer")
    func dropped() throws {
        let line = try Line(.aesCM128SHA1Tag80)
        try line.carry(6, times: 2)
        let stranger = try Peer()
        stranger.target = line.other.address
        for _ in 0..<5 { stranger.speak() }
        line.relay.press("1")
        // What comes behind them is taken behind them.
        try line.carry(20)
        #expect(stranger.rtp.drain() == 0)
        let statistics = try line.house.close(line.other)
        #expect(line.house.events.now { $0.keys(line.other.id) } == "")
        #expect(statistics.received >= 1)
        #expect(statistics.unauthentic >= 5 + 8 + 1)
        #expect(statistics.unauthentic == statistics.dropped)
    }

    @Test("with other keys nothing is understood")
    func wrongKeys() throws {
        let line = try Line(.aesGCM128, wrongKeys: true)
        try line.carry(20)
        let statistics = try line.house.close(line.other)
        #expect(statistics.received == 0 && statistics.unauthentic > 0)
    }

    @Test("new keys of a re-INVITE are used from then on, and unchanged ones go on counting")
    func rekey() throws {
        let (house, peer) = (try House(), try Peer())
        let keys = SecureTests.keys(.aesCM128SHA1Tag80)
        let session = try house.call(peer) { $0.keys = keys }
        _ = try peer.hear(3)
        try house.connect(session, peer) { $0.keys = keys }
        #expect(try peer.hear(3).isContinuousInNumber)
        try house.connect(session, peer) { $0.keys = SecureTests.keys(.aesGCM256, seed: 5) }
        peer.rtp.drain()
        #expect(try peer.hear(3).allSatisfy { $0.payload.count == 176 })
        try house.connect(session, peer)
        peer.rtp.drain()
        #expect(try peer.hear(3).allSatisfy { $0.payload.count == 160 })
    }

    @Test("reports of the peer are opened and believed", arguments: SRTPSuite.allCases)
    func reportsOfThePeer(suite: SRTPSuite) throws {
        let (house, peer) = (try House(), try Peer())
        let keys = SecureTests.keys(suite)
        let session = try house.call(peer) { $0.keys = keys }
        var context = try #require(SRTPContext(keys.receive, encrypts: true))
        defer { context.end() }
        let target = TransportAddress(ip: session.address.ip, port: session.address.port + 1)
        for _ in 0..<3 {
            var bytes = Peer.bytes(RTCPCompound(ssrc: peer.ssrc, sender: nil, block: nil, goodbye: false))
            let count = bytes.count
            bytes += Array(repeating: 0, count: 32)
            let length = bytes.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { context.protectReport($0, count) } ?? 0
            }
            peer.rtcp.send(Array(bytes[..<length]), to: target)
        }
        _ = try peer.hear(10)
        #expect(try house.close(session).dropped == 0)
    }

    @Test("a key identifier in the peer's packets and reports is taken out, and another one refused", arguments: SRTPSuite.allCases)
    func identifier(suite: SRTPSuite) throws {
        var keys = SecureTests.keys(suite)
        keys.receive.identifier = [1, 2, 3, 4]
        var sender = try #require(SRTPContext(keys.receive, encrypts: true))
        var receiver = try #require(SRTPContext(keys.receive, encrypts: false))
        defer {
            sender.end()
            receiver.end()
        }
        let header: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 1, 0xCA, 0x11, 0, 1]
        let report: [UInt8] = [0x80, 200, 0, 6, 0xCA, 0x11, 0, 1]
        for (isReport, identifier) in [(false, [1, 2, 3, 4]), (true, [1, 2, 3, 4]), (false, [1, 2, 3, 5]), (true, [9, 2, 3, 4])]
            as [(Bool, [UInt8])]
        {
            let plain = (isReport ? report : header) + [UInt8](repeating: 7, count: 20)
            var bytes = plain + [UInt8](repeating: 0, count: 40)
            let opened = bytes.withUnsafeMutableBufferPointer { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                let length = isReport ? sender.protectReport(base, plain.count) : sender.protect(base, plain.count)
                // The identifier comes before the tag, or behind everything.
                let tag = isReport && !suite.isGCM ? 10 : suite.isGCM ? 0 : suite.tagLength
                for place in 0..<tag { base[length + 3 - place] = base[length - 1 - place] }
                for place in 0..<4 { base[length - tag + place] = identifier[place] }
                return isReport ? receiver.openReport(base, length + 4) : receiver.open(base, length + 4)
            }
            #expect(opened == (identifier == [1, 2, 3, 4] ? plain.count : 0))
            if opened > 0 { #expect(Array(bytes[..<opened]) == plain) }
        }
    }

    @Test("reports are protected as well")
    func reports() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.keys = SecureTests.keys(.aesCM128SHA1Tag32) }
        peer.report(RTCPCompound(ssrc: peer.ssrc, sender: nil, block: nil, goodbye: false))
        try house.settle(session)
        _ = try peer.hear(10)
        let statistics = try house.close(session)
        #expect(statistics.unauthentic == 1)
        let (bytes, _) = try #require(peer.rtcp.receive())
        // The first packet's header stays readable, the rest does not: 4 bytes of index and 10 of tag follow.
        #expect(bytes.count > 40)
        #expect(throws: RTCPParseError.self) { try RTCPCompound.read(bytes.span) { _ in } }
    }
}

extension [Peer.Heard] {
    fileprivate var isContinuousInNumber: Bool { zip(self, dropFirst()).allSatisfy { $1.header.sequence == $0.header.sequence &+ 1 } }
}
