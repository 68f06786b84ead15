/// Why a measurement is not valid.
public struct Invalid: Error, CustomStringConvertible {
    /// The reason in plain words.
    public let description: String

    /// Makes one.
    public init(description: String) { self.description = description }
}
