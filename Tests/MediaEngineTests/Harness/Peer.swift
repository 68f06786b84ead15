import Audio
import Kernel
import RTP
import SDP

/// The media side of a telephone: it sends when it is told to, and takes what comes.
final class Peer {
    let rtp: UDPSocket
    let rtcp: UDPSocket
    /// Where it sends to.
    var target = TransportAddress(ip: .loopbackV4, port: 0)
    var ssrc: UInt32
    var sequence: UInt16 = 100
    var timestamp: UInt32 = 1000

    /// An RTP packet that came.
    struct Heard {
        let header: RTPHeader
        let payload: [UInt8]
        let port: UInt16
    }

    init(_ ip: IPAddress = .loopbackV4) throws {
        guard let pair = UDPSocket.pair(ip) else { throw Missing(description: "a pair of ports at \(ip)") }
        (rtp, rtcp) = pair
        ssrc = 0xCA11_0000 | UInt32(pair.rtp.address.port)
    }

    /// What a negotiation with it comes to: µ-law and keys with payload type 101.
    var audio: NegotiatedAudio {
        let events = TelephoneEvents(payloadType: 101, clockRate: 8000)
        return NegotiatedAudio(
            remote: rtp.address, remoteRTCP: rtcp.address, rtcpMux: false, format: .pcmu, receivePayloadType: 0, alsoReceive: [],
            sendEvents: events, receiveEvents: events, packetTime: 20, direction: .sendReceive)
    }

    // MARK: Sending

    /// The next packet of the stream.
    func packet(_ payloadType: UInt8, marker: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        let header = RTPHeader(marker: marker, payloadType: payloadType, sequence: sequence, timestamp: timestamp, ssrc: ssrc)
        var bytes = [UInt8](repeating: 0, count: RTPHeader.length)
        var span = bytes.mutableSpan
        header.write(into: &span)
        sequence &+= 1
        return bytes + payload
    }

    /// Sends a packet of audio, silence if none is given.
    func speak(_ payload: [UInt8] = Array(repeating: 0xFF, count: 160), payloadType: UInt8 = 0) {
        rtp.send(packet(payloadType, payload), to: target)
        timestamp &+= UInt32(payload.count)
    }

    /// Sends packets of audio at the pace of the packets that come, one for one.
    func speak(paced frames: [[UInt8]], payloadType: UInt8 = 0) throws {
        rtp.drain()
        for frame in frames {
            _ = try hear(1)
            speak(frame, payloadType: payloadType)
        }
    }

    /// Lets packets be lost on the way.
    func lose(_ count: UInt16) {
        sequence &+= count
        timestamp &+= UInt32(count) * 160
    }

    /// Presses a key for 100 ms: five packets that grow and three of the end (RFC 4733 section 2.5); `lost` are those that never come.
    func press(_ face: Character, lost: Set<Int> = [], payloadType: UInt8 = 101) {
        guard let key = DTMFKey(face) else { return }
        for step in 0..<8 {
            let duration = UInt16(min(step + 1, 5) * 160)
            let payload = [key.code, step >= 5 ? 0x8A : 0x0A, UInt8(duration >> 8), UInt8(duration & 0xFF)]
            let bytes = packet(payloadType, marker: step == 0, payload)
            if !lost.contains(step) { rtp.send(bytes, to: target) }
        }
        timestamp &+= 1600
    }

    /// Sends the end of a key whose other packets nobody sees.
    func endKey(_ face: Character) {
        guard let key = DTMFKey(face) else { return }
        timestamp &+= 160
        rtp.send(packet(101, [key.code, 0x8A, 0, 160]), to: target)
        timestamp &+= 160
    }

    /// Sends a compound report to the port above.
    func report(_ compound: RTCPCompound) {
        rtcp.send(Peer.bytes(compound), to: TransportAddress(ip: target.ip, port: target.port + 1))
    }

    static func bytes(_ compound: RTCPCompound) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RTCPCompound.maximumLength)
        var span = bytes.mutableSpan
        let length = compound.write(name: Array("peer".utf8), into: &span)
        return Array(bytes[..<length])
    }

    // MARK: Hearing

    /// The next packets; throws when they don't come.
    func hear(_ count: Int) throws -> [Heard] {
        try (0..<count).map { number in
            guard let (bytes, port) = rtp.receive() else { throw Missing(description: "packet \(number) of \(count)") }
            let packet = try RTPPacket(parsing: bytes.span)
            return Heard(header: packet.header, payload: Array(bytes[packet.payload]), port: port)
        }
    }

    /// The packets that have come already.
    func hearPending() throws -> [Heard] {
        var heard: [Heard] = []
        while let (bytes, port) = rtp.receive(within: .zero) {
            let packet = try RTPPacket(parsing: bytes.span)
            heard.append(Heard(header: packet.header, payload: Array(bytes[packet.payload]), port: port))
        }
        return heard
    }

    /// What the next report says.
    func hearReport(on socket: UDPSocket? = nil, within time: Duration = .seconds(6)) throws -> [RTCPItem] {
        guard let (bytes, _) = (socket ?? rtcp).receive(within: time) else { throw Missing(description: "a report") }
        var items: [RTCPItem] = []
        try RTCPCompound.read(bytes.span) { items.append($0) }
        return items
    }
}

extension [Peer.Heard] {
    /// The payloads one behind the other.
    var audio: [UInt8] { flatMap(\.payload) }

    /// Whether sequence numbers rise by one, and timestamps by 160 but where a marker says that there was a pause.
    var isContinuous: Bool {
        zip(self, dropFirst()).allSatisfy { one, next in
            let step = next.header.timestamp &- one.header.timestamp
            return next.header.sequence == one.header.sequence &+ 1 && next.header.ssrc == one.header.ssrc
                && (next.header.marker ? step % 160 == 0 && step > 160 : step == 160)
        }
    }
}

/// Audio that is different everywhere, so that any part of it can be found again.
enum Noise {
    /// A clip of noise; it begins and ends softly, so nothing of it is faded.
    static func clip(_ count: Int, seed: UInt64) throws -> Clip {
        var random = SeededRandom(seed: seed)
        var samples = (0..<count).map { _ in Int16.random(in: -12_000...12_000, using: &random) }
        if count > 0 {
            samples[0] = 9
            samples[count - 1] = 9
        }
        return try Clip(Sound(samples: samples, rate: Clip.rate))
    }

    /// Packets of noise in a law.
    static func frames(_ count: Int, _ law: G711Law = .mu, seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in (0..<160).map { _ in law.encode(Int16.random(in: -12_000...12_000, using: &random)) } }
    }
}

extension Clip {
    /// The clip's bytes, copied.
    func copy(_ law: G711Law) -> [UInt8] { Array(bytes(law)) }
}

extension NegotiatedAudio {
    /// The format that is sent and received.
    mutating func use(_ law: G711Law) {
        format = law == .mu ? .pcmu : .pcma
        receivePayloadType = format.payloadType
    }
}
