import Audio
import Foundation
import Testing

/// The built server's mailboxes with the soft client as caller and owner, and baresip as the owner's phone with its lamp.
@Suite(.serialized, .realPrograms)
struct VoicemailCalls {
    private static let flow = """
        flow: Voicemail
        lines: [5500]
        language: en-US
        steps:
          welcome:
            - answer
            - if: caller.number == "2001"
              go: owner
            - voicemail: { mailbox: 2001, longest: 60s }
            - hangup
          owner:
            - mailbox: { number: 2001 }
            - hangup
        """

    /// A web service that prints what it is told, and answers in words of its own.
    private static let service = """
        import http.server, sys
        class Service(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                print("told:", self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"thank you")
        server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Service)
        print("listening", flush=True)
        server.serve_forever()
        """

    private static func site(_ flow: String = flow, webhook port: UInt16) throws -> Site {
        let site = try Site {
            $0.replacingOccurrences(
                of: "  2001: { devices: [desk-2001] }", with: "  2001: { devices: [desk-2001] }\n  5500: { devices: [main-line] }")
                + "\nmailboxes: { 2001: { name: Ann, pin: \"4711\", webhook: \"http://127.0.0.1:\(port)/messages\" } }\n"
        }
        // The server takes over a flow that is saved.
        try flow.write(to: site.directory.appendingPathComponent("Flows/voicemail.yaml"), atomically: true, encoding: .utf8)
        try site.server.wait(for: "Test line, Voicemail", within: 20)
        return site
    }

    /// Somebody who talks for a while, in a file: a prompt over and over.
    private static func talk(in site: Site) throws -> URL {
        let file = site.directory.appendingPathComponent("talk.wav")
        let words = try samplePrompt("not-valid")
        let writer = try WAVWriter(path: file.path, channels: 1)
        for _ in 0..<8 { try words.withUnsafeBufferPointer { try writer.append($0) } }
        writer.finish()
        return file
    }

    @Test("a caller leaves a message and hangs up; the owner's phone shows it, the owner hears it and deletes it, and the lamp goes out")
    func leaveAndHear() throws {
        let webPort = try Sipp.freePort()
        let service = try Program(
            "/usr/bin/python3", ["-c", VoicemailCalls.service, "\(webPort)"], in: FileManager.default.temporaryDirectory)
        try service.wait(for: "listening")
        let site = try VoicemailCalls.site(webhook: webPort)
        let talk = try VoicemailCalls.talk(in: site)
        let account = "<sip:2001@127.0.0.1:\(site.port)>;auth_user=2001;auth_pass=secret-2001;regint=60;mwi=yes"
        let phone = try Baresip(speech: talk, in: site.directory, Baresip.Setup(lines: ["module_app mwi.so"], account: account))
        try site.explaining(phone.program) { try phone.program.wait(for: "Messages-Waiting: no", within: 15) }
        let server = ["--server", "127.0.0.1:\(site.port)", "--transcript"]
        // A phone of the same owner that does not subscribe is told all the same.
        let other = try Program(
            Site.binary, ["phone", "--user", "2001", "--password", "secret-2001"] + server.dropLast(), in: site.directory)
        try other.wait(for: "messages: 0 new, 0 kept")

        // The finish key ends the greeting, which callers know who call often.
        let caller = try Program(
            Site.binary, ["call", "5500", "--play", talk.path, "--digits", ",,#", "--hang-up-after", "8s"] + server, in: site.directory)
        try site.explaining(caller) {
            #expect(try caller.exitCode() == 0)
            try phone.program.wait(for: "Voice-Message: 1/0", within: 15)
        }
        #expect(phone.program.output.contains("Messages-Waiting: yes"))
        try other.wait(for: "messages: 1 new, 0 kept")
        try service.wait(for: "\"mailbox\":\"2001\",\"name\":\"Ann\",\"new\":1,\"saved\":0")
        #expect(!site.server.output.contains("was not notified"))
        let mailboxes = try Program(Site.binary, ["mailboxes", "--site", ".", "--json"], in: site.directory)
        #expect(try mailboxes.exitCode() == 0)
        #expect(mailboxes.output.contains("\"new\" : \"1\""), "\(mailboxes.output)")

        let owner = try Program(
            Site.binary,
            [
                "call", "5500", "--from", "2001", "--password", "secret-2001", "--digits", ",4711#,,,,,,,,,,,,,,,3", "--record",
                "heard.wav",
                "--hang-up-after", "18s",
            ] + server, in: site.directory)
        try site.explaining(owner) {
            #expect(try owner.exitCode() == 0)
            try phone.program.wait(for: "Messages-Waiting: no", count: 2, within: 15)
        }
        let heard = try Sound.read(path: site.directory.appendingPathComponent("heard.wav").path).resampled(to: 8000).samples
        let likeness = try likeness(of: samplePrompt("not-valid"), in: heard)
        #expect(likeness > 0.8, "what the owner heard is like what the caller said by \(likeness)")
        let folder = site.directory.appendingPathComponent("var/voicemail/2001")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("who speaks over the greeting stops it, and the message begins with the first words")
    func speaksOverGreeting() throws {
        let site = try VoicemailCalls.site(
            VoicemailCalls.flow.replacing("longest: 60s", with: "longest: 60s, barge-in: speech"), webhook: Sipp.freePort())
        let server = ["--server", "127.0.0.1:\(site.port)"]
        let phone = try Program(Site.binary, ["phone", "--user", "2001", "--password", "secret-2001"] + server, in: site.directory)
        try phone.wait(for: "messages: 0 new, 0 kept")
        let words = Array(try samplePrompt("not-valid").drop { abs(Int($0)) < 500 })
        let file = site.directory.appendingPathComponent("words.wav")
        let writer = try WAVWriter(path: file.path, channels: 1)
        try (Array(repeating: 0, count: 12_000) + words).withUnsafeBufferPointer { try writer.append($0) }
        writer.finish()
        let caller = try Program(
            Site.binary, ["call", "5500", "--play", file.path, "--hang-up-after", "6s", "--transcript"] + server, in: site.directory)
        try site.explaining(caller) {
            try site.server.wait(for: "begins to speak")
            #expect(try caller.exitCode() == 0)
            try phone.wait(for: "messages: 1 new, 0 kept")
        }
        let folder = site.directory.appendingPathComponent("var/voicemail/2001")
        let message = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".wav") })
        let recorded = try Sound.read(path: folder.appendingPathComponent(message).path).resampled(to: 8000).samples
        let likeness = likeness(of: Array(words.prefix(4000)), in: Array(recorded.prefix(16_000)))
        #expect(likeness > 0.8, "how the message begins is like the first quarter second of what was said by \(likeness)")
    }
}
