import Foundation
import Testing

/// What a plain call of baresip looks like on the wire, as tshark dissects it.
@Suite(.serialized, .realPrograms)
struct WireCalls {
    @Test("packets of the server are one stream, 20 ms apart, numbered without a gap; keys and reports are as the standards have them")
    func plainCall() throws {
        let site = try Site()
        let wire = try Wire(in: site.directory, ports: site.mediaPorts)
        let caller = try Baresip(speech: try SecureCalls.speech(in: site), in: site.directory)
        caller.command("dial", "sip:5000@127.0.0.1:\(site.port)")
        try site.explaining(caller.program) {
            // Long enough for the first reports (RFC 3550 section 6.2) of both.
            try caller.program.wait(for: "[0:00:07]", within: 20)
            caller.command("sndcode", "1")
            try site.server.wait(for: "redirecting to 2001")
            try caller.program.wait(for: "session closed", within: 15)
        }
        caller.program.stop()
        wire.stop()
        try expectStream(wire.packets(fromServer: true))
        try expectKey(wire)
        try expectReports(wire, site)
    }

    private func expectStream(_ packets: [Wire.Packet]) throws {
        #expect(packets.count > 250)
        #expect(Set(packets.map(\.payloadType)) == [0])
        #expect(Set(packets.map(\.stream)).count == 1)
        #expect(packets.allSatisfy { $0.payload.count == 160 })
        let pairs = zip(packets, packets.dropFirst())
        #expect(pairs.allSatisfy { ($1.sequence - $0.sequence) & 0xFFFF == 1 })
        // Between prompts nothing is sent, and time goes on in the timestamps (RFC 3550 section 5.1); the first packet after it is marked (RFC 3551 section 4.1).
        let steps = pairs.map { (seconds: $1.at - $0.at, units: ($1.timestamp - $0.timestamp) & 0xFFFF_FFFF, isMarked: $1.isMarked) }
        #expect(steps.allSatisfy { $0.isMarked || $0.units == 160 })
        let talk = steps.filter { !$0.isMarked }.map(\.seconds)
        let mean = talk.reduce(0, +) / Double(talk.count)
        #expect((0.019...0.021).contains(mean), "packets are \(mean) s apart")
        // The test machine may be busy; how punctual the server can be is measured by `make bench`.
        #expect(talk.sorted()[talk.count / 2] < 0.022 && talk.allSatisfy { $0 < 0.2 })
    }

    private func expectKey(_ wire: Wire) throws {
        let events = try wire.fields(
            ["rtp.p_type", "rtp.marker", "rtpevent.event_id", "rtpevent.end_of_event", "rtpevent.duration"], where: "rtpevent")
        #expect(events.count >= 4)
        #expect(events.allSatisfy { $0[0] == "101" && $0[2] == "1" }, "\(events)")
        #expect(events.first.map { ["1", "True"].contains($0[1]) } == true, "\(events)")
        #expect(events.last.map { ["1", "True"].contains($0[3]) } == true, "\(events)")
    }

    private func expectReports(_ wire: Wire, _ site: Site) throws {
        let reports = try wire.fields(["udp.srcport", "rtcp.pt", "rtcp.ssrc.fraction", "rtcp.sdes.type"], where: "rtcp")
        let (ours, theirs) = (
            reports.filter { Int($0[0]).map(site.mediaPorts.contains) == true },
            reports.filter { Int($0[0]).map(site.mediaPorts.contains) == false }
        )
        // A sender's report with a block on what was heard, and who says so; a goodbye at the end (RFC 3550 sections 6.4 to 6.6).
        #expect(ours.contains { $0[1].hasPrefix("200,202") && $0[2] == "0" && $0[3].hasPrefix("1") }, "\(reports)")
        #expect(ours.last?[1].hasSuffix("203") == true, "\(reports)")
        #expect(theirs.contains { $0[1].hasPrefix("200") }, "\(reports)")
    }
}
