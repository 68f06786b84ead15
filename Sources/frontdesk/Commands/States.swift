import ArgumentParser
import Foundation
import Node

/// Asks the running server of a site for a table of what there is.
protocol StateCommand: AsyncParsableCommand {
    static var request: ControlRequest { get }
    var site: SiteOption { get }
    var json: Bool { get }
}

extension StateCommand {
    func run() async throws {
        let reply = try await Control.ask(Self.request, site)
        if let table = reply.table { print(json ? table.json : table.text) }
    }
}

/// What commands to a running server share.
enum Control {
    /// The reply; exits with 1, and the reason, when there is none or it is a refusal.
    static func ask(_ request: ControlRequest, _ site: SiteOption) async throws -> ControlReply {
        do {
            let reply = try await ControlClient.ask(request, of: URL(fileURLWithPath: site.site))
            if let text = reply.text { print(text) }
            guard reply.isGood else { throw ExitCode(1) }
            return reply
        } catch let failure as ControlFailure {
            print(failure)
            throw ExitCode(1)
        }
    }
}

struct Devices: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the devices of the running server, and whether they are in service.")
    static let request = ControlRequest.devices
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Lines: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the lines of the running server, and their calls.")
    static let request = ControlRequest.lines
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Users: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the users of the running server, and their rights.")
    static let request = ControlRequest.users
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Providers: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the applications that have a provider open.")
    static let request = ControlRequest.providers
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Counters: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show what flows have counted by `count:` since the server started.")
    static let request = ControlRequest.counters
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Calls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the calls in progress, those that are over, or one call step by step.",
        subcommands: [CallsNow.self, ShowCall.self, CallHistories.self], defaultSubcommand: CallsNow.self)
}

struct CallsNow: StateCommand {
    static let configuration = CommandConfiguration(commandName: "now", abstract: "Show the calls in progress.")
    static let request = ControlRequest.calls
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Agents: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the agents of the running server, and what they do.")
    static let request = ControlRequest.agents
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Queues: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the queues of the running server, and how many wait there.")
    static let request = ControlRequest.queues
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Alarms: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show the latest alarms, the newest last.")
    static let request = ControlRequest.alarms
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Status: StateCommand {
    static let configuration = CommandConfiguration(abstract: "Show how much there is of everything, and which flows are served.")
    static let request = ControlRequest.status
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false
}

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the running server read frontdesk.yaml again, and change what changed with the least disturbance.",
        discussion: "A configuration with an error changes nothing. Calls in progress stay.")
    @OptionGroup var site: SiteOption
    @Flag(help: "Only show what would change.") var dryRun = false

    func run() async throws {
        _ = try await Control.ask(dryRun ? .compare : .apply, site)
    }
}
