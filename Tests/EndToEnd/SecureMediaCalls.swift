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
        wire.stop()
        return (try Sound.read(path: try caller.heard().path).resampled(to: 8000).samples, wire, caller.program.output)
    }

    @Test("baresip hears the prompt over SRTP, and nothing on the wire is plain", arguments: ["srtp", "srtp-mand", "srtp-mandf"])
    func hearsThePrompt(encryption: String) throws {
        let site = try Site(tls: "")
        let (heard, wire, output) = try call(encryption, from: site)
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
        #expect(output.contains("SRTP is Enabled"))
        try expectSecrecy(wire)
    }

    @Test("baresip hears the prompt over SRTP whose keys came from a DTLS handshake")
    func handshake() throws {
        let site = try Site(tls: "")
        let (heard, wire, output) = try call("dtls_srtp", from: site)
        let likeness = likeness(of: try samplePrompt("main-menu"), in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness); it printed \(output.suffix(3000))")
        try expectSecrecy(wire)
    }

    @Test("a plain call looks as plain as it is, so that the look at the wire means something")
    func plain() throws {
        let site = try Site(tls: "") { $0.replacingOccurrences(of: ", Standard CTI Allow Reception of SRTP Key Material", with: "") }
        let (_, wire, output) = try call("srtp", from: site)
        #expect(!output.contains("SRTP is Enabled"))
        let packets = try wire.packets(fromServer: true)
        #expect(packets.contains { $0.payload.count == 160 })
        let likeness = likeness(of: try samplePrompt("main-menu"), in: Wire.heard(packets, .mu))
        #expect(likeness > 0.8, "on the wire the prompt is like itself by \(likeness)")
    }

    /// Nothing on the wire is as long as plain audio, and who takes it for plain audio does not hear the prompt.
    private func expectSecrecy(_ wire: Wire) throws {
        let prompt = try samplePrompt("main-menu")
        for fromServer in [true, false] {
            let packets = try wire.packets(fromServer: fromServer)
            #expect(packets.count > 50)
            // G.711 in packets of 20 ms is 160 bytes; with a tag of SRTP it is longer.
            #expect(packets.allSatisfy { $0.payload.count > 160 }, "lengths on the wire: \(Set(packets.map(\.payload.count)).sorted())")
            guard fromServer else { continue }
            let likeness = likeness(of: prompt, in: Wire.heard(packets, .mu))
            #expect(likeness < 0.3, "on the wire the prompt is like itself by \(likeness)")
        }
    }

    @Test("a route point that demands SRTP refuses a plain call with 488, and no packet of media is sent")
    func refusesPlain() throws {
        let site = try Site(tls: "") {
            $0.replacingOccurrences(of: "main-line: { kind: route-point,", with: "main-line: { kind: route-point, security: required,")
        }
        let wire = try Wire(in: site.directory, ports: site.mediaPorts)
        let caller = try SecureCalls.phone(site, try SecureCalls.speech(in: site))
        try site.explaining(caller.program) {
            try site.server.wait(for: "phone desk-2001 is registered", within: 15)
            caller.command("dial", "sip:5000@127.0.0.1:\(site.tlsPort);transport=tls")
            try caller.program.wait(for: "488 Not Acceptable Here", within: 15)
        }
        wire.stop()
        let seen = try wire.fields(["udp.srcport", "udp.dstport"], where: "udp")
        #expect(seen.isEmpty, "\(seen.count) packets were seen")
    }
}
