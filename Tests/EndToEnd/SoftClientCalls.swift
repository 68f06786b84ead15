import Audio
import Foundation
import Testing

/// The built server with the built soft client on both sides.
@Suite(.serialized, .realPrograms)
struct SoftClientCalls {
    @Test("the soft client dials, hears the prompt and the agent, and the agent's phone shows the data that came with the call")
    func dataTravels() throws {
        let site = try Site()
        let server = ["--server", "127.0.0.1:\(site.port)"]
        let agent = try Program(
            Site.binary, ["phone", "--user", "2001", "--password", "secret-2001", "--auto-answer", "--calls", "1"] + server,
            in: site.directory)
        try agent.wait(for: "registered")
        let caller = try Program(
            Site.binary,
            [
                "call", "5000", "--from", "03023125010", "--digits", ",,1", "--record", "heard.wav", "--rtp-port",
                "\(try Sipp.freePort() + 1)",
                "--hang-up-after", "5s", "--transcript",
            ] + server, in: site.directory)
        try site.explaining(caller) {
            let answered = try caller.exitCode()
            let took = try agent.exitCode()
            #expect(answered == 0 && took == 0, "\(caller.output)\n\(agent.output)")
        }
        for line in [
            "rings: 03023125010", "reason: sales", "customer: Blue Heron Books", "hears audio from", "ended: the other side hung up",
        ] {
            #expect(agent.output.contains(line), "the agent's phone printed:\n\(agent.output)")
        }
        #expect(
            caller.output.components(separatedBy: "hears audio from").count == 3,
            "the caller hears the server, then the agent:\n\(caller.output)")
        let heard = try Sound.read(path: site.directory.appendingPathComponent("heard.wav").path).resampled(to: 8000).samples
        let likeness = try likeness(of: samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }

    @Test("two who share no codec hear each other, and each other's keys, through the server")
    func relayed() throws {
        let site = try Site()
        let server = ["--server", "127.0.0.1:\(site.port)"]
        // It refuses what the caller offers, and is called again without an offer.
        let agent = try Program(
            Site.binary,
            [
                "phone", "--user", "2001", "--password", "secret-2001", "--auto-answer", "--calls", "1", "--codecs", "opus", "--record",
                "heard.wav",
            ] + server, in: site.directory)
        try agent.wait(for: "registered")
        let prompt = Site.root.appendingPathComponent("Prompts/en-US/main-menu.flac").path
        let caller = try Program(
            Site.binary,
            [
                "call", "2001", "--from", "2000", "--password", "secret-2000", "--codecs", "PCMA", "--play", prompt, "--digits", ",,7",
                "--hang-up-after", "6s", "--transcript",
            ] + server, in: site.directory)
        try site.explaining(caller) {
            let answered = try caller.exitCode()
            let took = try agent.exitCode()
            #expect(answered == 0 && took == 0, "\(caller.output)\n\(agent.output)")
        }
        #expect(caller.output.contains("hears audio from"), "\(caller.output)")
        #expect(agent.output.contains("hears the key 7"), "the agent's phone printed:\n\(agent.output)")
        let heard = try Sound.read(path: site.directory.appendingPathComponent("heard.wav").path).resampled(to: 8000).samples
        let likeness = try likeness(of: samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }

    @Test("the exit code says that nobody answered")
    func notAnswered() throws {
        let site = try Site()
        let caller = try Program(Site.binary, ["call", "7777", "--transcript", "--server", "127.0.0.1:\(site.port)"], in: site.directory)
        #expect(try caller.exitCode() == 1)
        #expect(caller.output.contains("ended: 404"), "\(caller.output)")
    }
}
