import Audio
import CCensus
import CLoad
import Glibc
import Kernel
import Measuring
import MediaEngine
import SDP

/// What a session does with its packets, beside taking keys out of them.
enum Work: String {
    case playing = "prompts"
    /// Two and two talk to each other.
    case bridged = "bridges of two"
    /// A prompt ends when the peer speaks.
    case listening = "listening for speech"
    case recorded = "recorded"
}

/// One load on a fresh engine.
struct Run {
    let calls: Int
    var codec = Codec.pcmu
    /// The suite of SRTP; `nil` for plain RTP.
    var suite: SRTPSuite?
    var work = Work.playing
    /// Whether to count what packets must not do, which makes them a little slower.
    var takesCensus = false

    /// A minute of a rising tone, as dear to a codec as speech.
    private static func prompt(_ codec: Codec) throws -> Clip {
        let samples = (0..<480_000).map { Int16(8000 * sin(Double($0) * Double($0) / 4_000_000)) }
        let clip = try Clip(Sound(samples: samples, rate: 8000))
        clip.encode(codec)
        return clip
    }

    /// A packet of the codec for the peers to send.
    private static func payload(_ codec: Codec) -> [UInt8] {
        let samples = (0..<codec.rate / 50).map { Int16(8000 * sin(Double($0) / 8)) }
        var bytes = [UInt8](repeating: 0, count: codec.longestPacket)
        let length = unsafe codec.makeEncoder()?.encode(samples, samples.count, into: &bytes, bytes.count) ?? 0
        return Array(bytes.prefix(length))
    }

    private static func recording(of call: Int) -> String { "/tmp/media-bench-\(getpid())-\(call).wav" }

    func measure(seconds: UInt32) throws -> Outcome {
        guard let load = unsafe load_create(Int32(calls)) else { throw Invalid(description: "no sockets for the peers: errno \(errno)") }
        let format = codec == .opus ? AudioFormat.opus : .pcmu
        var audio = Run.negotiated(format)
        let payload = Run.payload(codec)
        guard payload.count <= 160 else { throw Invalid(description: "packets of \(codec) are larger than those of G.711") }
        unsafe load_payload(load, format.payloadType, payload, Int32(payload.count), format.clockRate / 50)
        if let suite {
            var random = SystemRandomNumberGenerator()
            let keys = SRTPKeys(send: SRTPKey(suite: suite, using: &random), receive: SRTPKey(suite: suite, using: &random))
            audio.keys = keys
            guard unsafe load_protect(load, keys.receive.bytes, Int32(keys.receive.bytes.count)) == 0 else {
                throw Invalid(description: "no SRTP for the peers")
            }
        }
        var configuration = MediaEngine.Configuration()
        configuration.ports = 10_000...32_767
        let engine = try MediaEngine(configuration) { _ in }
        let clip = try Run.prompt(codec)
        defer { if work == .recorded { for call in 0..<calls { unlink(Run.recording(of: call)) } } }
        var bridge: BridgeID?
        for call in 0..<calls {
            let opened = try engine.open(family: .v4)
            unsafe load_place(load, Int32(call), opened.local.port)
            audio.remote = unsafe TransportAddress(ip: .loopbackV4, port: load_port(load, Int32(call)))
            audio.remoteRTCP = audio.remote
            engine.command(opened.id, .connect(audio))
            switch work {
            case .playing: engine.command(opened.id, .play(PlayID(1), [clip, clip]))
            case .bridged:
                if call.isMultiple(of: 2) { bridge = try engine.makeBridge(beside: opened.id) }
                if let bridge { engine.command(opened.id, .join(bridge, as: .talker)) }
            case .listening:
                engine.command(opened.id, .play(PlayID(1), [clip, clip]))
                engine.command(opened.id, .detectSpeech(true))
            case .recorded: engine.command(opened.id, .record(path: Run.recording(of: call)))
            }
        }
        guard unsafe load_start(load, 1, 0) == 0 else { throw Invalid(description: "no thread for the peers") }
        sleep(3)  // until every call has begun and the figures of the first second are out
        unsafe load_reset(load)
        let (before, splitBefore) = (engine.figures[0], Process.times(ofThread: "media 0"))
        if takesCensus, let thread = Process.number(ofThread: "media 0") { census_begin(thread) }
        sleep(seconds)
        let census = census_end()
        let (after, splitAfter) = (engine.figures[0], Process.times(ofThread: "media 0"))
        var seen = load_result()
        unsafe load_finish(load, &seen)
        engine.shutdown()
        return Outcome(
            calls: calls, seconds: Double(seconds), cpu: (after.cpuTime - before.cpuTime) / .seconds(1),
            user: splitAfter.user - splitBefore.user, system: splitAfter.system - splitBefore.system, sent: after.sent - before.sent,
            received: after.received - before.received, seen: seen, census: census)
    }

    /// What is negotiated, but for where it goes.
    private static func negotiated(_ format: AudioFormat) -> NegotiatedAudio {
        let nowhere = TransportAddress(ip: .loopbackV4, port: 9)
        return NegotiatedAudio(
            remote: nowhere, remoteRTCP: nowhere, rtcpMux: true,
            format: format, receivePayloadType: format.payloadType, alsoReceive: [],
            sendEvents: TelephoneEvents(payloadType: 101, clockRate: 8000),
            receiveEvents: TelephoneEvents(payloadType: 101, clockRate: 8000), packetTime: 20, direction: .sendReceive)
    }
}

/// What a run measured.
struct Outcome {
    let calls: Int
    let seconds: Double
    /// CPU seconds of the media thread between its two reports, with the packets between them.
    let cpu: Double
    let user: Double
    let system: Double
    let sent: UInt64
    let received: UInt64
    let seen: load_result
    let census: census

    /// CPU seconds for a packet sent and one received.
    var pair: Double { cpu / (Double(sent + received) / 2) }

    /// Packets that somebody sent and the other side did not take, as far as both counted; the rest of a round is allowed for.
    var lost: String {
        let expected = Double(calls) * 50 * seconds
        let missing = max(0, expected - Double(seen.received)) / expected
        let note = missing > 0.01 ? "\(figure(100 * missing, 1)) %" : "\(seen.out_of_order)"
        return seen.late_rounds > 20 ? note + " (*)" : note
    }

    var row: String {
        // A pair happens 50 times a second for each call.
        Measuring.row([
            "\(calls)", "\(figure(pair * 50 * Double(calls) * 100, 1)) %",
            "\(figure(user / seconds * 100, 0))+\(figure(system / seconds * 100, 0)) %",
            figure(pair * 1e6, 2), figure(pair * 50 * 1000 * 60, 1), figure(seen.gap(0.5), 2), figure(seen.gap(0.99), 2),
            figure(seen.gap(0.999), 2), figure(seen.longestGap, 1), figure(seen.ownGap(0.999), 2), figure(seen.longestOwnGap, 1), lost,
        ])
    }

    /// How the run stands against what we want.
    var verdict: String {
        let word = { (met: Bool) in met ? "met" : "NOT met" }
        let fits = pair * 50 * Double(calls) < 1
        return "       wanted: \(calls) calls on a core (\(word(fits))), p99.9 within 21 ms (\(word(seen.gap(0.999) <= 21))), "
            + "all within 25 ms (\(word(seen.longestGap <= 25)))\n"
            + "       the machine withheld the core \(seen.stallsText); own gaps without that: p99.9 "
            + "\(word(seen.ownGap(0.999) <= 21)), all \(word(seen.longestOwnGap <= 25))"
    }
}
