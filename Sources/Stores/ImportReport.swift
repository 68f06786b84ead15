/// What an import did.
public struct ImportReport: Equatable, Sendable, CustomStringConvertible {
    /// Records with a number that was not in the store.
    public var added: Int
    /// Records in place of others with the same number.
    public var changed: Int
    /// Records that were in the store just so.
    public var unchanged: Int

    /// The report, for a person to read.
    public var description: String {
        let total = added + changed + unchanged
        return "\(total) customer\(total == 1 ? "" : "s"): \(added) added, \(changed) changed, \(unchanged) as before"
    }
}

/// Why nothing was imported: everything that is wrong with the file, each with its line.
public struct ImportFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Something wrong, and where.
    public struct Problem: Equatable, Sendable {
        /// The line, counted from 1; `nil` when it is the file as a whole.
        public var line: Int?
        /// What was expected and what was found.
        public var message: String
    }

    /// The most problems that are collected before reading stops.
    public static let limit = 20

    /// The file, as it was given.
    public var path: String
    /// The problems, at most `limit`, in the order of the file.
    public var problems: [Problem]

    /// `file:line: message`, a line for each problem.
    public var description: String {
        problems.map { problem in "\(path):\(problem.line.map { "\($0):" } ?? "") \(problem.message)" }.joined(separator: "\n")
    }
}
