extension Instant {
    /// The earlier of two moments, of which either may never come; `nil` when neither does.
    public static func earliest(_ one: Instant?, _ other: Instant?) -> Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
