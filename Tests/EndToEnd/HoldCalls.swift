import Audio
import Foundation
import Testing

/// The built server, baresip as a phone that holds, and the soft client as who is held.
@Suite(.serialized, .realPrograms)
struct HoldCalls {
    @Test("whoever a phone holds hears the site's music, and the phone again when it takes the call back")
    func hearsMusic() throws {
        let music = Site.root.appendingPathComponent("Prompts/en-US/main-menu.flac").path
        let site = try Site { $0.replacingOccurrences(of: "threads: 1 }", with: "threads: 1, music: \(music) }") }
        let account = "<sip:2001@127.0.0.1:\(site.port)>;auth_user=2001;auth_pass=secret-2001;answermode=auto;regint=600"
        let agent = try Baresip(speech: try SecureCalls.speech(in: site), in: site.directory, Baresip.Setup(account: account))
        try agent.program.wait(for: "200 OK")
        let caller = try Program(
            Site.binary,
            [
                "call", "2001", "--from", "2000", "--password", "secret-2000", "--record", "heard.wav", "--hang-up-after", "12s",
                "--transcript", "--server", "127.0.0.1:\(site.port)",
            ], in: site.directory)
        try site.explaining(caller) {
            try caller.wait(for: "hears audio from")
            try agent.program.wait(for: "[0:00:02]", within: 15)
            agent.command("hold")
            try agent.program.wait(for: "[0:00:07]", within: 15)
            agent.command("resume")
            #expect(try caller.exitCode(within: 30) == 0, "\(caller.output)")
        }
        agent.program.stop()
        let file = site.directory.appendingPathComponent("heard.wav")
        let heard = try Sound.read(path: file.path).resampled(to: 8000).samples
        let music8 = try samplePrompt("main-menu")
        let likeness = likeness(of: music8, in: heard)
        #expect(likeness > 0.8, "what was heard is like the music by \(likeness)")
        let places = caller.output.components(separatedBy: "media goes to").count - 1
        #expect(places >= 3, "to the phone, to the mixer, and back to the phone:\n\(caller.output)")
    }
}
