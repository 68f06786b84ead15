/// What an expression needs of a run.
protocol ExpressionContext {
    func value(at place: Int) -> FlowValue
    var isOpen: Bool { get }
    var localTime: String { get }
}

/// Why an expression has no value at run time.
struct EvaluationError: Error, Equatable {
    var message: String
}

extension Expression {
    /// The value in a context.
    func evaluate(in context: some ExpressionContext) throws(EvaluationError) -> FlowValue {
        switch self {
        case .literal(let value): return value
        case .variable(let place): return context.value(at: place)
        case .open: return .yesNo(context.isOpen)
        case .now: return .text(context.localTime)
        case .list(let members):
            var values: [FlowValue] = []
            for member in members { values.append(try member.evaluate(in: context)) }
            return .list(values)
        case .not(let inner): return .yesNo(!(try inner.condition(in: context)))
        case .and(let left, let right):
            guard try left.condition(in: context) else { return .yesNo(false) }
            return .yesNo(try right.condition(in: context))
        case .or(let left, let right):
            if try left.condition(in: context) { return .yesNo(true) }
            return .yesNo(try right.condition(in: context))
        case .compare(let comparison, let left, let right):
            return .yesNo(try comparison.holds(try left.evaluate(in: context), try right.evaluate(in: context)))
        }
    }

    /// The value as a condition.
    func condition(in context: some ExpressionContext) throws(EvaluationError) -> Bool {
        let value = try evaluate(in: context)
        guard let condition = value.asCondition else {
            throw EvaluationError(message: "expected yes or no, found \(value.kind.rawValue)")
        }
        return condition
    }
}

extension Expression.Comparison {
    /// Whether the comparison holds. Text that spells a number compares with numbers as one. Nothing equals only nothing, and has no order.
    func holds(_ left: FlowValue, _ right: FlowValue) throws(EvaluationError) -> Bool {
        switch self {
        case .equal: return try equal(left, right)
        case .unequal: return try !equal(left, right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return try ordered(left, right)
        case .startsWith, .endsWith:
            if left == .nothing || right == .nothing { return false }
            guard let text = left.comparedText, let part = right.comparedText else { throw unlike(left, right) }
            return self == .startsWith ? text.hasPrefix(part) : text.hasSuffix(part)
        case .contains: return try holds(part: right, in: left)
        case .isIn: return try holds(part: left, in: right)
        }
    }

    private func unlike(_ left: FlowValue, _ right: FlowValue) -> EvaluationError {
        EvaluationError(message: "`\(rawValue)` can't compare \(left.kind.rawValue) with \(right.kind.rawValue)")
    }

    private func equal(_ left: FlowValue, _ right: FlowValue) throws(EvaluationError) -> Bool {
        if left == .nothing || right == .nothing { return left == right }
        if let first = left.comparedText, let second = right.comparedText { return first == second }
        if left.kind == .number || right.kind == .number {
            guard let first = left.asNumber, let second = right.asNumber else { throw unlike(left, right) }
            return first == second
        }
        if left.kind == .yesNo || right.kind == .yesNo {
            guard left.kind != .list, right.kind != .list, let first = left.asCondition, let second = right.asCondition else {
                throw unlike(left, right)
            }
            return first == second
        }
        guard left.kind == right.kind else { throw unlike(left, right) }
        return left == right
    }

    private func ordered(_ left: FlowValue, _ right: FlowValue) throws(EvaluationError) -> Bool {
        if left == .nothing || right == .nothing { return false }
        if let first = left.asNumber, let second = right.asNumber { return order(first, second) }
        guard let first = left.comparedText, let second = right.comparedText else { throw unlike(left, right) }
        return order(first, second)
    }

    private func order<Value: Comparable>(_ first: Value, _ second: Value) -> Bool {
        switch self {
        case .less: first < second
        case .lessOrEqual: first <= second
        case .greater: first > second
        default: first >= second
        }
    }

    private func holds(part: FlowValue, in whole: FlowValue) throws(EvaluationError) -> Bool {
        if whole == .nothing { return false }
        if case .list(let members) = whole {
            for member in members where member.kind == part.kind || part.asNumber != nil && member.asNumber != nil {
                if try equal(part, member) { return true }
            }
            return false
        }
        if part == .nothing { return false }
        guard self == .contains, let text = whole.comparedText, let piece = part.comparedText else { throw unlike(part, whole) }
        return piece.isEmpty || text.containsText(piece)
    }
}

extension String {
    /// Whether `piece` occurs in the text.
    fileprivate func containsText(_ piece: String) -> Bool {
        let (text, wanted) = (Array(utf8), Array(piece.utf8))
        guard wanted.count <= text.count else { return false }
        return (0...(text.count - wanted.count)).contains { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
