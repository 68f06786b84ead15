import ArgumentParser
import Foundation
import Node
import Stores

/// `frontdesk customers`: the customer store.
struct Customers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Fill and search the customer store.", subcommands: [Import.self, Find.self])

    /// `frontdesk customers import FILE.csv`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import customers from a CSV file with a header; the column `number` is the key.")

        @Argument(help: "The CSV file.")
        var file: String

        @OptionGroup var site: SiteOption

        func run() async throws {
            let store = try Customers.store(site)
            let report = try await store.importCSV(path: file)
            print(report)
        }
    }

    /// `frontdesk customers find NUMBER`.
    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Find a customer by number, in any spelling.")

        @Argument(help: "The number.")
        var number: String

        @OptionGroup var site: SiteOption

        func run() async throws {
            guard let record = try await Customers.store(site).record(for: number) else {
                print("not found")
                throw ExitCode(1)
            }
            for (field, value) in record.sorted(by: { $0.key < $1.key }) { print("\(field): \(value)") }
        }
    }

    private static func store(_ option: SiteOption) throws -> CustomerStore {
        let site = try SiteReader.read(directory: URL(fileURLWithPath: option.site))
        guard let file = site.customerFile else { throw ValidationError("frontdesk.yaml has no `customers:` group with a `file:`") }
        return try CustomerStore(path: file.path, region: site.country)
    }
}
