import Foundation
import Testing

/// The built server with the manager's assistant of `Examples/` at the other end of the CTI link: 5100 is the manager's number, 2001 the manager, 2000 the
/// assistant.
@Suite(.serialized, .realPrograms)
struct ManagerAssistantCalls {
    private static func site() throws -> Site {
        try Site {
            $0.replacingOccurrences(of: "controlled-devices: [second-line]", with: "controlled-devices: [second-line, desk-2001]")
        }
    }

    private static func assistant(at site: Site, _ commands: [String]) throws -> Program {
        let program = try Program(
            "/usr/bin/python3",
            [
                Site.root.appendingPathComponent("Examples/manager_assistant.py").path, "--link", "ws://127.0.0.1:\(site.linkPort)",
                "--user",
                "ivr", "--password", "gangway", "--device", "second-line", "--phone", "desk-2001", "--manager", "2001", "--assistants",
                "2000",
                "--commands",
            ] + commands, in: site.directory)
        try program.wait(for: "routing the calls")
        return program
    }

    private static func call(at site: Site) throws -> Program {
        try Program(
            Site.binary,
            [
                "call", "5100", "--from", "03023125010", "--hang-up-after", "1s", "--transcript", "--server", "127.0.0.1:\(site.port)",
            ], in: site.directory)
    }

    @Test(
        "a manager's calls ask the application: they go to the assistant first, and to the manager for who is let through, or to where they are diverted",
        arguments: [
            ([], "2000", "goes to an assistant first"), (["do-not-disturb on"], "2000", "does not disturb"),
            (["do-not-disturb on", "filter 030231*"], "2001", "is let through"), (["divert 2001"], "2001", "is diverted"),
        ])
    func routed(commands: [String], to number: String, because: String) throws {
        let site = try ManagerAssistantCalls.site()
        let told = try ManagerAssistantCalls.assistant(at: site, commands)
        let (chosen, caller) = (try site.phone(number), try ManagerAssistantCalls.call(at: site))
        try site.explaining(caller) {
            let (answered, took) = (try caller.exitCode(), try chosen.exitCode())
            #expect(answered == 0 && took == 0, "\(caller.output)\n\(chosen.output)\n\(told.output)")
        }
        #expect(told.output.contains("03023125010 \(because)") && told.output.contains("\(number) has the call"), "\(told.output)")
    }

    @Test("by intercom the manager's phone answers by itself and talks to the assistant's")
    func intercom() throws {
        let site = try ManagerAssistantCalls.site()
        let (manager, assistant) = (try site.phone("2001"), try site.phone("2000"))
        let application = try ManagerAssistantCalls.assistant(at: site, ["intercom 2000"])
        try assistant.wait(for: "hears audio from")
        try manager.wait(for: "hears audio from")
        #expect(manager.output.contains("answered"), "\(manager.output)\n\(application.output)")
    }
}
