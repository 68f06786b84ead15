import Audio
import Foundation
import Testing

/// The built server with baresip as the caller.
@Suite(.serialized, .realPrograms)
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

        let prompt = try samplePrompt("main-menu")
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
        let likeness = likeness(of: prompt, in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }
}
