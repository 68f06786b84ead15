/// What came of a lookup.
public enum LookupOutcome: Equatable, Sendable {
    /// The fields of the record.
    case found([String: String])
    /// There is none.
    case notFound
    /// The store could not answer: why.
    case failed(String)
}
