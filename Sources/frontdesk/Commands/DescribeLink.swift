import ArgumentParser
import CTILink

/// `frontdesk describe-link`: prints the OpenRPC description of the CTI link, as it stands in Docs.
struct DescribeLink: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the OpenRPC description of the CTI link.")

    func run() { print(LinkDescription.text, terminator: "") }
}
