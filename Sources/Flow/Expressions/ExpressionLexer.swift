/// Splits an expression into words, numbers, quoted text and signs.
struct ExpressionLexer {
    enum Token: Equatable {
        case word(String)
        case number(Double)
        case text(String)
        case sign(String)
        case end

        /// The token in messages.
        var spoken: String {
            switch self {
            case .word(let word): "`\(word)`"
            case .number(let number): "`\(FlowValue.number(number).shown)`"
            case .text(let text): "\"\(text)\""
            case .sign(let sign): "`\(sign)`"
            case .end: "the end"
            }
        }
    }

    private let scalars: [UnicodeScalar]
    private var index = 0

    static let longest = 1000

    /// All tokens with their offsets, an `end` last.
    static func tokens(of text: String) throws(ExpressionError) -> [(token: Token, offset: Int)] {
        var lexer = ExpressionLexer(scalars: Array(text.unicodeScalars))
        guard lexer.scalars.count <= longest else {
            throw ExpressionError(message: "a condition can't be longer than \(longest) characters", offset: 0)
        }
        var tokens: [(Token, Int)] = []
        while let (token, offset) = try lexer.next() { tokens.append((token, offset)) }
        tokens.append((.end, lexer.scalars.count))
        return tokens
    }

    private init(scalars: [UnicodeScalar]) {
        self.scalars = scalars
    }

    private func peek(_ offset: Int = 0) -> UnicodeScalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    private mutating func take(while holds: (UnicodeScalar) -> Bool) -> String {
        var view = String.UnicodeScalarView()
        while let scalar = peek(), holds(scalar) {
            view.append(scalar)
            index += 1
        }
        return String(view)
    }

    private mutating func next() throws(ExpressionError) -> (Token, Int)? {
        _ = take { $0.properties.isWhitespace }
        let start = index
        guard let scalar = peek() else { return nil }
        if Self.isDigit(scalar) || (scalar == "-" && peek(1).map(Self.isDigit) == true) { return (try number(), start) }
        if scalar.properties.isAlphabetic || scalar == "_" { return (.word(take { Self.isWordPart($0) }), start) }
        if scalar == "\"" || scalar == "'" { return (.text(try quoted(scalar)), start) }
        for sign in ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","] where matches(sign) {
            index += sign.unicodeScalars.count
            return (.sign(sign), start)
        }
        let hint =
            switch scalar {
            case "=": "two `==` compare; one alone means nothing here"
            case "&": "write `and`"
            case "|": "write `or`"
            case "!": "write `not`"
            case "“", "”", "„": "these quotes are typographic; write plain ones: \"…\""
            default: "`\(scalar)` means nothing here"
            }
        throw ExpressionError(message: hint, offset: start)
    }

    private func matches(_ sign: String) -> Bool {
        sign.unicodeScalars.enumerated().allSatisfy { peek($0.offset) == $0.element }
    }

    private mutating func number() throws(ExpressionError) -> Token {
        let start = index
        var digits = peek() == "-" ? "-" : ""
        if !digits.isEmpty { index += 1 }
        digits += take { Self.isDigit($0) || $0 == "." }
        if let scalar = peek(), Self.isWordPart(scalar) {
            throw ExpressionError(message: "`\(digits)\(take { Self.isWordPart($0) })` is no number; text goes in quotes", offset: start)
        }
        if digits.count > 1, digits.first == "0", digits.dropFirst().first != "." {
            throw ExpressionError(message: "`\(digits)` looks like a number to dial; put it in quotes", offset: start)
        }
        guard digits.count <= 15, let number = Double(digits) else {
            throw ExpressionError(message: "`\(digits)` is no number", offset: start)
        }
        return .number(number)
    }

    private mutating func quoted(_ quote: UnicodeScalar) throws(ExpressionError) -> String {
        let start = index
        index += 1
        let text = take { $0 != quote }
        guard peek() == quote else { throw ExpressionError(message: "this text is never closed with \(quote)", offset: start) }
        index += 1
        return text
    }

    static func isDigit(_ scalar: UnicodeScalar) -> Bool { ("0"..."9").contains(scalar) }

    static func isWordPart(_ scalar: UnicodeScalar) -> Bool {
        scalar.properties.isAlphabetic || isDigit(scalar) || scalar == "_" || scalar == "." || scalar == "-"
    }
}
