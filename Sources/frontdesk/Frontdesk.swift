import ArgumentParser
@unsafe @preconcurrency import Glibc

/// The command line. Each command is a file in `Commands`.
@main
struct Frontdesk: AsyncParsableCommand {
    static func main() async {
        // Whoever reads our output through a pipe sees each line when it is written.
        unsafe setvbuf(stdout, nil, _IOLBF, 0)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch {
            exit(withError: error)
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "frontdesk", abstract: "An IVR and auto-attendant application server.", version: "0.1.0",
        subcommands: [
            Serve.self, Call.self, Phone.self, FlowCommands.self, WhoAnswers.self, NewSite.self, Prompts.self, Customers.self,
            Mailboxes.self, Password.self, DescribeLink.self, Status.self, Devices.self, Lines.self, Users.self, Providers.self, Calls.self,
            Agents.self, Queues.self, Counters.self, Alarms.self, Apply.self,
        ])
}

/// The option that every command about a site has.
struct SiteOption: ParsableArguments {
    @Option(name: .long, help: "The folder of the site, with frontdesk.yaml, Flows/ and Prompts/.")
    var site = "."
}
