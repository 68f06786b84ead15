import Foundation

/// What a state command shows: rows of text under columns.
public struct StateTable: Codable, Equatable, Sendable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, each with a text for each column.
    public let rows: [[String]]

    /// Makes a table.
    public init(columns: [String], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The table with its columns aligned, and a line when there is nothing to show.
    public var text: String {
        guard !rows.isEmpty else { return "There are none." }
        let widths = columns.indices.map { column in ([columns] + rows).map { $0[column].count }.max() ?? 0 }
        return ([columns] + rows).map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    /// The rows as a JSON array of objects, with the columns as members.
    public var json: String {
        let objects = rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(objects)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}
