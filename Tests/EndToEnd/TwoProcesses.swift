import Foundation
import Testing

/// The attendant in a process of its own, over the CTI link.
@Suite(.serialized, .realPrograms)
struct TwoProcesses {
    @Test("when the attendant's process is killed, each of 50 callers in its menu reaches the call forward on failure number")
    func killed() throws {
        let site = try Site(apart: true)
        let attendant = try #require(site.attendant)
        let (callerMedia, agentMedia) = (try RTPPeer(fill: 0x55), try RTPPeer(fill: 0x2A))
        defer {
            callerMedia.stop()
            agentMedia.stop()
        }
        let (agentPort, callerPort) = (try Sipp.freePort(), try Sipp.freePort())
        try SippCalls.register("2000", secret: "secret-2000", at: agentPort, site, transport: .udp)
        let agents = try Sipp(
            "agent-hangs-up", service: "2000", remote: nil, local: agentPort, calls: 50,
            keys: ["rtp_port": "\(agentMedia.port)", "caller": "2000"], in: site.directory)
        let callers = try Sipp(
            "caller-agent-hangs-up", service: "5000", remote: site.port, local: callerPort, calls: 50,
            keys: ["rtp_port": "\(callerMedia.port)", "caller": "+493023125010"], replacing: ["AGENT_RTP_PORT": "\(agentMedia.port)"],
            in: site.directory)
        try site.explaining(callers.program) {
            try attendant.wait(for: "lookup: found", count: 50, within: 30)
            attendant.stop(signal: SIGKILL)
            let killed = Date()
            try site.server.wait(for: "number: Optional(2000)", count: 50, within: 30)
            print("50 callers reached the CFOF number; the slowest took \(Int(Date().timeIntervalSince(killed) * 1000)) ms")
            #expect(site.server.output.contains("the application of user attendant has failed; 50 calls"))
            try callers.expectSuccess()
            try agents.expectSuccess()
        }
    }

    @Test("an attendant that is started again takes calls again")
    func restarted() throws {
        let site = try Site(apart: true)
        site.attendant?.stop(signal: SIGKILL)
        try site.server.wait(for: "has failed", within: 20)
        let again = try Program(
            Site.binary, ["serve", "--site", ".", "--role", "attendant", "--ctimanager", "ws://127.0.0.1:\(site.linkPort)"],
            in: site.directory)
        try again.wait(for: "ready", within: 20)
        let caller = try Program(
            Site.binary, ["call", "5000", "--transcript", "--hang-up-after", "1s", "--server", "127.0.0.1:\(site.port)"], in: site.directory
        )
        try site.explaining(caller) { try caller.wait(for: "hears audio from") }
        #expect(try caller.exitCode() == 0)
    }
}
