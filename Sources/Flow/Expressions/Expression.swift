/// A condition or value of a flow, compiled: variables are places in the run's table.
indirect enum Expression: Equatable, Sendable {
    case literal(FlowValue)
    case variable(Int)
    /// Whether the business is open now.
    case open
    /// The local date and time, `2026-12-24 17:30`.
    case now
    case list([Expression])
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case compare(Comparison, Expression, Expression)

    /// The ways in which two values are compared, as they are written.
    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case startsWith = "starts with"
        case endsWith = "ends with"
        case contains
        case isIn = "in"
    }
}

/// Why an expression can't be read, or has no value.
struct ExpressionError: Error, Equatable {
    /// What is wrong.
    var message: String
    /// Where in the text it is wrong, in Unicode scalars from 0.
    var offset: Int
}
