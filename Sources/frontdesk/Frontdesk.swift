import ArgumentParser

/// The command line. Each command is a file in `Commands`.
@main
struct Frontdesk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frontdesk", abstract: "An IVR and auto-attendant application server.", version: "0.1.0",
        subcommands: [Serve.self, Call.self, Phone.self, FlowCommands.self, Customers.self, Password.self])
}

/// The option that every command about a site has.
struct SiteOption: ParsableArguments {
    @Option(name: .long, help: "The folder of the site, with frontdesk.yaml, Flows/ and Prompts/.")
    var site = "."
}
