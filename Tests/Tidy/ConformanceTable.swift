import Foundation
import Testing

/// `Docs/cti-conformance.md` names tests that there are.
struct ConformanceTable {
    /// The rows of its tables: what is promised, and the cell that says which tests show it.
    private static func rows() throws -> [(promise: Substring, shownBy: Substring)] {
        let file = HouseRules.root.appendingPathComponent("Docs/cti-conformance.md")
        return try HouseRules.lines(of: file).compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard line.hasPrefix("| "), !line.hasPrefix("| What |"), !line.hasPrefix("| ---"), let promise = cells.first else { return nil }
            return (promise, cells.count == 2 ? cells[1] : "")
        }
    }

    @Test("each row of the conformance table names tests that exist, or says that it is not there yet")
    func named() throws {
        let rows = try ConformanceTable.rows()
        #expect(rows.count > 50)
        for (promise, shownBy) in rows where shownBy.trimmingCharacters(in: .whitespaces) != "not yet" {
            // A file, and the names of its tests.
            var names = 0
            for group in shownBy.components(separatedBy: "”;") {
                let path = group.prefix { $0 != "“" }.trimmingCharacters(in: .whitespaces)
                let file = HouseRules.root.appendingPathComponent("Tests/\(path).swift")
                let source = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                for quoted in group.split(separator: "“").dropFirst() {
                    let name = quoted.prefix { $0 != "”" }
                    names += 1
                    #expect(source.contains("\"\(name)\"") || source.contains("func `\(name)`"), "\(promise): \(path) has no test \(name)")
                }
            }
            #expect(names > 0, "\(promise): no test is named")
        }
    }
}
