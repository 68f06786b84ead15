import Audio
import Foundation
import Testing

/// The built server with baresip over TLS.
@Suite(.serialized, .realPrograms)
struct SecureCalls {
    /// A second of humming, thirty times.
    static func speech(in site: Site) throws -> URL {
        let speech = site.directory.appendingPathComponent("speech.wav")
        let hum = try WAVWriter(path: speech.path, channels: 1)
        let samples = (0..<8000).map { Int16(3000 * sin(Double($0) * 0.1)) }
        for _ in 0..<30 { try samples.withUnsafeBufferPointer { try hum.append($0) } }
        hum.finish()
        return speech
    }

    /// baresip as the phone of 2001, over TLS.
    static func phone(_ site: Site, _ speech: URL, certificate: String? = nil, lines: [String] = [], account: String = "") throws -> Baresip
    {
        var setup = Baresip.Setup()
        let folder = site.directory.path
        setup.lines = ["sip_cafile \(folder)/authority.pem"] + lines
        if let certificate { setup.lines.append("sip_certificate \(folder)/\(certificate)") }
        setup.account =
            "<sip:2001@127.0.0.1:\(site.tlsPort);transport=tls>;auth_user=2001;auth_pass=secret-2001;regint=60;answermode=auto\(account)"
        return try Baresip(speech: speech, in: site.directory, setup)
    }

    @Test("baresip registers over TLS, dials 5000 over the same connection, and hears the prompt")
    func callsOverTLS() throws {
        let site = try Site(tls: "")
        let caller = try SecureCalls.phone(site, try SecureCalls.speech(in: site))
        try site.explaining(caller.program) {
            try site.server.wait(for: "phone desk-2001 is registered", within: 15)
            caller.command("dial", "sip:5000@127.0.0.1:\(site.tlsPort);transport=tls")
            try site.server.wait(for: "step welcome")
            try caller.program.wait(for: "[0:00:03]", within: 15)
        }
        caller.command("hangup")
        caller.program.stop()
        let heard = try Sound.read(path: try caller.heard().path).resampled(to: 8000).samples
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
    }

    @Test("a call goes to the phone over the connection by which it registered")
    func calledOverTLS() throws {
        let site = try Site(tls: "")
        let speech = try SecureCalls.speech(in: site)
        let phone = try SecureCalls.phone(site, speech)
        var setup = Baresip.Setup()
        setup.name = "guest"
        let caller = try Baresip(speech: speech, in: site.directory, setup)
        try site.explaining(phone.program) {
            try site.server.wait(for: "phone desk-2001 is registered", within: 15)
            caller.command("dial", "sip:2001@127.0.0.1:\(site.port)")
            try phone.program.wait(for: "[0:00:02]", within: 15)
        }
    }

    @Test("a site that asks phones for certificates takes those of its authority, and says what is wrong with the others")
    func mutualTLS() throws {
        let site = try Site(tls: ", client-certificates: required")
        let speech = try SecureCalls.speech(in: site)
        for (certificate, words) in [(nil, "it shows no certificate"), ("stranger-both.pem", "not signed by an authority that we trust")] {
            let phone = try SecureCalls.phone(site, speech, certificate: certificate)
            try site.explaining(phone.program) { try site.server.wait(for: words, within: 15) }
            phone.program.stop()
        }
        #expect(!site.server.output.contains("desk-2001 is registered"))
        let phone = try SecureCalls.phone(site, speech, certificate: "client-both.pem")
        try site.explaining(phone.program) { try site.server.wait(for: "phone desk-2001 is registered", within: 15) }
    }

    @Test("a phone that is to be secure cannot register over UDP, and the server says why")
    func plainIsRefused() throws {
        let site = try Site(tls: "") {
            $0.replacingOccurrences(of: "password: secret-2001,", with: "password: secret-2001, security: required,")
        }
        let caller = try Baresip(
            speech: try SecureCalls.speech(in: site), in: site.directory,
            Baresip.Setup(account: "<sip:2001@127.0.0.1:\(site.port)>;auth_user=2001;auth_pass=secret-2001;regint=60"))
        try site.explaining(caller.program) {
            try site.server.wait(for: "desk-2001 has `security: required` and is refused, because it came over UDP", within: 15)
        }
    }
}
