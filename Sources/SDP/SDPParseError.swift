/// Why bytes are not a session description: where, what was expected there, and what was found.
public struct SDPParseError: Error, Hashable, Sendable {
    /// The line with the fault, counted from 1.
    public var line: Int
    /// What was expected, in words: `v=0`, `a port from 0 to 65535`, …
    public var expected: String
    /// What was found, cut off after 80 bytes.
    public var found: String

    /// Makes an error.
    public init(line: Int, expected: String, found: String) {
        self.line = line
        self.expected = expected
        self.found = found
    }
}

extension SDPParseError: CustomStringConvertible {
    /// One sentence for a log or a `Warning` header.
    public var description: String { "SDP line \(line): expected \(expected), found \(found)" }
}
