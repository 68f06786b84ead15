import Audio
import Foundation
import Kernel
import RTP
import SDP
import Testing

@testable import MediaEngine

struct CodecSessionTests {
    static let formats = MediaCapabilities.all.formats

    private func codec(_ format: AudioFormat) throws -> Codec {
        try #require(Codec(name: format.name, clockRate: format.clockRate, channels: format.channels))
    }

    private func tone(_ hertz: Double, _ rate: Int, seconds: Double) -> [Int16] {
        (0..<Int(Double(rate) * seconds)).map { Int16(8000 * sin(2 * .pi * hertz * Double($0) / Double(rate))) }
    }

    /// The power of a frequency within samples, against that of all of them.
    private func purity(_ samples: some Collection<Int16>, _ hertz: Double, _ rate: Int) -> Double {
        var (real, imaginary, total) = (0.0, 0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let phase = 2 * .pi * hertz * Double(index) / Double(rate)
            real += Double(sample) * cos(phase)
            imaginary += Double(sample) * sin(phase)
            total += Double(sample) * Double(sample)
        }
        return total == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (Double(samples.count) * total)
    }

    private func decode(_ packets: [Peer.Heard], _ codec: Codec) throws -> [Int16] {
        let decoder = try #require(codec.makeDecoder())
        var output = [Int16](repeating: 0, count: 5760)
        return packets.flatMap { output[..<decoder.decode($0.payload, $0.payload.count, into: &output, output.count)] }
    }

    private func call(_ house: House, _ peer: Peer, _ format: AudioFormat, packetTime: Int = 20) throws -> House.Session {
        try house.call(peer) {
            $0.format = format
            $0.receivePayloadType = format.payloadType
            $0.packetTime = packetTime
            let events = TelephoneEvents(payloadType: 101, clockRate: format.clockRate)
            ($0.sendEvents, $0.receiveEvents) = (events, events)
        }
    }

    @Test("a prompt sounds in each codec as it was recorded", arguments: formats)
    func prompts(format: AudioFormat) throws {
        let (house, peer, codec) = (try House(), try Peer(), try codec(format))
        let session = try call(house, peer, format)
        let clip = try Clip(Sound(samples: tone(1000, 16_000, seconds: 0.6), rate: 16_000))
        house.play(session, 1, clip, clip)
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let packets = try peer.hearPending()
        #expect(packets.allSatisfy { $0.header.payloadType == format.payloadType })
        #expect(zip(packets, packets.dropFirst()).allSatisfy { $1.header.timestamp &- $0.header.timestamp == format.clockRate / 50 })
        let heard = try decode(packets, codec)
        let start = try #require(heard.firstIndex { abs($0) > 4000 })
        #expect(heard.count - start > codec.rate * 11 / 10)
        // The first of the two clips; a filter at the seam may click.
        #expect(purity(heard[(start + codec.rate / 10)..<(start + codec.rate / 2)], 1000, codec.rate) > 0.97)
    }

    @Test("packets are as long as the peer asks for", arguments: SessionFormat.packetTimes, [AudioFormat.pcmu, .g722, .l16Wide])
    func packetTimes(milliseconds: Int, format: AudioFormat) throws {
        let (house, peer, codec) = (try House(), try Peer(), try codec(format))
        let session = try call(house, peer, format, packetTime: milliseconds)
        let clip = try Noise.clip(8000, seed: 50)
        clip.encode(codec)
        house.play(session, 1, clip)
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let packets = try peer.hearPending()
        let bytes = try #require(codec.bytesPerMillisecond) * milliseconds
        // Packets of the first moments may be from before the session was connected.
        #expect(packets.allSatisfy { $0.payload.count == bytes })
        #expect(
            zip(packets, packets.dropFirst()).allSatisfy {
                $1.header.timestamp &- $0.header.timestamp == format.clockRate * UInt32(milliseconds) / 1000
            })
        let sent = Array(try #require(clip.rendition(codec)).bytes)
        let heard = packets.audio
        #expect(heard.indices.contains { heard[$0...].starts(with: sent[..<200]) && heard[$0...].starts(with: sent) })
    }

    @Test(
        "packets of Opus last 20, 40 or 60 ms, as the peer asks for",
        arguments: [(10, 20), (20, 20), (30, 20), (40, 40), (50, 40), (60, 60)])
    func opusPacketTimes(wanted: Int, milliseconds: Int) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer, .opus, packetTime: wanted)
        let clip = try Clip(Sound(samples: tone(1000, 16_000, seconds: 0.6), rate: 16_000))
        clip.encode(.opus)
        house.play(session, 1, clip)
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let packets = try peer.hearPending()
        #expect(packets.count >= 600 / milliseconds)
        #expect(
            zip(packets, packets.dropFirst()).allSatisfy { $1.header.timestamp &- $0.header.timestamp == 48 * UInt32(milliseconds) })
        #expect(try packets.allSatisfy { try decode([$0], .opus).count == 16 * milliseconds })
        let heard = try decode(packets, .opus)
        let start = try #require(heard.firstIndex { abs($0) > 4000 })
        #expect(purity(heard[(start + 1600)..<(start + 6400)], 1000, 16_000) > 0.97)
    }

    @Test("members of a bridge with different codecs and packet times hear each other", arguments: formats)
    func transcoding(format: AudioFormat) throws {
        let house = try House()
        let (one, other) = (try Peer(), try Peer())
        let (ours, theirs) = (Codec.pcma, try codec(format))
        let first = try house.open()
        try house.connect(first, one) {
            $0.use(.a)
            $0.packetTime = 30
        }
        let second = try house.open(beside: first.id)
        try house.connect(second, other) {
            $0.format = format
            $0.receivePayloadType = format.payloadType
        }
        let bridge = try house.engine.makeBridge(beside: first.id)
        house.tell(first, .join(bridge, as: .talker))
        house.tell(second, .join(bridge, as: .talker))
        let (low, high) = (try packets(500, ours), try packets(1300, theirs))
        var heard: (one: [Peer.Heard], other: [Peer.Heard]) = ([], [])
        for (a, b) in zip(low, high) {
            heard.other += try other.hear(1)
            heard.one += try one.hearPending()
            one.speak(a, payloadType: 8)
            other.rtp.send(other.packet(format.payloadType, b), to: other.target)
            other.timestamp &+= format.clockRate / 50
        }
        let atOne = try decode(heard.one, ours).suffix(6400)
        let atOther = try decode(heard.other, theirs).suffix(theirs.rate * 8 / 10)
        #expect(heard.one.allSatisfy { $0.payload.count == 240 })
        #expect(purity(atOne, 1300, 8000) > 0.9)
        #expect(purity(atOther, 500, theirs.rate) > 0.9)
    }

    @Test("what is mixed fills packets of any length", arguments: [20, 40, 50, 60])
    func longPackets(milliseconds: Int) throws {
        let house = try House()
        let (one, other) = (try Peer(), try Peer())
        let first = try house.call(one)
        let second = try house.open(beside: first.id)
        try house.connect(second, other) {
            $0.format = .l16Wide
            $0.receivePayloadType = AudioFormat.l16Wide.payloadType
            $0.packetTime = milliseconds
        }
        let bridge = try house.engine.makeBridge(beside: first.id)
        house.tell(first, .join(bridge, as: .talker))
        house.tell(second, .join(bridge, as: .talker))
        try house.settle(second)
        other.rtp.drain()
        #expect(try other.hear(3).allSatisfy { $0.payload.count == 32 * milliseconds })
    }

    private func packets(_ hertz: Double, _ codec: Codec) throws -> [[UInt8]] {
        let encoder = try #require(codec.makeEncoder())
        let (samples, frame) = (tone(hertz, codec.rate, seconds: 1.6), codec.rate / 50)
        return stride(from: 0, to: samples.count - frame + 1, by: frame).map { start in
            var bytes = [UInt8](repeating: 0, count: codec.longestPacket)
            let length = encoder.encode(Array(samples[start..<start + frame]), frame, into: &bytes, bytes.count)
            return Array(bytes[..<length])
        }
    }

    @Test("a peer without events hears tones in its codec, and then what plays", arguments: [AudioFormat.g722, .opus])
    func tones(format: AudioFormat) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) {
            $0.format = format
            $0.receivePayloadType = format.payloadType
            $0.sendEvents = nil
        }
        house.tell(session, .sendKeys([try #require(DTMFKey("5"))]))
        house.play(session, 1, try Noise.clip(800, seed: 4))
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let heard = try decode(try peer.hearPending(), try codec(format))
        #expect(heard.contains { abs($0) > 2000 })
    }

    @Test("keys are sent and heard at the clock rate of the codec", arguments: [AudioFormat.pcmu, .g722, .opus, .l16Wide])
    func keys(format: AudioFormat) throws {
        let (house, peer) = (try House(), try Peer())
        let session = try call(house, peer, format)
        peer.rtp.drain()
        house.tell(session, .sendKeys([try #require(DTMFKey("5"))]))
        var events: [Peer.Heard] = []
        for _ in 0..<60 where !events.contains(where: { $0.payload[1] & 0x80 != 0 }) {
            events += try peer.hear(1).filter { $0.header.payloadType == 101 }
        }
        let last = try #require(events.last)
        #expect(last.payload[0] == 5)
        #expect(UInt32(last.payload[2]) << 8 | UInt32(last.payload[3]) == format.clockRate / 10)
        peer.press("7")
        _ = try house.events.wait("the key") { $0.keys(session.id) == "7" ? true : nil }
    }

    @Test("a peer that goes over to another codec that was negotiated is heard")
    func changingCodec() throws {
        let (house, peer, path) = (try House(), try Peer(), RecordingTests.Path())
        let session = try house.call(peer) { $0.alsoReceive = [.g722] }
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        for packet in try packets(700, .g722).prefix(60) {
            _ = try peer.hear(1)
            peer.speak(packet, payloadType: 9)
        }
        house.tell(session, .stopRecording)
        _ = try house.events.wait("the recording") { $0.recorded(session.id).first }
        let recording = try Sound.read(path: path.text)
        #expect(purity(recording.samples.suffix(4000), 700, recording.rate) > 0.9)
    }

    @Test("a peer that goes over to another codec with every packet is heard in one, and costs no decoder a packet")
    func alternatingCodecs() throws {
        let (house, peer, path) = (try House(), try Peer(), RecordingTests.Path())
        let session = try house.call(peer) { $0.alsoReceive = [.pcma, .g722] }
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        for number in 0..<60 {
            _ = try peer.hear(1)
            peer.speak(payloadType: number.isMultiple(of: 2) ? 8 : 0)
        }
        try house.fence(session, peer)
        let dropped = try house.close(session).dropped
        #expect((26...30).contains(dropped), "\(dropped) of 60 were dropped")
    }

    @Test("comfort noise in a pause is heard as noise of its level, not as silence")
    func comfortNoise() throws {
        let (house, peer, path) = (try House(), try Peer(), RecordingTests.Path())
        let session = try house.call(peer) { $0.comfortNoise = 13 }
        house.play(session, 1, try Noise.clip(16_000, seed: 61))
        house.tell(session, .record(path: path.text))
        try house.settle(session)
        try peer.speak(paced: Noise.frames(10, seed: 60))
        peer.rtp.send(peer.packet(13, [40]), to: peer.target)
        _ = try peer.hear(40)
        house.tell(session, .stopRecording)
        _ = try house.events.wait("the recording") { $0.recorded(session.id).first }
        let pause = try Sound.read(path: path.text).samples.suffix(2000)
        let power = pause.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(pause.count)
        let level = 10 * log10(power / pow(32_767, 2))
        #expect(abs(level + 40) < 3, "\(level) dBov")
        #expect(try house.close(session).dropped == 0)
    }

    @Test("a peer that takes comfort noise is told of pauses and sent nothing else in them, until something plays")
    func tellsComfortNoise() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.comfortNoise = 13 }
        let pause = try peer.hear(3)
        #expect(pause.allSatisfy { $0.header.payloadType == 13 && $0.payload == [70] })
        // Twenty packets' time, unless the machine was too busy.
        #expect(zip(pause, pause.dropFirst()).allSatisfy { $1.header.timestamp &- $0.header.timestamp >= 3200 })
        let clip = try Noise.clip(1600, seed: 62)
        house.play(session, 1, clip)
        _ = try house.events.wait("the end of the prompt") { $0.played(session.id) == [1] ? true : nil }
        let speech = try peer.hear(10)
        #expect(speech.allSatisfy { $0.header.payloadType == 0 })
        #expect(speech.audio == clip.copy(.mu) && speech.first?.header.marker == true)
    }
}
