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

        let prompt = try samplePrompt("main-menu")
        let caller = try Baresip(speech: try SecureCalls.speech(in: site), in: site.directory)
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

    @Test(
        "in every codec that the site allows, baresip hears the prompt, and its key leads to the agent, whose codec it takes then",
        arguments: [
            ("opus", "/48000/2", "opus.so"), ("G722", "/16000/1", "g722.so"), ("L16", "/16000/1", "l16.so"), ("PCMA", "", "g711.so"),
        ])
    func speaksCodec(codec: String, form: String, module: String) throws {
        let site = try Site { $0.replacingOccurrences(of: "codecs: [PCMU, PCMA]", with: "codecs: [\(codec), PCMU]") }
        var setup = Baresip.Setup()
        setup.codecs = "\(codec)\(form),pcmu"
        // What it says has 8000 samples a second, whatever the codec.
        setup.lines = (codec == "PCMA" ? [] : ["module \(module)"]) + ["ausrc_srate 8000", "ausrc_channels 1"]
        let agent = try site.phone("2001")
        let wire = try Wire(in: site.directory, ports: site.mediaPorts)
        let caller = try Baresip(speech: try SecureCalls.speech(in: site), in: site.directory, setup)
        caller.command("dial", "sip:5000@127.0.0.1:\(site.port)")
        try site.explaining(caller.program) {
            try caller.program.wait(for: "[0:00:03]", within: 15)
            caller.command("sndcode", "1")
            try site.server.wait(for: "redirected")
            try agent.wait(for: "hears audio from")
        }
        caller.command("hangup")
        #expect(try agent.exitCode() == 0)
        caller.program.stop()
        wire.stop()
        let heard = try Sound.read(path: try caller.heard().path).resampled(to: 8000).samples
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness); baresip printed \(caller.program.output.suffix(2000))")
        // Static numbers are those of RFC 3551; the others are dynamic.
        let types = Set(try wire.packets(fromServer: true).map(\.payloadType))
        let expected = ["G722": 9...9, "PCMA": 8...8][codec] ?? 96...127
        #expect(types.count == 1 && types.allSatisfy(expected.contains), "payload types of the server: \(types)")
    }
}
