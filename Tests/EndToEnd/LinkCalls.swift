import Audio
import Foundation
import Testing

/// The built server with an application of another language at the other end of the CTI link.
@Suite(.serialized, .realPrograms)
struct LinkCalls {
    private static func application(at site: Site) throws -> Program {
        let program = try Program(
            "/usr/bin/python3",
            [
                Site.root.appendingPathComponent("Examples/ivr.py").path, "--link", "ws://127.0.0.1:\(site.linkPort)", "--user", "ivr",
                "--password", "gangway", "--device", "second-line", "--play",
                Site.root.appendingPathComponent("Prompts/en-US/still-there.wav").path, "--keys", #"{"1": "2001"}"#,
            ], in: site.directory)
        try program.wait(for: "taking the calls")
        return program
    }

    @Test("an application in Python answers with media of its own, plays a file, reads a key and redirects with data")
    func example() throws {
        let site = try Site()
        let (application, agent) = (try LinkCalls.application(at: site), try site.phone("2001"))
        let caller = try Program(
            Site.binary,
            [
                "call", "5100", "--from", "03023125010", "--digits", ",,1", "--record", "heard.wav", "--hang-up-after", "6s",
                "--transcript",
                "--server", "127.0.0.1:\(site.port)",
            ], in: site.directory)
        try site.explaining(caller) {
            let (answered, took) = (try caller.exitCode(), try agent.exitCode())
            #expect(answered == 0 && took == 0, "\(caller.output)\n\(agent.output)\n\(application.output)")
        }
        #expect(application.output.contains("pressed 1 and goes to 2001"), "\(application.output)")
        #expect(agent.output.contains("key: 1") && agent.output.contains("hears audio from"), "\(agent.output)")
        let heard = try Sound.read(path: site.directory.appendingPathComponent("heard.wav").path).resampled(to: 8000).samples
        let likeness = try likeness(of: samplePrompt("still-there"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }

    @Test("when the application is killed, its caller goes to the call forward on failure number, and so do later callers")
    func killed() throws {
        let site = try Site()
        let (application, operator_) = (try LinkCalls.application(at: site), try site.phone("2000"))
        let call = ["call", "5100", "--transcript", "--server", "127.0.0.1:\(site.port)", "--hang-up-after"]
        let caller = try Program(Site.binary, call + ["8s"], in: site.directory)
        try caller.wait(for: "hears audio from")
        application.stop(signal: SIGKILL)
        try operator_.wait(for: "hears audio from")
        #expect(try caller.exitCode() == 0, "\(caller.output)")
        #expect(try operator_.exitCode() == 0, "\(operator_.output)")
        let later = try site.phone("2000")
        #expect(try Program(Site.binary, call + ["1s"], in: site.directory).exitCode() == 0)
        #expect(try later.exitCode() == 0, "\(later.output)")
    }

    @Test("over TLS an application connects that must, and is refused without it; our own attendant likewise")
    func secure() throws {
        let site = try Site(apart: true, secureLink: true)
        let example = { (link: String) in
            try Program(
                "/usr/bin/python3",
                [
                    Site.root.appendingPathComponent("Examples/ivr.py").path, "--link", link, "--user", "ivr", "--password", "gangway",
                    "--device", "second-line", "--keys", "{}", "--play",
                    Site.root.appendingPathComponent("Prompts/en-US/still-there.wav").path,
                ], in: site.directory, environment: ["SSL_CERT_FILE": site.directory.appendingPathComponent("authority.pem").path])
        }
        let plain = try example("ws://127.0.0.1:\(site.linkPort)")
        #expect(try plain.exitCode() != 0)
        #expect(plain.output.contains("Standard CTI Secure Connection"), "\(plain.output)")
        try example("wss://127.0.0.1:\(site.secureLinkPort)").wait(for: "taking the calls")
        let caller = try Program(
            Site.binary, ["call", "5000", "--transcript", "--hang-up-after", "1s", "--server", "127.0.0.1:\(site.port)"], in: site.directory
        )
        #expect(try caller.exitCode() == 0, "\(caller.output)\n\(site.attendant?.output ?? "")")
    }

    @Test("bad manners on the link are told and harm nobody")
    func manners() throws {
        let site = try Site()
        let script = Site.root.appendingPathComponent("Tests/EndToEnd/Scenarios/link-manners.py").path
        let visitor = try Program("/usr/bin/python3", [script, "127.0.0.1", "\(site.linkPort)"], in: site.directory)
        #expect(try visitor.exitCode() == 0, "\(visitor.output)")
    }
}
