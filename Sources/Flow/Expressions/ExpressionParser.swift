/// Reads an expression: `not`, `and`, `or`, comparisons, parentheses and lists. It also finds comparisons of unlike kinds, as far as kinds are known
/// before a call.
struct ExpressionParser {
    private let tokens: [(token: ExpressionLexer.Token, offset: Int)]
    private var index = 0
    private var depth = 0
    private let symbols: SymbolTable

    private static let deepest = 32

    /// Reads a whole text. Variables that are not yet known get a place in `symbols`.
    static func parse(_ text: String, symbols: SymbolTable) throws(ExpressionError) -> (expression: Expression, kind: ValueKind) {
        var parser = ExpressionParser(tokens: try ExpressionLexer.tokens(of: text), symbols: symbols)
        let result = try parser.either()
        guard parser.token == .end else {
            throw ExpressionError(message: "expected `and`, `or` or the end, found \(parser.token.spoken)", offset: parser.offset)
        }
        return result
    }

    private typealias Typed = (expression: Expression, kind: ValueKind)

    private init(tokens: [(token: ExpressionLexer.Token, offset: Int)], symbols: SymbolTable) {
        self.tokens = tokens
        self.symbols = symbols
    }

    private var token: ExpressionLexer.Token { index < tokens.count ? tokens[index].token : .end }
    private var offset: Int { index < tokens.count ? tokens[index].offset : 0 }

    private mutating func take(_ wanted: ExpressionLexer.Token) -> Bool {
        guard token == wanted else { return false }
        index += 1
        return true
    }

    private mutating func either() throws(ExpressionError) -> Typed {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw ExpressionError(message: "this is nested more than \(Self.deepest) deep", offset: offset) }
        var left = try both()
        while token == .word("or") {
            let place = offset
            index += 1
            let right = try both()
            try requireConditions(left, right, "or", place)
            left = (.or(left.expression, right.expression), .yesNo)
        }
        return left
    }

    private mutating func both() throws(ExpressionError) -> Typed {
        var left = try negation()
        while token == .word("and") {
            let place = offset
            index += 1
            let right = try negation()
            try requireConditions(left, right, "and", place)
            left = (.and(left.expression, right.expression), .yesNo)
        }
        return left
    }

    private func requireConditions(_ left: Typed, _ right: Typed, _ word: String, _ place: Int) throws(ExpressionError) {
        for side in [left, right] where ![.yesNo, .unknown, .nothing].contains(side.kind) {
            throw ExpressionError(message: "`\(word)` joins what is yes or no, not \(side.kind.rawValue)", offset: place)
        }
    }

    private mutating func negation() throws(ExpressionError) -> Typed {
        guard token == .word("not") else { return try comparison() }
        var count = 0
        let place = offset
        while take(.word("not")) { count += 1 }
        let inner = try comparison()
        guard [.yesNo, .unknown, .nothing].contains(inner.kind) else {
            throw ExpressionError(message: "`not` turns yes into no, and this is \(inner.kind.rawValue)", offset: place)
        }
        return (count % 2 == 1 ? .not(inner.expression) : inner.expression, .yesNo)
    }

    private mutating func comparison() throws(ExpressionError) -> Typed {
        let left = try value()
        let place = offset
        guard let comparison = try takeComparison() else { return left }
        let right = try value()
        if let message = comparison.complaint(left.kind, right.kind) { throw ExpressionError(message: message, offset: place) }
        let next = offset
        if try takeComparison() != nil { throw ExpressionError(message: "two comparisons in a row: join them with `and`", offset: next) }
        return (.compare(comparison, left.expression, right.expression), .yesNo)
    }

    private mutating func takeComparison() throws(ExpressionError) -> Expression.Comparison? {
        switch token {
        case .sign(let sign):
            guard let comparison = Expression.Comparison(rawValue: sign) else { return nil }
            index += 1
            return comparison
        case .word("starts"), .word("ends"):
            let first = token == .word("starts") ? "starts" : "ends"
            index += 1
            guard take(.word("with")) else {
                throw ExpressionError(message: "expected `with` after `\(first)`, found \(token.spoken)", offset: offset)
            }
            return first == "starts" ? .startsWith : .endsWith
        case .word("contains"):
            index += 1
            return .contains
        case .word("in"):
            index += 1
            return .isIn
        default:
            return nil
        }
    }

    private mutating func value() throws(ExpressionError) -> Typed {
        let place = offset
        switch token {
        case .number(let number):
            index += 1
            return (.literal(.number(number)), .number)
        case .text(let text):
            index += 1
            return (.literal(.text(text)), .text)
        case .word(let word):
            index += 1
            return try named(word, at: place)
        case .sign("("):
            index += 1
            let inner = try either()
            guard take(.sign(")")) else { throw ExpressionError(message: "expected `)`, found \(token.spoken)", offset: offset) }
            return inner
        case .sign("["):
            index += 1
            return try list()
        case .sign, .end:
            throw ExpressionError(message: "expected a value, found \(token.spoken)", offset: place)
        }
    }

    private mutating func list() throws(ExpressionError) -> Typed {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw ExpressionError(message: "this is nested more than \(Self.deepest) deep", offset: offset) }
        var members: [Expression] = []
        while token != .sign("]") {
            if !members.isEmpty, !take(.sign(",")) {
                throw ExpressionError(message: "expected `,` or `]`, found \(token.spoken)", offset: offset)
            }
            members.append(try value().expression)
        }
        index += 1
        return (.list(members), .list)
    }

    private func named(_ word: String, at place: Int) throws(ExpressionError) -> Typed {
        switch word {
        case "yes": return (.literal(.yesNo(true)), .yesNo)
        case "no": return (.literal(.yesNo(false)), .yesNo)
        case "nothing": return (.literal(.nothing), .nothing)
        case "open": return (.open, .yesNo)
        case "now": return (.now, .text)
        case "and", "or", "not", "in", "contains", "starts", "ends", "with":
            throw ExpressionError(message: "expected a value, found `\(word)`", offset: place)
        case "true", "false": throw ExpressionError(message: "write `yes` or `no`", offset: place)
        default:
            guard SymbolTable.isName(word) else { throw ExpressionError(message: "`\(word)` can't be a variable's name", offset: place) }
            return (.variable(symbols.place(of: word, use: place)), symbols.kind(of: word))
        }
    }
}

extension Expression.Comparison {
    /// What is wrong with comparing these kinds, if anything.
    func complaint(_ left: ValueKind, _ right: ValueKind) -> String? {
        if [left, right].contains(.unknown) || [left, right].contains(.nothing) { return nil }
        switch self {
        case .equal, .unequal:
            return left == right
                ? nil : "\(left.rawValue) and \(right.rawValue) can't be compared: they are never equal\(advice(left, right))"
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let ordered: [ValueKind] = [.text, .number]
            guard ordered.contains(left), ordered.contains(right) else {
                return "`\(rawValue)` orders numbers or texts, not \(left.rawValue) and \(right.rawValue)"
            }
            return left == right ? nil : "\(left.rawValue) and \(right.rawValue) can't be compared\(advice(left, right))"
        case .startsWith, .endsWith:
            return left == .text && right == .text
                ? nil : "`\(rawValue)` is for two texts, not for \(left.rawValue) and \(right.rawValue)\(advice(left, right))"
        case .contains:
            return left == .list || (left == .text && right == .text)
                ? nil : "`contains` looks in a list or a text, not for \(right.rawValue) in \(left.rawValue)"
        case .isIn:
            return right == .list ? nil : "`in` needs a list on its right, such as [\"a\", \"b\"], not \(right.rawValue)"
        }
    }

    private func advice(_ left: ValueKind, _ right: ValueKind) -> String {
        [left, right].contains(.text) && [left, right].contains(.number) ? "; put the number in quotes" : ""
    }
}
