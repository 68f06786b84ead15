import Foundation
import Testing

/// The built server with SIPp as the caller and as the agent, real RTP on both sides.
@Suite(.serialized, .realPrograms)
struct SippCalls {
    enum Transport: String, CaseIterable {
        case udp = "u1"
        case tcp = "t1"
    }

    enum Ending: String, CaseIterable {
        case callerHangsUp
        case agentHangsUp
    }

    static func register(
        _ user: String, secret: String, at local: UInt16, _ site: Site, transport: Transport, scenario: String = "register"
    ) throws {
        let sipp = try Sipp(
            scenario, service: user, remote: site.port, local: local, transport: transport.rawValue, secret: secret,
            keys: ["caller": user], in: site.directory)
        try sipp.expectSuccess()
    }

    @Test(
        "a caller dials 5000, presses 1 and talks to agent 2001, whoever hangs up, over UDP and TCP", arguments: Transport.allCases,
        Ending.allCases)
    func callerReachesAgent(transport: Transport, ending: Ending) throws {
        let site = try Site()
        let (callerMedia, agentMedia) = (try RTPPeer(fill: 0x55), try RTPPeer(fill: 0x2A))
        defer {
            callerMedia.stop()
            agentMedia.stop()
        }
        let (agentPort, callerPort) = (try Sipp.freePort(), try Sipp.freePort())
        try SippCalls.register("2001", secret: "secret-2001", at: agentPort, site, transport: .udp)
        let agent = try Sipp(
            ending == .agentHangsUp ? "agent-hangs-up" : "agent-answers", service: "2001", remote: nil, local: agentPort,
            keys: ["rtp_port": "\(agentMedia.port)", "caller": "2001"], in: site.directory)
        let caller = try Sipp(
            ending == .agentHangsUp ? "caller-agent-hangs-up" : "caller-hangs-up", service: "5000", remote: site.port, local: callerPort,
            transport: transport.rawValue, keys: ["rtp_port": "\(callerMedia.port)", "caller": "+493023125010"],
            replacing: ["AGENT_RTP_PORT": "\(agentMedia.port)"], in: site.directory)

        try site.explaining(caller.program) { try callerMedia.wait("the prompt", within: 15) { $0.packets >= 25 } }
        let server = try #require(callerMedia.sources.first)
        callerMedia.send(to: server)
        callerMedia.press(1)
        try site.server.wait(for: "redirecting to 2001")
        try site.server.wait(for: "redirected")
        callerMedia.send(to: agentMedia.port)
        agentMedia.send(to: callerMedia.port)
        try callerMedia.wait("the agent's audio") { $0.packets(from: agentMedia.port) >= 25 }
        try agentMedia.wait("the caller's audio") { $0.packets(from: callerMedia.port) >= 25 }
        try caller.expectSuccess()
        try agent.expectSuccess()
    }

    @Test("a caller who hangs up before the agent answers leaves no phone ringing")
    func cancelBeforeAnswer() throws {
        let site = try Site()
        let media = try RTPPeer()
        defer { media.stop() }
        let (agentPort, callerPort) = (try Sipp.freePort(), try Sipp.freePort())
        try SippCalls.register("2001", secret: "secret-2001", at: agentPort, site, transport: .udp)
        let agent = try Sipp(
            "agent-never-answers", service: "2001", remote: nil, local: agentPort, keys: ["rtp_port": "40000", "caller": "2001"],
            in: site.directory)
        let caller = try Sipp(
            "caller-cancels", service: "2001", remote: site.port, local: callerPort,
            keys: ["rtp_port": "\(media.port)", "caller": "03023125010"],
            in: site.directory)
        try caller.expectSuccess()
        try agent.expectSuccess()
    }

    @Test("a caller is told when the agent is busy or does not answer, and hung up", arguments: ["agent-is-busy", "agent-never-answers"])
    func agentCannotTakeTheCall(scenario: String) throws {
        let site = try Site()
        let media = try RTPPeer()
        defer { media.stop() }
        let (agentPort, callerPort) = (try Sipp.freePort(), try Sipp.freePort())
        try SippCalls.register("2001", secret: "secret-2001", at: agentPort, site, transport: .udp)
        let agent = try Sipp(
            scenario, service: "2001", remote: nil, local: agentPort, keys: ["rtp_port": "40000", "caller": "2001"], in: site.directory)
        let caller = try Sipp(
            "caller-is-sent-away", service: "5000", remote: site.port, local: callerPort,
            keys: ["rtp_port": "\(media.port)", "caller": "+493023125010"], in: site.directory)
        try site.explaining(caller.program) { try media.wait("the prompt", within: 15) { $0.packets >= 25 } }
        media.send(to: try #require(media.sources.first))
        media.press(1)
        try site.server.wait(for: "redirect did not succeed: \(scenario == "agent-is-busy" ? "busy" : "no-answer")")
        try agent.expectSuccess()
        try caller.expectSuccess()
    }

    @Test("an unknown number gets 404, a phone that is not registered 480", arguments: [("7777", "404"), ("2001", "480")])
    func numbersThatCannotBeReached(number: String, status: String) throws {
        let site = try Site()
        let caller = try Sipp(
            "caller-gets-status", service: number, remote: site.port, local: try Sipp.freePort(),
            keys: ["rtp_port": "40000", "caller": "+493023125010"], replacing: ["EXPECTED_STATUS": status], in: site.directory)
        try caller.expectSuccess()
    }

    @Test("a phone with a wrong password is refused and one with the right password is not")
    func wrongPassword() throws {
        let site = try Site()
        let port = try Sipp.freePort()
        try SippCalls.register("2001", secret: "wrong", at: port, site, transport: .udp, scenario: "register-refused")
        try SippCalls.register("2001", secret: "secret-2001", at: port, site, transport: .udp)
    }

    @Test("a caller comes in over IPv6")
    func callerOverIPv6() throws {
        let site = try Site()
        let caller = try Sipp(
            "caller-gets-status", service: "7777", remote: site.v6Port, local: try Sipp.freePort(), v6: true,
            keys: ["rtp_port": "40000", "caller": "+493023125010"], replacing: ["EXPECTED_STATUS": "404"], in: site.directory)
        try caller.expectSuccess()
    }
}
