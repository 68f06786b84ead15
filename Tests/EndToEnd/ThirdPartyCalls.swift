import Audio
import Foundation
import Testing

/// The built server, baresip as every phone, and an application in Python that watches and controls them over the CTI link.
@Suite(.serialized, .realPrograms)
struct ThirdPartyCalls {
    /// The tone that each phone hums, in hertz, so that it can be told who is heard where.
    private static let voices = ["caller": 440.0, "2001": 620.0, "2000": 850.0, "2002": 1130.0]

    private struct Floor {
        let site: Site
        let application: Program
        var phones: [String: Baresip] = [:]

        /// `encryption`: baresip's word for what every phone demands, and the site of it; the caller offers SRTP.
        init(_ story: String, encryption: String? = nil) throws {
            let isSecure = encryption != nil
            site = try Site(tls: isSecure ? "" : nil) { configuration in
                let plain = configuration.replacingOccurrences(
                    of: "  desk-2000: ",
                    with: "  desk-2002: { kind: phone, calling-search-space: staff, password: secret-2002, digest: MD5 }\n  desk-2000: "
                ).replacingOccurrences(of: "  2001: {", with: "  2002: { devices: [desk-2002] }\n  2001: {")
                    .replacingOccurrences(
                        of: "cti-link:",
                        with: """
                              desk:
                                password: counter
                                groups: [Standard CTI Enabled, Standard CTI Allow Call Monitoring, Standard CTI Allow Call Recording]
                                controlled-devices: [desk-2000, desk-2001, desk-2002]
                            park: { numbers: 7101-7109 }
                            cti-link:
                            """)
                guard isSecure else { return plain }
                return plain.replacingOccurrences(of: "{ kind: phone,", with: "{ kind: phone, security: required,")
            }
            let server = isSecure ? "\(site.tlsPort);transport=tls" : "\(site.port)"
            for number in ["2000", "2001", "2002"] {
                let account =
                    "<sip:\(number)@127.0.0.1:\(server)>;auth_user=\(number);auth_pass=secret-\(number);answermode=auto;regint=600"
                    + (encryption.map { ";mediaenc=\($0)" } ?? "")
                phones[number] = try ThirdPartyCalls.phone(number, account, site)
                try phones[number]?.program.wait(for: "200 OK")
            }
            let script = Site.root.appendingPathComponent("Tests/EndToEnd/Scenarios/third-party.py").path
            application = try Program("/usr/bin/python3", [script, "\(site.linkPort)", story], in: site.directory)
            try application.wait(for: "watching")
        }

        /// Lets the caller dial 2001, and the story end.
        func play(_ options: String...) throws {
            let (hum, server) = (try ThirdPartyCalls.hum("caller", site), "127.0.0.1:\(site.port)")
            let caller = try Program(
                Site.binary,
                ["call", "2001", "--play", hum.path, "--record", "caller-heard.wav", "--transcript", "--server", server]
                    + options, in: site.directory)
            try site.explaining(application) {
                let code = try application.exitCode(within: 60)
                #expect(code == 0, "\(application.output)")
                #expect(try caller.exitCode() == 0, "\(caller.output)")
            }
            for phone in phones.values { phone.program.stop() }
        }

        /// baresip begins its recording anew, and empty, whenever its media moves; but it shows how much it receives and sends.
        func expectAudio(at phone: String) throws {
            let output = phones[phone]?.program.output ?? ""
            #expect(output.range(of: "audio=[1-9][0-9]+/[1-9][0-9]+ ", options: .regularExpression) != nil, "\(output)")
        }

        /// Whether a phone's last call began with the zip tone: the level of its 480 Hz in a tenth of a second of the first two seconds.
        func hearsZip(_ phone: String) throws -> Bool {
            guard let file = try phones[phone]?.heard() else { return false }
            let samples = try Sound.read(path: file.path).resampled(to: 8000).samples.prefix(16_000)
            let starts = stride(from: 0, to: max(0, samples.count - 800), by: 400)
            return starts.contains { ThirdPartyCalls.level(of: 480, in: samples[$0..<($0 + 800)]) > 1500 }
        }

        /// Whose voices are in what a phone heard in its last call.
        func heard(by phone: String) throws -> Set<String> {
            let file = try phones[phone]?.heard() ?? site.directory.appendingPathComponent("caller-heard.wav")
            return ThirdPartyCalls.voices(in: try Sound.read(path: file.path).resampled(to: 8000).samples)
        }
    }

    private static func phone(_ name: String, _ account: String, _ site: Site) throws -> Baresip {
        let lines = site.tlsPort == 0 ? [] : ["module srtp.so", "module dtls_srtp.so", "sip_cafile \(site.directory.path)/authority.pem"]
        return try Baresip(
            speech: try hum(name, site), in: site.directory, Baresip.Setup(name: "phone-\(name)", lines: lines, account: account))
    }

    /// A minute of the phone's tone.
    private static func hum(_ name: String, _ site: Site) throws -> URL {
        let file = site.directory.appendingPathComponent("\(name).wav")
        let writer = try WAVWriter(path: file.path, channels: 1)
        let step = 2 * Double.pi * (voices[name] ?? 0) / 8000
        let second = (0..<8000).map { Int16(4000 * sin(Double($0) * step)) }
        for _ in 0..<60 { try second.withUnsafeBufferPointer { try writer.append($0) } }
        writer.finish()
        return file
    }

    /// The phones whose tone is there for at least half a second.
    private static func voices(in samples: [Int16]) -> Set<String> {
        let window = 800
        let starts = stride(from: 0, to: max(0, samples.count - window), by: window)
        return Set(voices.filter { voice in starts.count { level(of: voice.value, in: samples[$0..<($0 + window)]) > 500 } >= 5 }.keys)
    }

    /// The amplitude of a tone (Goertzel's algorithm).
    private static func level(of frequency: Double, in samples: ArraySlice<Int16>) -> Double {
        let factor = 2 * cos(2 * Double.pi * frequency / 8000)
        var (last, before) = (0.0, 0.0)
        for sample in samples { (last, before) = (Double(sample) + factor * last - before, last) }
        return 2 * (last * last + before * before - factor * last * before).squareRoot() / Double(samples.count)
    }

    @Test("three confer through the mixer, a fourth listens unheard, and the recording has the caller left and the others right")
    func confers() throws {
        let floor = try Floor("confer")
        try floor.play()
        #expect(try floor.heard(by: "caller") == ["2001", "2000"])
        #expect(try floor.heard(by: "2000") == ["caller", "2001"])
        #expect(try floor.heard(by: "2002") == ["caller", "2001", "2000"])
        #expect(try floor.hearsZip("2002"), "it answered by itself")
        #expect(try !floor.hearsZip("2000"))
        let folder = floor.site.directory.appendingPathComponent("var/recordings")
        let file = try #require(try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
        let (left, right) = try stereo(file)
        #expect(ThirdPartyCalls.voices(in: left) == ["caller"])
        #expect(ThirdPartyCalls.voices(in: right) == ["2001", "2000"])
    }

    /// baresip keeps its first handshake for the length of a call, so that one which is moved to the mixer is silent from then on: with DTLS it is those that
    /// the mixer calls who show that it works, and the caller, which is our own client.
    @Test(
        "phones that demand SRTP confer, are monitored and recorded, and nothing of it is plain",
        arguments: [("srtp-mand", "best-effort", ["2001", "2000"]), ("dtls_srtp", "dtls", ["2000"])] as [(String, String, Set<String>)])
    func confersSecurely(phones: String, caller: String, others: Set<String>) throws {
        let floor = try Floor("confer", encryption: phones)
        let wire = try Wire(in: floor.site.directory, ports: floor.site.mediaPorts)
        try floor.play("--srtp", caller)
        wire.stop()
        #expect(try floor.heard(by: "caller") == others)
        #expect(try floor.heard(by: "2002") == others.union(["caller"]))
        let folder = floor.site.directory.appendingPathComponent("var/recordings")
        let file = try #require(try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
        let (left, right) = try stereo(file)
        #expect(ThirdPartyCalls.voices(in: left) == ["caller"])
        #expect(ThirdPartyCalls.voices(in: right) == others)
        let lengths = try [true, false].flatMap { try wire.packets(fromServer: $0).map(\.payload.count) }
        #expect(lengths.count > 500)
        #expect(lengths.allSatisfy { $0 > 160 }, "lengths on the wire: \(Set(lengths).sorted())")
    }

    @Test("a phone consults another one and transfers the caller there")
    func transfers() throws {
        let floor = try Floor("transfer")
        try floor.play()
        #expect(try floor.heard(by: "caller").contains("2000"))
        try floor.expectAudio(at: "2000")
    }

    @Test("a caller is parked, and a third phone takes the call up")
    func parks() throws {
        let floor = try Floor("park")
        try floor.play()
        #expect(try floor.heard(by: "caller").contains("2002"))
        try floor.expectAudio(at: "2002")
    }

    /// The two channels of a recording.
    private func stereo(_ file: URL) throws -> (left: [Int16], right: [Int16]) {
        let bytes = [UInt8](try Data(contentsOf: file))
        try #require(bytes.count > 44 && bytes[22] == 2, "a stereo WAV file")
        let samples = stride(from: 44, to: bytes.count - 3, by: 4)
        let sample = { (at: Int) in Int16(bitPattern: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8) }
        return (samples.map { sample($0) }, samples.map { sample($0 + 2) })
    }
}
