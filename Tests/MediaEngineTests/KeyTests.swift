import Audio
import Kernel
import MediaEngine
import RTP
import SDP
import Testing

struct KeyTests {
    @Test("a key whose beginning is lost and whose end comes three times is heard once", arguments: "0159*#AC")
    func lostBeginning(face: Character) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        peer.speak()
        peer.press(face, lost: [0, 1, 2, 3, 4])
        peer.speak()
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "\(face)D")
    }

    @Test("each press is heard once, whole or in part, and the same key again is heard again")
    func presses() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        for (face, lost) in [("1", []), ("1", [0]), ("2", [5, 6, 7]), ("2", [1, 2, 3, 4, 5, 6, 7]), ("3", [])] as [(Character, Set<Int>)] {
            peer.press(face, lost: lost)
        }
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "11223D")
    }

    @Test("a key with another payload type than was negotiated is none")
    func otherPayloadType() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.receiveEvents = TelephoneEvents(payloadType: 96, clockRate: 8000) }
        peer.press("1", payloadType: 96)
        peer.press("2", payloadType: 101)
        peer.press("3", payloadType: 96)
        _ = try house.events.wait("the keys") { $0.keys(session.id).last == "3" ? true : nil }
        #expect(house.events.now { $0.keys(session.id) } == "13")
        #expect(try house.close(session).dropped == 8)
    }

    @Test("keys are heard with the payload type of each clock rate that was negotiated")
    func severalClockRates() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) {
            $0.alsoReceive = [.opus]
            $0.alsoReceiveEvents = [TelephoneEvents(payloadType: 102, clockRate: 48_000)]
        }
        peer.press("1")
        peer.press("2", payloadType: 102)
        peer.press("3")
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "123D")
        #expect(try house.close(session).dropped == 0)
    }

    @Test("a key stops the prompt when whoever plays it says so")
    func bargeIn() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        house.play(session, 1, try Noise.clip(80_000, seed: 30))
        try house.connect(session, peer)
        var heard = try peer.hear(5)
        peer.press("5")
        _ = try house.events.wait("the key") { $0.keys(session.id) == "5" ? true : nil }
        house.tell(session, .stopPlaying)
        #expect(try house.events.wait("the end of the prompt") { $0.played(session.id).first } == -1)
        while heard.count < 300, heard[heard.count - 1].payload.contains(where: { $0 != 0xFF }) { heard += try peer.hear(1) }
        heard += try peer.hear(2)
        #expect(heard.suffix(3).audio.allSatisfy { $0 == 0xFF })
        #expect(heard.isContinuous)
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "5D")
    }

    // MARK: Tones in the audio

    private func tone(_ face: Character, _ law: G711Law) throws -> [UInt8] {
        let tone = Tone.key(try #require(DTMFKey(face)), for: .milliseconds(100)).samples + Array(repeating: 0, count: 800)
        return tone.map { law.encode($0) }
    }

    private func send(_ audio: [UInt8], _ peer: Peer, payloadType: UInt8 = 0) {
        for start in stride(from: 0, to: audio.count, by: 160) { peer.speak(Array(audio[start..<start + 160]), payloadType: payloadType) }
    }

    @Test("tones in the audio are keys while they are listened for", arguments: G711Law.allCases)
    func tones(law: G711Law) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.use(law) }
        let payloadType: UInt8 = law == .mu ? 0 : 8
        send(try tone("1", law), peer, payloadType: payloadType)
        try house.fence(session, peer)
        house.tell(session, .detectTones(true))
        try house.settle(session)
        for face in "2*33" { send(try tone(face, law), peer, payloadType: payloadType) }
        try house.fence(session, peer)
        house.tell(session, .detectTones(false))
        try house.settle(session)
        send(try tone("4", law), peer, payloadType: payloadType)
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "D2*33DD")
    }

    @Test("tones are keys in every codec", arguments: MediaCapabilities.all.formats)
    func tonesInEveryCodec(format: AudioFormat) throws {
        let (house, peer) = (try House(), try Peer())
        let codec = try #require(Codec(name: format.name, clockRate: format.clockRate, channels: format.channels))
        let session = try house.call(peer) {
            $0.format = format
            $0.receivePayloadType = format.payloadType
        }
        house.tell(session, .detectTones(true))
        try house.settle(session)
        // No D, which the fence behind them is: a tone and an event together are one key.
        let keys = try "2*330C".flatMap { face in
            try Tone.key(#require(DTMFKey(face)), for: .milliseconds(100)).samples + Array(repeating: 0, count: 800)
        }
        let samples = try Sound(samples: keys, rate: 8000).resampled(to: codec.rate).samples
        let encoder = try #require(codec.makeEncoder())
        var bytes = [UInt8](repeating: 0, count: codec.longestPacket)
        let frame = codec.rate / 50
        for start in stride(from: 0, to: samples.count - frame + 1, by: frame) {
            let count = encoder.encode(Array(samples[start..<start + frame]), frame, into: &bytes, bytes.count)
            peer.speak(Array(bytes[..<count]), payloadType: format.payloadType)
        }
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "2*330CD")
    }

    @Test("the same key before and behind a pause in which nothing was sent is two")
    func pauseWithoutPackets() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectTones(true))
        try house.settle(session)
        let key = try Tone.key(#require(DTMFKey("5")), for: .milliseconds(100)).samples.map { G711Law.mu.encode($0) }
        for isFirst in [false, true] {
            for start in stride(from: 0, to: key.count, by: 160) {
                peer.rtp.send(peer.packet(0, marker: isFirst && start == 0, Array(key[start..<start + 160])), to: peer.target)
                peer.timestamp &+= 160
            }
        }
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "55D")
    }

    @Test("a key that comes both as an event and as a tone is heard once")
    func bothWays() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        house.tell(session, .detectTones(true))
        try house.settle(session)
        peer.press("7")
        send(try tone("7", .mu), peer)
        peer.press("8")
        try house.fence(session, peer)
        #expect(house.events.now { $0.keys(session.id) } == "78D")
    }

    // MARK: Keys that we send

    @Test("keys go out as events: 100 ms each and 100 ms apart, the end three times, with the negotiated payload type")
    func sentAsEvents() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.sendEvents = TelephoneEvents(payloadType: 97, clockRate: 8000) }
        house.tell(session, .sendKeys(try "1#".map { try #require(DTMFKey($0)) }))
        var heard: [Peer.Heard] = []
        while heard.count < 300, heard.count(where: { $0.header.payloadType == 97 }) < 14 { heard += try peer.hear(1) }
        heard += try peer.hear(4)
        let events = heard.filter { $0.header.payloadType == 97 }
        let payloads = events.compactMap { TelephoneEvent(parsing: $0.payload.span) }
        #expect(payloads.count == 14 && events.count == 14)
        for (number, code) in [UInt8(1), 11].enumerated() {
            let part = number * 7..<number * 7 + 7
            #expect(payloads[part].allSatisfy { $0.code == code })
            #expect(payloads[part].map(\.duration) == [160, 320, 480, 640, 800, 800, 800])
            #expect(payloads[part].map(\.end) == [false, false, false, false, true, true, true])
            #expect(events[part].map(\.header.marker) == [true, false, false, false, false, false, false])
            #expect(Set(events[part].map(\.header.timestamp)).count == 1)
        }
        // 200 ms from the beginning of one to the beginning of the next, unless the machine was too busy to send.
        let step = events[7].header.timestamp &- events[0].header.timestamp
        #expect(step == 1600 || step > 1600 && step % 160 == 0)
        #expect(zip(heard, heard.dropFirst()).allSatisfy { $1.header.sequence == $0.header.sequence &+ 1 })
        // Between the keys and after them there is audio, which begins with the marker.
        let first = try #require(heard.firstIndex { $0.header.payloadType == 97 })
        #expect(heard[(first + 7)..<(first + 10)].allSatisfy { $0.header.payloadType == 0 && $0.payload.count == 160 })
        #expect(heard[first + 7].header.marker && !heard[first + 8].header.marker)
        #expect(heard.suffix(4).allSatisfy { $0.header.payloadType == 0 })
    }

    @Test("a prompt waits for the keys that are sent and goes on where it was")
    func promptWaits() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.open()
        let clip = try Noise.clip(4000, seed: 31)
        house.play(session, 1, clip)
        try house.connect(session, peer)
        house.tell(session, .sendKeys([try #require(DTMFKey("9"))]))
        var heard: [Peer.Heard] = []
        while heard.count < 300, heard.filter({ $0.header.payloadType == 0 }).count < 25 { heard += try peer.hear(1) }
        #expect(heard.count == 32)
        #expect(heard.filter { $0.header.payloadType == 0 }.audio == clip.copy(.mu))
    }

    @Test("for a peer that takes no events keys go out as tones in the audio")
    func sentAsTones() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.sendEvents = nil }
        house.tell(session, .sendKeys(try "4D0".map { try #require(DTMFKey($0)) }))
        let detector = try #require(ToneDetector())
        var keys = ""
        // Three keys of 200 ms, and what goes before and behind them.
        for packet in try peer.hear(36) {
            #expect(packet.header.payloadType == 0)
            packet.payload.map { G711Law.mu.decode($0) }.withUnsafeBufferPointer { samples in
                detector.listen(to: samples) { keys.append($0.character) }
            }
        }
        #expect(keys == "4D0")
        // They are no play of anybody's, and in the way of none, whatever the codec.
        #expect(house.events.now { $0.played(session.id) } == [])
    }
}
