import Audio
import Foundation
import Testing

/// The built server with baresip as the caller.
@Suite(.serialized)
struct BaresipCalls {
    @Test("baresip dials 5000, hears the prompt as it was recorded, presses 1 and reaches the agent")
    func baresipHearsThePrompt() throws {
        let site = try Site()
        let agentMedia = try RTPPeer(fill: 0x2A)
        defer { agentMedia.stop() }
        let agentPort = try Sipp.freePort()
        try SippCalls.register("2001", secret: "secret-2001", at: agentPort, site, transport: .udp)
        let agent = try Sipp(
            "agent-answers", service: "2001", remote: nil, local: agentPort, keys: ["rtp_port": "\(agentMedia.port)", "caller": "2001"],
            in: site.directory)

        let speech = site.directory.appendingPathComponent("speech.wav")
        let hum = try WAVWriter(path: speech.path, channels: 1)
        let samples = (0..<8000).map { Int16(3000 * sin(Double($0) * 0.1)) }
        for _ in 0..<30 { try samples.withUnsafeBufferPointer { try hum.append($0) } }
        hum.finish()

        let prompt = try BaresipCalls.prompt("main-menu")
        let caller = try Baresip(speech: speech, in: site.directory)
        caller.command("dial", "sip:5000@127.0.0.1:\(site.port)")
        try site.explaining(caller.program) {
            try site.server.wait(for: "step welcome")
            // baresip shows the length of its call; three seconds are enough to tell the prompt.
            try caller.program.wait(for: "[0:00:03]", within: 15)
            caller.command("sndcode", "1")
            try agentMedia.wait("baresip's audio at the agent", within: 10) { $0.packets >= 50 }
        }
        caller.command("hangup")
        try agent.expectSuccess()
        caller.program.stop()
        let heard = try Sound.read(path: try caller.heard().path).resampled(to: 8000).samples
        let likeness = BaresipCalls.likeness(of: prompt, in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }

    /// A prompt of the sample site.
    private static func prompt(_ name: String) throws -> [Int16] {
        let folder = Site.root.appendingPathComponent("Prompts/en-US")
        let file = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first {
            $0.deletingPathExtension().lastPathComponent == name
        }
        guard let file else { throw Unexpected("there is no prompt \(name) in \(folder.path)") }
        return try Sound.read(path: file.path).resampled(to: 8000).samples
    }

    /// How like the loudest quarter second of `wanted` the best place in `heard` is: 1 for the same shape, 0 for nothing in common.
    static func likeness(of wanted: [Int16], in heard: [Int16]) -> Double {
        let length = 2000
        // From the part that has surely been heard.
        let candidates = stride(from: 0, to: min(wanted.count, 16_000) - length, by: length)
        let energy = { (start: Int) in wanted[start..<(start + length)].reduce(0.0) { $0 + Double($1) * Double($1) } }
        guard let start = candidates.max(by: { energy($0) < energy($1) }), heard.count > length else { return 0 }
        let pattern = wanted[start..<(start + length)].map { Float($0) }
        let signal = heard.map { Float($0) }
        let own = pattern.reduce(0) { $0 + $1 * $1 }
        var best: Float = 0
        pattern.withUnsafeBufferPointer { pattern in
            signal.withUnsafeBufferPointer { signal in
                for lag in 0..<(signal.count - length) {
                    var product: Float = 0
                    var other: Float = 0
                    var index = 0
                    while index < length {
                        let sample = signal[lag + index]
                        product += pattern[index] * sample
                        other += sample * sample
                        index += 1
                    }
                    if other > 0 { best = max(best, product / (own * other).squareRoot()) }
                }
            }
        }
        return Double(best)
    }
}
