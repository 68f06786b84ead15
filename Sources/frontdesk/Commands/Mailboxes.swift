import ArgumentParser
import Foundation
import Node

/// `frontdesk mailboxes`: what lies in the mailboxes of a site.
struct Mailboxes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the mailboxes of a site and how many messages they hold; no server is needed.")
    @OptionGroup var site: SiteOption
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let table = StateTable(mailboxesOf: try SiteReader.read(directory: URL(fileURLWithPath: site.site)))
        print(json ? table.json : table.text)
    }
}
