import Audio
import Foundation
import Testing

/// The built server with baresip over SRTP, and tshark looking at the wire.
@Suite(.serialized, .realPrograms)
struct SecureMediaCalls {
    /// baresip calls 5000 with its kind of media encryption, and the call is looked at from outside.
    private func call(_ encryption: String, from site: Site) throws -> (heard: [Int16], wire: Wire, program: String) {
        let wire = try Wire(in: site.directory, ports: site.mediaPorts)
        let caller = try SecureCalls.phone(
            site, try SecureCalls.speech(in: site), lines: ["module srtp.so", "module dtls_srtp.so"], account: ";mediaenc=\(encryption)")
        try site.explaining(caller.program) {
            try site.server.wait(for: "phone desk-2001 is registered", within: 15)
            caller.command("dial", "sip:5000@127.0.0.1:\(site.tlsPort);transport=tls")
            try site.server.wait(for: "step welcome")
            try caller.program.wait(for: "[0:00:03]", within: 15)
        }
        caller.command("hangup")
        caller.program.stop()
        try wire.stop()
        return (try Sound.read(path: try caller.heard().path).resampled(to: 8000).samples, wire, caller.program.output)
    }

    @Test("baresip hears the prompt over SRTP, and nothing on the wire is plain", arguments: ["srtp", "srtp-mand", "srtp-mandf"])
    func hearsThePrompt(encryption: String) throws {
        let site = try Site(tls: "")
        let (heard, wire, output) = try call(encryption, from: site)
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
        #expect(output.contains("SRTP is Enabled"))
        // G.711 in packets of 20 ms is 160 bytes; with a tag of SRTP it is longer, both ways.
        let lengths = try wire.payloadLengths()
        #expect(lengths.count > 100)
        #expect(lengths.allSatisfy { $0 > 160 }, "lengths on the wire: \(Set(lengths).sorted())")
    }

    @Test("baresip hears the prompt over SRTP whose keys came from a DTLS handshake")
    func handshake() throws {
        let site = try Site(tls: "")
        let (heard, wire, output) = try call("dtls_srtp", from: site)
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness); it printed \(output.suffix(3000))")
        let lengths = try wire.payloadLengths()
        #expect(lengths.count > 100)
        #expect(lengths.allSatisfy { $0 > 160 }, "lengths on the wire: \(Set(lengths).sorted())")
    }

    @Test("a plain call looks as plain as it is, so that the look at the wire means something")
    func plain() throws {
        let site = try Site(tls: "") { $0.replacingOccurrences(of: ", Standard CTI Allow Reception of SRTP Key Material", with: "") }
        let (_, wire, output) = try call("srtp", from: site)
        #expect(!output.contains("SRTP is Enabled"))
        #expect(try wire.payloadLengths().contains(160))
    }

    @Test("a route point that demands SRTP refuses a plain call with 488")
    func refusesPlain() throws {
        let site = try Site(tls: "") {
            $0.replacingOccurrences(of: "main-line: { kind: route-point,", with: "main-line: { kind: route-point, security: required,")
        }
        let caller = try SecureCalls.phone(site, try SecureCalls.speech(in: site))
        try site.explaining(caller.program) {
            try site.server.wait(for: "phone desk-2001 is registered", within: 15)
            caller.command("dial", "sip:5000@127.0.0.1:\(site.tlsPort);transport=tls")
            try caller.program.wait(for: "488 Not Acceptable Here", within: 15)
        }
    }
}

/// What goes over loopback between some UDP ports, as tshark saw it.
struct Wire {
    private let file: URL
    private let capture: Program
    private let directory: URL
    private let ports: ClosedRange<Int>

    /// Begins to look.
    init(in directory: URL, ports: ClosedRange<Int>) throws {
        self.directory = directory
        self.ports = ports
        file = directory.appendingPathComponent("wire.pcap")
        capture = try Program(
            "/usr/bin/dumpcap",  // what tshark starts to capture, and would leave behind
            ["-q", "-i", "lo", "-w", file.path, "-f", "udp portrange \(ports.lowerBound)-\(ports.upperBound)"], in: directory)
        try capture.wait(for: "Capturing on")
        // It says so a moment before it sees anything; the file is there when it does.
        let deadline = Date(timeIntervalSinceNow: 5)
        while !FileManager.default.fileExists(atPath: file.path), Date() < deadline { _ = poll(nil, 0, 5) }
    }

    func stop() throws {
        capture.stop(signal: SIGINT)
    }

    /// The lengths of what RTP packets carry behind their headers, to and from the even ports.
    func payloadLengths() throws -> [Int] {
        let reader = try Program(
            "/usr/bin/tshark",
            ["-r", file.path, "-T", "fields", "-e", "udp.srcport", "-e", "udp.dstport", "-e", "udp.length", "-e", "udp.payload"],
            in: directory)
        guard try reader.exitCode() == 0 else { throw Unexpected(reader.output) }
        return reader.output.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t")
            guard fields.count == 4, let source = Int(fields[0]), let target = Int(fields[1]), let length = Int(fields[2]) else {
                return nil
            }
            guard [source, target].contains(where: { ports.contains($0) && $0 % 2 == 0 }), fields[3].hasPrefix("80") else { return nil }
            // Reports share the port with RTP where that was negotiated (RFC 5761 section 4).
            guard let kind = UInt8(fields[3].dropFirst(2).prefix(2), radix: 16), !(192...223).contains(kind) else { return nil }
            // Eight bytes of UDP and twelve of RTP.
            return length - 20
        }
    }
}
